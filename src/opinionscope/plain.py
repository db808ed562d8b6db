"""Characters of few: what a terminal without UTF-8, or without many glyphs in its font, can show in place of others."""

import unicodedata
from collections.abc import Mapping

_GLYPHS = "█▉▊▋▌▐▍▎▏■▀▘−–—·…Δε₁“”‘’×→┃│‖●○─▲▼▇▆▅▄▃▂▁░▾▸◂•✓✗★☆↑↓←◆✎"
_IN_ASCII = "########|#=-----~de1\"\"''x>!||*o-^v######_:v><*+x*o^v<+&"
_ASCII: Mapping[str, str] = {**dict(zip(_GLYPHS, _IN_ASCII, strict=True)), "\u00a0": " "}
_CONSOLE_FONT = frozenset("█▄▌▐▀░▒▓■─│┌┐└┘├┤┬┴┼═║·•×±÷°≈≤≥ε√²")
"""Beside Latin-1, what the 256 glyphs of a Linux console's usual fonts have."""
_IN_CONSOLE: Mapping[str, str] = {
    **dict(zip("▉▊▋▍▎▏▘▇▆▅▃▂▁▔", "███▌▌│▀██▄▄▄_▀", strict=True)),
    **dict(zip("╭╮╰╯┏┓┗┛━┃╸╺╴╶╷╵", "┌┐└┘┌┐└┘─│────││", strict=True)),
}


def in_ascii(text: str) -> str:
    """A text with one ASCII character for each of its letters and signs, ? for what has nothing like it."""
    return text if text.isascii() else "".join(map(_one_ascii, text))


def in_console(text: str) -> str:
    """A text with characters that the font of a Linux console has, one for each of its characters."""
    return text if text.isascii() else "".join(map(_one_of_console, text))


def _one_ascii(character: str) -> str:
    if character.isascii() or unicodedata.combining(character):
        return character if character.isascii() else ""
    return _ASCII.get(character) or _line(character) or _base(character) or "?"


def _one_of_console(character: str) -> str:
    if character <= "ÿ" or character in _CONSOLE_FONT:
        return character
    return _IN_CONSOLE.get(character) or _one_ascii(character)


def _line(character: str) -> str:
    """For a line of a box: a stroke or a corner."""
    if not "─" <= character <= "╿":
        return ""
    name = unicodedata.name(character)
    is_upright = any(word in name for word in ("VERTICAL", "UP", "DOWN"))
    is_level = any(word in name for word in ("HORIZONTAL", "LEFT", "RIGHT", "ARC"))
    return "+" if is_upright and is_level else "|" if is_upright else "-"


def _base(character: str) -> str:
    """A letter without its accent; a figure that is raised or lowered as it is elsewhere."""
    first = unicodedata.normalize("NFKD", character)[0]
    return first if first.isascii() else ""
