"""An archive made into a folder, without trusting it: nothing leaves the folder, nothing grows without bound."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from opinionscope.archives.target import ArchiveError, Copy
from opinionscope.archives.unpacking import ArchiveLimits, unpack
from opinionscope.fetching.errors import RefusedError, unwritable
from opinionscope.files import room


@contextmanager
def unpacked(archive: Path, beside: Path, bounds: ArchiveLimits) -> Iterator[Copy]:
    """The content of a .tar.gz or .zip in a folder that is gone afterwards, whatever happens.

    Args:
        beside: where that folder is made.

    Raises:
        RefusedError: if it is no archive, is damaged, or holds anything but plain files and folders within bounds.
        FetchFailedError: if it cannot be written.
    """
    with ExitStack() as stack:
        try:
            copy = unpack(archive, stack.enter_context(room(beside, "unpacked-")), bounds)
        except ArchiveError as error:
            raise RefusedError(
                f"{error.message}. What came was thrown away; the same command fetches it anew. Check --url, and "
                "whether this network asks you to sign in first"
            ) from error
        except OSError as error:
            raise unwritable(beside, error) from error
        yield copy
