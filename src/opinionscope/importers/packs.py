"""Imports a pack in the program's own format: one file, checked whole, and kept as it is."""

import re
from pathlib import Path

from typing_extensions import override

from opinionscope.importers.base import DatasetRead, Gathered, ImportOptions, ImportRefusedError, refuse_options
from opinionscope.survey.library import Library
from opinionscope.survey.pack import (
    PACK_FORMAT,
    PACK_SUFFIXES,
    Pack,
    PackError,
    PackFile,
    dataset_of,
    decode_file,
    pack_of,
    pack_text,
    read_pack,
)
from opinionscope.survey.question import Wording
from opinionscope.survey.text import clean_line
from opinionscope.values import replace

_HEAD = 2000
_OWN: Wording = "own"


class GatheredPack(Gathered):
    """One pack; what else lies in its folder stays there."""

    @override
    def replaces(self, name: str) -> bool:
        return name.endswith(PACK_SUFFIXES)


class PackImporter:
    """Copies a pack into a folder of its own. It never takes the place of what it does not hold itself."""

    name = "pack"
    reads = "a pack in this program's own format, as `data export` writes it (.pack.json, .pack.toml)"

    def recognises(self, path: Path) -> bool:
        """By its ending, or by the format that it names."""
        if path.suffix not in (".json", ".toml") or not path.is_file():
            return False
        try:
            with path.open("rb") as file:
                return path.name.endswith(PACK_SUFFIXES) or PACK_FORMAT.encode() in file.read(_HEAD)
        except OSError:
            return False

    def gather(self, path: Path, options: ImportOptions) -> Gathered:
        """The pack, under its own name or ``--dataset``.

        Raises:
            ImportRefusedError: if it is broken, or would hide what the user has.
        """
        refuse_options(options, self.name, "dataset", "title")
        try:
            pack, file = read_pack(path), decode_file(path, PackFile)
        except PackError as error:
            raise ImportRefusedError(error.message) from error
        text, suffix = _text(path), f".pack{path.suffix}"
        if options.dataset or options.title:
            file = replace(file, dataset=options.dataset or file.dataset, title=options.title or file.title)
            pack, text, suffix = pack_of(file, path), pack_text(file), ".pack.json"
        folder = re.sub(r"[^\w.-]+", "-", pack.dataset).strip("-.") or "pack"
        gathered = GatheredPack(folder, {f"{folder}{suffix}": text})
        distributions = sum(map(len, pack.humans.values()))
        gathered.datasets[pack.dataset] = DatasetRead(
            pack.dataset, len(pack.questions), len(pack.groups), distributions
        )
        if options.data:
            _compare(pack, options.data, options.data / folder, gathered)
        if options.bundled and any(known.dataset == pack.dataset for known in Library.load([options.bundled]).packs):
            gathered.notes.append(f"It takes the place of the bundled pack {pack.dataset}.")
        return gathered


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def _compare(pack: Pack, data: Path, folder: Path, gathered: Gathered) -> None:
    """Say what is replaced, and refuse to replace what is another's."""
    name, ways = pack.dataset, "give this one another name with --dataset NAME"
    for place in folder.glob("*.pack.*") if folder.is_dir() else ():
        other = dataset_of(place)
        if other and other != name:
            raise ImportRefusedError(f"the folder {folder.name} holds your pack {other}; {ways}")
    here = next((each for each in Library.load([data]).packs if each.dataset == name), None)
    if here is None:
        return
    ways += f", or remove yours first: `opinionscope data remove {name}`"
    if here.path.parent != folder:
        where = clean_line(str(here.path.relative_to(data)))
        raise ImportRefusedError(f'you have a pack "{name}" already ({where}, {here.title}); {ways}')
    if here.title != pack.title:
        raise ImportRefusedError(f'you have another pack "{name}" already ({here.title}); {ways}')
    lost = {question.id for question in here.questions} - {question.id for question in pack.questions}
    if lost and here.questions[0].wording == _OWN:
        raise ImportRefusedError(
            f'your pack "{name}" has questions that this one lacks ({", ".join(sorted(lost))}); {ways}'
        )
    gathered.notes.append(f"It replaces your earlier {name}, version {here.version} by version {pack.version}.")
