"""Options and numbers that no mark holds together: "A 50%", "50% chose A", "For B, I estimate 30%".

They are rewritten as plain pairs where options and numbers take turns throughout, so that none is left over, and only
where nothing else in a text can be read.
"""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct

from opinionscope.elicitation.expression.labels import aliases, one_of
from opinionscope.elicitation.expression.several import kind_of, speaks_of_another
from opinionscope.elicitation.expression.spoken_numbers import SPOKEN, percents_in_digits
from opinionscope.elicitation.expression.written import (
    AND,
    NUMBER,
    PERCENT,
    SENTENCE_END,
    SOMETHING_ELSE,
    SUM,
    is_whole,
)
from opinionscope.regexes import regex
from opinionscope.survey.question import EVERYONE, Group, Question
from opinionscope.survey.text import fold

_TOTAL = regex(
    r"[(\[]?\b(?:total|sum|add)(?:s|ing|med|ming)?(?: (?:up|to|is|of)){0,3}[^\w\n]{1,6}(?:9[5-9]|10[0-5])(?!\.?\d)"
    r"[ \t]?%?(?:[)\]]|(?=[ \t*]*+(?:[.;!|]|$)))",
    re.IGNORECASE | re.MULTILINE,
)
"""What the percents of an answer sum to, as it says itself; “In total, 95% would say A” is none."""
_OF_100 = regex(r"(?<=\d)(?: ?/ ?| out of | in )100(?!\d)")
_EVERY_100 = regex(r"\bof (?:every )?100\b(?! ?%)", re.IGNORECASE)
_SAYING = r"(?:(?:(?:would|will|might|are|is)[ \t])?(?:(?:say|answer|choose|pick|select)[ \t])?)"
_TOKEN = regex(
    r"(?<![\w'’.&])(?P<letter>[B-HJ-Z]|I(?=[\t\n.,;:)]|$)|(?<=[a-z%,;] )A|"
    r"A(?! (?!(?:would|will|might|about|around|at|get|with|for|and|or|et|to|vs)\b|"
    r"(?:[a-z]*[a-rt-z])?s (?:[a-z]+ ){0,3}[~≈]?\d)[a-z]| [A-Z][a-z]))"
    r"(?!['’]?[\w&](?<!['’]s)|\.[^\W\d])|"
    rf"(?:(?<![A-Za-z\d_.$€£])(?<!\d,)|(?<=\b[A-Z]\.))(?P<number>{NUMBER})(?P<percent>(?i:{PERCENT}))?(?![^\W_]|-[a-z])"
    rf"(?P<range>\+|\s?(?:[-‐–—/→⇒…±:]>?|\.{{2,}}|\b(?:to|or|and|bis|à)\b)\s?{NUMBER})?",
)
"""An option letter but no article, or a number; “A wins 50%” has a letter, for a verb stands behind it."""
_COUNTED = regex(rf"(?<=\d) (?!(?:{AND})\b)[a-z]{{2}}")
"""A word behind a number that is no percent says what is counted: “A 50 years”."""
_ANY_A = regex(r"(?<![\w'’.&])A(?![\w'’&])")
_EMPHASIS = regex(r"(?<![^\W_])_|_(?![^\W_])|[*`]")
_NUMBERING = regex(r"^[ \t]{0,8}\d{1,2}[.)][ \t]{1,4}(?=[^\s\d])", re.MULTILINE)
_SAME_AGAIN = regex(r"(?<![\w'’.&])([A-Z])\W{1,6}\1(?![\w'’&])")
_REMARK = regex(r"(?<=%) ?\((?:no|not|without|never)\b[^()\d%]*\)", re.IGNORECASE)
_CHOOSES = regex(
    r"(?:.*\b(?:choos\w*|chose|pick\w*|select\w*|sa(?:y|ys|id)|answer\w*|respond\w*|go|goes|went|opt\w*|vot\w*|"
    r"favou?r\w*|prefer\w*|support\w*|back\w*|agree\w*|lean\w*|give\w*|gave|think|believe|want\w*|tak\w*|"
    r"would be|endors\w*|identif\w*|express\w*|see|saw|fall\w*|fell|land\w*|report\w*|indicat\w*|"
    r"w(?:ü|ae?)rden?|w[äa]hl\w*|chois\w*|elig\w*|escolh\w*|scelg\w*|kie[sz]\w*))?"
    r"(?:\W*\b(?:of (?:[\w'’-]+ ){0,3}?(?:\w+s|them|people|women|men)|(?:option|answer|letter|choice|response)s?|"
    r"(?:in favou?r|chance|probability|likelihood|likely)(?: of)?|"
    r"for|with|to|towards?|as|in|the|that|is|are|would|will|it|an?)\b)*\W*|.*\(",
    re.IGNORECASE | re.DOTALL,
)
"""What stands between a number and the option that so many choose; no other verb does, as in “60% oppose A”."""
_OTHERWISE = regex(
    r"\b(?:not|never|no|nobody|none|without|over|under|above|below|than|less|fewer|up to|between|"
    r"previous\w*|reject\w*|avoid\w*|wrong|rank|w(?:as|ere) ~?\d+|"
    r"gr[eo]w\w*|ris(?:e|es|en|ing)|rose|drop\w*|f[ae]ll\w*|declin\w*|leads? by|costs?|"
    rf"(?<!makes )(?:up|down)(?: by)? ~?\d+|{SOMETHING_ELSE})\b|\d ?%? more\b|n['’]t\b|"
    r"(?:[<≤≥±−+#]|(?<![A-Z])>) ?\d|[:=|] ?-\d",
    re.IGNORECASE,
)
"""A percent beside such a word is a bound, is denied, or is one of what was there before."""


