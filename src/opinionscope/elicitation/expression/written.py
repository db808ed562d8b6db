"""How models write a number, and a map of numbers as they would."""

import re
from collections.abc import Sequence

from opinionscope.regexes import regex
from opinionscope.survey.text import fold

NUMBER = r"(?:[~≈∼]\s?)?(?:\d{1,3}(?:[.,]\d{1,30})?|\.\d{1,30})(?:e[+-]?\d{1,2})?"
_PERCENT = (
    r"%|٪|(?:per|pour|por|pro)\s?[cs]ent(?:o|s|age)?\b(?: points?\b)?|por\s?ciento\b|pro[sz]ent(?:en?|tia)?\b|pct\b|"
    r"процент\w{0,3}"
)
PERCENT = rf"\s?(?:{_PERCENT}|パーセント|퍼센트)"
FOLDED_PERCENT = f"(?:{_PERCENT}|{fold('パーセント')}|{fold('퍼센트')})"
ABOUT = "|".join(
    fold(words)
    for words in (
        *(
            "about",
            "around",
            "roughly",
            r"approx(?:imately|\.)?",
            r"ca\.?",
            "circa(?: il)?",
            "etwa",
            "rund",
            "ungefahr",
        ),
        *("nearly", "almost", "close to", "maybe", "perhaps", "probably", "an? estimated", "estimated"),
        *("(?:the )?remaining", "another", "el", "cirka", "ongeveer", "ok(?:oło|\\.)", "khoảng", "yaklaşık", "sekitar"),
        *("ร้อยละ", "लगभग", "environ", "alrededor del?", "aproximadamente", "cerca del?"),
        *("около", "примерно", "约", "大约", "約", "약"),
    )
)
"""What says that a number is none to rely on, folded."""
AND = "and|et|und|y|e|en"
SOMETHING_ELSE = (
    r"(?:confiden\w*|certain\w*|sure|accura\w*|margin|error|turnout|growth|(?:in|de)creas\w*|"
    r"(?:response|error) rate|(?:percentage )?points? (?:more|less|higher|lower|up|down)|"
    r"at (?:least|most)|or (?:more|less|fewer|higher|lower|above|below)|max(?:imum)?\b|min(?:imum)?\b|"
    r"in (?:19|20)\d\d\b|last (?:year|time)|chance of being)"
)
"""What a number is of, that is no share of an answer: how sure the model is, a bound, a change, another year."""
SENTENCE_END = regex(r"[.!?]\s|\n")
SUM = regex(r"(?<=%) ?= ?(?:9[5-9]|10[0-5])(?:\.\d{1,2})? ?%")
"""What the percents before it sum to, as the answer says: “C: 15%, D: 5% = 100%”."""
PLAIN_NUMBER = regex(rf"[\"']?({NUMBER})(?:{PERCENT})?[\"']?", re.IGNORECASE)
OF_SHARES = regex(r"prob|percent|pct|share|likel|weight|freq|propor|fraction|estimate|value|^p$|%", re.IGNORECASE)
"""A key, or the head of a column, of shares."""

Pair = tuple[str, str]


def is_whole(total: float, gap: float = 0.05) -> bool:
    """Whether shares that sum to this are all of them, as percents or as fractions."""
    return any(abs(total / whole - 1) <= gap for whole in (1, 100))


def as_map(pairs: Sequence[Pair]) -> str:
    """Letters and numbers as a map in braces."""
    return "{" + ", ".join(f'{letter}: "{number}"' for letter, number in pairs) + "}"
