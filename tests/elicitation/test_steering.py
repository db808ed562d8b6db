"""Voices, which examples are shown, and both together: the prompts as a model gets to see them."""

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest

from opinionscope.elicitation import FORMATS, OWN_VOICES, Plan, Recipe, SteeringError, VoiceError, make_plan
from opinionscope.elicitation.phrasing import first_person, people, person
from opinionscope.elicitation.steering.worked_examples import WORKED_EXAMPLES
from opinionscope.errors import OpinionscopeError
from opinionscope.survey.library import Library, NotFoundError
from opinionscope.survey.question import EVERYONE, Group

MakeLibrary = Callable[..., Library]
VOICES = [voice.name for voice in OWN_VOICES]
GROUPS = ["Sailor", "Democrat", "Japan", "Democratic women"]

OPENINGS = {
    "second-person": (
        "You are a Democratic woman. A survey question was put to a sample of Democratic women, you among them: answer "
        "as you and they did. The worked examples below are made up and say nothing about Democratic women: take from "
        "them the form of an answer, not its content.\n\n"
    ),
    "interview": (
        "Many people were interviewed, and the interviews of one group of them all began like this:\n\n"
        "Interviewer: Which political party is closest to you?\n"
        "Respondent: I am a Democrat.\n"
        "Interviewer: What is your sex?\n"
        "Respondent: I am a woman.\n"
        "Interviewer: Thank you. Here is the survey question.\n\n"
        "The survey question was then put to a sample of that group, and you answer it as they did. The worked "
        "examples below are made up and say nothing about these people: take from them the form of an answer, not its "
        "content.\n\n"
    ),
    "biography": (
        "Before a survey, people wrote a few lines about themselves. One group of them wrote lines like these:\n\n"
        "I am a Democrat. I am a woman.\n\n"
        "A survey question was put to a sample of that group, and you answer it as they did. The worked examples below "
        "are made up and say nothing about these people: take from them the form of an answer, not its content.\n\n"
    ),
}


def _plan(library: Library, steering: str, group: str = "Democrat", form: str = "verbalized", **recipe: Any) -> Plan:
    question = library.question("ferry")
    return make_plan(library, question, library.group(question, group), steering, form, 3, Recipe(**recipe))


@pytest.mark.parametrize("voice", OPENINGS)
@pytest.mark.parametrize("form", FORMATS)
def test_a_voice_opens_the_prompt_of_every_format_alike(library: Library, voice: str, form: str) -> None:
    user = _plan(library, "persona", "Democratic women", form, voice=voice).first.prompt.user
    assert user.startswith(OPENINGS[voice])


@pytest.mark.parametrize(
    ("steering", "form", "voice", "group"), list(itertools.product(("persona", "both"), FORMATS, VOICES, GROUPS))
)
def test_every_voice_leaves_the_rest_of_the_prompt_as_it_is(
    library: Library, steering: str, form: str, voice: str, group: str
) -> None:
    plain, voiced = (_plan(library, steering, group, form, voice=name) for name in ("instruction", voice))
    assert voiced.first.prompt.system == plain.first.prompt.system
    instruction = FORMATS[form].instruction(plain.cell.question, plain.cell.recipe)
    parts = [plan.first.prompt.user.partition(instruction) for plan in (plain, voiced)]
    assert parts[0][1:] == parts[1][1:]
    assert (parts[0][0] == parts[1][0]) == (voice == "instruction")
    assert voiced.cell.recipe.voice == voice
    who = library.group(plain.cell.question, group)
    said = people(who) if voice in ("instruction", "second-person") else first_person(who)[0]
    assert said in parts[1][0]
    assert "  " not in voiced.first.prompt.user
    assert not re.search(r"\.\.|\b(a|an|the) (people|women|Democrats)\b|\{", parts[1][0])


@pytest.mark.parametrize(
    ("attributes", "one", "own"),
    [
        ({"party": "Democrat", "sex": "Female"}, "a Democratic woman", "I am a Democrat. I am a woman."),
        ({"race": "Asian", "sex": "Male"}, "an Asian man", "I am an Asian person. I am a man."),
        ({"party": "Independent"}, "a political independent", "I am a political independent."),
        ({"country": "Bolivia (Non-national sample)"}, "a person living in Bolivia", "I live in Bolivia."),
        ({"race": "Mixed Race"}, "a person of mixed race", "I am of mixed race."),
        (
            {"party": "Other", "sex": "Female"},
            "a woman who sides with no major party",
            "I side with no major party. I am a woman.",
        ),
        (
            {"party": "Refused"},
            "a person who would not state their party",
            "I would rather not state my party.",
        ),
        ({}, "a person described as Keen readers", "I am described as Keen readers."),
    ],
)
def test_speaks_of_one_and_as_one(attributes: dict[str, str], one: str, own: str) -> None:
    group = Group("Keen readers", tuple(attributes.items()))
    assert person(group) == one
    assert " ".join(first_person(group)) == own


def test_one_of_everyone_is_a_person_like_any_other() -> None:
    assert person(EVERYONE) == "a person like any other"
    assert first_person(EVERYONE) == ("I am a person like any other.",)


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("attributes", [(), (("trade", "Sailor"), ("Is married", "Yes")), (("sex", "Refused"),)])
def test_every_voice_can_speak_of_any_group(
    library: Library, voice: str, attributes: tuple[tuple[str, str], ...]
) -> None:
    for group in (Group("Keen readers", attributes), EVERYONE):
        opening = OWN_VOICES.named(voice).opening(group)
        for _, value in group.attributes if voice != "second-person" else ():
            assert value in ("Refused", "Yes") or value in opening
        assert opening.endswith(("as they did.", "as you and they did."))


