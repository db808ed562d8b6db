"""Suggestions for mistyped names."""

from collections.abc import Iterable

MOST_SUGGESTED = 3
ALIKE = 0.6
"""How much of two names has to be the same, by difflib's ratio."""


def nearest(word: str, names: Iterable[str]) -> list[str]:
    """Return at most three names most similar to a word, ignoring case, the nearest first."""
    from difflib import get_close_matches

    by_folded: dict[str, str] = {}
    for name in names:
        by_folded.setdefault(name.casefold(), name)
    return [by_folded[each] for each in get_close_matches(word.casefold(), by_folded, MOST_SUGGESTED, ALIKE)]


def did_you_mean(word: str, names: Iterable[str], otherwise: str = "") -> str:
    """Return ``did you mean persona?``, with several names "or" between them; `otherwise` where none is like it."""
    found = nearest(word, names)
    return f"did you mean {' or '.join(found)}?" if found else otherwise
