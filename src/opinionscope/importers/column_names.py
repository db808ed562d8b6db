"""What columns are called in files of surveys, which stands in ``column_names.toml``."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec


class Tool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A survey tool: columns that tell it, all of one list, and expressions for all that it adds to the answers."""

    name: str
    told_by: list[frozenset[str]]
    adds: list[str]


class ColumnNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds; it says what is what."""

    identifying: frozenset[str]
    ids: frozenset[str]
    attributes: frozenset[str]
    days: frozenset[str]
    qualtrics: frozenset[str]
    surveymonkey: frozenset[str]
    roles: dict[str, list[str]]
    tools: list[Tool]


@cache
def column_names() -> ColumnNames:
    """The names, read once."""
    return msgspec.toml.decode(Path(__file__).with_suffix(".toml").read_bytes(), type=ColumnNames)


@cache
def roles() -> Mapping[str, str]:
    """Names of columns of tables of figures → what is found under them."""
    return {name: role for role, names in column_names().roles.items() for name in names}
