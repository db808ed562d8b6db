"""A copy of the benchmark's repository made into a user's own packs and recorded answers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from opinionscope.errors import OpinionscopeError
from opinionscope.survey.answers import ANSWERS_SUFFIX, answers_text
from opinionscope.survey.importers.benchmark import (
    DATASETS,
    RESULTS,
    Benchmark,
    RecordedAnswer,
    SetAside,
)
from opinionscope.survey.importers.benchmark_answers import AnswerSheets
from opinionscope.survey.importers.benchmark_humans import (
    BOOKS_FILE,
    GLOBAL_FILE,
    OPINIONQA_FOLDER,
    opinionqa_waves,
    short_key,
)
from opinionscope.survey.importers.benchmark_packs import benchmark_pack, read_ordinals
from opinionscope.survey.pack import PackFile, decode_file, pack_text

FOLDER = "benchmark"
"""Where in the user's data folder the files go."""

Unread = Callable[[RecordedAnswer], str]
"""Why the parser of its format cannot read an answer, or ""."""

__all__ = ["FOLDER", "DatasetRead", "Gathered", "ModelRead", "NotABenchmarkError", "gather"]


class NotABenchmarkError(OpinionscopeError):
    """A folder in another layout than the benchmark's."""

    title = "Nothing to import"


@dataclass
class ModelRead:
    """How many answers of a model were read, how many of these no parser can make sense of, how many set aside."""

    answers: int = 0
    unread: int = 0
    set_aside: int = 0


@dataclass
class DatasetRead:
    """What was read of one dataset; `by_group` is the number of human distributions."""

    dataset: str
    questions: int
    groups: int
    by_group: int
    models: dict[str, ModelRead] = field(default_factory=dict)


@dataclass
class Gathered:
    """Everything an import reads, before anything is written.

    Attributes:
        texts: file name → content.
        set_aside: what was not read, and why, in the source's order.
        unread: answers that were read, but of which today's parsers make nothing; they are kept.
    """

    texts: dict[str, str] = field(default_factory=dict)
    datasets: dict[str, DatasetRead] = field(default_factory=dict)
    set_aside: list[SetAside] = field(default_factory=list)
    unread: list[SetAside] = field(default_factory=list)

    def replaces(self, name: str) -> bool:
        """Whether an earlier file of that name, which is no longer among `texts`, is out of date."""
        return name.partition(".")[0] in self.datasets


def gather(root: Path, bundled: Path, unread: Unread) -> Gathered:
    """Read a copy of the benchmark's repository.

    Args:
        root: its folder.
        bundled: the folder with the program's own packs, which lend ids, titles, topics and scale values.
        unread: tells which answers cannot be read; they are kept all the same.

    Raises:
        NotABenchmarkError: if the folder holds none of the three datasets.
    """
    _check_layout(root)
    benchmark, ordinals, gathered = Benchmark(root), read_ordinals(root), Gathered()
    sheets: dict[str, AnswerSheets] = {}
    for dataset in DATASETS.values():
        known = decode_file(bundled / f"{dataset}.pack.json", PackFile)
        pack, aside = benchmark_pack(dataset, benchmark.humans(dataset), known, ordinals)
        gathered.set_aside += aside
        if pack is not None:
            sheets[dataset] = AnswerSheets(pack)
            distributions = sum(len(entry.human) for entry in pack.questions)
            gathered.datasets[dataset] = DatasetRead(dataset, len(pack.questions), len(pack.groups), distributions)
            gathered.texts[f"{dataset}.pack.json"] = pack_text(pack)
    if (root / RESULTS).is_dir():
        _gather_answers(benchmark, sheets, gathered, unread)
    else:
        gathered.set_aside.append(SetAside(RESULTS, "this copy has no such folder, so no recorded answers"))
    for dataset, sheet in sheets.items():
        for model, name in _file_names(dataset, sheet).items():
            gathered.texts[name] = answers_text(sheet.file(model))
    return gathered


def _check_layout(root: Path) -> None:
    if not root.is_dir():
        raise NotABenchmarkError(f"{root} is no folder; expected a copy of the benchmark's repository")
    if not (opinionqa_waves(root) or (root / BOOKS_FILE).is_file() or (root / GLOBAL_FILE).is_file()):
        raise NotABenchmarkError(
            f"{root} is no copy of the benchmark's repository; expected {OPINIONQA_FOLDER}, {BOOKS_FILE} or "
            f"{GLOBAL_FILE} in it"
        )


def _gather_answers(
    benchmark: Benchmark, sheets: Mapping[str, AnswerSheets], gathered: Gathered, unread: Unread
) -> None:
    for answer in benchmark.answers():
        sheet = None if isinstance(answer, SetAside) else sheets.get(answer.dataset)
        aside: SetAside | None
        if isinstance(answer, SetAside):
            aside = answer
        elif sheet is None:
            aside = _about(answer, "no question of its dataset could be read")
        else:
            aside = sheet.add(answer)
        count = _count(gathered, answer.dataset, answer.model)
        if aside is not None:
            gathered.set_aside.append(aside)
            count.set_aside += 1
        elif isinstance(answer, RecordedAnswer):
            count.answers += 1
            if reason := unread(answer):
                gathered.unread.append(_about(answer, reason))
                count.unread += 1


def _count(gathered: Gathered, dataset: str, model: str) -> ModelRead:
    """Where answers of a model are counted; nowhere that is shown if it is not known whose they are."""
    if dataset not in gathered.datasets or not model:
        return ModelRead()
    return gathered.datasets[dataset].models.setdefault(model, ModelRead())


def _about(answer: RecordedAnswer, reason: str) -> SetAside:
    return SetAside(f"{answer.place}, {short_key(answer.key)}", reason, answer.dataset, answer.model)


def _file_names(dataset: str, sheet: AnswerSheets) -> dict[str, str]:
    """Model → file name, with what no file system minds; a number where two would be the same."""
    names: dict[str, str] = {}
    for model in sheet.models:
        plain = re.sub(r"[^\w.@+-]", "_", model)
        stem, number = plain, 2
        while any(f"{dataset}.{stem}{ANSWERS_SUFFIX}".casefold() == taken.casefold() for taken in names.values()):
            stem, number = f"{plain}-{number}", number + 1
        names[model] = f"{dataset}.{stem}{ANSWERS_SUFFIX}"
    return names
