"""Recorded answers: matched by label, refused whole where they do not fit."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from opinionscope.survey import PackError, Question
from opinionscope.survey.answers import AnswersFile, answers_text, read_answers
from opinionscope.survey.library import Library

WriteFile = Callable[..., Path]
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def sheet() -> dict[str, Any]:
    """Answers whose labels stand in alphabetical order, not in the survey's."""
    return {
        "format": "opinionscope-answers/1",
        "dataset": "village",
        "model": "gpt-4",
        "recorded": "May 2024",
        "source": "The parish archive",
        "options": {"pub": ["As now", "Longer", "No answer", "Shorter"], "school": ["No", "Yes"]},
        "answers": [
            {
                "format": "verbalized",
                "steering": "persona",
                "group": "Young",
                "figures": {"pub": [20, 55, None, 25], "school": "the letters were never given"},
            },
            {"format": "verbalized", "steering": "none", "group": "", "figures": {"pub": [25, 25, 25, 25]}},
            {"format": "sequence", "steering": "persona", "group": "Old women", "figures": {"pub": [0, 0, 0, 30]}},
        ],
    }


@pytest.fixture
def questions(write: WriteFile, pack: dict[str, Any]) -> dict[str, Question]:
    library = Library.load([write(pack, "packs/village.pack.json").parent])
    return {question.id: question for question in library.questions}


def test_figures_follow_the_labels_into_survey_order(
    write: WriteFile, sheet: dict[str, Any], questions: dict[str, Question]
) -> None:
    found = read_answers(write(sheet)).answer(questions["pub"], "verbalized", "persona", "Young")
    assert found is not None
    assert found.figures == (55, 20, 25, None)
    assert found.unread == ""


def test_an_option_that_was_not_listed_was_not_offered(
    write: WriteFile, sheet: dict[str, Any], questions: dict[str, Question]
) -> None:
    sheet["options"]["pub"] = ["Shorter", "Longer"]
    for block in sheet["answers"]:
        block["figures"] = {"pub": [40, 60]}
    found = read_answers(write(sheet)).answer(questions["pub"], "verbalized", "persona", "Young")
    assert found is not None
    assert found.figures == (60, None, 40, None)


def test_labels_match_whatever_their_blanks(
    write: WriteFile, sheet: dict[str, Any], questions: dict[str, Question]
) -> None:
    sheet["options"]["pub"] = ["As  now", " Longer", "No\nanswer", "Shorter "]
    found = read_answers(write(sheet)).answer(questions["pub"], "verbalized", "persona", "Young")
    assert found is not None
    assert found.figures == (55, 20, 25, None)


def test_mass_on_an_option_that_the_question_lacks_is_never_dropped(
    write: WriteFile, sheet: dict[str, Any], questions: dict[str, Question]
) -> None:
    sheet["options"]["pub"][1] = "Much longer"
    answers = read_answers(write(sheet))
    found = answers.answer(questions["pub"], "verbalized", "persona", "Young")
    assert found is not None
    assert found.figures is None
    assert "Much longer" in found.unread
    without_mass = answers.answer(questions["pub"], "sequence", "persona", "Old women")
    assert without_mass is not None
    assert without_mass.figures == (None, 0, 30, 0)


def test_a_sentence_says_why_there_is_nothing(
    write: WriteFile, sheet: dict[str, Any], questions: dict[str, Question]
) -> None:
    sheet["answers"][0]["figures"]["pub"] = "bad\x1b[2J answer"
    answers = read_answers(write(sheet))
    found = answers.answer(questions["school"], "verbalized", "persona", "Young")
    assert found is not None
    assert found.figures is None
    assert found.unread == "the letters were never given"
    hostile = answers.answer(questions["pub"], "verbalized", "persona", "Young")
    assert hostile is not None
    assert hostile.unread == "bad␛[2J answer"


def test_without_steering_there_is_one_answer_for_everybody(
    write: WriteFile, sheet: dict[str, Any], questions: dict[str, Question]
) -> None:
    answers = read_answers(write(sheet))
    found = [answers.answer(questions["pub"], "verbalized", "none", group) for group in ("Young", "Old women")]
    assert found[0] == found[1]
    assert found[0] is not None
    assert found[0].figures == (25, 25, 25, 25)


def test_what_was_not_asked_has_no_answer(
    write: WriteFile, sheet: dict[str, Any], questions: dict[str, Question]
) -> None:
    answers = read_answers(write(sheet))
    assert answers.answer(questions["pub"], "verbalized", "persona", "Old women") is None
    assert answers.answer(questions["pub"], "log-probs", "persona", "Young") is None
    assert answers.answer(questions["school"], "sequence", "persona", "Old women") is None


