"""Titles and ids for items that come with a text and nothing shorter.

Ids are made from titles, and runs and scripts name questions by id: what gives other titles gives other ids.
"""

import re
from collections.abc import Iterable

from opinionscope.regexes import regex
from opinionscope.survey.text import clean_line, fold

LONGEST_TITLE = 34
LONGEST_ID = 48

_SEGMENT = regex(r"\.{2,}|…|[.?!:](?=\s|$)|\n+")
_LEAD = regex(
    r"^.*\b(?:do|would|did) you (?:personally |generally |yourself )?(?:think|believe|feel|say)(?: that| about| of)?\s+"
    r"|^(?:and|so|now|overall|in general|please tell me|how about)\b,?\s+",
    re.IGNORECASE,
)
_OBJECT = regex(r"\b(?:opinion|view|confidence|trust) (?:of|in|about) [^,;]+$", re.IGNORECASE)


def short_title(text: str) -> str:
    """A few words for lists: what comes last in the text, as a rule the very thing that is asked about."""
    segments = [clean_line(part).strip(" .,;-\"'") for part in _SEGMENT.split(text)]
    telling = [part for part in segments if part] or [clean_line(text) or "Untitled"]
    last = telling[-1]
    told = _OBJECT.search(last)
    return cut(_capital(told[0] if told else _LEAD.sub("", last) or last))


def cut(text: str, longest: int = LONGEST_TITLE) -> str:
    """The text, or as many of its words as fit, with an ellipsis."""
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    return (head.rpartition(" ")[0] or head).rstrip(" ,;:-") + "…"


def author_and_title(key: str) -> tuple[str, str]:
    """Author and title of "Title By Author"; no author where there is no such word."""
    title, _, author = clean_line(key).rpartition(" By ")
    return (author, title) if title else ("", author)


class Names:
    """Hands out names that nobody has yet."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)

    def title(self, wanted: str) -> str:
        """The title, with a number where it is taken."""
        title, number = wanted, 2
        while title in self._taken:
            title = f"{cut(wanted.rstrip('…'), LONGEST_TITLE - 4)} ({number})"
            number += 1
        self._taken.add(title)
        return title

    def slug(self, wanted: str, mark: str, *, as_is: bool = False) -> str:
        """An id without blanks, with `mark` behind it where it is taken."""
        plain = wanted if as_is else "-".join(re.findall(r"[a-z0-9]+", fold(wanted)))[:LONGEST_ID].strip("-") or mark
        slug = plain
        while slug in self._taken:
            slug = f"{slug}-{mark}"
        self._taken.add(slug)
        return slug


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
