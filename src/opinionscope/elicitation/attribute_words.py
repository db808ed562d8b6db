"""The words for one attribute of people: a noun, an adjective, or what is said behind the noun."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from opinionscope.survey.text import fold

Place = Literal["noun", "before", "of", "aged", "with", "living in", "who"]
"""Where words stand in a phrase such as "Black women of … aged … with … living in … who …"."""


@dataclass(frozen=True, slots=True)
class Words:
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


Found = tuple[Place, str] | tuple[Place, str, str]

_NAMES: Mapping[str, str] = {
    "gender": "sex",
    "polparty": "party",
    "political party": "party",
    "ethnicity": "race",
    "age group": "age",
    "household income": "income",
    "family income": "income",
    "educ": "education",
    "cregion": "region",
    "census region": "region",
    "relig": "religion",
    "polideology": "ideology",
    "political ideology": "ideology",
}
_UNSTATED = frozenset({"refused", "prefer not to say", "dk/refused", "don't know/refused"})

_SEXES: Mapping[str, Found] = {
    **dict.fromkeys(("female", "woman", "women"), ("noun", "women")),
    **dict.fromkeys(("male", "man", "men"), ("noun", "men")),
    **dict.fromkeys(("other", "in some other way"), ("who", "who are neither men nor women")),
}
_PARTIES: Mapping[str, Found] = {
    "democrat": ("noun", "Democrats", "Democratic"),
    "republican": ("noun", "Republicans", "Republican"),
    "independent": ("noun", "political independents", "politically independent"),
    "other": ("who", "who side with no major party"),
}
_RACES: Mapping[str, Found] = {
    "mixed race": ("of", "mixed race"),
    "other": ("of", "another race than those usually listed"),
}
_MORE_NAMES: Mapping[str, Mapping[str, Found]] = {
    "party": {"democrats": _PARTIES["democrat"], "republicans": _PARTIES["republican"], "gop": _PARTIES["republican"]},
    "race": {name: ("before", name.title()) for name in ("black", "white", "hispanic", "latino", "asian")}
    | {"african american": ("before", "Black")},
}
"""Names by which an answer may call a value, beside those that a prompt uses."""
_EDUCATIONS: tuple[tuple[str, Found], ...] = (
    (r"(less than|no|did not (finish|complete)) high school.*", ("who", "who did not finish high school")),
    (r"high school( graduate| diploma)?", ("with", "a high school diploma and no college")),
    (r"some college.*", ("with", "some college but no degree")),
    (r"associate('s)?( degree)?", ("with", "an associate's degree")),
    (r"college graduate/some post ?grad.*", ("with", "a college degree")),
    (r"(college|university) (graduate|degree)", ("with", "a college degree")),
    (r"bachelor('s)?( degree)?", ("with", "a bachelor's degree")),
    (r"post ?grad(uate)?( degree)?", ("with", "a postgraduate degree")),
)
_FAITHS = [
    "protestant",
    "catholic",
    "roman catholic",
    "christian",
    "mormon",
    "jewish",
    "muslim",
    "buddhist",
    "hindu",
    "sikh",
    "evangelical",
]
_RELIGIONS: Mapping[str, Found] = {
    **{faith: ("before", faith.title()) for faith in _FAITHS},
    "orthodox": ("before", "Orthodox Christian"),
    "atheist": ("before", "atheist"),
    "agnostic": ("before", "agnostic"),
    "other": ("of", "another religion than those usually listed"),
    **dict.fromkeys(("none", "nothing in particular"), ("of", "no religion in particular")),
}
_IDEOLOGY = re.compile(r"((very|somewhat|slightly|extremely) )?(conservative|moderate|liberal|left-wing|right-wing)")
_WITH_ARTICLE = re.compile(
    r"(united|northeast$|midwest$|south$|west$|philippines$|netherlands$|czech rep|dominican rep)"
)
_ASIDE = re.compile(r"\s*\([^)]*\)\s*$")

_AMOUNT = r"[$€£¥]? ?\d+(?:[,. ]\d{3})*(?:\.\d+)?k?"
_BETWEEN = re.compile(rf"(?P<low>{_AMOUNT})(?:\s*[-–]\s*|\s+to\s+)(?P<high>{_AMOUNT})", re.IGNORECASE)
_BELOW = re.compile(rf"(?:(?:less than|under|below)\s+|<\s*)(?P<high>{_AMOUNT})", re.IGNORECASE)
_ABOVE = re.compile(
    rf"(?P<low>{_AMOUNT})\s*(?:\+|(?:or|and) (?:more|over|older|above))"
    rf"|(?:(?:more than|over|above)\s+|>\s*)(?P<more>{_AMOUNT})",
    re.IGNORECASE,
)


def words_for(attribute: str, value: str) -> Words:
    """The words for an attribute and its value; where none are known, the source's own in quotes."""
    name = fold(attribute).replace("_", " ").strip()
    name = _NAMES.get(name, name)
    plain = fold(value).strip()
    if plain in _UNSTATED:
        return Words(name, "who", f"who would not state their {name}")
    found = _TABLES.get(name, {}).get(plain)
    if found is None and (speak := _SPEAKERS.get(name)):
        found = speak(value.strip())
    return Words(name, *(found or _own_words(name, value, plain)))


