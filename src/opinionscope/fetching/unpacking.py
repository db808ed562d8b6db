"""An archive made into a folder, without trusting it: nothing leaves the folder, nothing grows without bound."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from opinionscope.fetching.archives import read_tar_gz, read_zip
from opinionscope.fetching.errors import RefusedError, unwritable
from opinionscope.fetching.target import Copy, Target

FORGOTTEN_AFTER = 3600.0
"""Seconds after which an unpacked folder is taken for one whose program was ended, and not for one at work."""

_ROOM = "unpacked-"


class ArchiveLimits(Struct, frozen=True):
    """What an archive may be unpacked to.

    Attributes:
        members: how many files and folders.
        size: bytes in all.
        ratio: how many times the archive's own size, which marks archives made to fill a disk; text reaches about 10.
        unsuspicious: bytes up to which the ratio does not matter.
    """

    members: int = 50_000
    size: int = 4_000_000_000
    ratio: int = 100
    unsuspicious: int = 1_000_000


@contextmanager
def unpacked(archive: Path, beside: Path, bounds: ArchiveLimits) -> Iterator[Copy]:
    """The content of a .tar.gz or .zip in a folder that is gone afterwards, whatever happens.

    Args:
        beside: where that folder is made.

    Raises:
        RefusedError: if it is no archive, is damaged, or holds anything but plain files and folders within bounds.
        FetchFailedError: if it cannot be written.
    """
    try:
        beside.mkdir(parents=True, exist_ok=True)
        _forget_leftovers(beside)
        room = Path(tempfile.mkdtemp(prefix=_ROOM, dir=beside))
    except OSError as error:
        raise unwritable(beside, error) from error
    try:
        yield _unpack(archive, room, bounds)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _unpack(archive: Path, room: Path, bounds: ArchiveLimits) -> Copy:
    try:
        with archive.open("rb") as file:
            head = file.read(512)
        target = Target(room / "content", bounds.size, bounds.members)
        allowed = min(bounds.size, max(bounds.unsuspicious, bounds.ratio * archive.stat().st_size))
        if head.startswith(b"\x1f\x8b"):
            commit = read_tar_gz(archive, room / "plain.tar", target, allowed)
        elif head.startswith(b"PK\x03\x04"):
            commit = read_zip(archive, target, allowed)
        else:
            raise _no_archive(head)
    except OSError as error:
        raise unwritable(room, error) from error
    return target.copy(commit)


def _forget_leftovers(beside: Path) -> None:
    for path in beside.glob(f"{_ROOM}*"):
        if time.time() - path.stat().st_mtime > FORGOTTEN_AFTER:
            shutil.rmtree(path, ignore_errors=True)


def _no_archive(head: bytes) -> RefusedError:
    what = "a web page" if head.lstrip().startswith(b"<") else "something else"
    return RefusedError(
        f"{what} came in place of an archive; expected a .tar.gz or .zip. Check --url, and whether this network asks "
        "you to sign in first"
    )
