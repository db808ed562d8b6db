"""Sets of answers: matched by item, clustered by question, judged together."""

import numpy as np
import pytest
from msgspec.structs import replace
from scipy import stats

from opinionscope.collection import Item
from opinionscope.collection.item import told
from opinionscope.comparison.comparing import ComparisonError
from opinionscope.comparison.sets import clustered, compare_sets, settled
from opinionscope.recipe import PLAIN, Recipe
from opinionscope.report.comparing_sets import sets_sentences
from opinionscope.survey import Distribution, Group, Option, Question

GROUPS = (Group("Women"), Group("Men"))


def item(question: int, group: Group, model: str, answer, human=(0.5, 0.3, 0.2), **changes) -> Item:
    asked = Question(f"Q{question}", "town", "own", "", "", tuple(Option(label) for label in "abc"))
    fields = {"steering": "persona", "format": "verbalized", "kind": "live"} | changes
    return Item(
        asked, group, model=model, human=Distribution(human, 200), answer=Distribution.from_weights(answer), **fields
    )


def planted(questions: int, gap: float, seed: int = 1) -> list[Item]:
    """Two models; B is farther off by `gap` on average, and both vary from question to question."""
    rng, found = np.random.default_rng(seed), []
    for question in range(questions):
        off, more = rng.normal(0.1, 0.02), rng.normal(gap, 0.05)
        for group in GROUPS:
            for model, shift in (("A", off), ("B", off + more)):
                found.append(item(question, group, model, (0.5 - shift, 0.3, 0.2 + shift)))
    return found


def test_items_are_matched_by_everything_but_the_field() -> None:
    items = [
        *planted(10, 0.1),
        item(99, GROUPS[0], "A", (0.5, 0.3, 0.2)),
        item(0, GROUPS[0], "B", (1, 0, 0), format="sequence"),
    ]
    found = compare_sets(items, "model")
    assert found.sizes == {"A": 21, "B": 21}
    assert found.items == {("A", "B"): 20}
    assert found.questions == {("A", "B"): 10}
    tv = next(each for each in found.differences if each.measure == "tv")
    by_item = [abs(a.answer.probabilities[0] - 0.5) - abs(b.answer.probabilities[0] - 0.5)
               for a, b in zip(planted(10, 0.1)[::2], planted(10, 0.1)[1::2], strict=True)]  # fmt: skip
    assert tv.value == pytest.approx(np.mean(by_item))
    assert found.verdicts[0].closer == "A"
    assert found.needed == {("A", "B"): None}


def test_answers_that_followed_no_recipe_are_no_side_of_a_comparison_by_one_of_its_options() -> None:
    runs = [replace(each, model="m", recipe={"repair": "0" if each.model == "A" else "2"}) for each in planted(10, 0.1)]
    found = compare_sets([*runs, *planted(10, 0.1)], "repair")
    assert found.sizes == {"0": 20, "2": 20}
    assert found.items == {("0", "2"): 20}


def test_recorded_answers_are_matched_with_runs_that_were_asked_in_the_usual_way() -> None:
    usual, three = told(PLAIN), told(Recipe(examples=3))
    items = [replace(each, steering="few-shot") for each in planted(10, 0.1)]
    a, b = items[::2], items[1::2]
    assert compare_sets([*a, *(replace(each, recipe=usual) for each in b)], "model").items == {("A", "B"): 20}
    with pytest.raises(ComparisonError, match="no item was asked"):
        compare_sets([*a, *(replace(each, recipe=three) for each in b)], "model")
    assert compare_sets(
        [*(replace(each, recipe=usual) for each in a), *(replace(each, model="A", recipe=three) for each in b)],
        "examples",
    ).items == {("5", "3"): 20}


def test_an_option_without_effect_keeps_no_answers_apart() -> None:
    three = told(Recipe(examples=3, samples=100))
    a, b = planted(10, 0.1)[::2], planted(10, 0.1)[1::2]
    assert compare_sets([*a, *(replace(each, recipe=three) for each in b)], "model").items == {("A", "B"): 20}


def test_what_takes_no_part_is_counted_and_said() -> None:
    few = Distribution((0.5, 0.3, 0.2), 5)
    more = [
        replace(item(98, GROUPS[0], "A", (0.5, 0.3, 0.2)), answer=None),
        *(replace(item(99, group, "B", (0.5, 0.3, 0.2)), human=few) for group in GROUPS),
        replace(item(97, GROUPS[0], "A", (0.5, 0.3, 0.2)), human=None),
    ]
    found = compare_sets([*planted(10, 0.1), *more], "model")
    assert (found.sizes, found.unread, found.muted) == ({"A": 20, "B": 20}, 1, 2)
    assert (
        list(sets_sentences(found))[-1] == "Left out: 1 answer that could not be read, 2 answers with muted measures."
    )
    assert not any("Left out" in said for said in sets_sentences(compare_sets(planted(10, 0.1), "model")))


