"""What columns and labels are called in files of surveys, which stands in ``words.toml``."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec


class Tool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A survey tool: columns that tell it, all of one list, and expressions for all that it adds to the answers."""

    name: str
    told_by: list[frozenset[str]]
    adds: list[str]


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Expressions for labels that are no answers, `no_answer` by language, or ranges; `beside_a_scale` has words."""

    not_asked: list[str]
    no_answer: dict[str, list[str]]
    size: list[str]
    base: list[str]
    whole: list[str]
    whole_alone: list[str]
    sum: list[str]
    and_more: list[str]
    beside_a_scale: frozenset[str]
    difference: list[str]
    net: frozenset[str]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds; it says what is what."""

    identifying: frozenset[str]
    ids: frozenset[str]
    attributes: frozenset[str]
    counts: frozenset[str]
    comments: frozenset[str]
    days: frozenset[str]
    qualtrics: frozenset[str]
    surveymonkey: frozenset[str]
    roles: dict[str, list[str]]
    labels: Labels
    sides: dict[str, list[str]]
    tools: list[Tool]


@cache
def known_words() -> Words:
    """The words, read once."""
    return msgspec.toml.decode(Path(__file__).with_suffix(".toml").read_bytes(), type=Words)


@cache
def roles() -> Mapping[str, str]:
    """Names of columns of tables of figures → what is found under them."""
    return {name: role for role, names in known_words().roles.items() for name in names}
