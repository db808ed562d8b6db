"""Text from outside, made safe to show, and made alike for search; nouns with their number."""

import unicodedata
from collections.abc import Sequence

from opinionscope.cleaning import clean, clean_line
from opinionscope.regexes import regex

__all__ = ["clean", "clean_line", "counted", "fold", "has_words", "search_words", "while_typing"]

MOST_WORDS = 32
HAS_NO_BLANKS = regex(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Characters of scripts that put no blanks between words: Thai, Lao, Burmese, Khmer, Japanese and Chinese."""


def counted(number: int, noun: str) -> str:
    """``1 question``, ``1,000 questions``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def first_of(names: Sequence[str], most: int) -> str:
    """The first names, with an ellipsis where there are more: ``a, b, …``."""
    return ", ".join([*names[:most], *["…"] * (len(names) > most)])


def some_of(names: Sequence[str], most: int = 5) -> str:
    """The first names, and how many more there are: ``a, b and 3 more``."""
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")


def fold(text: str) -> str:
    """Case and accents folded away, for search."""
    if text.isascii():
        return text.lower()
    plain = _decomposed(_decomposed(text).casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def _decomposed(text: str) -> str:
    """NFKD without putting combining marks in order, which takes quadratic time where many follow each other."""
    return "".join(unicodedata.normalize("NFKD", character) for character in text)


def search_words(text: str) -> tuple[str, ...]:
    """The folded words of what was typed to search for, each once."""
    return tuple(dict.fromkeys(fold(clean_line(text)).split()))[:MOST_WORDS]


def while_typing(text: str) -> str:
    """Words to search for whole, but for the last, which is still being typed: it is the beginning of a word."""
    return f"{text}*" if text and not text[-1].isspace() and text[-1] != "*" else text


def has_words(folded: str, words: Sequence[str], *, whole: bool = False) -> bool:
    """Whether a folded text has all of these folded words, as `has_word` finds each."""
    return all(has_word(folded, word, whole=whole) for word in words)


def has_word(folded: str, word: str, *, whole: bool = False) -> bool:
    """Whether a folded text has a folded word, at the beginning of a word of its own.

    ``male`` is not found in "female". Words are runs of letters and digits, so that ``gpt-4`` is found in
    "recorded/gpt-4". In scripts without blanks a word may begin and end anywhere.

    Args:
        whole: whether it has to end where a word ends, too; a word that ends in ``*`` need not.
    """
    if whole and word.endswith("*"):
        word, whole = word.rstrip("*"), False
    at = folded.find(word)
    while at >= 0:
        end = at + len(word)
        if _is_edge(folded, at) and (not whole or _is_edge(folded, end)):
            return True
        at = folded.find(word, at + 1)
    return False


def _is_edge(text: str, at: int) -> bool:
    """Whether a word can begin or end between two characters."""
    if at in (0, len(text)):
        return True
    before, after = text[at - 1], text[at]
    if not (before.isalnum() and after.isalnum()):
        return True
    return bool(HAS_NO_BLANKS.match(before) or HAS_NO_BLANKS.match(after))


def not_utf8(content: bytes) -> str:
    """What is wrong with text that is not in UTF-8, and what to do; empty if it is in UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return (
            f"expected text in UTF-8, got another byte (0x{content[error.start]:02x}) on line {line}; save it as UTF-8"
        )
    return ""
