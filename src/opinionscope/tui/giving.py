"""What is given out of the program: texts to the clipboard, and files into the folder for them."""

from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

from opinionscope.cleaning import clean
from opinionscope.files import write_whole


def write_all(folder: Path, name: str, contents: Mapping[str, str]) -> tuple[str, bool]:
    """Write files of one name, ending → text, and say where the first is, or why there is none; the latter as False."""
    try:
        paths = [write_beside(folder, name, ending, text) for ending, text in contents.items()]
    except OSError as error:
        return f"{folder} cannot be written ({error.strerror})", False
    others = "".join(f", and {path.suffix} beside it" for path in paths[1:])
    return f"file: {paths[0]}{others}", True


def write_beside(folder: Path, name: str, ending: str, text: str) -> Path:
    """Write a text into a folder, and return where; a file of that name with other content stays, another name is used.

    Args:
        name: without an ending.

    Raises:
        OSError: if it cannot be written.
    """
    content = clean(text).encode("utf-8", "replace")
    for path in _names(folder, name, ending):
        if not path.exists():
            write_whole(path, content)
            return path
        if path.read_bytes() == content:
            return path
    raise AssertionError("numbers do not end")


def _names(folder: Path, name: str, ending: str) -> Iterator[Path]:
    yield folder / f"{name}{ending}"
    yield from (folder / f"{name}-{number}{ending}" for number in count(2))
