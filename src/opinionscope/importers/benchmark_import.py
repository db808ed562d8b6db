"""A copy of the benchmark's repository made into a user's own packs and recorded answers."""

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path

from opinionscope.importers.base import (
    Cell,
    Gathered,
    ImportOptions,
    ImportRefusedError,
    ModelRead,
    SetAside,
    Unread,
    refuse_options,
)
from opinionscope.importers.benchmark import DATASETS, RESULTS, Benchmark, Recorded
from opinionscope.importers.benchmark_answers import AnswerSheets
from opinionscope.importers.benchmark_estimates import Estimates, read_estimates
from opinionscope.importers.benchmark_humans import BOOKS_FILE, GLOBAL_FILE, OPINIONQA_FOLDER, opinionqa_waves
from opinionscope.importers.benchmark_packs import benchmark_pack, read_ordinals
from opinionscope.importers.benchmark_people import read_people
from opinionscope.importers.benchmark_published import PublishedSheet
from opinionscope.survey.answers import ANSWERS_SUFFIX, answers_text
from opinionscope.survey.pack import PackFile, decode_file
from opinionscope.survey.published import PUBLISHED_SUFFIX, published_text

FOLDER = "benchmark"
"""Where in the user's data folder the files go."""


class BenchmarkImporter:
    """The benchmark's public repository (Meister, Guestrin and Hashimoto 2025), whole."""

    name = "benchmark"
    reads = "a folder: a copy of the benchmark's public repository, with every model's recorded answers"

    def recognises(self, path: Path) -> bool:
        """Whether the folder holds one of the three datasets in the benchmark's layout."""
        return bool(opinionqa_waves(path)) or (path / BOOKS_FILE).is_file() or (path / GLOBAL_FILE).is_file()

    def gather(self, path: Path, options: ImportOptions) -> Gathered:
        """Read the copy; the bundled packs lend ids, titles, topics and scale values.

        Raises:
            ImportRefusedError: if the folder holds none of the three datasets.
        """
        refuse_options(options, self.name)
        self._check_layout(path)
        assert options.bundled is not None
        return _gather(path, options.bundled, options.unread)

    def _check_layout(self, root: Path) -> None:
        if not root.is_dir():
            raise ImportRefusedError(f"{root} is no folder; expected a copy of the benchmark's repository")
        if not self.recognises(root):
            raise ImportRefusedError(
                f"{root} is no copy of the benchmark's repository; expected {OPINIONQA_FOLDER}, {BOOKS_FILE} or "
                f"{GLOBAL_FILE} in it"
            )


def _gather(root: Path, bundled: Path, unread: Unread) -> Gathered:
    benchmark, ordinals, gathered = Benchmark(root), read_ordinals(root), Gathered(FOLDER)
    sheets: dict[str, AnswerSheets] = {}
    packs: dict[str, PackFile] = {}
    published: dict[str, PublishedSheet] = {}
    for dataset in DATASETS.values():
        known = decode_file(bundled / f"{dataset}.pack.json", PackFile)
        pack, aside = benchmark_pack(benchmark.humans(dataset), known, ordinals)
        gathered.put_aside(aside, dataset)
        if pack is not None:
            sheets[dataset], packs[dataset] = AnswerSheets(pack), pack
            published[dataset] = PublishedSheet(pack, benchmark.items(dataset))
            gathered.add_pack(pack)
            if dataset == "nytimes":
                people, aside = read_people(root, pack)
                gathered.put_aside(aside, dataset)
                if people is not None:
                    gathered.add_microdata(people)
    if not (root / RESULTS).is_dir():
        gathered.set_aside.append(SetAside(RESULTS, "this copy has no such folder, so no recorded answers"))
        return gathered
    estimates = (read_estimates(root, dataset, benchmark.items(dataset)) for dataset in sheets)
    kept = _gather_answers(chain(benchmark.answers(), *estimates), sheets, published, gathered)
    gathered.texts |= {f"{name}{PUBLISHED_SUFFIX}": published_text(scores.file) for name, scores in published.items()}
    reasons: dict[tuple[str, str], Mapping[Cell, str]] = {}
    for dataset, sheet in sheets.items():
        for model, name in _file_names(dataset, sheet).items():
            gathered.texts[name] = answers_text(sheet.file(model))
            reasons[dataset, model] = unread(name, gathered.texts[name], packs[dataset])
    for found in kept:
        if reason := reasons[found.dataset, found.model].get(sheets[found.dataset].cell(found)):
            gathered.unread.append(SetAside(found.where, reason, found.dataset, found.model))
            _count(gathered, found).unread += 1
    return gathered


def _gather_answers(
    recorded: Iterable[Recorded | SetAside],
    sheets: Mapping[str, AnswerSheets],
    published: Mapping[str, PublishedSheet],
    gathered: Gathered,
) -> list[Recorded]:
    """Take in all answers, and every estimate of crowdworkers; returns those that were kept, in the source's order."""
    kept: list[Recorded] = []
    for found in recorded:
        aside: SetAside | None
        if isinstance(found, SetAside):
            aside = found
        elif found.dataset in sheets:
            published[found.dataset].add(found)
            aside = sheets[found.dataset].add(found)
        else:
            aside = SetAside(found.where, "no question of its dataset could be read", found.dataset, found.model)
        count, number = _count(gathered, found), len(found.percents) if isinstance(found, Estimates) else 1
        if aside is not None:
            gathered.set_aside.append(aside)
            count.set_aside += number
        elif isinstance(found, Recorded):
            kept.append(found)
            count.answers += number
    return kept


def _count(gathered: Gathered, found: Recorded | SetAside) -> ModelRead:
    """Where answers of a model are counted; nowhere that is shown if it is not known whose they are."""
    if found.dataset not in gathered.datasets or not found.model:
        return ModelRead()
    return gathered.datasets[found.dataset].models.setdefault(found.model, ModelRead())


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
