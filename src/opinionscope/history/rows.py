"""Rows of the history: how values are put into them, and the further fields of a recipe in SQL."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from opinionscope.elicitation import OPTIONS, PLAIN
from opinionscope.recipe import RecipeOption

Row = Mapping[str, str | int | float | None]


def as_text(moment: datetime) -> str:
    """ISO 8601 in UTC, of one width, so that texts sort as times do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(text: str | None) -> datetime | None:
    """The time that `as_text` wrote; None for None."""
    return None if text is None else datetime.fromisoformat(text)


def hash_of(*parts: object) -> str:
    """The same text for equal parts: 128 bits of BLAKE2b over their JSON, as 32 hexadecimal digits."""
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()


def insert(connection: sqlite3.Connection, table: str, rows: Sequence[Row], *, known_ok: bool = False) -> int:
    """Insert rows, all with the columns of the first.

    Args:
        known_ok: pass over rows that are there already, instead of raising sqlite3.IntegrityError.

    Returns:
        How many rows were new.
    """
    if not rows:
        return 0
    return connection.executemany(_insertion(table, tuple(rows[0]), known_ok), [storable(row) for row in rows]).rowcount


@lru_cache(maxsize=128)
def _insertion(table: str, columns: tuple[str, ...], known_ok: bool) -> str:
    values = ", ".join(f":{column}" for column in columns)
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"
    return f"{sql} ON CONFLICT DO NOTHING" if known_ok else sql


def insert_list(connection: sqlite3.Connection, table: str, owner: Row, items: Iterable[Row]) -> None:
    """Insert the items of a list that belongs to `owner`, each with its position from 0."""
    insert(connection, table, [{**owner, "position": position, **item} for position, item in enumerate(items)])


def storable(row: Row) -> Row:
    """The row with lone surrogates, which no UTF-8 file can hold, replaced."""
    if "".join([value for value in row.values() if isinstance(value, str)]).isascii():
        return row
    return {
        column: value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value
        for column, value in row.items()
    }


def value_of(option: RecipeOption) -> str:
    """The value in the recipe of a row of `runs`, as text."""
    kept = f"SELECT value FROM recipe_options WHERE run_id = runs.id AND name = '{option.name}'"
    return f"coalesce(({kept}), '{option.of(PLAIN)}')"


def columns() -> str:
    """A column for each option."""
    return ",\n  ".join(f"{value_of(option)} AS {option.name}" for option in OPTIONS)
