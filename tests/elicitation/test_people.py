"""Steering people: who is drawn, what is told of them, and what never is."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opinionscope.elicitation import Plan, Recipe, SteeringError, make_plan, voices
from opinionscope.elicitation.drawn_people import drawn
from opinionscope.elicitation.leakage import asks_again
from opinionscope.elicitation.steering import OWN_VOICES
from opinionscope.survey import Library, Option, Question
from opinionscope.values import replace

Ask = Callable[..., Plan]


@pytest.fixture
def ask(island: Callable[..., Path], home: Path) -> Ask:
    library = Library.load([island()])
    assert not library.problems

    def plan(
        group: str = "town=Upper", form: str = "samples", seed: int | None = 1, q: str = "ferry", **recipe: Any
    ) -> Plan:
        question = library.question(q)
        chosen = Recipe(**{"samples": 10} | recipe)
        return make_plan(library, question, library.group(question, group), "people", form, seed, chosen, voices(home))

    return plan


def _sent(plan: Plan) -> str:
    return "\n".join(message["content"] for call in plan.calls for message in call.messages)


def test_each_call_is_about_one_member_of_the_group_and_the_seed_says_whom(ask: Ask) -> None:
    plan = ask()
    places = [person.place for person in plan.people]
    assert (len(plan.calls), len(set(places))) == (10, 10)
    assert all(place % 2 == 0 for place in places)
    for call, person in zip(plan.calls, plan.people, strict=True):
        age = dict(person.attributes)["age"]
        assert f"aged {age}" in call.prompt.user
        assert age == str(20 + person.place)
        assert "“Upper”" in call.prompt.user
    assert ask().people == plan.people == ask(form="log-probs").people
    assert ask(seed=2).people != plan.people
    twice = ask(repeats=2)
    assert [twice.person(at) for at in range(20)] == [*plan.people, *plan.people]
    assert "10 drawn of 20 people, all alike (seed 1)" in plan.notes[0]


def test_where_there_are_not_enough_people_it_is_said(ask: Ask) -> None:
    plan = ask(samples=30)
    assert sorted(Counter(person.place for person in plan.people).values()) == [1] * 10 + [2] * 10
    assert "10 of the draws are somebody again, for there are no more" in plan.notes[0]


def test_nothing_that_gives_the_answer_away_is_sent_nor_who_it_was(ask: Ask, home: Path) -> None:
    """The answer to the target, the same question asked again, an attribute that says the same, a row of the file."""
    plan = ask(own_answers=3)
    sent = _sent(plan)
    assert "run at night" in sent
    for told in ("now cost less", "stance", "cheaper", "dearer", "this person 1", "row"):
        assert told not in sent
    assert sent.count("cost less for families") == len(plan.calls)  # the question itself, and nothing before it
    assert not re.search(r"person \d", sent)
    assert all("stance" not in dict(person.attributes) for person in plan.people)
    assert any("gives the answer away: stance" in note for note in plan.notes)
    assert any("asks the same again: ferry-again" in note for note in plan.notes)
    with pytest.raises(SteeringError, match="asks the same"):
        ask(example_ids=("ferry-again",))
    with pytest.raises(SteeringError, match="asks the same"):
        ask(example_ids=("ferry",))
    (home / "mine.txt").write_text("{group}, {person}: {question} {options} {instruction}", encoding="utf-8")
    mine = _sent(ask(voice="mine"))
    assert "this person, a person aged" in mine
    assert not re.search(r"person \d", mine)
    with pytest.raises(SteeringError, match=r"no field \{examples\}"):
        ask(voice="mine", own_answers=3)
    # Asked the other way round, the first wording is what would give it away.
    assert "families with children" in _sent(ask(q="bus", own_answers=3))
    assert "now cost" in _sent(ask(q="ferry-again", own_answers=3))
    assert "island cost" not in _sent(ask(q="ferry-again", own_answers=3))


def test_own_answers_are_those_of_the_very_person_and_only_on_demand(ask: Ask) -> None:
    plan = ask(own_answers=5)
    for call, person in zip(plan.calls, plan.people, strict=True):
        letter = "AB"[(person.place // 3) % 2]
        assert re.search(
            rf"bus to the harbour run at night\?\nA. Yes\nB. No\nC. Refused\nAnswer: {letter}\n", call.prompt.user
        )
        assert ("enough lamps" in call.prompt.user) == (person.place % 5 != 0)
        assert "made up" not in call.prompt.user
    assert "bus" in plan.example_ids
    assert any("10 of 10 people gave fewer than 5 other answers" in note for note in plan.notes)
    without = ask()
    assert "run at night" not in _sent(without)
    assert "made up" in without.first.prompt.user


@pytest.mark.parametrize("voice", [each.name for each in OWN_VOICES])
def test_every_voice_speaks_of_one_person(ask: Ask, voice: str) -> None:
    user = ask(voice=voice).first.prompt.user
    assert "sample of" not in user
    assert "drawn at random" not in user
    assert "“Upper”" in user


def test_what_cannot_be_asked_is_refused_with_what_is_needed(ask: Ask, library: Library) -> None:
    for form in ("verbalized", "sequence", "scaled-log-probs"):
        with pytest.raises(SteeringError, match=f"choose samples or log-probs, not {form}"):
            ask(form=form)
    question = library.question("harbour/ferry")
    group = library.group(question, "Sailor")
    with pytest.raises(SteeringError, match="one row a person"):
        make_plan(library, question, group, "people", "samples", None, Recipe())


def test_the_chance_to_be_drawn_is_in_proportion_to_the_weight_so_that_answers_are_not_weighted_again() -> None:
    weights = [0.5, 1.0, 1.0, 2.5, 5.0]
    often = Counter(at for seed in range(4_000) for at in drawn(weights, 2, seed))
    for at, weight in enumerate(weights):
        assert often[at] / 4_000 == pytest.approx(2 * weight / 10, abs=0.03)
    assert all(len(set(drawn([1.0] * 7, 7, seed))) == 7 for seed in range(50))
    assert all(len(set(drawn([0.3, 0.1, 0.2, 0.3, 0.1], 3, seed))) == 3 for seed in range(50))


def test_what_asks_again_and_what_does_not() -> None:
    labels = ("Agree", "Disagree", "No answer")
    options = tuple(Option(label, nonresponse=label == "No answer") for label in labels)
    target = Question("a", "d", "own", "A", "Do you trust the courts of this country, all in all?", options)
    again = replace(target, id="b", text="All in all, do you trust the courts of our country?")
    assert asks_again(target, replace(again, options=tuple(reversed(options[:2]))))
    assert not asks_again(target, replace(again, options=(Option("A lot"), Option("Not at all"))))
    assert not asks_again(target, replace(target, id="c", text="Do you read the papers every day?"))
    assert asks_again(target, replace(target, id="d", title="Other", options=(Option("A lot"), Option("Little"))))
