"""Differences between two sets of answers, paired by what was asked."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct

from opinionscope.alignment.divergences import Array
from opinionscope.alignment.together import FEWEST_QUESTIONS, LEVEL, holm, questions_to_settle
from opinionscope.collection import Item
from opinionscope.survey.text import counted
from opinionscope.tables.answers import Answers
from opinionscope.tables.base import Column, Options, Rows, ends, finite
from opinionscope.tables.resampling import codes_of, error, p_value

NO_DIFFERENCE = "no difference beyond noise"
TOO_FEW = f"fewer than {FEWEST_QUESTIONS} questions"
JUDGED = "Verdicts: all rows judged together at 95 % (Holm), so an interval may leave 0 out where no verdict stands."
CHANCE = "chance"
"""The column of a difference's own p-value, there until all are judged; None where there is no telling."""
DIFFERENCE = (
    Column("a", "A", "the one side"),
    Column("b", "B", "the other side"),
    Column("tv_a", "TV A", "mean total variation of A", decimals=3),
    Column("tv_b", "TV B", "mean total variation of B", decimals=3),
    Column("difference", "B LESS A", "mean difference in TV over the same questions and groups: below 0 B is closer",
           decimals=3, interval=("low", "high"), reference=0),
    Column("verdict", "VERDICT", "which is closer at 95 %, all rows of the table taken together (Holm)"),
    Column("more_questions", "TO SETTLE", "how many more questions would settle a difference as large, in four of five "
           "studies; 0 where it is settled"),
    Column("pairs", "PAIRS", "number of pairs of answers"),
)  # fmt: skip


class Contrast(Struct, frozen=True):
    """One comparison: which items are A and which are B.

    Attributes:
        a, b: the names of the sides.
        is_a, is_b: whether an item belongs to a side.
    """

    a: str
    b: str
    is_a: Callable[[Item], bool]
    is_b: Callable[[Item], bool]


Name = Callable[[Item], Mapping[str, str]]
Key = tuple[tuple[str, str], ...]


def add_differences(
    rows: Rows,
    answers: Answers,
    tv: Array,
    contrasts: Sequence[Contrast],
    name: Name,
    options: Options,
    alike: Callable[[Item], Hashable] = lambda _: None,
) -> None:
    """Add a row for each contrast and each name that its items have, without a verdict: `judge` gives it.

    Args:
        tv: of each item, shape (N,).
        name: the columns that name an item's row, in which A and B are alike.
        alike: what else A and B have in common beside question and group.
    """
    found = [
        (contrast, key, a, b) for contrast in contrasts for key, a, b in _matched(answers.items, contrast, name, alike)
    ]
    keys, cell = codes_of((contrast.a, contrast.b, key) for contrast, key, _, _ in found)
    first, second = (np.array([each[at] for each in found], np.intp) for at in (2, 3))
    if not len(first):
        return
    means = answers.clusters(options, first).means(tv[second] - tv[first], cell, len(keys))
    for at, (a, b, key) in enumerate(keys):
        members = np.flatnonzero(cell == at)
        questions = len(np.unique(answers.questions[first[members]]))
        row = dict(key) | {
            "a": a,
            "b": b,
            "tv_a": finite(tv[first[members]].mean()),
            "tv_b": finite(tv[second[members]].mean()),
            "difference": finite(means.point[at]),
            **ends(means.draws[:, at]),
            CHANCE: p_value(means.draws[:, at]),
            "more_questions": questions_to_settle(float(means.point[at]), error(means.draws[:, at]), questions),
            "pairs": len(members),
        }
        rows.add([answers.items[place] for place in np.concatenate((first[members], second[members]))], row)


def _matched(
    items: Sequence[Item], contrast: Contrast, name: Name, alike: Callable[[Item], Hashable]
) -> Iterator[tuple[Key, int, int]]:
    """The key of a row, and the positions of A and B; several runs of one cell are paired in their order."""
    sides: dict[tuple[Key, Hashable], tuple[list[int], list[int]]] = {}
    for at, item in enumerate(items):
        is_a = contrast.is_a(item)
        if is_a or contrast.is_b(item):
            key = (tuple(name(item).items()), (item.asked, alike(item)))
            sides.setdefault(key, ([], []))[0 if is_a else 1].append(at)
    for (row, _), (first, second) in sides.items():
        yield from ((row, a, b) for a, b in zip(first, second, strict=False))


def judge(rows: Rows) -> None:
    """Give each row its verdict by its chance, which is taken out: all differences of a table are judged together."""
    chances = iter(holm([row[CHANCE] for row in rows.rows if row[CHANCE] is not None]))
    for at, row in enumerate(rows.rows):
        closer = row["b"] if row["difference"] < 0 else row["a"]
        if row[CHANCE] is None:
            judged: dict[str, object] = {"verdict": TOO_FEW, "more_questions": None}
        elif next(chances) <= LEVEL:
            judged = {"verdict": f"{closer} closer", "more_questions": 0}
        else:
            judged = {"verdict": NO_DIFFERENCE}
        rows.rows[at] = {name: value for name, value in row.items() if name != CHANCE} | judged


def outcome(rows: Rows) -> str:
    """How many rows are settled, and which way."""
    settled = [row for row in rows.rows if row["verdict"] not in (NO_DIFFERENCE, TOO_FEW)]
    b_closer, few = sum(row["difference"] < 0 for row in settled), sum(row["verdict"] == TOO_FEW for row in rows.rows)
    untold = f"; {few} with fewer than {FEWEST_QUESTIONS} questions cannot be told" if few else ""
    return (
        f"Of {counted(len(rows.rows), 'comparison')}, B is closer in {b_closer}, A in {len(settled) - b_closer}, "
        f"and in {len(rows.rows) - len(settled) - few} there is no difference beyond noise{untold}."
    )
