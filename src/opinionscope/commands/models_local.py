"""`opinionscope models get`, `remove` and `list --local`: the models on this machine."""

import sys
from importlib.util import find_spec
from pathlib import Path

from opinionscope.commands.output import print_json, print_table, progress_bar
from opinionscope.commands.printing import tell, write
from opinionscope.local.fetching import fetch, remove, take_in
from opinionscope.local.models import KNOWN, LOCAL_PREFIX, model_files, models_folder
from opinionscope.local.serving import INSTALL
from opinionscope.settings import Paths
from opinionscope.survey.text import counted, fold, has_words, search_words

HEADER, WIDTHS, LEAST_NEEDED = ("MODEL", "MB", "", "FILE"), (40, 7, 44, 60), (3,)
MEGABYTE = 1_000_000


def get_model(name: str, file: Path | None) -> None:
    """Fetch a model or take in a file, and print the name by which it is asked."""
    paths = Paths.find()
    name = name.removeprefix(LOCAL_PREFIX)
    if file is not None:
        path, note = take_in(name, file, paths)
        tell(f"{path}: {note}.")
    else:
        path = _fetched(name, paths)
        tell(f"{path}: {KNOWN[name].title}, {KNOWN[name].licence}.")
    _tell_of_llama()
    write(LOCAL_PREFIX + name)


def remove_model(name: str) -> None:
    """Delete a model's file."""
    tell(f"Removed {remove(name.removeprefix(LOCAL_PREFIX), Paths.find())}.")


def list_local(search: str, as_json: bool) -> None:
    """Print the model files on this machine, and the models that can be fetched."""
    paths, words = Paths.find(), search_words(search)
    rows = [
        (LOCAL_PREFIX + file.name, file.size, file.source, str(file.path), file.is_own) for file in model_files(paths)
    ]
    here = {name for name, *_ in rows}
    for known in KNOWN.values():
        if LOCAL_PREFIX + known.name not in here:
            hint = f"{known.title}; `opinionscope models get {known.name}` fetches it"
            rows.append((LOCAL_PREFIX + known.name, known.size, hint, "", False))
    rows = [row for row in rows if has_words(fold(f"{row[0]} {row[2]}"), words)]
    if as_json:
        print_json(
            [
                {"name": name, "bytes": size, "detail": detail, "path": path or None, "removable": own}
                for name, size, detail, path, own in rows
            ]
        )
        return
    shown = [(name, f"{size / MEGABYTE:,.0f}", detail, path) for name, size, detail, path, _ in rows]
    print_table(HEADER, shown, WIDTHS, LEAST_NEEDED)
    tell(f"{counted(len(here), 'model')} on this machine; any GGUF file put into {models_folder(paths)} is found, too")
    _tell_of_llama()


def _fetched(name: str, paths: Paths) -> Path:
    if name not in KNOWN or not sys.stderr.isatty():
        return fetch(name, paths, lambda _have, _total: None)
    with progress_bar(f"Fetching {KNOWN[name].title} ({KNOWN[name].megabytes} MB)") as (show, _):
        return fetch(name, paths, show)


def _tell_of_llama() -> None:
    if find_spec("xllamacpp") is None:
        tell(f"llama.cpp, which answers for these models, is not installed; {INSTALL}.")