class _Stated(Struct, frozen=True):
    """An option with its number, and where both stand: from the first character to behind the last."""

    name: str
    number: str
    start: int
    end: int
    between: str
    """What stands between the two."""


def loose_pairs(text: str, question: Question, group: Group = EVERYONE) -> str:
    """Pairs in a text that no mark holds together, as plain pairs, a line each; "" where there are none.

    None are there for a group if the text before the first names another.
    """
    for _, value in group.attributes:  # “65+”, “$75,000 or more”: no number of an option
        text = text.replace(value, "") if any(map(str.isdigit, value)) and not value.isdecimal() else text
    text = _OF_100.sub("%", _TOTAL.sub("", _NUMBERING.sub("", percents_in_digits(_EMPHASIS.sub("", text)))))
    text = _REMARK.sub("", _lettered(_EVERY_100.sub("", SUM.sub("", text)), question))
    stated = _taking_turns(text)
    names = [one.name for one in stated]
    size = len(set(names))
    if size < 2 or names != names[:size] * (len(names) // size) or _are_open(stated, size, text, question):
        return ""
    if _speak_of_others(text, stated, group):
        return ""
    if size == len(names) and kind_of(text[: stated[0].start], group) is False:
        return ""
    lines = [f"{one.name}: {one.number}" for one in stated]
    if size == len(names):
        return "\n".join(lines)
    ends = [0, *(one.end for one in stated)]  # what stands between them says which counts
    return "".join(f"{text[end : one.start]}\n{line}\n" for end, one, line in zip(ends, stated, lines, strict=False))


def _taking_turns(text: str) -> list[_Stated]:
    """Options and numbers that take turns from the first of both to the last; none of them may be left over."""
    tokens = list(_TOKEN.finditer(text))
    if any(token["range"] for token in tokens):
        return []
    if any(token["percent"] for token in tokens):
        tokens = [token for token in tokens if token["letter"] or token["percent"]]
    last = max((token.end() for token in tokens if token["number"]), default=0)
    end = SENTENCE_END.search(text, last)
    tokens = [token for token in tokens if end is None or token.start() < end.start()]
    order = "".join("o" if token["letter"] else "n" for token in tokens)
    if order[:1] == "o" and any(_COUNTED.match(text, token.end()) for token in tokens if not token["percent"]):
        return []
    if order not in ("on" * (len(tokens) // 2), "no" * (len(tokens) // 2)):
        return []
    return [
        _Stated(
            one["letter"] or other["letter"],
            one["number"] or other["number"],
            one.start(),
            other.end(),
            text[one.end() : other.start()],
        )
        for one, other in zip(tokens[::2], tokens[1::2], strict=True)
    ]


def _are_open(stated: Sequence[_Stated], size: int, text: str, question: Question) -> bool:
    """Whether the pairs may be none of options and shares."""
    unnamed = set(question.letters).difference(one.name for one in stated)
    in_words = any(any(map(str.isalpha, one.between)) for one in stated)
    if any(SPOKEN.search(one.between.lower()) or one.between.strip() == "of" for one in stated):
        return True
    is_letter_first = text[stated[0].start].isalpha()
    if (unnamed and in_words and is_letter_first) or ("A" in unnamed and _ANY_A.search(text)):
        return True
    runs_on = not any(text[one.end : other.start].strip(" \t") for one, other in pairwise(stated))
    if runs_on and not is_letter_first and (unnamed or not _are_shares(stated, size)):
        return True
    if not is_letter_first and not all(_CHOOSES.fullmatch(one.between) for one in stated):
        return True
    return in_words and not _are_shares(stated, size)


def _lettered(text: str, question: Question) -> str:
    """A text with letters for labels, and without paragraphs that have numbers of something else."""
    names, numbers, letter_of = _label_pattern(question.labels, question.letters)
    text = numbers.sub(lambda match: match[1] + letter_of[match[2]], text)
    text = _SAME_AGAIN.sub(r"\1", names.sub(lambda match: match[1] + letter_of[fold(match[2])], text))
    parts = re.split(r"\n[ \t]*\n", text)
    return "\n\n".join(part for part in parts if {bool(each["letter"]) for each in _TOKEN.finditer(part)} != {False})


@lru_cache(maxsize=256)
def _label_pattern(labels: tuple[str, ...], letters: str) -> tuple[re.Pattern[str], re.Pattern[str], dict[str, str]]:
    """What finds a label that begins a phrase, or that is a number behind a percent, and each label's letter.

    The label is the second group of both. Amid a phrase it may be a part of other words: "do not favor 70%", "no 60%
    majority".
    """
    letter_of = {name: each for name, each in aliases(labels, letters).items() if len(name) > 1 or name.isdigit()}
    line_start = r"^(?:\W{0,8}\d{1,2}[.)])?\W{0,8}"
    begins = (
        rf"{line_start}|[,;:(•/|\"“.!][ \t]?[\"'*]{{0,3}}|(?<!\w)[-–—][ \t]?|(?<!\w)(?:{AND}|for)[ \t]|\d[ \t]|"
        rf"(?<![\w.])[A-Z][.)]?[ \t]|{PERCENT}[ \t]?[(:–-]?[ \t]?{_SAYING}"
    )
    flags = re.IGNORECASE | re.MULTILINE | re.ASCII
    return (
        re.compile(rf"({begins})({one_of(name for name in letter_of if len(name) > 1)})(?!\w)", flags),
        re.compile(
            rf"({PERCENT}[:,]?[ \t](?:for )?{_SAYING})({one_of(filter(str.isdigit, letter_of))})(?![\w%]|[.,:/-]\d)",
            flags,
        ),
        letter_of,
    )


def _are_shares(stated: Sequence[_Stated], size: int) -> bool:
    """Whether each round of the options sums to a whole."""
    numbers = [float(one.number.strip("~≈∼ ").replace(",", ".")) for one in stated]
    totals = [math.fsum(numbers[at : at + size]) for at in range(0, len(numbers), size)]
    return all(map(is_whole, totals))


def _speak_of_others(text: str, stated: Sequence[_Stated], group: Group) -> bool:
    """Whether a phrase bounds, denies or compares, or speaks of another group than the one that was asked for."""
    starts = [one.start for one in stated]
    phrases = [SENTENCE_END.split(text[at:end], maxsplit=1)[0] for at, end in pairwise([*starts, len(text)])]
    before = re.split(r"[,;:.!\n]|\bbut\b", text[: starts[0]])[-1]
    if any(map(_OTHERWISE.search, [before, *phrases])):
        return True
    return any(speaks_of_another(phrase, group) for phrase in phrases)
