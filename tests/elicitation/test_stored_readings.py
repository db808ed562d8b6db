"""Readings of recorded answers: the same from store as from the parser, and never from a stale or damaged store."""

import json
from pathlib import Path

import pytest

from opinionscope.elicitation import stored
from opinionscope.elicitation.stored import readings_of
from opinionscope.survey import Library, Pack, PackError
from opinionscope.survey.answers import ANSWERS_SUFFIX
from opinionscope.values import replace

ANSWERS = {
    "format": "opinionscope-answers/1",
    "dataset": "harbour",
    "model": "parrot",
    "recorded": "today",
    "source": "a test",
    "options": {"ferry": ["Agree", "Agree somewhat", "Disagree"], "lost": ["Yes", "No"]},
    "answers": [
        {
            "format": "verbalized",
            "steering": "persona",
            "group": "Sailor",
            "raw": {"ferry": {"text": "A: 20%, B: 30%, C: 50%"}, "lost": {"text": "A: 20%, B: 80%"}},
        },
        {
            "format": "verbalized",
            "steering": "none",
            "group": "",
            "raw": {"ferry": {"text": "I cannot say.", "offered": ["Disagree", "Agree"]}},
        },
        {"format": "sequence", "steering": "few-shot", "group": "Hermit", "figures": {"ferry": [20, 5, None]}},
    ],
}


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / f"harbour.parrot{ANSWERS_SUFFIX}"
    path.write_text(json.dumps(ANSWERS))
    return path


@pytest.fixture
def pack(library: Library) -> Pack:
    return library.pack("harbour")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "readings"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The formats of the answers that a parser was put to, one entry an answer."""
    found: list[str] = []
    read = stored.read_reply

    def counted(answer, format_name, *others):
        found.append(format_name)
        return read(answer, format_name, *others)

    monkeypatch.setattr(stored, "read_reply", counted)
    return found


def test_every_answer_to_a_question_of_the_pack_is_read(answers, pack):
    sailor, unsteered, hermit = readings_of(answers, pack)
    assert (sailor.question_id, sailor.group, sailor.steering, sailor.format) == (
        "ferry",
        "Sailor",
        "persona",
        "verbalized",
    )
    assert sailor.probabilities == (0.2, 0.3, 0.5, 0.0)
    assert (unsteered.group, unsteered.answer) == ("", None)
    assert unsteered.reason
    assert hermit.probabilities == (0.8, 0.2, 0.0, 0.0)


def test_opened_again_nothing_is_parsed_and_nothing_differs(answers, pack, folder, parsed):
    first = list(map(repr, readings_of(answers, pack, folder)))
    assert len(parsed) == 3
    assert list(map(repr, readings_of(answers, pack, folder))) == first
    assert len(parsed) == 3


def test_other_answers_options_or_parsers_are_read_anew(answers, pack, folder, parsed, monkeypatch):
    readings_of(answers, pack, folder)
    answers.write_text(answers.read_text().replace("20%", "10%").replace("50%", "60%"))
    assert next(iter(readings_of(answers, pack, folder))).figures[0] == 10
    fewer = replace(pack, questions=pack.questions[:1])
    readings_of(answers, fewer, folder)
    monkeypatch.setattr(stored, "READER_VERSION", stored.READER_VERSION + 1)
    readings_of(answers, fewer, folder)
    assert len(parsed) == 4 * 3
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("damage", [lambda content: content[:-9], lambda content: b"", lambda content: b"x" + content])
def test_a_damaged_store_is_made_anew(answers, pack, folder, parsed, damage):
    first = list(readings_of(answers, pack, folder))
    (place,) = folder.iterdir()
    place.write_bytes(damage(place.read_bytes()))
    assert list(readings_of(answers, pack, folder)) == first
    assert list(readings_of(answers, pack, folder)) == first
    assert len(parsed) == 2 * 3


def test_where_nothing_can_be_stored_answers_are_read_all_the_same(answers, pack, tmp_path):
    (tmp_path / "file").touch()
    assert len(readings_of(answers, pack, tmp_path / "file" / "readings")) == 3


def test_a_file_of_answers_that_is_gone_or_broken_is_named(answers, pack, folder):
    answers.write_text("{")
    with pytest.raises(PackError, match="expected valid JSON"):
        readings_of(answers, pack, folder)
    answers.unlink()
    with pytest.raises(PackError, match="cannot be read"):
        readings_of(answers, pack, folder)
