"""The benchmark's recorded answers as files of recorded answers: raw text with its letters, masses by label."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from opinionscope.elicitation import Reply
from opinionscope.elicitation.expression import FORMATS as READERS
from opinionscope.importers.base import Cell, SetAside
from opinionscope.importers.benchmark import FORMATS, STEERINGS, Recorded, RecordedAnswer
from opinionscope.importers.benchmark_estimates import Estimates
from opinionscope.importers.labels import whole
from opinionscope.survey.answers import ANSWERS_FORMAT, CROWDWORKERS, AnswerBlock, AnswersFile, RawAnswer
from opinionscope.survey.pack import OptionEntry, PackFile, QuestionEntry
from opinionscope.survey.question import Attributes
from opinionscope.survey.text import clean_line

RECORDED = "published November 2024 with arXiv 2411.05403, day of asking not stated"
SOURCE = (
    "Results in the public repository of Meister, Guestrin and Hashimoto, Benchmarking Distributional Alignment of "
    "Large Language Models (NAACL 2025): one answer to each prompt at temperature 1, in the authors' own wording; "
    "raw text as recorded, sequences without the blanks that the authors dropped"
)
RECORDED_ESTIMATES = "people who guessed, May to July 2024; several an item, pooled by their mean"
SOURCE_ESTIMATES = (
    "Human annotations in the public repository of Meister, Guestrin and Hashimoto, Benchmarking Distributional "
    "Alignment of Large Language Models (NAACL 2025): every complete estimate of crowdworkers on Prolific, 3 to 11 an "
    "item, in the order of the exports; the paper takes the first four"
)
MASS_DIGITS = 6

Key = tuple[str, str, str]
T = TypeVar("T")


class AnswerSheets:
    """Collects the answers of all models to the questions of one pack."""

    def __init__(self, pack: PackFile) -> None:
        self._dataset = pack.dataset
        self._questions = {entry.source_key: entry for entry in pack.questions}
        self._labels = {entry.id: _labels(entry.options or pack.options) for entry in pack.questions}
        self._names: dict[Attributes, str] = {(): ""} | {tuple(a.items()): name for name, a in pack.groups.items()}
        self._models: dict[str, dict[Key, AnswerBlock]] = {}

    @property
    def models(self) -> Sequence[str]:
        """The models with at least one answer, in alphabetical order."""
        return sorted(self._models)

    def add(self, found: Recorded) -> SetAside | None:
        """Take in an answer, or what people estimated; or say why not."""
        question = self._questions.get(found.item.source_key)
        if reason := self._objection(found, question):
            return SetAside(found.where, reason, found.dataset, found.model)
        assert question is not None
        block, labels = self._block(found), self._labels[question.id]
        if isinstance(found, Estimates):
            rows = (dict(zip(found.labels, map(whole, percents), strict=True)) for percents in found.percents)
            block.replies[question.id] = [[row.get(label) for label in labels] for row in rows]
        elif isinstance(found, RecordedAnswer):
            offered = [] if list(found.labels) == labels else [*found.labels]
            block.raw[question.id] = RawAnswer(found.response, offered)
            if found.masses is not None:
                block.figures[question.id] = _figures(found.labels, found.masses, labels)
        return None

    def cell(self, found: Recorded) -> Cell:
        """Where an answer that was taken in stands."""
        question = self._questions[found.item.source_key]
        return question.id, self._names[found.attributes], found.steering, found.format

    def _block(self, found: Recorded) -> AnswerBlock:
        key = (found.format, found.steering, self._names[found.attributes])
        return self._models.setdefault(found.model, {}).setdefault(key, AnswerBlock(*key))

    def _objection(self, found: Recorded, question: QuestionEntry | None) -> str:
        if question is None:
            return "its question was set aside"
        if found.attributes not in self._names:
            who = ", ".join(f"{attribute} {value}" for attribute, value in found.attributes)
            return f"how people of this group answered is not in the source ({who})"
        if found.doubt:
            return found.doubt
        if strange := [label for label in found.labels if label not in self._labels[question.id]]:
            return f"it was offered what the question lacks: {', '.join(strange)}"
        is_known = question.id in self._block(found).raw
        return "another file answers the same; that one was read" if is_known else ""

    def file(self, model: str) -> AnswersFile:
        """The file of one model, in an order that does not depend on the source's."""
        blocks = self._models[model]
        order = {question_id: position for position, question_id in enumerate(self._labels)}
        ranks: Mapping[str, int] = {name: rank for rank, name in enumerate((*FORMATS.values(), *STEERINGS.values()))}
        groups = list(self._names.values())

        def in_order(answers: Mapping[str, T]) -> dict[str, T]:
            return {name: answers[name] for name in sorted(answers, key=order.__getitem__)}

        def rank(key: Key) -> tuple[int, int, int]:
            return ranks[key[0]], ranks[key[1]], groups.index(key[2])

        return AnswersFile(
            format=ANSWERS_FORMAT,
            dataset=self._dataset,
            model=model,
            recorded=RECORDED_ESTIMATES if model == CROWDWORKERS else RECORDED,
            source=SOURCE_ESTIMATES if model == CROWDWORKERS else SOURCE,
            options=self._labels,
            answers=[
                AnswerBlock(
                    *key,
                    figures=in_order(blocks[key].figures),
                    raw=in_order(blocks[key].raw),
                    replies=in_order(blocks[key].replies),
                )
                for key in sorted(blocks, key=rank)
            ],
        )


def read_by_label(answer: RecordedAnswer) -> Mapping[str, float] | None:
    """The program's own reading of an answer, label → figure; None if it cannot be read."""
    raw = Reply(figures=answer.masses) if answer.masses else Reply(text=answer.response)
    reading = READERS[answer.format].read(raw, answer.question)
    return dict(zip(answer.labels, reading.figures, strict=True)) if reading.distribution else None


def _figures(offered: Sequence[str], masses: Sequence[float], labels: Sequence[str]) -> list[float | None]:
    by_label = dict(zip(offered, masses, strict=True))
    return [float(f"{by_label[label]:.{MASS_DIGITS}g}") if label in by_label else None for label in labels]


def _labels(options: Sequence[OptionEntry | str]) -> list[str]:
    return [clean_line(option if isinstance(option, str) else option.label) for option in options]
