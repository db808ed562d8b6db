"""Fill the bundled packs' human figures and write the recorded answers, from a copy of the benchmark's data.

Usage: python tests/tools/build_pack.py REFERENCE DATA_DIR

REFERENCE is a folder in the layout of the benchmark's public repository; DATA_DIR holds the packs, whose
texts stay as they are. Running it again changes nothing.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from opinionscope.elicitation import Reply
from opinionscope.elicitation.expression import FORMATS
from opinionscope.importers.base import SetAside
from opinionscope.importers.benchmark import DATASETS, Benchmark, RecordedAnswer
from opinionscope.importers.benchmark_answers import RECORDED, AnswerSheets
from opinionscope.importers.benchmark_estimates import read_estimates
from opinionscope.importers.benchmark_humans import HumanGroup, HumanItem
from opinionscope.importers.benchmark_people import read_people
from opinionscope.survey.answers import (
    ANSWERS_FORMAT,
    ANSWERS_SUFFIX,
    CROWDWORKERS,
    AnswerBlock,
    AnswersFile,
    answers_text,
)
from opinionscope.survey.layout import laid_out
from opinionscope.survey.microdata import microdata_of
from opinionscope.survey.pack import PACK_FLAT, PACK_ROWS, PackFile
from opinionscope.survey.question import Attributes

MODELS = ("gpt-4", "gpt-3.5-turbo-0125", "anthropic_opus")
STEERINGS = ("none", "persona", "few-shot")
BOOKS = "nytimes"
SHARE_DECIMALS = 6
MASS_DIGITS = 6

SOURCE = (
    "Results in the public repository of Meister, Guestrin and Hashimoto, Benchmarking Distributional Alignment of "
    "Large Language Models (NAACL 2025): one answer to each prompt at temperature 1, in the authors' own wording, "
    "read again from the raw answers by this project's parsers"
)

PackJson = dict[str, Any]
QuestionJson = dict[str, Any]


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    reference, data = map(Path, arguments)
    for path in build(Benchmark(reference), data):
        sys.stdout.write(f"{path}\n")
    return 0


def build(benchmark: Benchmark, data: Path) -> Iterator[Path]:
    """Rewrite the packs in `data` and the recorded answers beside them, yielding each file written."""
    for dataset in DATASETS.values():
        path = data / f"{dataset}.pack.json"
        pack = json.loads(path.read_text(encoding="utf-8"))
        fill_humans(pack, benchmark)
        fill_composition(pack, path, benchmark.root)
        path.write_text(laid_out(pack, PACK_ROWS, PACK_FLAT), encoding="utf-8", newline="\n")
        yield path
        for model in MODELS:
            answers = data / f"{dataset}.{model}{ANSWERS_SUFFIX}"
            answers.write_bytes(answers_text(recorded_answers(pack, benchmark, model)).encode())
            yield answers
        if estimates := recorded_estimates(pack, benchmark):
            answers = data / f"{dataset}.{CROWDWORKERS}{ANSWERS_SUFFIX}"
            answers.write_bytes(answers_text(estimates).encode())
            yield answers


def fill_humans(pack: PackJson, benchmark: Benchmark) -> None:
    """Put the reference's figures into every question of a pack."""
    items = {item.source_key: item for item in benchmark.items(pack["dataset"])}
    for question in pack["questions"]:
        item = items[question["source_key"]]
        labels = labels_of(question, pack)
        question["human"] = {
            name: human_figures(group, labels, item)
            for name, attributes in groups_of(pack).items()
            if (group := item.group(attributes))
        }


def fill_composition(pack: PackJson, path: Path, reference: Path) -> None:
    """Put into the books' study card how many of its raters are what; of single people nothing is kept."""
    if pack["dataset"] != BOOKS:
        return
    file, _ = read_people(reference, msgspec.convert(pack, PackFile))
    if file is None:
        raise ValueError(f"{reference} does not say who rated the books")
    people = microdata_of(file, path)
    pack["card"]["composition"] = {
        name: {each.value: each.people for each in people.slices(name)} for name in people.attributes
    }


