"""Terminals with few characters or colours: the real program on each, what it draws told apart and read."""

import re
import sys
import unicodedata

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
TRUE_COLOR, INDEXED = re.compile(rb"\x1b\[[0-9;]*[34]8;2;"), re.compile(rb"\x1b\[[0-9;]*[34]8;5;")
IN_C = {"LC_ALL": "C", "LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
CONSOLE = set("█▄▌▐▀░▒▓■─│┌┐└┘├┤┬┴┼═║•ε")


@pytest.fixture
def opened(home, terminal, programs):
    """Starts the program on a terminal of 80 columns, and waits for the first chart."""

    def start(**variables):
        program = terminal(size=(80, 24), program=programs.cold, **variables)
        program.until("noise floor")
        return program

    return start


def test_without_utf8_bars_and_figures_are_ascii(opened):
    program = opened(**IN_C)
    assert program.output.isascii()
    assert re.search(r"Some priority +#{10,}", program.shown)
    assert "KL(human | model)" in program.shown
    assert "Some priority" in program.shown
    assert "?" not in program.shown.replace("? Help", "").replace("this country?", "")
    program.press("o", "Take it")
    assert "enter Take it" in program.shown
    assert "^v line" in program.shown


def test_a_linux_console_is_given_the_glyphs_of_its_font_and_16_colours(opened):
    program = opened(TERM="linux", COLORTERM="")
    drawn = set(program.shown) - {"\n"}
    assert {glyph for glyph in drawn if glyph > "ÿ"} <= CONSOLE
    assert "█" in drawn
    assert not TRUE_COLOR.search(program.output)
    assert not INDEXED.search(program.output)


def test_a_terminal_of_256_colours_is_given_no_others(opened):
    program = opened(TERM="screen-256color", COLORTERM="")
    assert INDEXED.search(program.output)
    assert not TRUE_COLOR.search(program.output)
    assert any(unicodedata.name(glyph, "").startswith("LEFT") for glyph in program.shown)


def test_no_color_is_grey_and_the_two_sides_are_told_apart_by_their_shape(opened):
    program = opened(NO_COLOR="1")
    triplets = re.findall(rb"8;2;(\d+);(\d+);(\d+)", program.output)
    assert triplets
    assert all(max(each) == min(each) for each in (tuple(map(int, found)) for found in triplets))
    assert "■ humans" in program.shown
    assert "▀ gpt-4" in program.shown
