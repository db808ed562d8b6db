"""Recorded answers of a model: one file for a model and a dataset, as figures by option label or as raw text.

Several answers to the same are kept one by one.

A figure is what was read in the answer before anything was normalised: the percents of a verbalized
answer, the letter counts of a sequence, the probability masses of log-probs. ``null`` in a list says
that this option was not offered to the model; a sentence in place of a list says why an answer could
not be read. Raw text stands beside the labels as they were lettered then, so that it can be read again by
whatever parser there is. The format is described for people in ``data/README.md``.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from opinionscope.survey.pack import MAX_OPTIONS, PackError, decode_file
from opinionscope.survey.question import Question
from opinionscope.survey.text import clean, clean_line
from opinionscope.values import replace

ANSWERS_FORMAT = "opinionscope-answers/1"
ANSWERS_SUFFIX = ".answers.json"
CROWDWORKERS = "crowdworkers"
"""The model under which people's guesses at how a group answered are recorded."""
PERSON_PREFIX = "person/"
"""Before the name of somebody who guessed in this program, in place of a model's name."""
NO_LABELS = "expected the question's labels under options"

Figures = tuple[float | None, ...]


class RawAnswer(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """An answer in the model's words; `offered` gives the labels of A, B, C, … as they were shown to it.

    No `offered` means those under `options`, in their order.
    """

    text: str
    offered: list[str] = []


class AnswerBlock(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The answers of one format, steering method and group ("" without steering).

    `replies` has several answers to the same, each as one stands under `figures`.
    """

    format: str
    steering: str
    group: str
    figures: dict[str, list[float | None] | str] = {}
    raw: dict[str, RawAnswer] = {}
    replies: dict[str, list[list[float | None]]] = {}

    @property
    def questions(self) -> Mapping[str, None]:
        """Ids of the questions answered, in file order."""
        return dict.fromkeys((*self.figures, *self.raw, *self.replies))


class AnswersFile(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A file of recorded answers; `options` gives the labels that its lists follow."""

    format: str
    dataset: str
    model: str
    recorded: str
    source: str
    options: dict[str, list[str]]
    answers: list[AnswerBlock]


class AnswersHead(msgspec.Struct):
    """As much of a file of recorded answers as tells whether it is worth reading."""

    dataset: str
    model: str


class Recorded(Struct, frozen=True):
    """One recorded answer, its figures in the survey order of the question it was asked for.

    Attributes:
        figures: shape (K,), None where the option was not offered; None altogether where there are none.
        unread: why an answer without raw text has no figures, or "".
        text: the raw text; None where it was not kept.
        offered: labels in the order of the letters that the raw text speaks of; () without one.
    """

    figures: Figures | None
    unread: str = ""
    text: str | None = None
    offered: tuple[str, ...] = ()


class AnswerSheet:
    """All recorded answers of one model to one dataset."""

    def __init__(self, file: AnswersFile) -> None:
        self.dataset = clean_line(file.dataset)
        self.model = clean_line(file.model)
        self.recorded = clean_line(file.recorded)
        self.source = clean_line(file.source)
        self._labels = {
            question_id: tuple(clean_line(label) for label in labels) for question_id, labels in file.options.items()
        }
        self._blocks: Mapping[tuple[str, str, str], AnswerBlock] = {
            (block.format, block.steering, clean_line(block.group)): block for block in file.answers
        }

    def formats(self) -> tuple[str, ...]:
        """The expression formats that occur, in file order."""
        return tuple(dict.fromkeys(format_name for format_name, _, _ in self._blocks))

    def steerings(self, question_id: str, format_name: str) -> tuple[str, ...]:
        """The steering methods under which the question was answered in that format."""
        found = (s for (f, s, _), block in self._blocks.items() if f == format_name and question_id in block.questions)
        return tuple(dict.fromkeys(found))

    def questions(self) -> Iterator[str]:
        """Ids of the questions that have answers."""
        return iter(self._labels)

    def cells(self) -> Iterator[tuple[str, str, str, str]]:
        """Question id, group, steering and format of every answer, in file order; group "" without steering."""
        for (format_name, steering, group), block in self._blocks.items():
            for question_id in block.questions:
                yield question_id, group, steering, format_name

    def counts(self) -> Mapping[str, tuple[int, int]]:
        """Format → how many answers there are, and of how many the raw text was kept."""
        found: dict[str, tuple[int, int]] = {}
        for (format_name, _, _), block in self._blocks.items():
            answers, raw = found.get(format_name, (0, 0))
            several = sum(map(len, block.replies.values())) - len(block.replies)
            found[format_name] = (answers + len(block.questions) + several, raw + len(block.raw))
        return found

    def answer(self, question: Question, format_name: str, steering: str, group: str) -> Recorded | None:
        """The recorded answer, the first of several; None if there is none. See `answers`."""
        return next(iter(self.answers(question, format_name, steering, group)), None)

    def answers(self, question: Question, format_name: str, steering: str, group: str) -> tuple[Recorded, ...]:
        """The recorded answer, or the several to the same, matched to the question's options by label; () for none.

        Without steering the model was asked once for everybody, so `group` is not looked at.
        """
        block = self._blocks.get((format_name, steering, "" if steering == "none" else group))
        if block is None:
            return ()
        if several := block.replies.get(question.id):
            return tuple(self._figures(each, question) for each in several)
        found, raw = block.figures.get(question.id), block.raw.get(question.id)
        if raw is None:
            return () if found is None else (self._figures(found, question),)
        read = Recorded(None) if found is None else self._figures(found, question)
        offered = tuple(clean_line(label) for label in raw.offered) or self._labels[question.id]
        return (replace(read, text=clean(raw.text), offered=offered),)

    def _figures(self, found: Sequence[float | None] | str, question: Question) -> Recorded:
        if isinstance(found, str):
            return Recorded(None, clean_line(found) or "nothing was recorded")
        by_label = dict(zip(self._labels[question.id], found, strict=True))
        foreign = [label for label, figure in by_label.items() if figure and label not in question.labels]
        if foreign:
            return Recorded(None, f"recorded for an option that the question lacks: {', '.join(foreign)}")
        return Recorded(tuple(by_label.get(label) for label in question.labels))


def head_of(path: Path) -> AnswersHead:
    """Whose answers a file holds, to questions of which data set, without looking at them.

    Raises:
        PackError: if the file cannot be read, or lacks either.
    """
    head = decode_file(path, AnswersHead)
    return AnswersHead(clean_line(head.dataset), clean_line(head.model))


def read_answers(path: Path) -> AnswerSheet:
    """Read a file of recorded answers, whole or not at all.

    Raises:
        PackError: naming the file, the place in it and what was expected.
    """
    file = decode_file(path, AnswersFile)
    if file.format != ANSWERS_FORMAT:
        raise PackError(path, "format", f'expected "{ANSWERS_FORMAT}", got "{clean_line(file.format)}"')
    _refuse_repeats(file, path)
    for position, block in enumerate(file.answers):
        _check_figures(block.figures, file, f"answers[{position}].figures", path)
        for question_id, several in block.replies.items():
            for at, figures in enumerate(several):
                _check_figures({question_id: figures}, file, f"answers[{position}].replies[{at}]", path)
        _check_raw(block, file, f"answers[{position}].raw", path)
    return AnswerSheet(file)


def _check_figures(
    found: Mapping[str, Sequence[float | None] | str], file: AnswersFile, where: str, path: Path
) -> None:
    for question_id, figures in found.items():
        place = f"{where}.{question_id}"
        if question_id not in file.options:
            raise PackError(path, place, NO_LABELS)
        size = len(file.options[question_id])
        if not isinstance(figures, str) and len(figures) != size:
            raise PackError(path, place, f"expected {size} numbers, one a label, got {len(figures)}")


def _check_raw(block: AnswerBlock, file: AnswersFile, where: str, path: Path) -> None:
    sound: set[tuple[str, ...]] = set()
    for question_id, raw in block.raw.items():
        place = f"{where}.{question_id}"
        if question_id not in file.options:
            raise PackError(path, place, NO_LABELS)
        offered = tuple(raw.offered or file.options[question_id])
        if offered in sound:
            continue
        once = {clean_line(label) for label in offered}
        if not 2 <= len(once) <= MAX_OPTIONS or len(once) < len(offered):
            raise PackError(path, f"{place}.offered", f"expected 2 to {MAX_OPTIONS} labels, every one once")
        sound.add(offered)


def _refuse_repeats(file: AnswersFile, path: Path) -> None:
    for question_id, labels in file.options.items():
        if len({clean_line(label) for label in labels}) < len(labels):
            raise PackError(path, f"options.{question_id}", "expected every label once")
    seen: set[tuple[str, str, str]] = set()
    for position, block in enumerate(file.answers):
        key = (block.format, block.steering, clean_line(block.group))
        if key in seen:
            raise PackError(path, f"answers[{position}]", f"expected one block for {', '.join(filter(None, key))}")
        seen.add(key)


def answers_text(file: AnswersFile) -> str:
    """Recorded answers as the JSON they are kept in: one line an answer, so that changes can be read in a diff."""
    from opinionscope.survey.layout import laid_out

    return laid_out(msgspec.to_builtins(file), rows=("figures", "raw", "replies"))