def human_figures(group: HumanGroup, labels: list[str], item: HumanItem) -> list[float] | dict[str, list[float]]:
    if strange := set(group.figures) - set(labels):
        raise ValueError(f"{item.place}, {item.source_key}: the pack lacks the options {sorted(strange)}")
    figures = [group.figures.get(label, 0.0) for label in labels]
    if item.counted:
        return [whole(figure) for figure in figures]
    return {"shares": [whole(round(figure, SHARE_DECIMALS)) for figure in figures]}


def recorded_answers(pack: PackJson, benchmark: Benchmark, model: str) -> AnswersFile:
    """One model's answers to a pack's questions, in the order of formats, steering methods and groups."""
    questions = {question["source_key"]: question for question in pack["questions"]}
    names: dict[Attributes, str] = {(): ""} | {attributes: name for name, attributes in groups_of(pack).items()}
    blocks: dict[tuple[str, str, str], dict[str, list[float | None] | str]] = {
        (format_name, steering, name): {}
        for format_name in FORMATS
        for steering in STEERINGS
        for name in names.values()
    }
    doubts: list[str] = []
    for answer in benchmark.answers():
        if isinstance(answer, SetAside) or (answer.dataset, answer.model) != (pack["dataset"], model):
            continue
        if answer.item.source_key not in questions or answer.attributes not in names:
            continue
        if answer.doubt:
            doubts.append(f"{answer.format}, {answer.steering}")
            continue
        question = questions[answer.item.source_key]
        figures = blocks[answer.format, answer.steering, names[answer.attributes]]
        figures[question["id"]] = our_reading(answer, labels_of(question, pack))
    order = [question["id"] for question in pack["questions"]]
    return AnswersFile(
        format=ANSWERS_FORMAT,
        dataset=pack["dataset"],
        model=model,
        recorded=RECORDED,
        source=SOURCE + left_out(doubts),
        options={question["id"]: labels_of(question, pack) for question in pack["questions"]},
        answers=[
            AnswerBlock(*key, {name: figures[name] for name in order if name in figures})
            for key, figures in blocks.items()
            if figures
        ],
    )


def recorded_estimates(pack: PackJson, benchmark: Benchmark) -> AnswersFile | None:
    """What crowdworkers estimated of a pack's questions; None where nobody was asked to."""
    sheet = AnswerSheets(msgspec.convert(pack, PackFile))
    for found in read_estimates(benchmark.root, pack["dataset"], benchmark.items(pack["dataset"])):
        if not isinstance(found, SetAside):
            sheet.add(found)
    return sheet.file(CROWDWORKERS) if sheet.models else None


def left_out(doubts: list[str]) -> str:
    if not doubts:
        return "."
    where = "; ".join(dict.fromkeys(doubts))
    return f". Left out: {len(doubts)} answers ({where}) whose files leave open which group was asked."


def our_reading(answer: RecordedAnswer, labels: list[str]) -> list[float | None] | str:
    """What our parser makes of a raw answer before normalising, in a pack's order of options."""
    if strange := set(answer.labels) - set(labels):
        raise ValueError(f"{answer.place}, {answer.item.source_key}: the pack lacks the options {sorted(strange)}")
    if answer.masses:
        figures = [float(f"{mass:.{MASS_DIGITS}g}") for mass in answer.masses]
    else:
        reading = FORMATS[answer.format].read(Reply(text=answer.response), answer.question)
        if reading.distribution is None:
            return reading.reason
        figures = [whole(figure) for figure in reading.figures]
    by_label = dict(zip(answer.labels, figures, strict=True))
    return [by_label.get(label) for label in labels]


def groups_of(pack: PackJson) -> dict[str, Attributes]:
    return {name: tuple(attributes.items()) for name, attributes in pack["groups"].items()}


def labels_of(question: QuestionJson, pack: PackJson) -> list[str]:
    return [option["label"] for option in question.get("options") or pack["options"]]


def whole(figure: float) -> float:
    """The figure as an integer where it is one, so that files say 12 and not 12.0."""
    return int(figure) if figure == int(figure) else figure


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