def test_tells_what_it_holds(write: WriteFile, sheet: dict[str, Any]) -> None:
    sheet["model"] = "gpt-4\x1b"
    answers = read_answers(write(sheet))
    assert (answers.model, answers.dataset, answers.recorded) == ("gpt-4␛", "village", "May 2024")
    assert answers.formats() == ("verbalized", "sequence")
    assert answers.steerings("pub", "verbalized") == ("persona", "none")
    assert answers.steerings("school", "sequence") == ()
    assert list(answers.questions()) == ["pub", "school"]


DAMAGE: dict[str, tuple[Change, str, str]] = {
    "too few figures": (lambda s: s["answers"][1]["figures"].update(pub=[1, 2]), "answers[1].figures.pub", "4 numbers"),
    "too many figures": (lambda s: s["answers"][1]["figures"].update(pub=[1] * 5), "answers[1].figures.pub", "got 5"),
    "no figures": (lambda s: s["answers"][1]["figures"].update(pub=[]), "answers[1].figures.pub", "got 0"),
    "labels missing": (lambda s: s["options"].pop("pub"), "answers[0].figures.pub", "labels"),
    "label given twice": (lambda s: s["options"]["pub"].__setitem__(1, "As now"), "options.pub", "once"),
    "block given twice": (lambda s: s["answers"].append(s["answers"][0]), "answers[3]", "Young"),
    "figure a word": (lambda s: s["answers"][1]["figures"].update(pub=[1, 2, 3, "4"]), "answers[1].figures", "float"),
    "another format": (lambda s: s.update(format="opinionscope-pack/1"), "format", "opinionscope-answers/1"),
    "unknown field": (lambda s: s["answers"][1].update(temperature=1), "answers[1]", "temperature"),
    "missing field": (lambda s: s.pop("model"), "", "model"),
}


@pytest.mark.parametrize(("change", "place", "words"), DAMAGE.values(), ids=DAMAGE)
def test_refuses_damage_with_file_place_and_reason(
    write: WriteFile, sheet: dict[str, Any], change: Change, place: str, words: str
) -> None:
    change(sheet)
    with pytest.raises(PackError) as refusal:
        read_answers(write(sheet, "gpt.answers.json"))
    assert refusal.value.place.startswith(place)
    assert words in str(refusal.value)
    assert "gpt.answers.json" in str(refusal.value)


def test_writing_and_reading_back_changes_nothing(sheet: dict[str, Any]) -> None:
    file = msgspec.convert(sheet, AnswersFile)
    assert msgspec.json.decode(answers_text(file), type=AnswersFile) == file


def test_raw_text_comes_with_the_letters_it_was_given_in(
    write: WriteFile, sheet: dict[str, Any], questions: dict[str, Question]
) -> None:
    raw = {"pub": {"text": "A: 9\x1b", "offered": ["Shorter ", "Longer"]}, "school": {"text": "B"}}
    sheet["answers"].append({"format": "verbalized", "steering": "few-shot", "group": "Young", "raw": raw})
    answers = read_answers(write(sheet))
    pub = answers.answer(questions["pub"], "verbalized", "few-shot", "Young")
    school = answers.answer(questions["school"], "verbalized", "few-shot", "Young")
    assert pub is not None
    assert school is not None
    assert (pub.text, pub.offered, pub.figures) == ("A: 9␛", ("Shorter", "Longer"), None)
    assert school.offered == ("No", "Yes")
    assert "few-shot" in answers.steerings("school", "verbalized")
    assert answers.counts()["verbalized"] == (5, 2)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"fair": {"text": "A"}}, "labels under options"),
        ({"pub": {"text": "A", "offered": ["Longer", "Longer "]}}, "every one once"),
        ({"pub": {"offered": ["Longer", "Shorter"]}}, "text"),
    ],
)
def test_raw_text_that_nobody_could_read_is_refused(
    write: WriteFile, sheet: dict[str, Any], raw: dict[str, Any], words: str
) -> None:
    sheet["answers"][0]["raw"] = raw
    with pytest.raises(PackError, match=words):
        read_answers(write(sheet))


def test_several_answers_to_the_same_are_kept_one_by_one(
    write: WriteFile, sheet: dict[str, Any], questions: dict[str, Question]
) -> None:
    labels = sheet["options"]["pub"]
    first, second = [1.0] * len(labels), [2.0, *[0.0] * (len(labels) - 1)]
    sheet["answers"] = [{"format": "verbalized", "steering": "none", "group": "", "replies": {"pub": [first, second]}}]
    answers = read_answers(write(sheet))
    found = answers.answers(questions["pub"], "verbalized", "none", "Young")
    assert [sum(figure or 0 for figure in each.figures or ()) for each in found] == [len(labels), 2.0]
    assert answers.counts() == {"verbalized": (2, 0)}
    sheet["answers"][0]["replies"]["pub"] = [first[1:]]
    with pytest.raises(PackError, match=f"expected {len(labels)} numbers"):
        read_answers(write(sheet))
