"""Runs beside each other: what differs, by how much, and which is closer, held against a few lines of numpy."""

from datetime import UTC, datetime

import numpy as np
import pytest

from opinionscope.comparison.comparing import ComparisonError, compare
from opinionscope.comparison.pairwise import apart, interval
from opinionscope.elicitation import Call, Cell, Plan, Prompt, Recipe, Reply
from opinionscope.elicitation.expression import FORMATS
from opinionscope.report.comparing import differs_sentence, measure_rows, verdict_sentence
from opinionscope.runs import Run, rescore
from opinionscope.survey import Distribution, Group, Option, Question
from opinionscope.values import replace

QUESTION = Question(
    "PARKS", "town", "own", "Parks", "More benches?", tuple(Option(label, at) for at, label in enumerate("abcd"))
)
HUMAN = Distribution((0.4, 0.3, 0.2, 0.1), 300)
WHEN = datetime(2026, 5, 1, tzinfo=UTC)


def run(name: str, *texts: str, form: str = "verbalized", steering: str = "persona", **changes) -> Run:
    """A scored run whose calls were answered with these texts."""
    recipe = changes.pop("recipe", Recipe())
    cell = Cell(changes.pop("question", QUESTION), changes.pop("group", Group("Women")), steering, form, recipe)
    request = FORMATS[form].request
    plan = Plan(cell, tuple(Call(cell, Prompt("s", "u"), request) for _ in texts))
    replies = tuple(Reply(text, model="m", answered=WHEN, call=at) for at, text in enumerate(texts))
    made = Run(name, WHEN, "running", plan, "m", HUMAN, 0.01, replies=replies)
    return rescore(replace(made, **changes))


def stated(*percents: int) -> str:
    return "{" + ", ".join(f"'{letter}': '{p}%'" for letter, p in zip("ABCD", percents, strict=True)) + "}"


def people(*counts: int) -> list[str]:
    return [letter for letter, count in zip("ABCD", counts, strict=True) for _ in range(count)]


def test_what_differs_comes_first_and_in_words() -> None:
    a, b = run("A1", stated(40, 30, 20, 10)), run("B1", stated(10, 20, 30, 40), steering="few-shot")
    assert compare([a, b]).differs == ("steering",)
    assert differs_sentence(("steering",)) == "Only the steering differs."
    other = run("C1", *people(12, 9, 6, 3), form="samples", steering="few-shot")
    assert compare([a, other]).differs == ("steering", "format")
    assert differs_sentence(("model", "format")) == "Model and format differ."
    assert differs_sentence(compare([a, replace(a, id="A2")]).differs).startswith("Asked alike")


def test_the_voice_differs_only_where_it_is_heard() -> None:
    loud = Recipe(voice="interview")
    a, b = run("A1", stated(40, 30, 20, 10)), run("B1", stated(40, 30, 20, 10), recipe=loud)
    assert compare([a, b]).differs == ("voice",)
    silent = [
        run(name, stated(40, 30, 20, 10), steering="none", recipe=r) for name, r in (("A", Recipe()), ("B", loud))
    ]
    assert compare(silent).differs == ()


def test_the_interval_that_is_told_holds_the_difference_that_is_told() -> None:
    assert apart(0.133, -0.067, 0.4) == apart(-0.133, -0.4, 0.067) == "0.133 apart, 95 % interval −0.067 to +0.400"


def test_counted_answers_are_judged_with_the_noise_of_people_and_of_answers() -> None:
    good = run("GOOD", *people(80, 60, 40, 20), form="samples")
    bad = run("BAD", *people(20, 40, 60, 80), form="samples")
    comparison = compare([bad, good])
    (verdict,) = comparison.verdicts
    assert verdict.closer == "GOOD"
    assert verdict_sentence(verdict, comparison).startswith("B closer: TV 0.400 apart")
    tv = next(each for each in comparison.differences if each.measure == "tv")
    rng = np.random.default_rng(7)
    p = rng.multinomial(300, HUMAN.probabilities, 4000) / 300
    q = [rng.multinomial(200, np.array(side) / 200, 4000) / 200 for side in ((20, 40, 60, 80), (80, 60, 40, 20))]
    spread = np.abs(p - q[0]).sum(1) / 2 - np.abs(p - q[1]).sum(1) / 2
    low, high = np.quantile(spread, [0.025, 0.975])
    assert tv.value == pytest.approx(0.4)
    assert tv.low == pytest.approx(min(low - spread.mean() + 0.4, 0.8 - high), abs=0.012)
    assert tv.high == pytest.approx(max(high - spread.mean() + 0.4, 0.8 - low), abs=0.012)


def test_a_small_difference_of_counted_answers_is_noise() -> None:
    one, other = run("A", *people(12, 9, 6, 3), form="samples"), run("B", *people(11, 9, 6, 4), form="samples")
    (verdict,) = compare([one, other]).verdicts
    assert verdict.closer is None
    assert "no difference beyond noise" in verdict.reason


def test_what_was_asked_once_has_no_spread_of_its_own_and_is_not_called_closer() -> None:
    near, far = run("A", stated(40, 30, 20, 10)), run("B", stated(5, 5, 5, 85))
    (verdict,) = compare([near, far]).verdicts
    assert verdict.closer is None
    assert verdict.reason.startswith("asked once each: repeat to know")
    assert {each.covers for each in compare([near, far]).differences} == {"people"}
    assert measure_rows(compare([near, far]), "nats")[0][-1] == "95 % interval, people alone"
    counted = run("C", *people(12, 9, 6, 3), form="samples")
    assert compare([counted, far]).verdicts[0].reason.startswith("one of them was asked once")


