"""Fixtures for elicitation: a small library, and a profile of hypothesis that gives the same run everywhere."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opinionscope.survey.library import Library
from opinionscope.survey.question import Option, Question

MakeLibrary = Callable[..., Library]

_AGREEMENT = ["Agree", "Agree somewhat", "Disagree", {"label": "Refused", "nonresponse": True}]


def _question(number: str, title: str, text: str, human: dict[str, list[float]], **more: Any) -> dict[str, Any]:
    return {"id": number, "title": title, "text": text, "options": _AGREEMENT, "human": human, **more}


def _pack() -> dict[str, Any]:
    return {
        "format": "opinionscope-pack/1",
        "dataset": "harbour",
        "title": "Harbour survey",
        "groups": {
            "Sailor": {"trade": "Sailor"},
            "Democrat": {"party": "Democrat"},
            "Japan": {"country": "Japan"},
            "Democratic women": {"party": "Democrat", "sex": "Female"},
            "Newcomer": {"arrival": "this year"},
            "Hermit": {"dwelling": "cave"},
        },
        "questions": [
            _question(
                "ferry",
                "Ferry price",
                "Should the ferry to the island cost less for families?",
                {
                    "Sailor": [613, 211, 137, 39],
                    "Democrat": [613, 211, 137, 39],
                    "Japan": [613, 211, 137, 39],
                    "Democratic women": [613, 211, 137, 39],
                    "Newcomer": [613, 211, 137, 39],
                    "Hermit": [613, 211, 137, 39],
                },
                context="The ferry sails twice a day.",
            ),
            _question("bridge", "Bridge", "Should the town build a bridge to the island?", _answers([20, 33, 41, 6])),
            _question("toll", "Bridge toll", "Should families pay a toll for the bridge?", _answers([11, 22, 62, 5])),
            _question("bus", "Bus", "Should the bus to the harbour cost less?", _answers([70, 20, 8, 2])),
            _question("night", "Night ferry", "Should a ferry sail at night?", _everyone([33, 33, 33, 1])),
            _question("fish", "Fish market", "Should the fish market open on Sundays?", _everyone([1, 1, 1, 0])),
            _question("noise", "Noise", "Is the harbour too noisy at night?", _everyone([7, 0, 0, 0])),
            _question("lamps", "Lamps", "Does your street have too few lamps?", _answers([52, 18, 25, 5])),
            _question(
                "again",
                "Ferry price, asked again",
                "SHOULD the ferry to the island  cost less for families?",
                _everyone([611, 213, 139, 37]),
                context="The ferry sails twice a day.",
            ),
        ],
    }


def _answers(counts: list[float]) -> dict[str, list[float]]:
    return dict.fromkeys(("Sailor", "Democrat", "Japan", "Democratic women"), counts)


def _everyone(counts: list[float]) -> dict[str, list[float]]:
    return {**_answers(counts), "Newcomer": counts}


@pytest.fixture
def make_library(tmp_path: Path) -> MakeLibrary:
    """Reads the harbour pack, after a test has changed what it wants to change in it."""

    def make(change: Callable[[dict[str, Any]], object] = lambda pack: None) -> Library:
        pack = _pack()
        change(pack)
        (tmp_path / "harbour.pack.json").write_text(json.dumps(pack), encoding="utf-8")
        library = Library.load([tmp_path])
        assert not library.problems
        return library

    return make


@pytest.fixture
def library(make_library: MakeLibrary) -> Library:
    return make_library()


@pytest.fixture(scope="session")
def make_question() -> Callable[..., Question]:
    """A question with the given labels, all of them answers."""

    def make(*labels: str) -> Question:
        return Question("q", "d", "own", "Title", "Text?", tuple(Option(label) for label in labels))

    return make


@pytest.fixture(scope="session")
def priority(make_question: Callable[..., Question]) -> Question:
    """Four options, A to D."""
    return make_question("Top priority", "Some priority", "No priority", "Refused")