def test_models_are_compared_across_servers_and_anything_else_at_the_same_one() -> None:
    models = [replace(each, server=f"http://{each.model}:8000") for each in planted(10, 0.1)]
    assert compare_sets(models, "model").items == {("A", "B"): 20}
    formats = [replace(each, model="A", format=each.model, server=f"http://{each.model}:8000") for each in models]
    with pytest.raises(ComparisonError, match="everything else alike"):
        compare_sets(formats, "format")


def test_a_difference_within_noise_says_how_many_questions_would_settle_it() -> None:
    found = compare_sets(planted(12, 0.01), "model")
    assert found.verdicts[0].closer is None
    assert "no difference beyond noise" in found.verdicts[0].reason
    needed = found.needed["A", "B"]
    tv = next(each for each in found.differences if each.measure == "tv")
    assert needed is not None
    values = np.array([a.answer.probabilities[2] - b.answer.probabilities[2]
                       for a, b in zip(planted(12, 0.01)[::2], planted(12, 0.01)[1::2], strict=True)])  # fmt: skip
    deviation = values[::2].std(ddof=1)
    assert 12 + needed == pytest.approx((2.802 * deviation / tv.value) ** 2, rel=0.1)


def test_groups_of_one_question_count_as_one() -> None:
    """Two groups that answer alike are no two questions: the interval is that of the questions."""
    rng = np.random.default_rng(0)
    of_questions = rng.normal(0.1, 0.1, 40)
    once = clustered(of_questions, [("d", str(at)) for at in range(40)])
    twice = clustered(np.repeat(of_questions, 2), [("d", str(at // 2)) for at in range(80)])
    assert (twice.value, twice.error, twice.chance) == pytest.approx((once.value, once.error, once.chance))
    low, high = stats.t.interval(0.95, 39, of_questions.mean(), stats.sem(of_questions))
    assert (once.low, once.high) == pytest.approx((low, high))
    assert once.chance == pytest.approx(stats.ttest_1samp(of_questions, 0).pvalue)


def test_the_interval_of_a_mean_holds_the_truth_where_questions_differ() -> None:
    rng, held = np.random.default_rng(5), 0
    for _ in range(300):
        questions = rng.normal(0.05, 0.1, 30)
        values = np.repeat(questions, 3) + rng.normal(0, 0.05, 90)
        found = clustered(values, [("d", str(at // 3)) for at in range(90)])
        held += found.low <= 0.05 <= found.high
    assert 0.90 <= held / 300 <= 0.98


def test_several_pairs_are_judged_together() -> None:
    chances = {("a", "b"): 0.01, ("a", "c"): 0.03, ("b", "c"): 0.04}
    assert settled(chances) == {("a", "b")}
    assert len(settled({("a", "b"): 0.01, ("a", "c"): 0.02, ("b", "c"): 0.03})) == 3
    assert settled({("a", "b"): 0.02, ("a", "c"): 0.02, ("b", "c"): 0.02}) == set()


def test_few_questions_tell_nothing() -> None:
    found = compare_sets(planted(3, 0.2), "model")
    assert found.verdicts[0].reason == "only 3 questions match: too few to tell"
    assert found.verdicts[0].closer is None


def test_sets_compared_with_other_figures_of_people_are_told() -> None:
    items = planted(6, 0.1)
    said = "Of 1 pair of a question and a group, not all answers are compared with the same figures of people"
    later = [replace(items[0], human=Distribution((0.4, 0.4, 0.2), 200)), *items[1:]]
    told = [any(each.startswith(said) for each in sets_sentences(compare_sets(x, "model"))) for x in (items, later)]
    assert told == [False, True]


def test_repeated_answers_are_averaged_and_muted_ones_left_out() -> None:
    items = planted(6, 0.1)
    few = item(1, GROUPS[0], "A", (1, 0, 0))
    few = Item(
        few.question, few.group, few.steering, few.format, "A", "live", Distribution((0.5, 0.3, 0.2), 3), few.answer
    )
    assert compare_sets([*items, few], "model").differences == compare_sets(items, "model").differences
    doubled = compare_sets([*items, *items], "model")
    assert doubled.items == {("A", "B"): 12}
    assert doubled.differences == compare_sets(items, "model").differences


def test_a_refusal_says_which_answers_took_no_part() -> None:
    read = item(0, GROUPS[0], "A", (1, 1, 1))
    few = Distribution((0.5, 0.3, 0.2), 3)
    muted = Item(read.question, read.group, read.steering, read.format, "B", "live", few, read.answer)
    with pytest.raises(ComparisonError, match=r"got 1: A; left out: 1 answer with muted measures$"):
        compare_sets([read, muted], "model")


@pytest.mark.parametrize(
    ("items", "by", "words"),
    [
        ([], "model", "expected 2 to 8 values of model"),
        (planted(6, 0.1), "colour", "expected a field to compare by"),
        (planted(6, 0.1), "steering", "got 1: persona"),
        (
            [item(0, GROUPS[0], "A", (1, 1, 1)), item(1, GROUPS[0], "B", (1, 1, 1))],
            "model",
            "no item was asked with two values of model",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(items, by: str, words: str) -> None:
    with pytest.raises(ComparisonError, match=words):
        compare_sets(items, by)
