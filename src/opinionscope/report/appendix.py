"""What a paper reports on the runs behind it: models, settings, prompts, rules of reading, and cost."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec import Struct

from opinionscope.elicitation import FORMATS, STEERINGS
from opinionscope.elicitation.prompting import NOW_ANSWER
from opinionscope.elicitation.reply import Usage
from opinionscope.report.names import server_of, without_folders
from opinionscope.report.words import recipe_words
from opinionscope.runs import Run
from opinionscope.survey.text import counted, some_of

MOST_SEEDS = 6
RECORDED = "recorded"
PERSON = "a person"
NOT_RELIABLE = "not reliable"


class Heading(Struct, frozen=True):
    """The title of a part."""

    text: str


class Paragraph(Struct, frozen=True):
    """Sentences."""

    text: str


class AppendixTable(Struct, frozen=True):
    """Rows with the same columns."""

    rows: Sequence[Mapping[str, Any]]


class Verbatim(Struct, frozen=True):
    """A text as it was sent."""

    text: str


Block = Heading | Paragraph | AppendixTable | Verbatim
Message = tuple[str, str, bool]
"""System and user message, and whether the model reasoned in a call of its own before it answered."""


@dataclass
class _Counted:
    """What some runs took together."""

    runs: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    failed_calls: int = 0
    usage: list[Usage] = field(default_factory=list)

    def add(self, run: Run) -> None:
        """Count a run; what live calls took stands beside each other, for some of it may not be known."""
        self.runs += 1
        self.statuses[run.status] += 1
        self.calls += len(run.replies)
        self.failed_calls += sum(reply.is_failure for reply in run.replies)
        self.usage += [reply.usage for reply in run.replies if run.is_live]

    def known(self, name: str) -> tuple[Any, int]:
        """The sum of a field of usage over the calls for which it is known, None where it is for none, and how many."""
        values = [value for each in self.usage if (value := getattr(each, name)) is not None]
        return (sum(values) if values or not self.usage else None), len(values)

    def words(self, name: str, form: str) -> str:
        """The same in words; `form` is how a number is written."""
        total, known = self.known(name)
        if total is None:
            return "unknown"
        part = f" (known for {known:,} of {counted(len(self.usage), 'call')})" if known < len(self.usage) else ""
        return form.format(total) + part

    @property
    def cells(self) -> dict[str, Any]:
        """How the runs ended."""
        ended = {status: self.statuses[status] for status in ("done", "unread", "failed")}
        return {"runs": self.runs, **ended, "other": self.runs - sum(ended.values())}


class Appendix:
    """Takes in run after run, so that there may be many; then gives the blocks."""

    def __init__(self) -> None:
        self._all = _Counted()
        self._models: dict[tuple[str, ...], _Counted] = defaultdict(_Counted)
        self._setups: dict[tuple[str, ...], _Counted] = defaultdict(_Counted)
        self._seeds: dict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
        self._data: dict[tuple[str, str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        self._prompts: dict[Message, int] = {}
        self._rows: list[dict[str, Any]] = []
        self._versions: dict[str, None] = {}
        self._formats: dict[str, None] = {}
        self._steerings: dict[str, None] = {}
        self._epsilons: set[tuple[float, bool]] = set()
        self._times: list[datetime] = []
        self._notes: dict[str, None] = {}

    def add(self, run: Run) -> None:
        """Take in a run."""
        cell = run.cell
        self._all.add(run)
        self._times.append(run.created)
        self._versions[f"{run.program_version or 'unknown'} (prompt templates {run.plan.template_version})"] = None
        self._formats[cell.format] = None
        self._steerings[cell.steering] = None
        self._epsilons.add((run.epsilon, run.drop_nonresponse))
        self._notes.update(dict.fromkeys(run.plan.notes if run.is_live else ()))
        answered = ", ".join(run.models) or "no answer"
        server = _server(run)
        self._models[without_folders(run.model), answered, server].add(run)
        setup = (cell.steering, cell.format, recipe_words(cell.recipe, cell.steering, cell.format), *_request(run))
        self._setups[setup].add(run)
        self._seeds[setup].update(dict.fromkeys(str(c.seed) for c in run.plan.calls if c.seed is not None))
        questions, groups = self._data[cell.question.dataset, run.pack_version]
        questions.add(cell.question.id)
        groups.add(cell.group.name)
        self._rows.append(self._row(run))

    def _row(self, run: Run) -> dict[str, Any]:
        return {
            "run": run.id,
            "asked (UTC)": f"{run.created:%Y-%m-%d %H:%M}",
            "question": run.cell.question.id,
            "group": run.cell.group.name,
            "steering": run.cell.steering,
            "format": run.cell.format,
            "model": without_folders(run.model),
            "status": run.status,
            "KL nats": run.alignment["kl"] if run.alignment else None,
            "TV": run.alignment["tv"] if run.alignment else None,
            NOT_RELIABLE: run.measures_muted,
            "prompt": " ".join(f"P{number}" for number in self._numbers(run)),
        }

    def _numbers(self, run: Run) -> Sequence[int]:
        """The numbers of the prompts of a run; prompts that are equal have one number."""
        if not run.is_live:
            return ()
        second = run.cell.reasons_in_a_call_before
        sent = dict.fromkeys((call.prompt.system, call.prompt.user, second) for call in run.plan.calls)
        return [self._prompts.setdefault(message, len(self._prompts) + 1) for message in sent]

    def blocks(self, selection: str = "") -> Iterator[Block]:
        """The text; `selection` says which runs, as it was typed."""
        yield Heading("How the answers were obtained")
        yield Paragraph(self._overview(selection))
        if not self._rows:
            return
        yield Heading("Models")
        yield AppendixTable([self._model(names, sums) for names, sums in self._models.items()])
        yield Heading("Settings")
        yield from (Paragraph(f"Steering {name}: {_steering(name)}.") for name in self._steerings)
        yield AppendixTable([self._setup(setup, sums) for setup, sums in self._setups.items()])
        yield Heading("How answers were read and scored")
        yield from (Paragraph(f"{name}: {_rule(name)}") for name in self._formats)
        yield from (Paragraph(_scoring(epsilon, drop)) for epsilon, drop in sorted(self._epsilons))
        yield Heading("Data")
        yield AppendixTable(
            [
                {"dataset": name, "version": version, "questions": len(questions), "groups": len(groups)}
                for (name, version), (questions, groups) in self._data.items()
            ]
        )
        yield Heading("Runs")
        if muted := sum(bool(row[NOT_RELIABLE]) for row in self._rows):
            yield Paragraph(f"The measures of {counted(muted, 'run')} stand on too little to be relied on.")
        yield AppendixTable(self._rows if muted else [_without(row, NOT_RELIABLE) for row in self._rows])
        yield from self._messages()

    def _overview(self, selection: str) -> str:
        sums = self._all
        which = f", selected by {selection}" if selection else ""
        if not self._times:
            return f"No run{which}."
        ended = ", ".join(f"{number:,} {status}" for status, number in sums.statuses.items())
        first, last = (f"{time:%Y-%m-%d}" for time in (min(self._times), max(self._times)))
        when = f"on {first}" if first == last else f"from {first} to {last}"
        return (
            f"{counted(sums.runs, 'run')}{which}, made {when} with opinionscope {', '.join(self._versions)}: {ended}. "
            f"{counted(sums.calls, 'call')}, {sums.failed_calls:,} of them failed. "
            f"Tokens sent {sums.words('prompt_tokens', '{:,}')}, received {sums.words('completion_tokens', '{:,}')}; "
            f"cost {sums.words('cost_usd', '{:.4f} USD')}."
        ) + (" Answers that were recorded by others cost nothing here." if self._has(RECORDED) else "")

    def _has(self, server: str) -> bool:
        return any(each == server for _, _, each in self._models)

    def _model(self, names: tuple[str, ...], sums: _Counted) -> dict[str, Any]:
        asked, answered, server = names
        is_free = server in (RECORDED, PERSON)
        return {
            "asked": asked,
            "answered": answered,
            "server": server,
            **sums.cells,
            "failed calls": sums.failed_calls,
            "tokens in": None if is_free else sums.known("prompt_tokens")[0],
            "tokens out": None if is_free else sums.known("completion_tokens")[0],
            "cost USD": None if is_free else sums.known("cost_usd")[0],
        }

    def _setup(self, setup: tuple[str, ...], sums: _Counted) -> dict[str, Any]:
        steering, form, recipe, temperature, tokens = setup
        return {
            "steering": steering,
            "format": form,
            "recipe": recipe or "default",
            "temperature": temperature,
            "max tokens": tokens,
            "seeds": some_of(list(self._seeds[setup]), MOST_SEEDS) or "none",
            **sums.cells,
        }

    def _messages(self) -> Iterator[Block]:
        yield Heading("Prompts")
        if self._has(PERSON):
            yield Paragraph(
                "People who guessed were shown the question, its options and the group; no prompt was sent."
            )
        if self._has(RECORDED):
            yield Paragraph("Recorded models were asked by others in their own words; nothing was sent to them here.")
        yield from (Paragraph(f"{note[:1].upper()}{note[1:].rstrip('.')}.") for note in self._notes)
        used = Counter(number for row in self._rows for number in row["prompt"].split())
        for (system, user, is_second), number in self._prompts.items():
            runs = used[f"P{number}"]
            yield Paragraph(f"P{number}, sent in {counted(runs, 'run')}. System message:")
            yield Verbatim(system)
            yield Paragraph("User message:")
            yield Verbatim(user)
            if is_second:
                yield Paragraph("The model reasoned in a first call; that was sent back, followed by:")
                yield Verbatim(NOW_ANSWER)


def write_appendix(runs: Iterable[Run], selection: str = "") -> Iterator[Block]:
    """The appendix on some runs, as blocks of a text."""
    appendix = Appendix()
    for run in runs:
        appendix.add(run)
    return appendix.blocks(selection)


def _server(run: Run) -> str:
    """Who was asked where."""
    if not run.is_live:
        return PERSON if run.kind == "person" else RECORDED
    return server_of(run)


def _request(run: Run) -> tuple[str, str]:
    """Temperature and most tokens of an answer; of a recorded model they are not known."""
    if run.is_recorded:
        return "as recorded", "as recorded"
    if run.kind == "person":
        return "none", "none"
    request = run.plan.first.request
    return f"{request.temperature:g}", str(request.max_tokens)


def _steering(name: str) -> str:
    return STEERINGS[name].summary if name in STEERINGS else "not known to this version"


def _rule(name: str) -> str:
    return FORMATS[name].rule if name in FORMATS else "not known to this version."


def _scoring(epsilon: float, drop: bool) -> str:
    refusals = "left out on both sides" if drop else "compared like other options"
    return (
        f"KL(human ‖ model) in nats, with the model's side smoothed: q' = (1 − ε) q + ε / K, ε = {epsilon:g}; "
        f"TV is half the sum of absolute differences. Refusals are {refusals}."
    )


def _without(row: Mapping[str, Any], column: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != column}
