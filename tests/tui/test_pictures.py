"""The pictures of the README show the program as it is.

``OPINIONSCOPE_PICTURES=write pytest tests/tui/test_pictures.py -p no:xdist`` draws them anew.
With ``tests/cli/test_readme_output.py tests/integration/test_browser.py`` in the same command, what commands print and
the picture of the program in a browser are made anew as well, the latter where Chromium is installed.
"""

import os
import re
from html import unescape
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / ".github"
README = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
TEXT = re.compile(r"<text[^>]* y=\"([^\"]*)\"[^>]*>([^<]*)</text>")


async def _explore(pilot, settled):
    await settled(pilot)


async def _grid(pilot, settled):
    await pilot.press("G")
    await settled(pilot)


async def _tables(pilot, settled):
    await pilot.press("T")
    await settled(pilot)


async def _play(pilot, settled):
    pilot.app.action_play(("Ann",), 10, "political", 7)
    await settled(pilot)
    await pilot.press(*["right"] * 4, "down", "right", "enter")
    await settled(pilot)


async def _compare(pilot, settled):
    await pilot.press("equals_sign")
    await settled(pilot)
    await pilot.press("f")
    await settled(pilot)
    await pilot.press("C")
    await settled(pilot)


PICTURES = {"explore": _explore, "compare": _compare, "grid": _grid, "tables": _tables, "play": _play}


def words(svg):
    """What is written in a picture, line by line."""
    lines = {}
    for height, text in TEXT.findall(svg):
        lines[float(height)] = lines.get(float(height), "") + unescape(text).replace("\xa0", " ")
    return [" ".join(lines[height].split()) for height in sorted(lines)]


@pytest.mark.parametrize("name", PICTURES)
async def test_a_picture_of_the_readme_is_as_the_program_is(name, opened, settled):
    async with opened() as (app, pilot):
        await PICTURES[name](pilot, settled)
        app.clear_notifications()
        await settled(pilot)
        drawn = app.export_screenshot(title="opinionscope")
    path = FOLDER / f"{name}.svg"
    if os.environ.get("OPINIONSCOPE_PICTURES") == "write":
        path.write_text(drawn, encoding="utf-8")
    assert words(path.read_text(encoding="utf-8")) == words(drawn)
    assert f".github/{name}.svg" in README
