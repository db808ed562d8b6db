"""The schema step that keeps with a run what somebody would answer who does not know the group."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

_POOLED = """
ALTER TABLE runs ADD COLUMN pooled_hash TEXT REFERENCES humans(hash); -- the pooled answer; NULL where it is not known
CREATE INDEX runs_pooled ON runs(pooled_hash);
"""


def pooled_answers(db: "Database") -> None:
    """The added value of a run can be told again when it is scored anew."""
    db.executescript(_POOLED)
