"""Ids of runs: unique, and in order of time when sorted as text."""

from threading import Lock


class _RunIds:
    """ULIDs that never go back within this process, not even within a millisecond or when the clock is set."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0

    def next(self) -> str:
        from ulid import ULID

        with self._lock:
            self._last = max(int(ULID()), self._last + 1)
            return str(ULID.from_int(self._last))


_run_ids = _RunIds()


def new_run_id() -> str:
    """A new ULID, 26 characters, greater than all those this process made before."""
    return _run_ids.next()
