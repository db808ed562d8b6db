"""Putting imported files in their place: all of them or none, and nothing is touched that is already so."""

import os
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from opinionscope.errors import OpinionscopeError
from opinionscope.survey.library import REPLACED

FORGOTTEN_AFTER = 3600.0
"""Seconds after which a half-done folder is taken for one whose program was ended, and not for one at work."""


class PlacingError(OpinionscopeError):
    """Files that could not be written; what was there before is there still."""

    title = "Nothing imported"


class Placed(Struct, frozen=True):
    """What became of a folder's files, by name.

    Attributes:
        written: new or changed.
        same: there already, byte for byte.
        removed: earlier ones that the import no longer has.
    """

    written: tuple[str, ...]
    same: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether the folder is other than before."""
        return bool(self.written or self.removed)


def compare(texts: Mapping[str, str], folder: Path, replaces: Callable[[str], bool]) -> Placed:
    """What `put` would do.

    Args:
        texts: file name → content.
        replaces: whether an earlier file of that name gives way where `texts` does not have it.

    Raises:
        PlacingError: if the folder cannot be read.
    """
    try:
        _recover(folder)
        there = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        same = tuple(n for n in there if n in texts and (folder / n).read_bytes() == texts[n].encode("utf-8"))
    except OSError as error:
        raise PlacingError(f"{folder} cannot be read ({error.strerror}); check its rights") from error
    return Placed(
        written=tuple(name for name in texts if name not in same),
        same=same,
        removed=tuple(name for name in there if name not in texts and replaces(name)),
    )


def put(texts: Mapping[str, str], folder: Path, replaces: Callable[[str], bool]) -> Placed:
    """Write the files into a folder beside and then let that take the folder's place.

    Other files in the folder are carried over. Where nothing would change, nothing is written.

    Args:
        texts, replaces: as in `compare`.

    Raises:
        PlacingError: if they cannot be written; the folder is as it was.
    """
    placed = compare(texts, folder, replaces)
    if not placed.changed:
        return placed
    beside = folder.with_name(f".{folder.name}-{secrets.token_hex(4)}")
    try:
        _forget_leftovers(folder)
        beside.mkdir(parents=True)
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.name not in texts and path.name not in placed.removed:
                (shutil.copytree if path.is_dir() else shutil.copy2)(path, beside / path.name)
        for name, text in texts.items():
            _write(beside / name, text)
        _swap(beside, folder)
    except OSError as error:
        raise PlacingError(f"{folder} cannot be written ({error.strerror}); it is as it was before") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return placed


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}{REPLACED}")


def _swap(beside: Path, folder: Path) -> None:
    """Let one folder take another's place; if the second step fails, the first is undone."""
    old = _old(folder)
    if not folder.exists():
        beside.rename(folder)
        return
    folder.rename(old)
    try:
        beside.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _recover(folder: Path) -> None:
    """Finish or undo a swap in whose midst a program was ended."""
    old = _old(folder)
    if old.exists() and not folder.exists():
        old.rename(folder)
    elif old.exists():
        shutil.rmtree(old, ignore_errors=True)


def _forget_leftovers(folder: Path) -> None:
    for path in folder.parent.glob(f".{folder.name}-*"):
        if time.time() - path.stat().st_mtime > FORGOTTEN_AFTER:
            shutil.rmtree(path, ignore_errors=True)
