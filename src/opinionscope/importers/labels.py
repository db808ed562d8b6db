"""Option labels as sources write them: which stand for no answer, and where a label's scale value is known from."""

import html
import re
from collections.abc import Iterable
from functools import cache
from itertools import chain

from opinionscope.importers.words import known_words
from opinionscope.regexes import regex
from opinionscope.survey.pack import OptionEntry, SharesEntry
from opinionscope.survey.text import clean_line

EXACT = 2.0**53
"""Beyond this a float is no exact integer."""
SHARE_DECIMALS = 6

_CODE = r"(?:[(\[]?[-−]?\d{1,4}(?:[)\]]\s?[:=.–-]?|\s?[:=.–-]|(?=\s))\s?)?"
_BEHIND = r"\b(?!\s+\w)"
_BEFORE = (
    _CODE + r"[*<{(\[]?(?:[(\[]?(?:vol(?:unteered)?\b\.?|do not read|don['’]t read|spontaneous)\s?[)\]:]\s?)?"
    r"(?:i\b ?)?(?:(?:unsure|not sure|no opinion)\s?/\s?)?"
)
"""What may stand before the name of no answer."""
_BLOCK = r"br|center|div|h[1-6r]|li|[ou]l|p|table|tbody|t[dhr]"
_INLINE = r"a|b|big|em|font|i|img|mark|s|small|span|strong|su[bp]|u"
_HTML = regex(
    rf"</?(?:(?P<block>{_BLOCK})|{_INLINE})(?:\s+[\w-]+\s*=[^<>]*|\s*/?)>|(?P<entity>&(?:[a-z]{{2,8}}|#\d+|#x[\da-f]+);)",
    re.IGNORECASE,
)
"""Of its elements only: “<nationality>” and “<No answer>” are words of a questionnaire."""
_NEGATIONS = frozenset({"not", "nicht"})


@cache
def _nonresponse() -> re.Pattern[str]:
    labels = known_words().labels
    names = chain(labels.not_asked, *labels.no_answer.values())
    return re.compile(f"{_BEFORE}(?:{'|'.join(names)}){_BEHIND}", re.IGNORECASE)


@cache
def _nobody_asked() -> re.Pattern[str]:
    return re.compile(f"{_CODE}(?:{'|'.join(known_words().labels.not_asked)}){_BEHIND}", re.IGNORECASE)


def without_html(text: str) -> str:
    """A text without the tags and entities of HTML that survey tools leave in it: "<b>How&nbsp;often</b>?"."""
    if "<" not in text and "&" not in text:
        return text
    return _HTML.sub(lambda found: " " if found["block"] else html.unescape(found["entity"] or ""), text)


def is_nonresponse(label: str) -> bool:
    """Whether a label stands for no answer: "Refused", "DK" and the other names that the sources give it.

    Its code may stand before it: "99 = Refused", "(-1) Inapplicable".
    """
    return _nonresponse().match(label.strip()) is not None


def is_not_asked(label: str) -> bool:
    """Whether a label stands for people to whom the question was not put: "IAP", "-1. Inapplicable"."""
    return _nobody_asked().match(label.strip()) is not None


def has_opposite(label: str, others: Iterable[str]) -> bool:
    """Whether a label denies another of its question, and so is an answer: "Trifft nicht zu" beside "Trifft eher zu".

    The other has the same words but for the negation, begins with the first of them, and may have more.
    """
    words = _words(label)
    stem = [word for word in words if word not in _NEGATIONS]
    if not stem or len(stem) == len(words):
        return False
    return any(
        found[:1] == stem[:1] and {*stem} <= {*found} and _NEGATIONS.isdisjoint(found) for found in map(_words, others)
    )


def _words(label: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", label.casefold())


def fold_label(label: str) -> str:
    """What labels have in common that differ in case and blanks only."""
    return clean_line(label).casefold()


def option_entry(entry: OptionEntry | str) -> OptionEntry:
    """An option of a pack, a bare label as an entry."""
    return OptionEntry(entry) if isinstance(entry, str) else entry


def whole(figure: float) -> float:
    """The figure as an integer where it is one, so that files say 12 and not 12.0."""
    return int(figure) if abs(figure) < EXACT and figure == int(figure) else figure


def shares_entry(shares: Iterable[float]) -> SharesEntry:
    """Shares as packs keep them, without the number of people."""
    return SharesEntry([whole(round(share, SHARE_DECIMALS)) for share in shares])
