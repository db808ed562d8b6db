"""Favourites and last used models, kept between two starts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from opinionscope.respondents.cards import ModelCard, in_order
from opinionscope.respondents.remembered import StateError, StateFile

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


def test_favourites_come_first_then_last_used_then_the_rest_as_it_was(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "new" / "state.json")
    for number, name in enumerate(("c", "d", "c")):
        file.note_use(name, NOON + timedelta(hours=number))
    file.toggle_favourite("d")
    file.toggle_favourite("e")
    remembered, problem = StateFile(file.path).read()
    assert problem is None
    cards = [ModelCard(name, "live", (), "") for name in "abcde"]
    assert [card.name for card in in_order(cards, remembered)] == ["d", "e", "c", "a", "b"]
    assert [(used.model, used.when.hour) for used in remembered.used] == [("c", 14), ("d", 13)]
    assert file.toggle_favourite("d").favourites == ("e",)
    assert [path.name for path in file.path.parent.iterdir()] == ["state.json"]


def test_only_the_latest_twenty_are_kept(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.json")
    for number in range(25):
        remembered = file.note_use(f"m{number}", NOON)
    assert [used.model for used in remembered.used] == [f"m{number}" for number in range(24, 4, -1)]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"favourites": [1]}', b"\xff\xfe"])
def test_a_broken_file_is_told_of_and_ignored(tmp_path: Path, content: bytes) -> None:
    file = StateFile(tmp_path / "state.json")
    file.path.write_bytes(content)
    remembered, problem = file.read()
    assert remembered.favourites == remembered.used == ()
    assert problem is not None
    assert "state.json" in problem.message
    assert file.toggle_favourite("a").favourites == ("a",)


def test_names_that_are_none_are_left_out(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.json")
    file.path.write_text('{"favourites": ["good", "\\u001b[2J", "", "good"]}')
    assert file.read()[0].favourites == ("good",)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="cannot be written"):
        StateFile(tmp_path / "file" / "state.json").note_use("a", NOON)
