"""Two to eight runs beside each other."""

from collections.abc import Sequence
from itertools import combinations

from msgspec import Struct

from opinionscope.comparison.differing import differing
from opinionscope.comparison.pairwise import Difference, Verdict, differences, verdict
from opinionscope.errors import OpinionscopeError
from opinionscope.runs import Run

FEWEST, MOST = 2, 8


class ComparisonError(OpinionscopeError):
    """Runs that cannot be compared, and why."""

    title = "Not comparable"


class Comparison(Struct, frozen=True):
    """Runs of the same question and group beside each other.

    Attributes:
        runs: in the order they were given.
        differs: names of the fields that differ, those that matter most first.
        differences: of every pair of runs and every measure that both have.
        verdicts: one for every pair of runs.
    """

    runs: tuple[Run, ...]
    differs: tuple[str, ...]
    differences: tuple[Difference, ...]
    verdicts: tuple[Verdict, ...]


def compare(runs: Sequence[Run]) -> Comparison:
    """Compare two to eight runs of the same question and group.

    Raises:
        ComparisonError: for too few or too many runs, the same run twice, other questions, groups or options compared.
    """
    if not FEWEST <= len(runs) <= MOST:
        raise ComparisonError(f"expected {FEWEST} to {MOST} runs, got {len(runs)}")
    if len({run.id for run in runs}) < len(runs):
        raise ComparisonError("expected each run once; one of them is named twice")
    first = runs[0]
    for other in runs[1:]:
        _check_same_item(first, other)
    pairs = list(combinations(runs, 2))
    found = [differences(a, b) for a, b in pairs]
    return Comparison(
        tuple(runs),
        differing(runs),
        tuple(each for of_pair in found for each in of_pair),
        tuple(verdict(a, b, of_pair) for (a, b), of_pair in zip(pairs, found, strict=True)),
    )


def _check_same_item(one: Run, other: Run) -> None:
    this, that = one.cell.question, other.cell.question
    if (this.dataset, this.id) != (that.dataset, that.id):
        raise ComparisonError(
            f"the runs are of different questions ({this.key} and {that.key}); compare "
            "sets of them, with `compare --by FIELD SELECTION`"
        )
    if one.cell.group != other.cell.group:
        raise ComparisonError(
            f'the runs are of different groups ("{one.cell.group.name}" and "{other.cell.group.name}"); compare sets '
            "of them, with `compare --by FIELD SELECTION`"
        )
    if this.labels != that.labels:
        raise ComparisonError(f"the options of {this.id} changed between run {one.id} and run {other.id}")
    if one.alignment and other.alignment and one.alignment.positions != other.alignment.positions:
        raise ComparisonError("refusals are dropped in one run and kept in another; score both alike first")
