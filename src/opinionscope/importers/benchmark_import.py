"""A copy of the benchmark's repository made into a user's own packs and recorded answers."""

import re
from collections.abc import Mapping
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
from opinionscope.importers.benchmark import DATASETS, RESULTS, Benchmark, HumanItem, RecordedAnswer
from opinionscope.importers.benchmark_answers import AnswerSheets
from opinionscope.importers.benchmark_estimates import read_estimates
from opinionscope.importers.benchmark_humans import (
    BOOKS_FILE,
    GLOBAL_FILE,
    OPINIONQA_FOLDER,
    opinionqa_waves,
    short_key,
)
from opinionscope.importers.benchmark_packs import benchmark_pack, read_ordinals
from opinionscope.importers.benchmark_people import read_people
from opinionscope.importers.benchmark_published import PublishedSheet
from opinionscope.survey.answers import ANSWERS_SUFFIX, CROWDWORKERS, answers_text
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
        found = list(benchmark.humans(dataset))
        pack, aside = benchmark_pack(dataset, found, known, ordinals)
        gathered.set_aside += aside
        if pack is not None:
            sheets[dataset], packs[dataset] = AnswerSheets(pack), pack
            published[dataset] = PublishedSheet(pack, [each for each in found if isinstance(each, HumanItem)])
            gathered.add_pack(pack)
            if dataset == "nytimes":
                people, aside = read_people(root, pack)
                gathered.set_aside += aside
                if people is not None:
                    gathered.add_microdata(people)
    if not (root / RESULTS).is_dir():
        gathered.set_aside.append(SetAside(RESULTS, "this copy has no such folder, so no recorded answers"))
        return gathered
    kept = _gather_answers(benchmark, sheets, published, gathered)
    _gather_estimates(benchmark, sheets, published, gathered)
    gathered.texts |= {f"{name}{PUBLISHED_SUFFIX}": published_text(scores.file) for name, scores in published.items()}
    reasons: dict[tuple[str, str], Mapping[Cell, str]] = {}
    for dataset, sheet in sheets.items():
        for model, name in _file_names(dataset, sheet).items():
            gathered.texts[name] = answers_text(sheet.file(model))
            reasons[dataset, model] = unread(name, gathered.texts[name], packs[dataset])
    for place, dataset, model, cell in kept:
        if reason := reasons[dataset, model].get(cell):
            gathered.unread.append(SetAside(place, reason, dataset, model))
            _count(gathered, dataset, model).unread += 1
    return gathered


def _gather_answers(
    benchmark: Benchmark,
    sheets: Mapping[str, AnswerSheets],
    published: Mapping[str, PublishedSheet],
    gathered: Gathered,
) -> list[tuple[str, str, str, Cell]]:
    """Take in all answers; returns place, dataset, model and cell of each that was kept, in the source's order."""
    kept: list[tuple[str, str, str, Cell]] = []
    for answer in benchmark.answers():
        sheet = None if isinstance(answer, SetAside) else sheets.get(answer.dataset)
        aside: SetAside | None
        if isinstance(answer, SetAside):
            aside = answer
        elif sheet is None:
            place = f"{answer.place}, {short_key(answer.key)}"
            aside = SetAside(place, "no question of its dataset could be read", answer.dataset, answer.model)
        else:
            published[answer.dataset].add(answer)
            aside = sheet.add(answer)
        count = _count(gathered, answer.dataset, answer.model)
        if aside is not None:
            gathered.set_aside.append(aside)
            count.set_aside += 1
        elif isinstance(answer, RecordedAnswer) and sheet is not None:
            count.answers += 1
            kept.append((f"{answer.place}, {short_key(answer.key)}", answer.dataset, answer.model, sheet.cell(answer)))
    return kept


def _gather_estimates(
    benchmark: Benchmark,
    sheets: Mapping[str, AnswerSheets],
    published: Mapping[str, PublishedSheet],
    gathered: Gathered,
) -> None:
    """Take in what crowdworkers estimated; every estimate counts."""
    for dataset, sheet in sheets.items():
        items = [item for item in benchmark.humans(dataset) if isinstance(item, HumanItem)]
        for found in read_estimates(benchmark.root, dataset, items):
            aside: SetAside | None
            if isinstance(found, SetAside):
                aside, number = found, 1
            else:
                published[dataset].add_estimates(found)
                aside, number = sheet.add_estimates(found), len(found.percents)
            count = _count(gathered, dataset, CROWDWORKERS)
            if aside is None:
                count.answers += number
            else:
                gathered.set_aside.append(aside)
                count.set_aside += number


def _count(gathered: Gathered, dataset: str, model: str) -> ModelRead:
    """Where answers of a model are counted; nowhere that is shown if it is not known whose they are."""
    if dataset not in gathered.datasets or not model:
        return ModelRead()
    return gathered.datasets[dataset].models.setdefault(model, ModelRead())


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
