"""Text from outside, made safe to show: nothing a terminal would obey survives."""

import re
import unicodedata

_KEPT_CONTROLS = "\n\t"
_BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_REPLACEMENT = "\ufffd"
_UNSAFE = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029{_BIDI_CONTROLS}\ud800-\udfff]")
_BLANKS = re.compile(r"\s+")


def _visible(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return _REPLACEMENT


def clean(text: str) -> str:
    r"""Replace every character a terminal would obey by one it merely shows.

    C0 controls become their pictures (ESC → ␛), C1 controls, bidirectional overrides, line and
    paragraph separators and lone surrogates become U+FFFD. Newlines (CRLF and CR as ``\n``) and tabs stay.
    """
    if text.isprintable():
        return text
    return _UNSAFE.sub(_visible, text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_line(text: str) -> str:
    """`clean` for text that must stay on one line: runs of white space become one blank."""
    if text.isprintable() and "  " not in text:
        return text.strip(" ")
    return _BLANKS.sub(" ", clean(text)).strip()


def fold(text: str) -> str:
    """Case and accents folded away, for search."""
    if text.isascii():
        return text.lower()
    plain = _decomposed(_decomposed(text).casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def _decomposed(text: str) -> str:
    """NFKD without putting combining marks in order, which takes quadratic time where many follow each other."""
    return "".join(unicodedata.normalize("NFKD", character) for character in text)
