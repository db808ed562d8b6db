"""The two kinds of archives, read member by member."""

import gzip
import io
import stat
import tarfile
import zipfile
import zlib
from pathlib import Path

from typing_extensions import override

from opinionscope.fetching.target import Target, damaged, no_plain_file, too_much
from opinionscope.regexes import regex

_CHUNK = 64 * 1024
_LONGEST_HEADER = 1_000_000
_COMMIT = regex(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ENCRYPTED = 0x1


def read_tar_gz(archive: Path, plain: Path, target: Target, allowed: int) -> str:
    """Write the files of a .tar.gz; return the commit that it names, or "".

    Args:
        plain: where the .tar is put first, so that its size is known before anything in it is believed.
        allowed: how many bytes the .tar may have.

    Raises:
        RefusedError: as `unpacked`.
    """
    _gunzip(archive, plain, allowed)
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


def _gunzip(archive: Path, plain: Path, allowed: int) -> None:
    size = 0
    with gzip.open(archive) as packed, plain.open("xb") as file:
        while chunk := _next(packed):
            size += len(chunk)
            if size > allowed:
                raise too_much()
            file.write(chunk)


def _next(packed: gzip.GzipFile) -> bytes:
    try:
        return packed.read(_CHUNK)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise damaged(error) from error


def _read_member(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Target) -> int:
    """Write a member; return where it ends in the .tar."""
    if member.isdir():
        target.folder(member.name)
        return member.offset_data
    if not member.isreg() or member.issparse():
        kind = "a link" if member.issym() or member.islnk() else "neither file nor folder"
        raise no_plain_file(member.name, kind)
    content = tar.extractfile(member)
    if content is None or member.size < 0:
        raise damaged(f"{member.name} has no content")
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


def read_zip(archive: Path, target: Target, allowed: int) -> str:
    """Write the files of a .zip; return the commit that it names, or "".

    Args:
        allowed: how many bytes the files may have together.

    Raises:
        RefusedError: as `unpacked`.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            if sum(info.file_size for info in packed.infolist()) > allowed:
                raise too_much()
            for info in packed.infolist():
                _read_info(packed, info, target)
            return _commit(packed.comment.decode("ascii", "replace"))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise damaged(error) from error


def _read_info(packed: zipfile.ZipFile, info: zipfile.ZipInfo, target: Target) -> None:
    name, kind = info.orig_filename, stat.S_IFMT(info.external_attr >> 16)
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
