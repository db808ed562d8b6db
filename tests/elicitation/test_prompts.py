"""The prompt of every steering method and format, as a model gets to see it."""

import itertools
import json
import random
import re
from collections import Counter
from typing import Any

import pytest

from opinionscope.elicitation import FORMATS, PLAIN, STEERINGS, Plan, make_plan
from opinionscope.elicitation.phrasing import people
from opinionscope.elicitation.steering import steering_of
from opinionscope.elicitation.steering.worked_examples import WORKED_EXAMPLES
from opinionscope.survey.library import Library
from opinionscope.survey.question import EVERYONE, Group

EVERY = list(itertools.product([name for name in STEERINGS if not steering_of(name).draws_people], FORMATS))
"""Those that ask for a group's answer; what asks for one person's is tested in `test_people.py`."""
PHRASES = {
    "Sailor": "people whose trade is “Sailor”",
    "Democrat": "Democrats",
    "Japan": "people living in Japan",
    "Democratic women": "Democratic women",
}


def _plan(library: Library, steering: str, format_name: str, group: str = "Democrat", seed: int | None = None) -> Plan:
    question = library.question("ferry")
    return make_plan(library, question, library.group(question, group), steering, format_name, seed)


def _examples(plan: Plan) -> list[str]:
    before_the_question, _ = plan.first.prompt.user.split("Now the question to answer")
    return re.split(r"Example \d+\n", before_the_question)[1:]


@pytest.mark.parametrize(("steering", "format_name"), EVERY)
def test_shows_the_question_last_with_its_options_in_survey_order(
    library: Library, steering: str, format_name: str
) -> None:
    plan = _plan(library, steering, format_name)
    assert plan.first.prompt.user.endswith(
        "Now the question to answer\n"
        "Question: Should the ferry to the island cost less for families?\n"
        "Background: The ferry sails twice a day.\n"
        "A. Agree\nB. Agree somewhat\nC. Disagree\nD. Refused\n"
        "Answer:"
    )


@pytest.mark.parametrize(("steering", "format_name"), EVERY)
def test_states_the_form_of_the_answer_once_and_shows_five_examples(
    library: Library, steering: str, format_name: str
) -> None:
    plan = _plan(library, steering, format_name)
    assert plan.first.prompt.user.count(FORMATS[format_name].instruction(plan.cell.question, plan.cell.recipe)) == 1
    assert plan.first.request == FORMATS[format_name].request_for(plan.cell.question, plan.cell.recipe)
    examples = _examples(plan)
    assert len(examples) == 5
    for example in examples:
        assert example.startswith("Question: ")
        letters = re.findall(r"^([A-Z])\. ", example, re.MULTILINE)
        assert letters == list("ABCDEFGH"[: len(letters)])
        assert re.search(r"\nAnswer: \S", example)


@pytest.mark.parametrize("group", PHRASES)
@pytest.mark.parametrize(("steering", "format_name"), EVERY)
def test_names_the_group_exactly_when_it_should(library: Library, steering: str, format_name: str, group: str) -> None:
    prompt = _plan(library, steering, format_name, group).first.prompt
    whole = prompt.system + prompt.user
    if steering == "none":
        for word in ("sailor", "democrat", "japan", "women", "female", "party", "country"):
            assert word not in whole.lower()
    else:
        assert PHRASES[group] in prompt.user
        assert PHRASES[group] not in prompt.system


@pytest.mark.parametrize("format_name", FORMATS)
def test_without_steering_every_group_gets_the_same_prompt(library: Library, format_name: str) -> None:
    assert len({_plan(library, "none", format_name, group).first.prompt for group in PHRASES}) == 1


@pytest.mark.parametrize("format_name", FORMATS)
def test_persona_warns_that_its_examples_are_made_up(library: Library, format_name: str) -> None:
    plan = _plan(library, "persona", format_name)
    assert "made up and say nothing about Democrats" in plan.first.prompt.user
    assert plan.example_ids == ()
    for invented, shown in zip(WORKED_EXAMPLES, _examples(plan), strict=True):
        assert invented.text in shown


@pytest.mark.parametrize(("steering", "format_name"), EVERY)
def test_the_same_choices_make_the_same_prompt(library: Library, steering: str, format_name: str) -> None:
    assert _plan(library, steering, format_name, seed=7) == _plan(library, steering, format_name, seed=7)


def test_a_seed_changes_nothing_but_the_order_of_letters(library: Library) -> None:
    one, other = (_plan(library, "persona", "sequence", seed=seed).first.prompt.user for seed in (1, 2))
    assert one != other
    for line, other_line in zip(one.splitlines(), other.splitlines(), strict=True):
        assert sorted(line) == sorted(other_line)


@pytest.mark.parametrize("steering", ["none", "persona"])
def test_worked_examples_keep_to_the_form(library: Library, steering: str) -> None:
    for example in _examples(_plan(library, steering, "verbalized")):
        assert sum(json.loads(example.rsplit("Answer: ", 1)[1]).values()) == 100
    for example in _examples(_plan(library, steering, "sequence")):
        row = example.rsplit("Answer: ", 1)[1].strip()
        assert len(row) == 30
    for format_name in ("log-probs", "samples"):
        for example in _examples(_plan(library, steering, format_name)):
            answer = example.rsplit("Answer: ", 1)[1].strip()
            assert len(answer) == 1
            assert "%" not in example