def test_an_unknown_attribute_is_asked_for_by_its_name_in_the_interview() -> None:
    opening = OWN_VOICES.named("interview").opening(Group("Sailor", (("home_port", "Oslo"),)))
    assert "Interviewer: What may I put down for “home port”?\nRespondent: " in opening


def test_a_voice_that_there_is_not_is_refused_with_those_there_are(library: Library) -> None:
    with pytest.raises(VoiceError, match=r"instruction, second-person, interview, biography.*did you mean interview"):
        _plan(library, "persona", voice="intervew")


@pytest.mark.parametrize("steering", ["none", "few-shot"])
def test_where_there_is_no_persona_a_voice_changes_nothing_and_is_noted(library: Library, steering: str) -> None:
    plain, voiced = (_plan(library, steering, voice=voice) for voice in ("instruction", "interview"))
    assert voiced.first.prompt == plain.first.prompt
    assert f"steering {steering} has no persona, so the voice interview plays no part" in voiced.notes
    assert not any("voice" in note for note in plain.notes)


@pytest.mark.parametrize("voice", VOICES)
def test_both_is_the_persona_with_the_examples_of_few_shot(library: Library, voice: str) -> None:
    both, persona, few_shot = (_plan(library, name, voice=voice) for name in ("both", "persona", "few-shot"))
    opening = OWN_VOICES.named(voice).opening(both.cell.group)
    assert both.first.prompt.user.startswith(f"{opening} Shown first is how ")
    assert persona.first.prompt.user.startswith(opening)
    assert both.example_ids == few_shot.example_ids
    assert [note for note in few_shot.notes if "voice" not in note] == list(both.notes)
    shown, expected = (each.first.prompt.user.partition("Example 1\n")[2] for each in (both, few_shot))
    assert shown == expected
    assert "made up" not in both.first.prompt.user
    assert not any(example.text in both.first.prompt.user for example in WORKED_EXAMPLES)


def test_both_and_persona_and_few_shot_pooled_are_different_names(library: Library) -> None:
    with pytest.raises(KeyError):
        _plan(library, "persona+few-shot")


@pytest.mark.parametrize("number", [1, 2, 6])
@pytest.mark.parametrize("steering", ["few-shot", "both"])
def test_shows_as_many_examples_as_are_asked_for(library: Library, steering: str, number: int) -> None:
    plan = _plan(library, steering, examples=number)
    most = _plan(library, steering, examples=20)
    assert len(re.findall(r"^Example \d+$", plan.first.prompt.user, re.MULTILINE)) == number
    assert plan.example_ids == most.example_ids[:number]
    assert "only 7 other questions have an answer by Democrat" in most.notes


@pytest.mark.parametrize("steering", ["few-shot", "both"])
def test_shows_the_examples_that_are_named_in_that_order(library: Library, steering: str) -> None:
    named = ("noise", "bridge", "harbour/lamps")
    plan = _plan(library, steering, example_ids=named, examples=1)
    assert plan.example_ids == ("noise", "bridge", "lamps")
    texts = [library.question(name).text for name in named]
    assert re.findall(r"Example \d+\nQuestion: (.*)\n", plan.first.prompt.user) == texts
    assert plan.notes[0] == "examples named by the user: noise, bridge, lamps"


@pytest.mark.parametrize(
    ("ids", "group", "reason"),
    [
        (("bridge", "ferry"), "Democrat", "ferry is the question to be answered"),
        (("again",), "Democrat", "again asks the same as the question to be answered"),
        (("bridge",), "Newcomer", "no answer by Newcomer to bridge is known"),
        (("bridge", "toll", "bridge"), "Democrat", "bridge is named twice"),
        (("brigde",), "Democrat", "did you mean bridge"),
        (("bridge",) * 21, "Democrat", "at most 20"),
    ],
)
def test_refuses_what_cannot_be_an_example(library: Library, ids: tuple[str, ...], group: str, reason: str) -> None:
    for steering in ("few-shot", "both"):
        with pytest.raises((SteeringError, NotFoundError), match=reason) as caught:
            _plan(library, steering, group, example_ids=ids)
        assert isinstance(caught.value, OpinionscopeError)
        assert "\n" not in caught.value.message


@pytest.mark.parametrize("steering", ["few-shot", "both"])
@pytest.mark.parametrize("ids", [(), ("lamps", "toll")])
def test_the_targets_own_answer_plays_no_part(make_library: MakeLibrary, steering: str, ids: tuple[str, ...]) -> None:
    def change(pack: dict[str, Any]) -> None:
        pack["questions"][0]["human"]["Democrat"] = [1, 2, 3, 994]
        pack["questions"][8]["human"]["Democrat"] = [994, 3, 2, 1]

    as_it_was = _plan(make_library(), steering, example_ids=ids)
    changed = _plan(make_library(change), steering, example_ids=ids)
    assert (changed.first.prompt, changed.notes) == (as_it_was.first.prompt, as_it_was.notes)


@pytest.mark.parametrize(
    "twin",
    [
        {"text": "Should the ferry, to the island, cost less for families"},
        {"text": "Should the ferry to the island cost less for families? The ferry sails twice a day.", "context": ""},
        {"text": "Ought families to pay less?", "context": "", "source_key": "Q17"},
    ],
)
def test_twins_of_the_target_stay_out(make_library: MakeLibrary, twin: dict[str, str]) -> None:
    def change(pack: dict[str, Any]) -> None:
        pack["questions"][0]["source_key"] = "Q17"
        pack["questions"][8].update(twin)

    library = make_library(change)
    assert "again" not in _plan(library, "both", examples=20).example_ids
    with pytest.raises(SteeringError, match="asks the same"):
        _plan(library, "both", example_ids=("again",))
