"""Few-shot: true answers to similar questions, and nothing of the target's own."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from opinionscope.elicitation import FORMATS, Plan, SteeringError, make_plan
from opinionscope.survey.library import Library

TARGET = "Should the ferry to the island cost less for families?"
MakeLibrary = Callable[..., Library]


def _few_shot(library: Library, format_name: str = "verbalized", group: str = "Democrat", **more: Any) -> Plan:
    question = library.question(more.pop("question", "ferry"))
    return make_plan(library, question, library.group(question, group), "few-shot", format_name, **more)


def _examples(plan: Plan) -> str:
    return plan.first.prompt.user.split("Now the question to answer")[0]


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("figures", [[1, 2, 3, 994], [0, 0, 0, 5], {"shares": [0.1, 0.2, 0.3, 0.4]}])
def test_the_targets_own_answer_plays_no_part(make_library: MakeLibrary, format_name: str, figures: object) -> None:
    def change(pack: dict[str, Any]) -> None:
        for group in pack["questions"][0]["human"]:
            pack["questions"][0]["human"][group] = figures

    as_it_was = _few_shot(make_library(), format_name, seed=3)
    changed = _few_shot(make_library(change), format_name, seed=3)
    assert changed.first.prompt == as_it_was.first.prompt
    assert changed.example_ids == as_it_was.example_ids
    assert changed.notes == as_it_was.notes


@pytest.mark.parametrize("format_name", FORMATS)
def test_neither_the_question_nor_its_figures_are_among_the_examples(
    make_library: MakeLibrary, format_name: str
) -> None:
    plan = _few_shot(make_library(), format_name)
    shown = _examples(plan)
    assert TARGET.casefold() not in " ".join(shown.split()).casefold()
    assert "ferry" not in plan.example_ids
    assert "61%" not in shown
    assert "21%" not in shown


def test_the_same_question_asked_again_gives_nothing_away(make_library: MakeLibrary) -> None:
    library = make_library()
    assert "again" not in _few_shot(library).example_ids
    assert "ferry" not in _few_shot(library, question="again").example_ids


def test_the_most_similar_come_first_and_are_noted(make_library: MakeLibrary) -> None:
    plan = _few_shot(make_library())
    assert set(plan.example_ids[:4]) == {"bridge", "toll", "bus", "night"}
    assert ", ".join(plan.example_ids) in plan.notes[0]


def test_examples_from_few_people_are_noted_where_n_is_known(make_library: MakeLibrary) -> None:
    def with_counts(*counts: object) -> Callable[[dict[str, Any]], None]:
        def change(pack: dict[str, Any]) -> None:
            pack["questions"] = pack["questions"][: 1 + len(counts)]
            for question, human in zip(pack["questions"][1:], counts, strict=True):
                question["human"]["Democrat"] = human

        return change

    many, shares = [20, 33, 41, 6], {"shares": [0.2, 0.3, 0.4, 0.1]}
    few = _few_shot(make_library(with_counts(many, shares, [1, 0, 1, 0], [10, 5, 3, 1]))).notes
    assert "examples from as few as 2 people" in few
    assert "people" not in " ".join(_few_shot(make_library(with_counts(many, shares, many, [30, 0, 0, 0]))).notes)


def test_speaks_of_no_single_survey(make_library: MakeLibrary) -> None:
    user = _few_shot(make_library()).first.prompt.user
    assert "samples of Democrats" in user
    assert "the same" not in user


def test_verbalized_examples_state_the_groups_true_percents(make_library: MakeLibrary) -> None:
    library = make_library()
    plan = _few_shot(library)
    answers = re.findall(r"Answer: \{(.*)\}", _examples(plan))
    assert len(answers) == 5
    for question_id, answer in zip(plan.example_ids, answers, strict=True):
        percents = [int(percent) for percent in re.findall(r": (\d+)", answer)]
        assert sum(percents) == 100
        human = library.human(library.question(question_id), plan.cell.group)
        assert human is not None
        for percent, p in zip(percents, human.probabilities, strict=True):
            assert abs(percent - 100 * p) < 1


def test_thirds_sum_to_a_hundred_too(make_library: MakeLibrary) -> None:
    def only_fish(pack: dict[str, Any]) -> None:
        pack["questions"] = [question for question in pack["questions"] if question["id"] in ("ferry", "fish")]

    assert '{"A": 34, "B": 33, "C": 33, "D": 0}' in _examples(_few_shot(make_library(only_fish)))


def test_sequence_examples_have_thirty_letters_in_the_true_proportions(make_library: MakeLibrary) -> None:
    library = make_library()
    plan = _few_shot(library, "sequence")
    rows = re.findall(r"Answer: ([A-D]+)$", _examples(plan), re.MULTILINE)
    assert [len(row) for row in rows] == [30] * 5
    for question_id, row in zip(plan.example_ids, rows, strict=True):
        human = library.human(library.question(question_id), plan.cell.group)
        assert human is not None
        for letter, p in zip("ABCD", human.probabilities, strict=True):
            assert abs(row.count(letter) - 30 * p) < 1


def test_log_probs_examples_show_the_spread_and_answer_with_one_letter(make_library: MakeLibrary) -> None:
    shown = _examples(_few_shot(make_library(), "log-probs"))
    spreads = re.findall(r"How they answered: (.*)\nAnswer: ([A-D])\n", shown)
    assert len(spreads) == 5
    for spread, letter in spreads:
        percents = {found[0]: int(found[1]) for found in re.findall(r"([A-D]) (\d+)%", spread)}
        assert sum(percents.values()) == 100
        assert percents[letter] > 0


def test_says_so_where_there_are_fewer_than_five(make_library: MakeLibrary) -> None:
    plan = _few_shot(make_library(), group="Newcomer")
    assert set(plan.example_ids) == {"night", "fish", "noise"}
    assert "only 3 other questions have an answer by Newcomer" in plan.notes


def test_cannot_be_used_where_there_are_none(make_library: MakeLibrary) -> None:
    with pytest.raises(SteeringError, match="no other question has an answer by Hermit"):
        _few_shot(make_library(), group="Hermit")


def test_examples_come_from_questions_that_the_group_itself_answered(make_library: MakeLibrary) -> None:
    def one_group_differs(pack: dict[str, Any]) -> None:
        pack["questions"][1]["human"]["Sailor"] = [97, 1, 1, 1]
        del pack["questions"][2]["human"]["Sailor"]

    plan = _few_shot(make_library(one_group_differs), group="Sailor")
    assert '"A": 97,' in _examples(plan)
    assert "toll" not in plan.example_ids
    assert '"A": 97,' not in _examples(_few_shot(make_library(one_group_differs), group="Democrat"))