def test_log_probs_examples_are_answered_by_people_drawn_at_random() -> None:
    rng = random.Random(5)
    drawn = Counter(FORMATS["log-probs"].express((0.5, 0.3, 0.2, 0.0), "ABCD", rng, PLAIN) for _ in range(1000))
    assert set(drawn) == {"A", "B", "C"}
    assert abs(drawn["A"] - 500) < 60
    assert abs(drawn["C"] - 200) < 60


@pytest.mark.parametrize(("steering", "format_name"), EVERY)
def test_the_system_message_coaches_nobody(library: Library, steering: str, format_name: str) -> None:
    system = _plan(library, steering, format_name).first.prompt.system
    assert system.count(".") == 1
    for word in ("you are", "people", "know", "researcher", "assistant"):
        assert word not in system.lower()


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_format_that_can_be_held_to_a_schema_says_what_that_asks_for(library: Library, format_name: str) -> None:
    form = FORMATS[format_name]
    assert bool(form.held_to) == bool(form.held(library.question("ferry"), PLAIN))


def test_messages_are_system_then_user(library: Library) -> None:
    prompt = _plan(library, "persona", "verbalized").first.prompt
    assert prompt.messages == [
        {"role": "system", "content": prompt.system},
        {"role": "user", "content": prompt.user},
    ]


@pytest.mark.parametrize(("steering", "format_name"), [("hypnosis", "verbalized"), ("none", "morse")])
def test_refuses_names_in_no_registry(library: Library, steering: str, format_name: str) -> None:
    with pytest.raises(KeyError):
        _plan(library, steering, format_name)


@pytest.mark.parametrize(
    ("attributes", "phrase"),
    [
        ({"party": "Republican"}, "Republicans"),
        ({"sex": "Female"}, "women"),
        ({"sex": "Male"}, "men"),
        ({"race": "Black"}, "Black people"),
        ({"country": "Bolivia (Non-national sample)"}, "people living in Bolivia"),
        ({"party": "Refused"}, "people who would not state their party"),
        ({"age": "18-29"}, "people aged 18 to 29"),
        ({"age": "65+"}, "people aged 65 or older"),
        ({"age": "40"}, "people aged 40"),
        ({"age": "Under 30"}, "people aged under 30"),
        ({"age": "middle"}, "people whose age is “middle”"),
        ({"income": "Less than $30,000"}, "people with a household income of less than $30,000"),
        ({"INCOME": "$30,000 - $99,999"}, "people with a household income between $30,000 and $99,999"),
        ({"income": "$50K–$75K"}, "people with a household income between $50K and $75K"),
        (
            {"party": "Republican", "sex": "Male", "race": "Black", "income": "$100,000 or more"},
            "Black Republican men with a household income of $100,000 or more",
        ),
        ({"party": "Democrat", "sex": "Female", "age": "18-34"}, "Democratic women aged 18 to 34"),
        (
            {"education": "College graduate/some postgrad", "region": "South", "gender": "Man"},
            "men with a college degree living in the South",
        ),
        (
            {"income": "$100,000 or more", "education": "Some college, no degree", "age": "50-64"},
            "people aged 50 to 64 with a household income of $100,000 or more and some college but no degree",
        ),
        (
            {"religion": "Roman Catholic", "ideology": "Very conservative", "race": "White", "party": "Republican"},
            "very conservative White Roman Catholic Republicans",
        ),
        ({"religion": "Nothing in particular"}, "people of no religion in particular"),
        ({"country": "United States", "sex": "female"}, "women living in the United States"),
        ({"region": "Bavaria", "country": "Germany"}, "people living in Bavaria, Germany"),
        (
            {"union_member": "Yes", "marital status": "Married"},
            "people who said yes to “union member” and whose marital status is “Married”",
        ),
        (
            {"race": "Mixed Race", "party": "Other", "income": "Refused"},
            "people of mixed race who side with no major party and who would not state their income",
        ),
        (
            {"age": "18-29", "trade": "Sailor", "dwelling": "cave"},
            "people aged 18 to 29 whose trade is “Sailor” and whose dwelling is “cave”",
        ),
        ({"party": "Democrat", "sex": "Female"}, "Democratic women"),
        ({"party": "Independent", "sex": "Male", "race": "Black"}, "Black politically independent men"),
        ({"party": "Republican", "race": "Hispanic"}, "Hispanic Republicans"),
        ({"party": "Other", "country": "Japan", "sex": "Female"}, "women living in Japan who side with no major party"),
        ({"race": "Mixed Race", "sex": "Refused"}, "people of mixed race who would not state their sex"),
        ({"sex": "Female", "age": "18-29"}, "women aged 18 to 29"),
        ({"race": "Asian"}, "Asian people"),
        ({}, "people described as Keen readers"),
    ],
)
def test_speaks_of_a_group_in_the_plural(attributes: dict[str, Any], phrase: str) -> None:
    assert people(Group("Keen readers", tuple(attributes.items()))) == phrase


def test_everyone_is_people_in_general() -> None:
    assert people(EVERYONE) == "people in general"
