"""How many of the benchmark's recorded answers are read, a model and a format at a time, and why not the others.

What is not read was looked at by hand, and nothing is read only to raise a figure: an answer that leaves most of the
group out, gives most of it to options that do not exist, or answers on two scales at once states no distribution; a
row of fewer than half of the letters asked for is no sequence.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from opinionscope.elicitation import Reading, Reply, read_reply
from opinionscope.elicitation.expression import FORMATS
from opinionscope.elicitation.reply import Expected
from opinionscope.importers.base import SetAside
from opinionscope.importers.benchmark import Benchmark, RecordedAnswer
from opinionscope.recipe import SAMPLES
from opinionscope.survey import Group, Option, Question

STATED_TO_THE_PERCENT = 0.011
LEAST = {"verbalized": 0.999, "sequence": 0.98}
WEAKER = ("verbalized", "gpt-3.5-turbo-0125")
"""The one model that states too many answers that are none: 99.76 % of its answers are read."""

NO_DISTRIBUTION = Counter(
    {
        "the numbers sum to # far from #": 7,
        "most of it went to letters that were never offered": 5,
        "every percentage is #": 1,
    }
)
"""Of that model, the answers that cannot honestly be read.

Sums of 15 to 48 leave out more than half of the group: to normalise them would say 100 % where the model said 24 %.
"""


@dataclass
class Coverage:
    """What came of the answers of one model in one format."""

    asked: int = 0
    unread: list[tuple[str, str]] = field(default_factory=list)
    other_than_authors: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return 1 - len(self.unread) / self.asked

    def report(self, form: str, model: str) -> str:
        head = f"{form:10} {model:22} {self.asked - len(self.unread):6} of {self.asked:6} read, {self.share:.3%}"
        return "\n".join([head, *(f"    {reason}: {told}" for reason, told in self.unread)])


@pytest.fixture(scope="module")
def coverage(reference: Path, once: Any) -> dict[tuple[str, str], Coverage]:
    return once("coverage", lambda: _coverage(reference))


def _coverage(reference: Path) -> dict[tuple[str, str], Coverage]:
    found: dict[tuple[str, str], Coverage] = defaultdict(Coverage)
    for answer in Benchmark(reference).answers():
        if isinstance(answer, SetAside) or answer.masses:
            continue
        expected = Expected(Group("", answer.attributes), SAMPLES)
        reading = read_reply(Reply(text=answer.response), answer.format, answer.question, expected)
        for model in (answer.model, "all models"):
            found[answer.format, model].asked += 1
            if reading.distribution is None:
                told = f"{answer.response[:120]!r} in {answer.place}"
                found[answer.format, model].unread.append((reading.reason, told))
        differs = reading.distribution is not None and _differs(reading, answer)
        if differs and answer.format == "sequence" and reading.sample_size == SAMPLES:
            # The authors counted every letter of a row that is too long; with nothing expected, so do we.
            reading = read_reply(Reply(text=answer.response), answer.format, answer.question)
            differs = _differs(reading, answer)
        if differs:
            told = f"{answer.response[:120]!r}: {reading.figures}, {answer.authors_reading}"
            found[answer.format, answer.model].other_than_authors.append(told)
    return found


def _differs(reading: Reading, answer: RecordedAnswer) -> bool:
    """Whether the authors made a whole distribution of the answer, and another one than we did."""
    assert reading.distribution is not None
    whole = abs(math.fsum(answer.authors_reading) - 1) < STATED_TO_THE_PERCENT
    pairs = zip(reading.distribution.probabilities, answer.authors_reading, strict=True)
    return whole and any(abs(ours - theirs) > STATED_TO_THE_PERCENT for ours, theirs in pairs)


@pytest.mark.reference
def test_readings_agree_with_the_authors_wherever_theirs_is_whole(coverage: dict[tuple[str, str], Coverage]) -> None:
    assert sum(found.asked for (_, model), found in coverage.items() if model != "all models") > 29_000
    assert [told for found in coverage.values() for told in found.other_than_authors] == []


@pytest.mark.reference
def test_nearly_every_recorded_answer_is_read(
    coverage: dict[tuple[str, str], Coverage], record_property: Callable[[str, object], None]
) -> None:
    for (form, model), found in coverage.items():
        record_property(f"{form}, {model}", f"{found.share:.3%}")
    short = {key: found for key, found in coverage.items() if found.share < LEAST[key[0]]}
    assert {model for _, model in coverage} == {"anthropic_opus", "gpt-3.5-turbo-0125", "gpt-4", "all models"}
    assert set(short) <= {WEAKER}, "\n".join(found.report(*key) for key, found in short.items())


@pytest.mark.reference
def test_what_is_not_read_of_the_weaker_model_states_no_distribution(
    coverage: dict[tuple[str, str], Coverage],
) -> None:
    found = coverage[WEAKER]
    kinds = Counter(
        " ".join("#" if word[0].isdigit() else word for word in reason.split()) for reason, _ in found.unread
    )
    assert kinds == NO_DISTRIBUTION, found.report(*WEAKER)


@pytest.mark.reference
def test_the_table_in_the_readme_of_the_data_is_true(coverage: dict[tuple[str, str], Coverage]) -> None:
    told = (Path(__file__).parents[2] / "data" / "README.md").read_text(encoding="utf-8")
    for found in coverage.values():
        assert f"{found.asked - len(found.unread):,} of {found.asked:,} (" in told


@pytest.mark.parametrize(("largest", "read"), [(57, True), (58, False), (47, True), (46, False)])
def test_a_sum_five_percent_off_is_near_enough_for_options_left_out(largest: int, read: bool) -> None:
    options = tuple(Option(label) for label in ("One", "Two", "Three", "Four", "Five", "Six"))
    question = Question("q", "d", "own", "t", "x", options)
    text = f"{{'B': '30%', 'D': '{largest}%', 'F': '11%', 'E': '7%'}}"
    assert (FORMATS["verbalized"].read(Reply(text=text), question).distribution is not None) is read
