"""The schema step by which a reply is found again by the request that it answered."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

_REQUESTS = """
ALTER TABLE calls ADD COLUMN request_hash TEXT NOT NULL DEFAULT ''; -- the same for identical requests; empty if unknown
CREATE INDEX calls_request ON calls(request_hash, run_id, position) WHERE request_hash <> '';
"""


def hashes_of_requests(db: "Database") -> None:
    """An identical request at temperature 0 can be answered from the history."""
    db.executescript(_REQUESTS)
