"""The words for one attribute of people: a noun, an adjective, or what is said behind the noun."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from opinionscope.regexes import regex
from opinionscope.survey.text import fold

Place = Literal["noun", "before", "of", "aged", "with", "living in", "who"]
"""Where words stand in a phrase such as "Black women of … aged … with … living in … who …"."""


class Words(Struct, frozen=True):
    """How an attribute is spoken of.

    Attributes:
        attribute: one of ours ("party", "sex", …), or the source's own name.
        text: in the plural, without the preposition of its place; "whose …" stands with "who …".
        adjective: what a noun becomes where another noun is the head: "Democrats", "Democratic women".
    """

    attribute: str
    place: Place
    text: str
    adjective: str = ""


class WordsFound(msgspec.Struct, array_like=True, frozen=True):
    """Words without their attribute; the fields are those of `Words`."""

    place: Place
    text: str
    adjective: str = ""


_Table = Mapping[str, WordsFound]
"""Value, folded → words for it. In the file, "female|woman" stands for two values with the same words."""


class _Tables(msgspec.Struct, forbid_unknown_fields=True):
    """What ``attribute_words.json`` holds.

    Attributes:
        names: other names of attributes → ours.
        unstated: values of those who would not say.
        values: attribute → its table.
        more_names: attribute → names by which an answer may call a value, beside those that a prompt uses.
        near_names: attribute → names of people of whom most have a value, as most liberals are Democrats.
        educations: regular expressions → words.
    """

    names: dict[str, str]
    unstated: frozenset[str]
    values: dict[str, dict[str, WordsFound]]
    more_names: dict[str, dict[str, WordsFound]]
    near_names: dict[str, dict[str, WordsFound]]
    educations: dict[str, WordsFound]


@cache
def _tables() -> _Tables:
    tables = msgspec.json.decode(Path(__file__).with_suffix(".json").read_bytes(), type=_Tables)
    for group in (tables.values, tables.more_names, tables.near_names):
        for name, table in group.items():
            group[name] = {value: found for values, found in table.items() for value in values.split("|")}
    return tables


_IDEOLOGY = regex(r"((very|somewhat|slightly|extremely) )?(conservative|moderate|liberal|left-wing|right-wing)")
_WITH_ARTICLE = regex(r"(united|northeast$|midwest$|south$|west$|philippines$|netherlands$|czech rep|dominican rep)")
_ASIDE = regex(r"\s*\([^)]*\)\s*$")

_AMOUNT = r"[$€£¥]? ?\d+(?:[,. ]\d{3})*(?:\.\d+)?k?"
_BETWEEN = regex(rf"(?P<low>{_AMOUNT})(?:\s*[-–]\s*|\s+to\s+)(?P<high>{_AMOUNT})", re.IGNORECASE)
_BELOW = regex(rf"(?:(?:less than|under|below)\s+|<\s*)(?P<high>{_AMOUNT})", re.IGNORECASE)
_ABOVE = regex(
    rf"(?P<low>{_AMOUNT})\s*(?:\+|(?:or|and) (?:more|over|older|above))"
    rf"|(?:(?:more than|over|above)\s+|>\s*)(?P<more>{_AMOUNT})",
    re.IGNORECASE,
)


def words_for(attribute: str, value: str) -> Words:
    """The words for an attribute and its value; where none are known, the source's own in quotes."""
    name, plain = _ours(attribute), fold(value).strip()
    if plain in _tables().unstated:
        return Words(name, "who", f"who would not state their {name}")
    found = _tables().values.get(name, {}).get(plain)
    if found is None and (speak := _SPEAKERS.get(name)):
        found = speak(value.strip())
    found = found or _own_words(name, value, plain)
    return Words(name, found.place, found.text, found.adjective)


def _ours(attribute: str) -> str:
    name = fold(attribute).replace("_", " ").strip()
    return _tables().names.get(name, name)


def names_of(attribute: str, value: str, *, near: bool = True) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words, folded, that name a value of an attribute, and those that name its other values as far as known.

    What is a part of its own names is no other's: to a Roman Catholic, "Catholic".

    Args:
        near: whether names of people of whom most have a value count too.
    """
    name, plain, tables = _ours(attribute), fold(value).strip(), _tables()
    kinds = (tables.values, tables.more_names, *([tables.near_names] if near else []))
    known: _Table = {key: words for each in kinds for key, words in each.get(name, {}).items()}
    spoken = {key: [word for word in (each.text, each.adjective) if word] for key, each in known.items()}
    own = {plain, *(key for key in known if plain in known and known[key] == known[plain])}
    own |= {fold(word) for word in spoken.get(plain, ()) if len(word.split()) < 3} | {fold(_ASIDE.sub("", value))}
    other = {word for key, words in spoken.items() for word in (key, *map(fold, words)) if len(word.split()) < 3}
    other = {word for word in other if not any(re.search(rf"\b{re.escape(word)}\b", each) for each in own)}
    return tuple(own - {"", "other"}), tuple(other - {"", "other"})


def _own_words(name: str, value: str, plain: str) -> WordsFound:
    if plain in ("yes", "no"):
        return WordsFound("who", f"who said {plain} to “{name}”")
    return WordsFound("who", f"whose {name} is “{value}”")


def _race(value: str) -> WordsFound | None:
    return WordsFound("before", value)


def _age(value: str) -> WordsFound | None:
    if match := _BETWEEN.fullmatch(value):
        return WordsFound("aged", f"{match['low']} to {match['high']}")
    if match := _BELOW.fullmatch(value):
        return WordsFound("aged", f"under {match['high']}")
    if match := _ABOVE.fullmatch(value):
        return WordsFound("aged", f"{match['low']} or older" if match["low"] else f"over {match['more']}")
    return WordsFound("aged", value) if value.isdecimal() else None


def _income(value: str) -> WordsFound | None:
    if match := _BETWEEN.fullmatch(value):
        return WordsFound("with", f"a household income between {match['low']} and {match['high']}")
    if match := _BELOW.fullmatch(value):
        return WordsFound("with", f"a household income of less than {match['high']}")
    if match := _ABOVE.fullmatch(value):
        amount = f"{match['low']} or more" if match["low"] else f"more than {match['more']}"
        return WordsFound("with", f"a household income of {amount}")
    return None


def _education(value: str) -> WordsFound | None:
    plain = fold(value).replace("’", "'").split(",")[0]
    return next((found for pattern, found in _tables().educations.items() if re.fullmatch(pattern, plain)), None)


def _ideology(value: str) -> WordsFound | None:
    return WordsFound("before", fold(value)) if _IDEOLOGY.fullmatch(fold(value)) else None


def _place(value: str) -> WordsFound | None:
    place = _ASIDE.sub("", value)
    return WordsFound("living in", f"the {place}" if _WITH_ARTICLE.match(fold(place)) else place)


_SPEAKERS: Mapping[str, Callable[[str], WordsFound | None]] = {
    "race": _race,
    "age": _age,
    "income": _income,
    "education": _education,
    "ideology": _ideology,
    "region": _place,
    "country": _place,
}
