"""Option letters written in another way than asked for: full-width or circled, or as a letter that looks the same."""

import re
import unicodedata

from opinionscope.regexes import regex

_ALIKE = str.maketrans(
    "\u0410\u0412\u0421\u0415\u041d\u041a\u041c\u041e\u0420\u0422\u0425\u0405\u0406\u0408"
    "\u0391\u0392\u0395\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a7\u0396",
    "ABCEHKMOPTXSIJABEHIKMNOPTXZ",
)
"""Cyrillic and Greek capitals → the Latin ones that look the same."""
_FOREIGN = regex(r"[^\x00-\x7f]")
_INVISIBLE = regex("[\u200b\u200e\u200f\u2060\ufeff]")
_AMID_SYLLABLES = regex(
    "(?<=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?=[A-Z](?![A-Za-z]))|"
    "(?<![A-Za-z][A-Z])(?<=[A-Z%])(?=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
)
"""Where a letter stands in Chinese, Japanese or Korean, which put no blanks around it."""
_PARTICLE = regex(
    r"(?<![A-Za-z])([A-Z])(?: (?:[选選]?[项項]\s?[是占为為]?|[はが是占为為이가은는])|、)\s?:?\s?(?=[约約약]?\s?\d)"
)
_OF_THOSE_SCRIPTS = regex(r"[\u0370-\u03ff\u0400-\u04ff]")
_WORD = regex(r"[^\W\d_]+")
_OF_THEIR_ORDER = regex(r"\b[\u0411\u0413\u0414\u0393\u0394]\b")
"""Cyrillic and Greek capitals that stand for options in the order of their own alphabet, and look like no Latin one."""


def plain_letters(text: str, letters: str) -> str:
    """A text with the option letters in Latin script, as words of their own.

    Letters that only look like Latin ones are replaced where no other ones of their script are in the text, or where
    they name every option together with the Latin ones beside them: in А, Б, В the third is no B.
    """
    if text.isascii():
        return text
    text = _AMID_SYLLABLES.sub(" ", _FOREIGN.sub(_plain, _INVISIBLE.sub("", text)))
    text = _PARTICLE.sub(r"\1: ", text)
    latin = text.translate(_ALIKE)
    named = {letter for word in _WORD.findall(latin) if set(word) <= set(letters) for letter in word}
    names_all = named == set(letters) and not _OF_THEIR_ORDER.search(text)
    are_alike = all(character.translate(_ALIKE) in letters for character in _OF_THOSE_SCRIPTS.findall(text))
    return latin if names_all or are_alike else text


def _plain(character: re.Match[str]) -> str:
    """One character at a time: many combining marks in a row take quadratic time together."""
    return unicodedata.normalize("NFKC", character[0])
