"""The schema step for further fields of the recipe, and for answers that were asked for again."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

_OPTIONS = """
CREATE TABLE recipe_options ( -- further fields of the recipe, where they are not the default
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run_id, name)
);
CREATE TABLE call_before ( -- answers to a call that could not be read, after which it was made again
  call_id INTEGER NOT NULL REFERENCES calls(id) ON DELETE CASCADE,
  position INTEGER NOT NULL, -- from 0
  raw_text TEXT NOT NULL,
  reason TEXT NOT NULL, -- why it could not be read
  PRIMARY KEY (call_id, position)
);
"""


def further_recipe_fields(db: "Database") -> None:
    """A new field of the recipe needs no column of its own; an answer before the last one is kept."""
    db.executescript(_OPTIONS)
