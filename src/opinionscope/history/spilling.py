"""Spill files: each holds one run that could not be written to the history, until the history takes it in.

A spill file is a small history of its own, with the same schema: migrations bring old ones up to date, and `--db`
opens one. It is written in one piece, without SQLite's locks, so that what kept the history from being written
does not matter here.
"""

import os
import sqlite3
import stat
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from opinionscope.files import write_whole
from opinionscope.history.connecting import teach
from opinionscope.history.errors import HistoryError, explained
from opinionscope.history.migrations import migrate
from opinionscope.history.restoring import restore
from opinionscope.history.rows import hash_of
from opinionscope.history.writing import write_choices, write_outcome
from opinionscope.runs.run import Run

PAGE_BYTES = 512
"""SQLite's smallest page, for a disk that is nearly full."""


def write_spill(history: Path, run: Run) -> Path:
    """Write a run to a file beside the history, or to the temporary folder where that is not possible.

    Returns:
        The file; the user alone can read it.

    Raises:
        HistoryError: if neither folder can be written.
    """
    content = _packed(run)
    beside = _beside(history, run.id)
    with suppress(OSError):
        write_whole(beside, content)
        return beside
    with explained(Path("the temporary folder")):
        folder = _temporary_folder()
        folder.mkdir(mode=0o700, exist_ok=True)
        if not _is_private(folder):
            raise PermissionError(f"{folder} belongs to somebody else")
        path = folder / f"{_key(history)}-{run.id}"
        write_whole(path, content)
    return path


def spill_files(history: Path) -> list[Path]:
    """The spill files of a history, in order of time; only files that belong to the user."""
    found = _listed(history.parent, _beside(history, "").name)
    with suppress(OSError):
        if _is_private(folder := _temporary_folder()):
            found += _listed(folder, f"{_key(history)}-")
    return sorted(found, key=lambda path: path.name.rpartition("-")[2])


def read_spill(path: Path) -> Run:
    """The run in a spill file.

    Raises:
        HistoryError: if the file cannot be read, or holds no run.
    """
    with explained(path), closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(path.read_bytes())
        migrate(connection, path)
        teach(connection)
        row = connection.execute("SELECT id FROM runs").fetchone()
        try:
            return restore(connection, "" if row is None else row["id"])
        except (LookupError, TypeError, ValueError) as error:
            raise HistoryError(f"{path} holds no run that could be read; move it away", title="Not taken in") from error


def _packed(run: Run) -> bytes:
    """A history of this run alone, as the bytes of an SQLite file."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        migrate(connection, Path(":memory:"))
        connection.execute("BEGIN")
        write_choices(connection, run, "")
        write_outcome(connection, run)
        connection.execute("COMMIT")
        return connection.serialize()


def _beside(history: Path, run_id: str) -> Path:
    return history.with_name(f"{history.name}-spill-{run_id}")


def _key(history: Path) -> str:
    """Which history a file in the temporary folder belongs to."""
    return hash_of(str(history.absolute()))


def _temporary_folder() -> Path:
    user = os.getuid() if hasattr(os, "getuid") else "spill"
    return Path(tempfile.gettempdir()) / f"opinionscope-{user}"


def _is_private(folder: Path) -> bool:
    """Whether nobody else can put files into a folder: a temporary one is open to all."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    if not hasattr(os, "getuid"):
        return stat.S_ISDIR(found.st_mode)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022


def _listed(folder: Path, beginning: str) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.name.startswith(beginning)]
    except OSError:
        return []
