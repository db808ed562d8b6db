"""Text from outside, made safe to show and to send: nothing in it controls a terminal, and nothing in it is hidden.

Three kinds of characters are dealt with:

* characters that a terminal or a text layout obeys become visible: C0 controls and DEL become their pictures (ESC → ␛),
  C1 controls, bidirectional overrides and isolates, line and paragraph separators and lone surrogates become U+FFFD;
* characters that are never drawn (Unicode's Default_Ignorable_Code_Point: zero-width spaces, TAG characters, byte order
  marks, fillers) are dropped, except soft hyphens, and joiners and variation selectors where a script or an emoji
  needs them;
* of a flood of combining marks on one character the first few stay.
"""

import re
import unicodedata
from collections.abc import Iterator

from opinionscope.regexes import regex

MOST_MARKS = 4
"""Combining marks that one character may carry: enough for Vietnamese, Hebrew, Thai, Tibetan and the Indic scripts."""

_REPLACEMENT = "\ufffd"
_OBEYED = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_HIDDEN = (
    "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FREE_OF_MARKS = "\x00-\u02ff\u2000-\u20cf\u3100-\ua4cf\uac00-\ud7ff"
_IS_OBEYED = regex(f"[{_OBEYED}]")
_IS_HIDDEN = regex(f"[{_HIDDEN}]")
_IS_SUSPECT = regex(f"[{_OBEYED}{_HIDDEN}]|[^{_FREE_OF_MARKS}]{{{MOST_MARKS + 1}}}")
_BLANKS = regex(r"\s+")
_ONE_BLANK = {ord("\n"): " ", ord("\t"): " "}

_ZERO_WIDTH_NON_JOINER, _ZERO_WIDTH_JOINER = "\u200c", "\u200d"
# Scripts whose letters change with a joiner beside them: Arabic to N'Ko, the Indic ones, Tibetan to Mongolian, and the
# Arabic presentation forms.
_JOINING_SCRIPTS = regex(
    "[\u0600-\u07ff\u0840-\u0dff\u0f00-\u109f\u1780-\u18af\ua800-\ua8ff\ua980-\ua9df\ufb50-\ufdff\ufe70-\ufefc"
    "\U00010d00-\U00010d3f\U00011000-\U00011fff\U0001e900-\U0001e95f]"
)
_EMOJI = regex("[\u2190-\u23ff\u2460-\u2bff\U0001f000-\U0001faff]")
_HAS_EMOJI_FORM = regex("[0-9#*\u00a9\u00ae\u203c\u2049\u2122\u2139\u3030\u303d\u3297\u3299]")
_IDEOGRAPH = regex("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_EMOJI_SELECTORS = "\ufe0e\ufe0f"
_IDEOGRAPH_SELECTORS = regex("[\ufe00-\ufe02\U000e0100-\U000e01ef]")
_MONGOLIAN_SELECTORS = "\u180b\u180c\u180d\u180f"


def clean(text: str) -> str:
    r"""Return the text without terminal controls, hidden characters and floods of combining marks.

    Newlines (CRLF and CR as ``\n``) and tabs stay. Cleaning twice changes nothing more.
    """
    if text.isascii():
        return text if text.isprintable() else _made_visible(text)
    if not _IS_SUSPECT.search(text):
        return text
    return _without_hidden(_made_visible(text))


def clean_line(text: str) -> str:
    """`clean` for text that must stay on one line: runs of white space become one blank."""
    cleaned = clean(text)
    if cleaned.isprintable() and "  " not in cleaned:
        return cleaned.strip(" ")
    return _BLANKS.sub(" ", cleaned).strip()


def clean_line_part(text: str) -> str:
    """`clean` for a part of a line: a newline or a tab becomes a blank, and blanks stay."""
    cleaned = clean(text)
    return cleaned if cleaned.isprintable() else cleaned.translate(_ONE_BLANK)


def escape_json(document: str) -> str:
    r"""Write every character of a JSON document that `clean` would change as ``\u....``: the data stay as they are."""
    while _IS_SUSPECT.search(document):
        # What is escaped parts its neighbours, so that a joiner that stayed beside it may not stay alone.
        harmless = (character if stays else _escaped(character) for character, stays in _judged(document))
        escaped = _IS_OBEYED.sub(lambda match: _escaped(match.group()), "".join(harmless))
        if escaped == document:
            return escaped
        document = escaped
    return document


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))


def _made_visible(text: str) -> str:
    return _IS_OBEYED.sub(_visible, text.replace("\r\n", "\n").replace("\r", "\n"))


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else _REPLACEMENT


def _without_hidden(text: str) -> str:
    return "".join(character for character, stays in _judged(text) if stays)


def _judged(text: str) -> Iterator[tuple[str, bool]]:
    """Each character, and whether it stays; controls that are obeyed stay here."""
    base = last = ""
    marks = 0
    for at, character in enumerate(text):
        stays = True
        if _IS_HIDDEN.match(character):
            stays = _belongs(character, base, last, text[at + 1 : at + 2])
        elif unicodedata.category(character).startswith("M"):
            marks += 1
            stays = marks <= MOST_MARKS
        else:
            base, marks = character, 0
        if stays:
            last = character
        yield character, stays


def _belongs(character: str, base: str, last: str, following: str) -> bool:
    """Return whether a hidden character changes how its neighbours are drawn.

    Args:
        base: the last kept character that is neither a mark nor hidden.
        last: the last kept character.
    """
    if character in (_ZERO_WIDTH_JOINER, _ZERO_WIDTH_NON_JOINER):
        if _JOINING_SCRIPTS.match(last) and unicodedata.category(last)[0] in "LM":
            return True
        is_between_emoji = bool(_EMOJI.match(base) and _EMOJI.match(following))
        return character == _ZERO_WIDTH_JOINER and last != _ZERO_WIDTH_JOINER and is_between_emoji
    if last != base:
        return False
    if character in _EMOJI_SELECTORS:
        return bool(_EMOJI.match(last) or _HAS_EMOJI_FORM.match(last))
    if character in _MONGOLIAN_SELECTORS:
        return "\u1820" <= last <= "\u18aa"
    return bool(_IDEOGRAPH.match(last) and _IDEOGRAPH_SELECTORS.match(character))
