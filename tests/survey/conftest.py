"""Fixtures for the survey: a pack to be damaged, and a profile of hypothesis the same everywhere."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

WriteFile = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> WriteFile:
    """Writes a file into a fresh folder: text and bytes as they are, anything else as JSON."""

    def write_file(content: object, name: str = "own.pack.json") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content)
            path.write_text(text, encoding="utf-8", newline="")
        return path

    return write_file


@pytest.fixture
def pack() -> dict[str, Any]:
    """A tiny complete pack, as the JSON it is written in."""
    return {
        "format": "opinionscope-pack/1",
        "dataset": "village",
        "title": "Village survey",
        "domain": "own",
        "version": "3",
        "wording": "own",
        "card": {"asked_by": "The parish", "notes": ["Asked at the door."]},
        "groups": {
            "Young": {"age": "under 40"},
            "Old women": {"age": "40 and over", "sex": "Female"},
            "Women, all ages": {"sex": "Female"},
        },
        "options": ["Yes", "No"],
        "questions": [
            {
                "id": "pub",
                "title": "The pub",
                "text": "Should the pub stay open longer?",
                "options": [
                    {"label": "Longer", "value": 1},
                    {"label": "As now", "value": 2},
                    {"label": "Shorter", "value": 3},
                    {"label": "No answer", "nonresponse": True},
                ],
                "topics": ["evening"],
                "human": {"Young": [30, 14, 5, 1], "Old women": {"shares": [0.1, 0.5, 0.2, 0.2]}},
            },
            {
                "id": "school",
                "title": "The école",
                "text": "Should there be a school bus?",
                "context": "The school is four miles away.",
                "source_key": "Q12",
                "source_index": 4,
                "note": "Asked twice.",
                "human": {"Young": {"shares": [75, 25], "n": 40}, "Women, all ages": [9, 1]},
            },
        ],
    }
