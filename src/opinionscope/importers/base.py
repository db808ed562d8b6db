"""What every importer gives, and what it is given."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct, field

from opinionscope.errors import OpinionscopeError
from opinionscope.survey.microdata import MICRODATA_SUFFIX, MicrodataFile, microdata_text
from opinionscope.survey.pack import PackError, PackFile, QuestionEntry, pack_of, pack_text
from opinionscope.survey.text import clean_line
from opinionscope.values import replace

MOST_REASONS = 3

Cell = tuple[str, str, str, str]
"""Question id, group, steering and format of a recorded answer."""
Unread = Callable[[str, str, PackFile], Mapping[Cell, str]]
"""Of a file of recorded answers, by name, text and pack: why no parser makes anything of some of them."""


def _all_readable(name: str, text: str, pack: PackFile) -> Mapping[Cell, str]:
    del name, text, pack
    return {}


class ImportRefusedError(OpinionscopeError):
    """A source of which nothing can be read, or options that do not fit it."""

    title = "Nothing to import"


class SetAside(Struct, frozen=True):
    """Something in the source that was not used.

    Attributes:
        place: the file relative to the source's folder, and the key, line or column in it.
        reason: why, in words.
        dataset, model: our name of the dataset, and whose answers, where that is known.
    """

    place: str
    reason: str
    dataset: str = ""
    model: str = ""


def first_reasons(set_aside: Sequence[SetAside]) -> str:
    """The first things that were set aside with their reasons, in brackets behind a blank; "" for none."""
    told = "; ".join(f"{each.place}: {each.reason}" for each in set_aside[:MOST_REASONS])
    return f" ({told})" if told else ""


def fault_of(entry: QuestionEntry, frame: PackFile) -> str:
    """Why a pack that has this question alone would be refused; "" if it would be read."""
    try:
        pack_of(replace(frame, questions=[entry]), Path())
    except PackError as error:
        return f"{error.place.removeprefix('questions[0].')}: {error.reason}"
    return ""


def finished(frame: PackFile, groups: Mapping[str, Mapping[str, str]], questions: Sequence[QuestionEntry]) -> PackFile:
    """The pack of these questions, with those of the groups that answered any; a version is given to it."""
    answered = {name for entry in questions for name in entry.human}
    used = {name: dict(attributes) for name, attributes in groups.items() if name in answered}
    return with_version(replace(frame, groups=used, questions=list(questions)))


def with_version(pack: PackFile, source: str = "import") -> PackFile:
    """The pack with a version that changes with its content and with nothing else."""
    digest = hashlib.sha256(pack_text(replace(pack, version="")).encode()).hexdigest()[:8]
    return replace(pack, version=f"{source}-{digest}")


class ImportOptions(Struct, frozen=True):
    """What the user may say beside the path; an importer refuses what it has no use for.

    Attributes:
        dataset: id of the pack that is made; "" lets the importer name it.
        title: of that pack.
        attributes: columns by which groups are cut; () lets the importer find them.
        questions: columns or ids to read; () for all.
        weight: the column of weights, or "".
        cuts: attribute → where ranges of a number begin.
        sheet: of a workbook; "" for the first that holds a table.
        decimal: "." or "," where the user says which is the decimal mark; "" lets the importer tell.
        codebook: a file that gives wordings and labels to the codes of a table, or None.
        archive: name of the packed file that the source is in; "" for none.
        bundled: folder of the program's own packs, which lend ids, titles and scales.
        data: the user's data folder, for what an import must not hide; None to look at none.
        unread: tells which recorded answers cannot be read; they are kept all the same.
    """

    dataset: str = ""
    title: str = ""
    attributes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    weight: str = ""
    cuts: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    codebook: Path | None = None
    sheet: str = ""
    decimal: str = ""
    archive: str = ""
    bundled: Path | None = None
    data: Path | None = None
    unread: Unread = _all_readable

    def place(self, path: Path) -> str:
        """What a source is called: by its name, and by that of the packed file that it is in."""
        name = clean_line(path.name)
        return f"{name} in {self.archive}" if self.archive else name


def refuse_options(options: ImportOptions, importer: str, *allowed: str) -> None:
    """Refuse what the user said and this importer has no use for.

    Args:
        allowed: names of the fields of `ImportOptions` that it uses.

    Raises:
        ImportRefusedError: naming the option.
    """
    for name in ("dataset", "title", "attributes", "questions", "weight", "cuts", "codebook", "sheet", "decimal"):
        if getattr(options, name) and name not in allowed:
            option = {"attributes": "by", "cuts": "cut"}.get(name, name)
            raise ImportRefusedError(f"--{option} has no meaning for the importer {importer}; leave it out")


class ModelRead(Struct):
    """How many answers of a model were read, how many of these no parser can make sense of, how many set aside."""

    answers: int = 0
    unread: int = 0
    set_aside: int = 0


class DatasetRead(Struct):
    """What was read of one dataset.

    Attributes:
        by_group: number of human distributions.
        people: rows of microdata; 0 without any.
    """

    dataset: str
    questions: int
    groups: int
    by_group: int
    people: int = 0
    models: dict[str, ModelRead] = field(default_factory=dict)


class Gathered(Struct):
    """Everything an import reads, before anything is written.

    Attributes:
        folder: where in the user's data folder the files go.
        texts: file name → content.
        set_aside: what was not read, and why, in the source's order.
        unread: answers that were read, but of which today's parsers make nothing; they are kept.
        notes: sentences on what a user should know before or after.
        decisions: what was taken for what where the source leaves room for doubt, a sentence each.
    """

    folder: str
    texts: dict[str, str] = field(default_factory=dict)
    datasets: dict[str, DatasetRead] = field(default_factory=dict)
    set_aside: list[SetAside] = field(default_factory=list)
    unread: list[SetAside] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)

    def add_pack(self, pack: PackFile) -> None:
        """Take in a pack."""
        distributions = sum(len(entry.human) for entry in pack.questions)
        read = DatasetRead(pack.dataset, len(pack.questions), len(pack.groups), distributions)
        self.datasets[pack.dataset] = read
        self.texts[f"{pack.dataset}.pack.json"] = pack_text(pack)

    def put_aside(self, found: Iterable[SetAside], dataset: str) -> None:
        """Take in what of a dataset was set aside."""
        self.set_aside += [replace(each, dataset=dataset) for each in found]

    def add_microdata(self, file: MicrodataFile) -> None:
        """Take in the single answers to a dataset whose pack is taken in already."""
        self.datasets[file.dataset].people = file.people
        self.texts[f"{file.dataset}{MICRODATA_SUFFIX}"] = microdata_text(file)

    def replaces(self, name: str) -> bool:
        """Whether an earlier file of that name, which is no longer among `texts`, is out of date."""
        return name.partition(".")[0] in self.datasets


class Importer(Protocol):
    """Reads one kind of source.

    Attributes:
        name: as typed after ``--as``.
        reads: what it reads, in one line for the help.
    """

    name: str
    reads: str

    def recognises(self, path: Path) -> bool:
        """Whether the path looks like this kind of source; a quick look that never raises."""
        ...

    def gather(self, path: Path, options: ImportOptions) -> Gathered:
        """Read the source; what is damaged in it is set aside and costs nothing else.

        Raises:
            ImportRefusedError: if nothing can be read, or an option does not fit.
        """
        ...
