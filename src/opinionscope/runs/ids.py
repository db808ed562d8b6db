"""Ids of runs: unique, and in order of time when sorted as text."""

from threading import Lock

_lock = Lock()
_last = 0


def new_run_id() -> str:
    """A new ULID, 26 characters, greater than all that this process made before.

    Not even within a millisecond, or when the clock is set back, is one less than the one before it.
    """
    from ulid import ULID

    global _last
    with _lock:
        _last = max(int(ULID()), _last + 1)
        return str(ULID.from_int(_last))
