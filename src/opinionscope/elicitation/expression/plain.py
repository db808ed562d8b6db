"""A text made plain, so that options and numbers stand in it as `pairs` looks for them."""

import math

from opinionscope.elicitation.expression.written import SUM, is_whole
from opinionscope.regexes import regex
from opinionscope.survey.text import fold

_INNER_APOSTROPHE = regex(r"(?<=\w)['’](?=\w)")
_BLANKS_AND_QUOTES = regex(r"(?:[^\S\n]|[\"'`*\\“”„‘’«»])++")
_TEX = regex(r"\\(?:text|math)(?:bf|rm|it|tt)?\{([^{}\n]{1,80})\}|\$([A-Za-z]|\d{1,3}(?:\.\d{1,9})?\\?%?)\$")
_ITALICS = regex(r"(?<!\w)_(?=[^\W_])|(?<=[^\W_])_(?!\w)|(?<=%)_")
_LONE = regex(r"(?<=[:=])( ?)\[ ?([^][,\n]{1,12}) ?\](?= ?(?:[,;.}|\n]|\Z|\(?[A-Za-z]\b))")
"""A list of one: “A: [50]”; “A: [1] 50%” has a reference."""
_LINE_END = regex(r" ?\n[ \n]*+")
_ARROW = regex(r"(?:(?<=[^\W\d]|[)\]])|(?<=\n\d)|(?<=^\d)|(?<=[,;] \d)) ?(?:->|-->|=>|:=|→|⇒|➜|➔|⟶|⟹|⇨|↦) ?")
_COMMA_IN_QUOTES = regex(r"([\"'“”])(\s?[~≈]?\s?)(0(?=,\d)|\d{1,3}(?=,\d{1,2}(?!\d))),(\d{1,6}\s?%?\s?[\"'“”])")
_COMMA_BEFORE_AN_END = regex(
    r"([:=|]\s{0,4}~?(?:0(?=,\d)|\d{1,3}(?=,\d\d?(?!\d)))),(\d{1,6})(?=\s{0,4}(?:[;\n}\]|]|\Z|,\s{0,4}[\"'(*]?[^\W\d]))"
)
"""Decimal commas. Unquoted, one ends its entry: nobody writes “50,5, B: 29,5” for 50 and 5."""
_DASH_OF_A_RANGE = regex(r"(?<=\d)[‐‑–—](?=[$€£]?\d)")
_SIGN_FIRST = regex(r"(?<=[:=|])( ?)% ?(\d{1,3}(?:[.,]\d{1,3})?)(?![\w%]|[.,]\d)")
"""A percent sign before its number, as Turkish has it."""
_PLUS_BEFORE = regex(r"(?<=[:=|])( ?)\+ ?(\d{1,3}(?:\.\d{1,3})?)")
_COUNT_BEFORE = regex(
    r"(?<=[:=])( ?)(\d{1,9}(?:,\d{3})*) ?(?:(?:people|respondents|persons|votes|voters|adults) ?)?"
    r"\((\d{1,3}(?:\.\d{1,3})?) ?%\)"
)
"""A count with its percent: “512 (50%)”."""
_LEADERS = regex(r"(?:(?<=[^\W\d_])|(?<=[)\]])) ?(?:\.{3,}|_{3,}|[#=]{2,}|:? ?[\u2580-\u259f\u25a0]+) ?(?=[~<]?\d)")
"""What leads the eye from a key to its number: dots, and the bars of a drawing. Between numbers they are a range."""


def plain(text: str) -> str:
    """A text folded, without quotes, emphasis and TeX, decimal commas as points, with single blanks."""
    text = _DASH_OF_A_RANGE.sub("-", text.replace("+/-", "±"))
    text = _TEX.sub(r"\1\2", text) if "\\" in text or "$" in text else text
    text = _ITALICS.sub("", text) if "_" in text else text
    text = _LONE.sub(r"\1\2", text) if "[" in text else text
    text = _COMMA_BEFORE_AN_END.sub(r"\1.\2", _COMMA_IN_QUOTES.sub(r"\1\2\3.\4", text))
    text = _LINE_END.sub("\n", _BLANKS_AND_QUOTES.sub(" ", _INNER_APOSTROPHE.sub("", fold(text))))
    text = _without_counts(_without_plus(_SIGN_FIRST.sub(r"\1\2%", SUM.sub("", text))))
    return _LEADERS.sub(": ", _ARROW.sub(": ", text))


def _without_plus(text: str) -> str:
    """A text whose shares have no plus signs; numbers with one that are no whole together are changes."""
    total = math.fsum(float(match[2]) for match in _PLUS_BEFORE.finditer(text))
    return _PLUS_BEFORE.sub(r"\1\2", text) if is_whole(total) else text


def _without_counts(text: str) -> str:
    """A text whose counts give way to their percents, if these are the whole and the counts are not.

    Otherwise the numbers in brackets may as well be margins of error, or how sure the model is.
    """
    found = list(_COUNT_BEFORE.finditer(text))
    counts, percents = ([float(match[at].replace(",", "")) for match in found] for at in (2, 3))
    is_whole = [abs(math.fsum(numbers) - 100) <= len(found) for numbers in (counts, percents)]
    return _COUNT_BEFORE.sub(r"\1\3%", text) if is_whole == [False, True] or counts == percents else text
