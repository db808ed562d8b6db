"""What can go wrong with the history, said so that a user can act on it."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from opinionscope.runs.errors import RunError
from opinionscope.survey.text import clean_line

_ELSEWHERE = "or name another file with --db"
_RIGHTS = f"cannot be opened or written; check the rights of the file and its folder, {_ELSEWHERE}"
_FULL = "cannot grow: the disk is full; free some space and try again, what was saved before is safe"

_SENTENCES = {
    sqlite3.SQLITE_NOTADB: f"is not an SQLite database; move it away, {_ELSEWHERE}",
    sqlite3.SQLITE_CORRUPT: f"is damaged; put back a copy of it, {_ELSEWHERE}",
    sqlite3.SQLITE_BUSY: "is kept locked by another program; close that program or try again",
    sqlite3.SQLITE_LOCKED: "is kept locked by another program; close that program or try again",
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _RIGHTS,
    sqlite3.SQLITE_CANTOPEN: _RIGHTS,
    sqlite3.SQLITE_PERM: _RIGHTS,
    sqlite3.SQLITE_AUTH: _RIGHTS,
    sqlite3.SQLITE_IOERR: f"could not be read or written to the end; check the disk, {_ELSEWHERE}",
}
_PRIMARY_CODE = 0xFF


class HistoryError(RunError):
    """The history cannot be read or written, or has no such run."""

    title = "History"


class NoHistoryError(HistoryError):
    """There is no file yet; what only reads never makes one."""

    title = "No history yet"

    def __init__(self, path: Path, lacking: str = "") -> None:
        sentence = f"there is no history yet at {path}; `opinionscope run` begins one"
        super().__init__(f"{lacking}: {sentence}" if lacking else sentence)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system complain of into sentences about the history at `path`.

    Raises:
        HistoryError: for every sqlite3.Error and OSError inside.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY_CODE
        sentence = _SENTENCES.get(code, f"could not be used: {clean_line(str(error))}")
        raise HistoryError(f"{path} {sentence}", title="The history could not be used") from error
    except OSError as error:
        sentence = _FULL if error.errno == errno.ENOSPC else _RIGHTS
        raise HistoryError(f"{path} {sentence}", title="The history could not be used") from error
