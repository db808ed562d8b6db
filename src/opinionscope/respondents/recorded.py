"""Recorded respondents: models whose answers were written down, and are read instead of asked for."""

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct
from typing_extensions import override

from opinionscope.elicitation import FORMATS, Call, Cell, Plan, Reply
from opinionscope.respondents.base import OnAttempt, OnText, Respondent, RespondentError
from opinionscope.suggesting import nearest
from opinionscope.survey import PackError
from opinionscope.survey.answers import AnswerSheet, Recorded, head_of, read_answers
from opinionscope.survey.text import clean_line
from opinionscope.values import replace

RECORDED_PREFIX = "recorded/"


def is_recorded(model: str) -> bool:
    """Whether a model's name stands for answers that it gave earlier."""
    return model.startswith(RECORDED_PREFIX)


_Version = tuple[int, int]
_remembered: dict[Path, tuple[_Version, AnswerSheet]] = {}


def _read(path: Path) -> AnswerSheet:
    """A sheet, read again only when time or size of its file have changed."""
    version = _version(path)
    known = _remembered.get(path)
    if known is None or known[0] != version:
        known = _remembered[path] = (version, read_answers(path))
    return known[1]


class Recordings(Struct, frozen=True):
    """All recorded answers at hand.

    Attributes:
        sheets: in the order of their files; where two answer the same, the later one counts.
        problems: one PackError for each file that could not be read.
    """

    sheets: tuple[AnswerSheet, ...]
    problems: tuple[PackError, ...] = ()

    @classmethod
    def read(cls, paths: Iterable[Path], model: str | None = None) -> "Recordings":
        """Read the files, those that did not change since from memory; broken ones are set aside.

        Args:
            model: pass over the files of other models; None to read all.
        """
        sheets: list[AnswerSheet] = []
        problems: list[PackError] = []
        for path in paths:
            try:
                if model is None or head_of(path).model == model:
                    sheets.append(_read(path))
            except PackError as problem:
                problems.append(problem)
        return cls(tuple(sheets), tuple(problems))

    @property
    def models(self) -> tuple[str, ...]:
        """The recorded models, in the order in which they first occur."""
        return tuple(dict.fromkeys(sheet.model for sheet in self.sheets))

    def of(self, model: str) -> tuple[AnswerSheet, ...]:
        """The sheets of a model, () if there are none."""
        return tuple(sheet for sheet in self.sheets if sheet.model == model)


def _version(path: Path) -> _Version:
    try:
        status = path.stat()
    except OSError as error:
        raise PackError(path, "", f"it cannot be read ({error.strerror}); check the path and its rights") from error
    return status.st_mtime_ns, status.st_size


class RecordedRespondent(Respondent):
    """A model whose answers were recorded; the same call always gets the same answer.

    Of several answers to the same question each is the reply to a call of its own, in the order of the file.
    """

    kind = "recorded"

    def __init__(self, model: str, recordings: Recordings) -> None:
        """Take the sheets of a model.

        Args:
            model: its name, without ``recorded/``.

        Raises:
            RespondentError: if nothing of it was recorded; with the nearest names.
        """
        self.model = model
        self.name = RECORDED_PREFIX + model
        self._sheets = recordings.of(model)
        if not self._sheets:
            raise RespondentError(_unknown(model, recordings), title="No such model")

    @override
    async def respond(self, call: Call, on_text: OnText | None = None, on_attempt: OnAttempt | None = None) -> Reply:
        """Look the answer up; neither callback is called, for nothing streams in and nothing is tried twice.

        Raises:
            RespondentError: if this was not recorded; it names the formats and steering methods that were.
        """
        if found := self._found(call.cell):
            sheet, answers = found
            return recorded_reply(sheet, answers[call.number])
        raise RespondentError(self._absence(call.cell), title="Nothing recorded")

    @override
    def as_sent(self, plan: Plan) -> Plan:
        """The plan with one call for each recorded answer."""
        found = self._found(plan.cell)
        return replace(plan, calls=plan.calls[:1] * len(found[1])) if found else plan

    def _found(self, cell: Cell) -> tuple[AnswerSheet, tuple[Recorded, ...]] | None:
        """The answers of the latest sheet that has some."""
        kept_as = _kept_as(cell.format)
        for sheet in reversed(self._sheets_of(cell)):
            if answers := sheet.answers(cell.question, kept_as, cell.steering, cell.group.name):
                return sheet, answers
        return None

    def _sheets_of(self, cell: Cell) -> list[AnswerSheet]:
        return [sheet for sheet in self._sheets if sheet.dataset == cell.question.dataset]

    def _absence(self, cell: Cell) -> str:
        known = self._known(cell)
        question = cell.question.id
        if not known:
            return f"{self.name} was never asked {question}; choose another question, or a live model"
        kept_as = _kept_as(cell.format)
        if cell.steering in known.get(kept_as, ()):
            unsteered = ", steering none," if "none" in known[kept_as] else ""
            return (
                f"{self.name} was not asked {question} as {cell.group.name}; "
                f"choose another group{unsteered or ','} or a live model"
            )
        listed = "; ".join(f"{form} ({', '.join(steerings)})" for form, steerings in known.items())
        return (
            f"{self.name} was not asked {question} with steering {cell.steering} as {cell.format}; "
            f"recorded are {listed}"
        )

    def _known(self, cell: Cell) -> dict[str, tuple[str, ...]]:
        """Format → the steering methods under which the question was answered in it."""
        known: dict[str, tuple[str, ...]] = {}
        for sheet in self._sheets_of(cell):
            for form in sheet.formats():
                steerings = sheet.steerings(cell.question.id, form)
                if steerings:
                    known[form] = tuple(dict.fromkeys((*known.get(form, ()), *steerings)))
        return {form: known[form] for form in (*FORMATS, *known) if form in known}


def _kept_as(format_name: str) -> str:
    """The format under which recorded answers are kept."""
    return FORMATS[format_name].recorded_as if format_name in FORMATS else format_name


def recorded_reply(sheet: AnswerSheet, found: Recorded) -> Reply:
    """A recorded answer of a sheet as the reply to a call."""
    return Reply(
        found.text,
        figures=found.figures,
        unread=found.unread,
        offered=found.offered,
        kind="recorded",
        model=sheet.model,
        recorded=sheet.recorded,
    )


def _unknown(model: str, recordings: Recordings) -> str:
    hint = " or ".join(RECORDED_PREFIX + name for name in nearest(model, recordings.models))
    broken = f"; {recordings.problems[0].path.name} could not be read" if recordings.problems else ""
    advice = f"did you mean {hint}?" if hint else "`opinionscope models` lists what there is"
    return f'no answers of a model "{clean_line(model)}" are recorded{broken}; {advice}'
