"""Files that are packed: the one table, or the one folder of a known kind, in a .zip, .tar, .gz, .bz2 or .xz."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from opinionscope.archives.target import ArchiveError
from opinionscope.archives.unpacking import ArchiveLimits, unpack
from opinionscope.importers.base import ImportRefusedError
from opinionscope.regexes import regex
from opinionscope.survey.text import clean_line, some_of

PACKED_SUFFIXES = frozenset({".zip", ".gz", ".tgz", ".bz2", ".xz", ".tar"})
BOUNDS = ArchiveLimits(members=10_000, unsuspicious=30_000_000)

_BESIDE_DATA = regex(
    r"readme|codebook|datadictionary|licen[cs]e|manifest|changelog|citation|termsofuse|metadata|datapackage"
)
"""Words in the name of a file that goes with a table, without marks between them."""
_MARKS = regex(r"[\W_]+")


def parted(path: Path) -> tuple[Path, str]:
    """A packed file and the member that is meant in it, of a path such as "export.zip/survey.csv"; "" for none."""
    for parent in path.parents if not path.exists() else ():
        if is_packed(parent):
            return parent, path.relative_to(parent).as_posix()
    return path, ""


def is_packed(path: Path) -> bool:
    """Whether a file is packed, by its ending."""
    return path.suffix.lower() in PACKED_SUFFIXES and path.is_file()


@contextmanager
def unpacked(path: Path, member: str, known: Callable[[Path], bool]) -> Iterator[tuple[Path, str]]:
    """What is to be read in a packed file, and a sentence on that; it is gone afterwards, whatever happens.

    Args:
        member: the file that is meant, or "" for the only one that is a table.
        known: whether an importer knows a file or a folder.

    Raises:
        ImportRefusedError: if it cannot be unpacked, or not one thing in it can be read.
    """
    name = clean_line(path.name)
    with tempfile.TemporaryDirectory(prefix="opinionscope-", ignore_cleanup_errors=True) as room:
        try:
            folder = unpack(path, Path(room), BOUNDS, _is_wanted).folder
        except ArchiveError as error:
            raise ImportRefusedError(
                f"{name}: {error.message}; if you trust it, unpack it yourself, and import what is in it"
            ) from error
        except OSError as error:
            raise ImportRefusedError(f"{name} cannot be unpacked ({error.strerror or error})") from error
        if not member and known(folder):
            yield folder, f"The folder in {name} was read."
            return
        files = {each.relative_to(folder).as_posix(): each for each in sorted(folder.rglob("*")) if each.is_file()}
        yield _chosen(name, member.removeprefix(f"{folder.name}/"), files, known)


def _chosen(name: str, member: str, files: Mapping[str, Path], known: Callable[[Path], bool]) -> tuple[Path, str]:
    """The file that is meant: the one that is named, else the only one, else the only one that is known.

    Raises:
        ImportRefusedError: if it cannot be told, with what there is.
    """
    if member and member not in files:
        raise ImportRefusedError(f"{name} has no {clean_line(member)} in it; there is {_some(files)}")
    tables = [member] if member else [*files] if len(files) == 1 else [each for each in files if known(files[each])]
    likely = [each for each in tables if not _goes_with_data(each)] or tables
    if not likely:
        raise ImportRefusedError(f"{name} holds nothing that is read, only {_some(files)}")
    first = clean_line(likely[0])
    if len(likely) > 1:
        raise ImportRefusedError(
            f"{name} holds {len(likely)} files that can be read: {_some(likely)}; "
            f"name the one that you mean, as in {name}/{first}"
        )
    chosen = files[likely[0]]
    if chosen.suffix.lower() in PACKED_SUFFIXES:
        raise ImportRefusedError(f"{first} in {name} is packed once more; unpack {name}, and import {first}")
    if not chosen.suffix:
        raise ImportRefusedError(
            f"{first} in {name} has no ending that tells its kind; unpack it, and call it {first}.csv"
        )
    others = [each for each in tables if each not in likely]
    return chosen, f'"{first}" in {name} was read{f", and not {_some(others)}" if others else ""}.'


def _goes_with_data(name: str) -> bool:
    return _BESIDE_DATA.search(_MARKS.sub("", PurePosixPath(name).stem).casefold()) is not None


def _is_wanted(name: str) -> bool:
    """Whether a file is none that systems add by themselves, as macOS does under names that begin with a point."""
    return not any(part.startswith(".") and part.strip(".") for part in PurePosixPath(name).parts)


def _some(names: Iterable[str]) -> str:
    return some_of([clean_line(each) for each in names])
