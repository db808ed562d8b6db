"""Files of the program's own: written whole or not at all, made in a room apart, and locked between its processes."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that only the user can read, so that nobody ever sees half of it; folders are made.

    Raises:
        OSError: if it cannot be written; what was there before is still there then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


FORGOTTEN_AFTER = 24 * 3600.0
"""Seconds after which what is under way is taken for that of a program that was ended, and not of one at work."""


@contextmanager
def room(folder: Path, prefix: str) -> Iterator[Path]:
    """A folder within another one for what is under way; it goes in the end, with what ended programs left.

    Raises:
        OSError: if it cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{prefix}*"):
        if time.time() - left.stat().st_mtime > FORGOTTEN_AFTER:
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=folder, ignore_cleanup_errors=True) as place:
        yield Path(place)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Nobody else holds the lock of this file meanwhile, which is made if need be; waits until it is free.

    Raises:
        OSError: if the file cannot be opened or locked.
    """
    with path.open("a+b") as file:
        _lock(file.fileno())
        yield