def names_of(attribute: str, value: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words, folded, that name a value of an attribute, and those that name its other values as far as known."""
    name = fold(attribute).replace("_", " ").strip()
    name, plain = _NAMES.get(name, name), fold(value).strip()
    known = {**_TABLES.get(name, {}), **_MORE_NAMES.get(name, {})}
    found = known.get(plain)
    own = {plain, *(key for key, other in known.items() if found and other == found)}
    own |= {fold(word) for word in (found or ())[1:] if len(word.split()) < 3} | {fold(_ASIDE.sub("", value))}
    other = {word for key, found in known.items() for word in (key, *map(fold, found[1:])) if len(word.split()) < 3}
    return tuple(own - {"", "other"}), tuple(other - own - {"", "other"})


def _own_words(name: str, value: str, plain: str) -> Found:
    if plain in ("yes", "no"):
        return "who", f"who said {plain} to “{name}”"
    return "who", f"whose {name} is “{value}”"


def _race(value: str) -> Found | None:
    return "before", value


def _age(value: str) -> Found | None:
    if match := _BETWEEN.fullmatch(value):
        return "aged", f"{match['low']} to {match['high']}"
    if match := _BELOW.fullmatch(value):
        return "aged", f"under {match['high']}"
    if match := _ABOVE.fullmatch(value):
        return "aged", f"{match['low']} or older" if match["low"] else f"over {match['more']}"
    return ("aged", value) if value.isdecimal() else None


def _income(value: str) -> Found | None:
    if match := _BETWEEN.fullmatch(value):
        return "with", f"a household income between {match['low']} and {match['high']}"
    if match := _BELOW.fullmatch(value):
        return "with", f"a household income of less than {match['high']}"
    if match := _ABOVE.fullmatch(value):
        amount = f"{match['low']} or more" if match["low"] else f"more than {match['more']}"
        return "with", f"a household income of {amount}"
    return None


def _education(value: str) -> Found | None:
    plain = fold(value).replace("’", "'").split(",")[0]
    return next((found for pattern, found in _EDUCATIONS if re.fullmatch(pattern, plain)), None)


def _ideology(value: str) -> Found | None:
    return ("before", fold(value)) if _IDEOLOGY.fullmatch(fold(value)) else None


def _place(value: str) -> Found | None:
    place = _ASIDE.sub("", value)
    return "living in", f"the {place}" if _WITH_ARTICLE.match(fold(place)) else place


_TABLES: Mapping[str, Mapping[str, Found]] = {
    "sex": _SEXES,
    "party": _PARTIES,
    "race": _RACES,
    "religion": _RELIGIONS,
}
_SPEAKERS: Mapping[str, Callable[[str], Found | None]] = {
    "race": _race,
    "age": _age,
    "income": _income,
    "education": _education,
    "ideology": _ideology,
    "region": _place,
    "country": _place,
}
