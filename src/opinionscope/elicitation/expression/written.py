"""How models write a number, and a map of numbers as they would."""

import re
from collections.abc import Sequence

from opinionscope.regexes import regex

NUMBER = r"(?:[~≈∼]\s?)?(?:\d{1,3}(?:[.,]\d{1,30})?|\.\d{1,30})(?:e[+-]?\d{1,2})?"
PERCENT = r"\s?(?:%|٪|per\s?cent|pct|prozent|pour\s?cent|por\s?ciento|퍼센트)"
PLAIN_NUMBER = regex(rf"[\"']?({NUMBER})(?:{PERCENT})?[\"']?", re.IGNORECASE)
OF_SHARES = regex(r"prob|percent|pct|share|likel|weight|freq|propor|fraction|estimate|value|^p$|%", re.IGNORECASE)
"""A key, or the head of a column, of shares."""

Pair = tuple[str, str]


def as_map(pairs: Sequence[Pair]) -> str:
    """Letters and numbers as a map in braces."""
    return "{" + ", ".join(f'{letter}: "{number}"' for letter, number in pairs) + "}"