def test_repeats_tell_how_an_answer_varies() -> None:
    near = run("A", stated(40, 30, 20, 10), stated(42, 29, 19, 10), stated(38, 31, 21, 10))
    far = run("B", stated(5, 5, 5, 85), stated(6, 5, 5, 84), stated(4, 6, 5, 85))
    (verdict,) = compare([near, far]).verdicts
    assert verdict.closer == "A"


@pytest.mark.parametrize("repeats", [2, 3])
def test_a_few_repeats_of_the_same_model_are_seldom_told_apart(repeats: int) -> None:
    """Of pairs that differ by chance alone one in twenty may be: a plain bootstrap tells one in eight apart."""
    rng = np.random.default_rng(3)
    told = 0
    for _ in range(60):
        drawn = 100 * rng.dirichlet(40 * np.array([0.1, 0.2, 0.3, 0.4]), size=(2, repeats))
        one, other = (run(name, *(stated(*shares) for shares in side)) for name, side in zip("AB", drawn, strict=True))
        (verdict,) = compare([one, other]).verdicts
        told += verdict.closer is not None
    assert told <= 3


def test_every_pair_and_every_measure_of_several_runs_is_there() -> None:
    runs = [run(name, *people(*counts), form="samples") for name, counts in
            (("A", (12, 8, 6, 4)), ("B", (3, 6, 9, 12)), ("C", (8, 8, 7, 7)))]  # fmt: skip
    comparison = compare(runs)
    assert [(each.a, each.b) for each in comparison.verdicts] == [("A", "B"), ("A", "C"), ("B", "C")]
    measures = {each.measure for each in comparison.differences}
    assert {"tv", "kl", "js", "wasserstein", "entropy_ratio", "worth_people"} <= measures
    assert len(comparison.differences) == 3 * len(measures)
    rows = measure_rows(comparison, "nats")
    assert rows[0] == ["measure", "A", "B", "C"]
    assert {len(row) for row in rows} == {4}
    assert len(measure_rows(compare(runs[:2]), "nats")[0]) == 5


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        (lambda: [run("A", stated(40, 30, 20, 10))], "expected 2 to 8 runs, got 1"),
        (lambda: [run("A", stated(40, 30, 20, 10))] * 2, "each run once"),
        (
            lambda: [run("A", stated(4, 3, 2, 1)), run("B", stated(4, 3, 2, 1), question=replace(QUESTION, id="X"))],
            "different questions.*--by FIELD",
        ),
        (lambda: [run("A", stated(4, 3, 2, 1)), run("B", stated(4, 3, 2, 1), group=Group("Men"))], "different groups"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(runs, words: str) -> None:
    with pytest.raises(ComparisonError, match=words):
        compare(runs())


def test_a_run_that_failed_stands_beside_the_others_without_a_verdict() -> None:
    failed = replace(run("B", "no idea"), status="unread")
    comparison = compare([run("A", stated(40, 30, 20, 10)), failed])
    assert comparison.differences == ()
    assert comparison.verdicts[0].reason == "one of them has no measures"


CASES = {
    "equal": ((0.4, 0.3, 0.2, 0.1), (0.3, 0.3, 0.2, 0.2), (0.3, 0.3, 0.2, 0.2), 30, 30),
    "close": ((0.4, 0.3, 0.2, 0.1), (0.38, 0.3, 0.2, 0.12), (0.2, 0.3, 0.3, 0.2), 30, 30),
    "far": ((0.4, 0.3, 0.2, 0.1), (0.1, 0.1, 0.1, 0.7), (0.2, 0.3, 0.3, 0.2), 100, 30),
    "lopsided": ((0.7, 0.2, 0.05, 0.05), (0.68, 0.22, 0.05, 0.05), (0.95, 0.05, 0.0, 0.0), 200, 200),
}


@pytest.mark.parametrize("case", CASES)
def test_the_interval_of_a_difference_holds_the_true_one(case: str) -> None:
    p, a, b, ma, mb = CASES[case]
    rng, truth, held, trials = np.random.default_rng(2), _tv(p, a) - _tv(p, b), 0, 200
    for people_drawn in rng.multinomial(300, p, trials) / 300:
        sides = [rng.multinomial(m, side) / m for m, side in ((ma, a), (mb, b))]
        drawn_p = rng.multinomial(300, (300 * people_drawn + 0.5) / 302, 400) / 300
        spread = [
            _tv(drawn_p, rng.multinomial(m, (m * side + 0.5) / (m + 2), 400) / m)
            for m, side in zip((ma, mb), sides, strict=True)
        ]
        observed = _tv(people_drawn, sides[0]) - _tv(people_drawn, sides[1])
        low, high = interval(float(observed), spread[0] - spread[1])
        held += low - 1e-9 <= truth <= high + 1e-9
    assert held >= 0.87 * trials


def _tv(p, q):
    return np.abs(np.asarray(p) - np.asarray(q)).sum(axis=-1) / 2


def test_two_answers_that_no_resampling_tells_apart_have_no_interval() -> None:
    """Both miss in the same direction from whoever is drawn: the difference of their top shares never changes."""
    one, other = run("A", stated(97, 1, 1, 1)), run("B", stated(90, 4, 3, 3))
    top = next(each for each in compare([one, other]).differences if each.measure == "top_gap")
    assert (round(top.value, 9), top.low, top.high) == (0.07, None, None)
    same = compare([one, replace(one, id="C")])
    assert same.verdicts[0].reason == "no difference"
