import json
import os
from pathlib import Path

import pytest

THEME = """
name = {name}
[colors]
primary = "#7fb7d8"
[chart]
human = "#f0b860"
model = "#63b4f0"
track = {track}
"""


def _basic(text: str) -> str:
    """A TOML string in which every character that is not plain is escaped."""
    inside = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
    return f'"{inside}"'


@pytest.fixture(autouse=True)
def at_home(home: Path) -> None:
    """Every test of this folder has a home of its own."""


def _pack(hostile: str) -> dict:
    return {
        "format": "opinionscope-pack/1",
        "dataset": "nasty",
        "title": f"Nasty {hostile}",
        "groups": {f"Folk {hostile}": {f"kin {hostile}": f"all {hostile}"}},
        "questions": [
            {
                "id": "one",
                "title": f"Title {hostile}",
                "text": f"Asked {hostile}",
                "context": f"Told {hostile}",
                "options": [f"Yes {hostile}", f"No {hostile}"],
                "human": {f"Folk {hostile}": [30, 10]},
            }
        ],
    }


@pytest.fixture
def hostile_home(home: Path, programs) -> Path:
    """A user's folder in which everything that can be named is named by an enemy."""
    hostile = programs.HOSTILE
    for folder in ("data", "themes", "templates"):
        (home / folder).mkdir()
    named = hostile.replace("\x85", "")[:80]
    (home / "themes" / f"broken {named}.toml").write_text("name = ")
    (home / "themes" / "name.toml").write_text(THEME.format(name=_basic(f"x{hostile}"), track='"#000"'))
    (home / "themes" / "field.toml").write_text(THEME.format(name='"fine"', track=_basic(hostile)))
    (home / "templates" / f"broken {named}.txt").write_text(f"{{none{hostile}}}")
    (home / "data" / f"broken {named}.pack.json").write_text('{"format": "' + "x" * 5)
    (home / "data" / f"answers {named}.answers.json").write_text("{")
    (home / "data" / "nasty.pack.json").write_text(json.dumps(_pack(hostile)))
    with open(os.fsencode(home / "data") + b"/raw \x9b31m \xff.pack.json", "w") as file:  # noqa: PTH123
        file.write("{")
    return home
