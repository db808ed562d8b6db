"""The schema step for further fields of the recipe, and for answers that were asked for again."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

_OPTIONS = """
ALTER TABLE runs ADD COLUMN further TEXT NOT NULL DEFAULT '{}'; -- JSON: fields of the recipe that are not the default
ALTER TABLE calls ADD COLUMN before TEXT NOT NULL DEFAULT '[]'; -- JSON: [answer that could not be read, why], in order
"""


def further_recipe_fields(db: "Database") -> None:
    """A new field of the recipe needs no column of its own."""
    db.executescript(_OPTIONS)
