"""Question, its options, and the group whose answer is looked at."""

from collections.abc import Mapping
from functools import cached_property
from string import ascii_uppercase
from typing import Literal

from msgspec import Struct, field

from opinionscope.regexes import regex

Wording = Literal["verbatim", "abridged", "own"]

Attributes = tuple[tuple[str, str], ...]
"""((attribute, value), …): what all people of a group have in common."""

DOMAIN_TITLES: Mapping[str, str] = {
    "political": "Political values",
    "books": "Books",
    "global": "Global values",
    "own": "Own questions",
}


class Option(Struct, frozen=True):
    """One answer option.

    Attributes:
        label: as respondents saw it.
        value: its place on an ordinal scale, None where the scale has no order or the option no place.
        nonresponse: True for "Refused", "Don't know" and their like.
    """

    label: str
    value: float | None = None
    nonresponse: bool = False


class Question(Struct, frozen=True, dict=True):
    """A survey item with its options in survey order.

    Attributes:
        id: unique within the dataset.
        dataset: id of the pack it comes from.
        wording: "verbatim" as fielded, "abridged" re-told in a pack's own words, "own" written by the user.
        context: what respondents were told beforehand (a book's blurb), or "".
        source_key: the item's name in the original source.
    """

    id: str
    dataset: str
    domain: str
    title: str
    text: str
    options: tuple[Option, ...]
    wording: str = "verbatim"
    context: str = ""
    topics: tuple[str, ...] = ()
    source_key: str = ""
    note: str = ""

    def __hash__(self) -> int:
        """Of what tells it from others: tens of thousands of answers are looked up by their question."""
        return hash((self.dataset, self.id))

    @cached_property
    def key(self) -> str:
        """``dataset/id``: what `Library.question` takes for exactly this one."""
        return f"{self.dataset}/{self.id}"

    @property
    def letters(self) -> str:
        """The letters under which options are offered to a model: A, B, C, … in survey order."""
        return ascii_uppercase[: len(self.options)]

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Option labels, shape (K,)."""
        return tuple(option.label for option in self.options)


class Group(Struct, frozen=True):
    """A group of people: a conjunction of attribute = value.

    Attributes:
        name: short and unique within a dataset ("Democrat", "Other (race)").
        attributes: ((attribute, value), …) in the order they are spoken ("party", then "sex").
    """

    name: str
    attributes: Attributes = field(default=())

    @property
    def expression(self) -> str:
        """The conjunction as typed on the command line: ``party=Democrat,sex=Female``."""
        return ",".join(f"{attribute}={value}" for attribute, value in self.attributes)


_NEXT_CONDITION = regex(r",(?=[^,=]*=)")


def conditions_in(expression: str) -> list[str]:
    """The conditions of an expression; a comma within a value ("income=$30,000 - $99,999") parts none."""
    return _NEXT_CONDITION.split(expression)


EVERYONE = Group("Everyone")
