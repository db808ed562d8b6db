"""An archive made into a folder, without trusting it: nothing leaves the folder, nothing grows without bound."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from opinionscope.archives.target import ArchiveError, Copy
from opinionscope.archives.unpacking import ArchiveLimits, unpack
from opinionscope.fetching.errors import RefusedError, unwritable

FORGOTTEN_AFTER = 3600.0
"""Seconds after which an unpacked folder is taken for one whose program was ended, and not for one at work."""

_ROOM = "unpacked-"


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
        try:
            copy = unpack(archive, room, bounds)
        except ArchiveError as error:
            raise RefusedError(
                f"{error.message}. What came was thrown away; the same command fetches it anew. Check --url, and "
                "whether this network asks you to sign in first"
            ) from error
        except OSError as error:
            raise unwritable(room, error) from error
        yield copy
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _forget_leftovers(beside: Path) -> None:
    for path in beside.glob(f"{_ROOM}*"):
        if time.time() - path.stat().st_mtime > FORGOTTEN_AFTER:
            shutil.rmtree(path, ignore_errors=True)
