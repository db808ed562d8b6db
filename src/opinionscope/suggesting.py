"""Suggestions for mistyped names."""

from collections.abc import Iterable

MOST_SUGGESTED = 3
ALIKE = 0.6
"""How much of two names has to be the same, by difflib's ratio."""
LEAST_BEGINNING = 3
"""So many letters or more may be the beginning of a name."""


def nearest(word: str, names: Iterable[str]) -> list[str]:
    """Return at most three names most similar to a word, ignoring case, the nearest first; then those it begins."""
    from difflib import get_close_matches

    by_folded: dict[str, str] = {}
    for name in names:
        by_folded.setdefault(name.casefold(), name)
    folded = word.casefold()
    alike = get_close_matches(folded, by_folded, MOST_SUGGESTED, ALIKE)
    begun = (name for name in by_folded if len(folded) >= LEAST_BEGINNING and name.startswith(folded))
    return [by_folded[each] for each in dict.fromkeys((*alike, *begun))][:MOST_SUGGESTED]


def did_you_mean(word: str, names: Iterable[str], otherwise: str = "") -> str:
    """Return ``did you mean persona?``, with several names "or" between them; `otherwise` where none is like it."""
    found = nearest(word, names)
    return f"did you mean {' or '.join(found)}?" if found else otherwise
