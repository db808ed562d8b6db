"""Program instances at work on a history, and whether they still live.

An instance that has runs under way holds an SQLite lock on an empty file beside the history. The operating
system lets go of it when the process ends, however it ends; no process id is kept that another could inherit.
"""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from opinionscope.runs.run import new_run_id


class ProgramSession:
    """One program instance at work on the history at `history`, until `close`.

    Raises:
        OSError: if the lock file cannot be made.
        sqlite3.Error: if it cannot be locked.
    """

    def __init__(self, history: Path) -> None:
        self.id = new_run_id()
        self._path = _lock_file(history, self.id)
        self._path.touch(mode=0o600, exist_ok=False)
        self._lock = _connect(self._path)
        _take(self._lock)

    def close(self) -> None:
        """Let go: from now on, runs that this session left unfinished count as abandoned."""
        self._lock.close()
        self._path.unlink(missing_ok=True)


def is_alive(history: Path, session: str) -> bool:
    """Whether the instance that called itself `session` still runs; clears away what a dead one left."""
    if not session.isalnum():
        return False
    path = _lock_file(history, session)
    try:
        with closing(_connect(path)) as lock:
            _take(lock)
    except sqlite3.Error:
        return path.exists()
    with suppress(OSError):
        path.unlink(missing_ok=True)
    return False


def holds(history: Path, session: str, pid: int) -> bool | None:
    """Whether a process has the lock file of a session open; None where the system does not tell."""
    if not Path("/proc/self/fd").is_dir():
        return None
    wanted = _lock_file(history, session).resolve()
    try:
        files = list(Path(f"/proc/{pid}/fd").iterdir())
    except FileNotFoundError:
        return False
    except OSError:
        return None
    for each in files:
        with suppress(OSError):
            if each.readlink() == wanted:
                return True
    return False


def _lock_file(history: Path, session: str) -> Path:
    return history.with_name(f"{history.name}-session-{session}")


def _connect(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None, check_same_thread=False)


def _take(lock: sqlite3.Connection) -> None:
    lock.execute("PRAGMA journal_mode = MEMORY")
    lock.execute("BEGIN EXCLUSIVE")
