"""Whether something that is not in a database fits a selection."""

import math
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache

from opinionscope.regexes import regex
from opinionscope.selection.fields import FIELDS
from opinionscope.selection.terms import Selection, Term
from opinionscope.survey.text import HAS_NO_BLANKS, fold, has_word, has_words

Value = str | float | datetime | Iterable[str] | None
Get = Callable[[str], Value]
"""The value of a field: several texts for a topic or a tag; "words" and "text" stand for all names, and all text."""

_fold = lru_cache(maxsize=65_536)(fold)
_WORD = regex(r"[^\W_]+")


def matches(selection: Selection, get: Get) -> bool:
    """Whether all conditions hold.

    Args:
        get: gives the value of a field by its name, "words" for the names that plain words are looked for in, and
            "text" for what quoted text is looked for in; None where it is not known, which fits no condition.
    """
    return all(_holds(term, get) is not term.negated for term in selection.terms)


def _holds(term: Term, get: Get) -> bool:
    if term.operator == "word":
        return any(has_words(_fold(text), term.values[0].split(), whole=True) for text in _texts(get("words")))
    if term.operator == "text":
        return any(has_phrase(text, term.values[0]) for text in _texts(get("text")))
    value = get(term.field)
    if term.operator == "between":
        return _is_between(term, value)
    texts = _texts(value)
    if not texts:
        return "none" in term.values
    is_name = FIELDS[term.field].kind == "name"
    return any((fits_name if is_name else fits_words)(text, wanted) for text in texts for wanted in term.values)


def fits_name(text: str, wanted: str) -> bool:
    """Whether a name is the wanted one, or the last part of it is; ``*`` at the end stands for any ending."""
    name = _fold(text)
    names = (name, name.rpartition("/")[2], name.partition("/")[2])
    if wanted.endswith("*"):
        return any(each.startswith(wanted[:-1]) for each in names)
    return wanted in names


def fits_words(text: str, wanted: str) -> bool:
    """Whether a text has all the wanted words as whole words."""
    folded = _fold(text)
    return folded == wanted or all(has_word(folded, word, whole=True) for word in wanted.split())


def phrase_words(phrase: str) -> tuple[str, ...]:
    """The words of quoted text, which have to follow each other; () if it is to be found letter by letter.

    That is the case without letters and digits ("%"), and in scripts that put no blanks between words.
    """
    return () if HAS_NO_BLANKS.search(phrase) else tuple(_WORD.findall(phrase))


def has_phrase(text: str, phrase: str) -> bool:
    """Whether a text has the words of a folded phrase one behind the other, whatever stands between them.

    ``*`` at the end lets the last word go on. Signs that are no letters or digits count as blanks, as in SQLite's FTS5.
    """
    folded, words = fold(text), phrase_words(phrase)
    if not words:
        return " ".join(phrase.split()) in " ".join(folded.split())
    wanted = f" {' '.join(words)}{'' if phrase.endswith('*') else ' '}"
    return wanted in f" {' '.join(_WORD.findall(folded))} "


def _is_between(term: Term, value: Value) -> bool:
    low, high = term.low, term.high
    if isinstance(value, datetime):
        above = not isinstance(low, datetime) or value >= low
        return above and (not isinstance(high, datetime) or value < high)
    if not isinstance(value, int | float) or math.isnan(value):
        return False
    above = not isinstance(low, int | float) or value > low or (value == low and not term.low_open)
    return above and (not isinstance(high, int | float) or value < high or (value == high and not term.high_open))


def _texts(value: Value) -> tuple[str, ...]:
    if value is None or isinstance(value, int | float | datetime):
        return ()
    return ((value,) if value else ()) if isinstance(value, str) else tuple(value)
