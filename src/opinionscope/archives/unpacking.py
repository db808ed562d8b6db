"""A packed file made into a folder within bounds."""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from opinionscope.archives.kinds import EMPTY_ZIP, ZIP, Unpacked, is_tar, opened, read_tar, read_zip, write_out
from opinionscope.archives.target import ArchiveError, Copy, Target, anything


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


def unpack(archive: Path, room: Path, bounds: ArchiveLimits, wanted: Callable[[str], bool] = anything) -> Copy:
    """The content of a .zip, of a .tar, packed or not, or of one packed file, which loses its last ending.

    Args:
        room: an empty folder.
        wanted: by their names, which members are written at all.

    Raises:
        ArchiveError: if it is no archive, is damaged, or holds anything but plain files and folders within bounds.
        OSError: if it cannot be read or written.
    """
    with archive.open("rb") as file:
        head = file.read(512)
    allowed = min(bounds.size, max(bounds.unsuspicious, bounds.ratio * archive.stat().st_size))
    target, commit = Target(room / "content", allowed, bounds.members, wanted), ""
    if head.startswith((ZIP, EMPTY_ZIP)):
        commit = read_zip(archive, target)
    elif is_tar(head):
        commit = read_tar(archive, target)
    elif (stream := opened(archive, head)) is not None:
        with stream:
            packed = Unpacked(stream)
            if is_tar(packed.head):
                write_out(packed, room / "plain.tar", allowed)
                commit = read_tar(room / "plain.tar", target)
            else:
                target.file(archive.stem, packed)
    else:
        what = "a web page" if head.lstrip().startswith(b"<") else "something else"
        raise ArchiveError(f"it is {what}, and no archive; expected a .zip, or a file packed by gzip, bzip2 or xz")
    return target.copy(commit)
