"""The kinds of packed files, read member by member: .zip, .tar, and what gzip, bzip2 and xz pack."""

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import unicodedata
import zipfile
import zlib
from pathlib import Path
from typing import IO, cast

from typing_extensions import override

from opinionscope.archives.target import Target, damaged, no_plain_file, too_much
from opinionscope.regexes import regex

ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
_CHUNK = 64 * 1024
_LONGEST_HEADER = 1_000_000
_COMMIT = regex(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ENCRYPTED = 0x1
_UTF_8 = 0x800
_NAMES_IN = ("utf-8", "cp437", "cp1252")
"""Encodings of names in a .zip that does not say which it is."""


def is_tar(head: bytes) -> bool:
    """Whether a file that begins so is a .tar."""
    return head[257:262] == b"ustar"


def opened(archive: Path, head: bytes) -> IO[bytes] | None:
    """What one packer packed, by how the file begins; None if none of them did."""
    if head.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.open(archive))
    if head.startswith(b"BZh"):
        return cast("IO[bytes]", bz2.open(archive))
    return cast("IO[bytes]", lzma.open(archive)) if head.startswith(b"\xfd7zXZ\x00") else None


class Unpacked:
    """What a packer packed; that it is damaged is told as such."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed = packed
        self.head = self._next(512)
        self._rest = self.head

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes, or fewer; none at the end."""
        rest, self._rest = self._rest, b""
        return rest or self._next(size)

    def _next(self, size: int) -> bytes:
        try:
            return self._packed.read(size)
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
            raise damaged(error) from error


def write_out(packed: Unpacked, plain: Path, allowed: int) -> None:
    """Write what was packed to a file, so that its size is known before anything in it is believed.

    Args:
        allowed: how many bytes it may have.

    Raises:
        ArchiveError: if it has more, or is damaged.
    """
    size = 0
    with plain.open("xb") as file:
        while chunk := packed.read(_CHUNK):
            size += len(chunk)
            if size > allowed:
                raise too_much()
            file.write(chunk)


def read_tar(plain: Path, target: Target) -> str:
    """Write the files of a .tar; return the commit that it names, or "".

    Raises:
        ArchiveError: as `unpack`.
    """
    with _ShortReads(plain.open("rb", buffering=0)) as file:
        try:
            with tarfile.open(fileobj=file, mode="r:") as tar:
                commit, end = "", 0
                for member in tar:
                    commit = commit or _commit(tar.pax_headers.get("comment", ""))
                    end = _read_member(tar, member, target)
                _check_rest(file, end)
        except (tarfile.TarError, ValueError) as error:
            raise damaged(error) from error
    return commit


class _ShortReads(io.BufferedReader):
    """A file of which no header is read that would fill the memory."""

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or not 0 <= size <= _LONGEST_HEADER:
            raise damaged("a header of unlikely length")
        return super().read(size)


def _read_member(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Target) -> int:
    """Write a member; return where it ends in the .tar."""
    if member.isdir():
        if target.takes(member.name):
            target.folder(member.name)
        return member.offset_data
    if not member.isreg() or member.issparse():
        kind = "a link" if member.issym() or member.islnk() else "neither file nor folder"
        raise no_plain_file(member.name, kind)
    content = tar.extractfile(member)
    if content is None or member.size < 0:
        raise damaged(f"{member.name} has no content")
    if target.takes(member.name):
        target.file(member.name, content)
    return member.offset_data + -(-member.size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE


def _check_rest(file: io.BufferedReader, end: int) -> None:
    """A .tar ends in empty blocks; what `tarfile` takes for its end may be a damaged header."""
    file.seek(end)
    rest = file.read(_CHUNK)
    if not rest:
        raise damaged("it has no end")
    while rest:
        if rest.strip(b"\0"):
            raise damaged("a header cannot be read")
        rest = file.read(_CHUNK)


def read_zip(archive: Path, target: Target) -> str:
    """Write the files of a .zip; return the commit that it names, or "".

    Raises:
        ArchiveError: as `unpack`.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            members = {_name(info): info for info in packed.infolist()}
            if len(members) < len(packed.infolist()):
                raise damaged("a name comes twice")
            wanted = {name: info for name, info in members.items() if target.takes(name)}
            if sum(info.file_size for info in wanted.values()) > target.size:
                raise too_much()
            for name, info in wanted.items():
                _read_info(packed, name, info, target)
            return _commit(packed.comment.decode("ascii", "replace"))
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError) as error:
        raise damaged(error) from error


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member: the encoding that makes letters of all its bytes, where the archive does not say which."""
    name = info.orig_filename
    if info.flag_bits & _UTF_8 or name.isascii():
        return name
    for encoding in _NAMES_IN:
        try:
            found = unicodedata.normalize("NFC", name.encode("cp437").decode(encoding))
        except UnicodeError:
            continue
        if all(each.isascii() or each.isalpha() for each in found):
            return found
    return name


def _read_info(packed: zipfile.ZipFile, name: str, info: zipfile.ZipInfo, target: Target) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise no_plain_file(name, "a link" if kind == stat.S_IFLNK else "neither file nor folder")
    if info.flag_bits & _ENCRYPTED:
        raise no_plain_file(name, "encrypted")
    if name.endswith("/"):
        target.folder(name)
        return
    with packed.open(info) as content:
        target.file(name, content)


def _commit(comment: str) -> str:
    return comment if _COMMIT.fullmatch(comment) else ""
