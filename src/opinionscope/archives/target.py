"""The folder into which an archive is unpacked: it refuses what would leave it, and what never ends."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

from msgspec import Struct

from opinionscope.errors import OpinionscopeError
from opinionscope.regexes import regex
from opinionscope.survey.text import clean_line

_CHUNK = 64 * 1024
_DEEPEST = 100
_DRIVE = regex(r"[A-Za-z]:")
_CONTROLS = regex(r"[\x00-\x1f\x7f]")


class ArchiveError(OpinionscopeError):
    """An archive that is not unpacked; another try of the same gives the same."""

    title = "Archive refused"


class Readable(Protocol):
    """Something that is read piece by piece."""

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes of it, or fewer; none at its end."""
        ...


def anything(name: str) -> bool:
    """Wants every member."""
    del name
    return True


class Copy(Struct, frozen=True):
    """An unpacked archive.

    Attributes:
        folder: its single top folder, or where it was unpacked if it has no such.
        commit: the commit that the archive says it was made of by `git archive`; "" if it says none. That tells
            a mix-up, not a forgery.
        digest: SHA-256 over the sorted lines "path NUL sha256(content) LF" of all files, in hex; the same however
            they were packed.
        files: how many.
    """

    folder: Path
    commit: str
    digest: str
    files: int


@dataclass
class Target:
    """Where members are written, after each is checked.

    Attributes:
        root: the folder that nothing may leave.
        size, members: how much and how many it may hold.
        wanted: by their names, which members are written.
        digests: path → digest of the content, of all files written.
    """

    root: Path
    size: int
    members: int
    wanted: Callable[[str], bool] = anything
    digests: dict[PurePosixPath, str] = field(default_factory=dict)
    _seen: int = 0

    def takes(self, name: str) -> bool:
        """Whether the next member is to be written.

        Raises:
            ArchiveError: if there are too many.
        """
        self._seen += 1
        if self._seen > self.members:
            raise ArchiveError(f"the archive holds more than {self.members:,} files and folders")
        return self.wanted(name)

    def folder(self, name: str) -> None:
        """Make a folder."""
        path = inside(name)
        try:
            (self.root / path).mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise _twice(name) from error

    def file(self, name: str, content: Readable) -> None:
        """Write a file, with our own rights and not the archive's."""
        path, digest = inside(name), hashlib.sha256()
        place = self.root / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as file:
                while chunk := content.read(_CHUNK):
                    self.size -= len(chunk)
                    if self.size < 0:
                        raise too_much()
                    digest.update(chunk)
                    file.write(chunk)
        except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
            raise _twice(name) from error
        self.digests[path] = digest.hexdigest()

    def copy(self, commit: str) -> Copy:
        """What has been written."""
        if not self.digests:
            raise ArchiveError("the archive holds no file")
        tops = {path.parts[0] for path in self.digests}
        top = tops.pop() if len(tops) == 1 else ""
        folder = self.root / top if top and (self.root / top).is_dir() else self.root
        relative = {(self.root / path).relative_to(folder).as_posix(): d for path, d in self.digests.items()}
        lines = (f"{path}\0{digest}\n".encode("utf-8", "surrogateescape") for path, digest in sorted(relative.items()))
        return Copy(folder, commit, hashlib.sha256(b"".join(lines)).hexdigest(), len(relative))


def inside(name: str) -> PurePosixPath:
    """The path of a member, if it stays where it is unpacked on every system.

    Raises:
        ArchiveError: for absolute paths, drive letters, "..", backslashes, control characters and too many folders.
    """
    path = PurePosixPath(name)
    if (
        not 0 < len(path.parts) <= _DEEPEST
        or path.is_absolute()
        or ".." in path.parts
        or "\\" in name
        or _CONTROLS.search(name)
        or any(_DRIVE.match(part) for part in path.parts)
    ):
        raise ArchiveError(
            f"the archive holds {clean_line(repr(name))}; expected only plain paths that stay inside its folder"
        )
    return path


def no_plain_file(name: str, kind: str) -> ArchiveError:
    """The refusal of a link, a device and their like."""
    return ArchiveError(f"{clean_line(repr(name))} in the archive is {kind}; expected only plain files and folders")


def too_much() -> ArchiveError:
    """The refusal of what grows beyond its bounds."""
    return ArchiveError(
        "the archive unpacks to far more than its size lets expect, as those do that are made to fill a disk"
    )


def damaged(error: Exception | str) -> ArchiveError:
    """The refusal of what cannot be read to its end."""
    return ArchiveError(f"the archive is damaged or was cut short ({clean_line(str(error)) or type(error).__name__})")


def _twice(name: str) -> ArchiveError:
    return ArchiveError(f"the archive holds {clean_line(repr(name))} twice, or as file and as folder; expected it once")
