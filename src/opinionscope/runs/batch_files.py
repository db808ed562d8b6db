"""Batch files: the calls of a sweep written as OpenAI batch lines, and their results read back, in any order.

A call is told by the id of its run and its place in the run's plan. The runs are in the history before any file is
written, with the messages and letters as they were sent, so results can be read back at any time.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Protocol

from opinionscope.elicitation import Cell, Reply
from opinionscope.errors import OpinionscopeError
from opinionscope.regexes import regex
from opinionscope.respondents.base import Batchable
from opinionscope.respondents.batch_replies import BatchLine, read_line, reply_of
from opinionscope.runs.errors import RunError
from opinionscope.runs.prober import Prober
from opinionscope.runs.rescore import score
from opinionscope.runs.run import Run
from opinionscope.runs.sweep import Known, SweepStore
from opinionscope.runs.sweep_grid import SweepCell, SweepGrid
from opinionscope.values import replace

EXPORTED_TITLE = "Exported"
EXPORTED = "its calls are in batch files; `opinionscope sweep collect` reads the results, `sweep resume` asks live"
URL = "/v1/chat/completions"
CHUNK = 1_000
"""Lines of results that are read before the runs they belong to are written."""
WRITTEN_TOGETHER = 100

CUSTOM_ID = regex(r"(?P<run>[0-9A-Z]{26})-(?P<call>\d{1,4})")


class BatchError(RunError):
    """Batch files cannot be written or read."""

    title = "Batch files"


class ExportStore(SweepStore, Protocol):
    """Where exported runs are kept."""

    def keep_planned(self, run: Run, cell: str) -> None:
        """Write a run of which nobody was asked yet, and which cell it answers."""


@dataclass
class Exported:
    """What was written: files, lines a file; `refused` cells cannot be asked."""

    files: Counter[Path] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


async def export(
    grid: SweepGrid, prober: Prober, store: ExportStore, known: Known, folder: Path, shards: int, models: Sequence[str]
) -> Exported:
    """Write the calls that have no answer yet into at most so many files a model, for one model each.

    Raises:
        BatchError: if a model cannot be asked in batches, or a file cannot be written.
    """
    exported = Exported()
    with ExitStack() as stack:
        for model in models:
            files = _Shards(stack, folder, model, shards)
            cells = (cell for cell in grid.cells_of(model) if known.get(cell.key, ("",))[0] not in ("whole", "refused"))
            while chunk := list(islice(cells, WRITTEN_TOGETHER)):
                runs = [(cell, await _planned(cell, grid, prober, known, store, exported)) for cell in chunk]
                new = [(cell, run) for cell, run in runs if run is not None]
                errors = store.write([partial(store.keep_planned, run, cell.key) for cell, run in new])
                if failed := next(filter(None, errors), None):
                    raise failed
                for _, run in new:
                    await _write_lines(run, prober, files, exported)
    return exported


async def _planned(
    cell: SweepCell, grid: SweepGrid, prober: Prober, known: Known, store: ExportStore, exported: Exported
) -> Run | None:
    """The run of a cell: the one that it has, or a new one; None where it cannot be asked."""
    run_id = known.get(cell.key, ("", ""))[1]
    if run_id:
        return store.get(run_id)
    try:
        run = (await prober.job(grid.choices(cell), is_fitted=False)).run
    except OpinionscopeError as error:
        exported.refused[str(error)] += 1
        store.refuse(cell.key, str(error))
        return None
    return replace(run, status="cancelled", error_title=EXPORTED_TITLE, error=EXPORTED)


async def _write_lines(run: Run, prober: Prober, files: "_Shards", exported: Exported) -> None:
    respondent = prober.respondent(run.model, run.api_base)
    if not isinstance(respondent, Batchable):
        raise BatchError(f"{run.model} is not asked in batches; `opinionscope sweep start` asks it live")
    if reason := _only_live(run.cell):
        raise BatchError(f"{reason}; `opinionscope sweep start` asks live")
    path, file = files.next()
    answered = {reply.call for reply in run.whole}
    for at, call in enumerate(run.plan.calls):
        if at not in answered:
            line = {"custom_id": f"{run.id}-{at}", "method": "POST", "url": URL}
            file.write(json.dumps(line | {"body": await respondent.batch_body(call)}) + "\n")
            exported.files[path] += 1


def _only_live(cell: Cell) -> str:
    """Why the calls of a cell are no lines of a batch; "" where they are."""
    if cell.reasons_in_a_call_before:
        return "reasoning before log-probs takes two calls in a row"
    if cell.repairs:
        return "a follow-up (repair) is asked after an answer that could not be read"
    return "a transcript (completion) goes to another address" if cell.recipe.completion else ""


class _Shards:
    """Files of one model that are filled in turn, each made when it gets its first line."""

    def __init__(self, stack: ExitStack, folder: Path, model: str, number: int) -> None:
        name = re.sub(r"[^\w.-]+", "-", model)
        self._paths = [folder / f"{name}-{at:03}.jsonl" for at in range(1, number + 1)]
        self._stack, self._files, self._turn = stack, dict[Path, IO[str]](), 0

    def next(self) -> tuple[Path, IO[str]]:
        path = self._paths[self._turn % len(self._paths)]
        self._turn += 1
        if path not in self._files:
            try:
                self._files[path] = self._stack.enter_context(path.open("x", encoding="utf-8"))
            except FileExistsError as error:
                raise BatchError(f"{path} is there already; name another folder") from error
            except OSError as error:
                raise BatchError(f"{path} cannot be written ({error.strerror}); check the path") from error
        return path, self._files[path]


class CollectStore(Protocol):
    """Where collected answers are kept."""

    def hold(self, run_ids: Iterable[str]) -> None:
        """Be the only process at work on the sweeps that these runs answer, or raise RunError."""

    def get(self, run_id: str) -> Run:
        """The run with that id, or raise RunError."""

    def finish(self, run: Run) -> object:
        """Write what came of a run."""


@dataclass
class Collected:
    """What files of results held, in lines.

    Attributes:
        new: answers that were not known yet.
        known: those that were there already.
        failed: lines with an error, by what they say.
        foreign: ids of no call of this history.
        broken: lines that are none, as ``FILE, line 7``.
        runs: those that were written.
    """

    new: int = 0
    known: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    foreign: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    runs: set[str] = field(default_factory=set)

    @property
    def has_lines(self) -> bool:
        """Whether any line was read."""
        return bool(self.new or self.known or self.failed or self.foreign or self.broken)


def collect(paths: Sequence[Path], store: CollectStore) -> Collected:
    """Read results back, from files in any order, as often as one likes.

    Raises:
        BatchError: if a file cannot be read.
    """
    collected = Collected()
    for path in paths:
        try:
            with path.open("rb") as file:
                collect_lines(path.name, file, store, collected)
        except OSError as error:
            raise BatchError(f"{path} cannot be read ({error.strerror}); check the path") from error
    return collected


def collect_lines(name: str, raw_lines: Iterable[bytes], store: CollectStore, collected: Collected) -> int:
    """Read the lines of one file of results, and return how many were whole.

    Raises:
        RunError: if another process is at work on their sweep.
    """
    lines, whole = _lines(name, raw_lines, collected), 0
    while chunk := list(islice(lines, CHUNK)):
        _take_in(chunk, store, collected)
        whole += len(chunk)
    return whole


def _lines(name: str, raw_lines: Iterable[bytes], collected: Collected) -> Iterator[BatchLine]:
    for number, raw in enumerate(raw_lines, 1):
        if not raw.strip():
            continue
        line = read_line(raw)
        if line is None:
            collected.broken.append(f"{name}, line {number:,}")
        else:
            yield line


def _take_in(lines: Sequence[BatchLine], store: CollectStore, collected: Collected) -> None:
    by_run: dict[str, dict[int, BatchLine]] = defaultdict(dict)
    for line in lines:
        found = CUSTOM_ID.fullmatch(line.custom_id)
        if found is None:
            collected.foreign.append(line.custom_id)
        else:
            by_run[found["run"]][int(found["call"])] = line
    store.hold(by_run)
    for run_id, of_run in by_run.items():
        try:
            run = store.get(run_id)
        except RunError:
            collected.foreign += [line.custom_id for line in of_run.values()]
            continue
        if run.status == "running":
            raise BatchError(f"run {run_id} is being asked live at this moment; wait for its end, then collect again")
        _take_in_run(run, of_run, store, collected)


def _take_in_run(run: Run, lines: Mapping[int, BatchLine], store: CollectStore, collected: Collected) -> None:
    whole = {reply.call for reply in run.whole}
    replies: dict[int, Reply] = {reply.call: reply for reply in run.replies}
    for at, line in lines.items():
        if at >= len(run.plan.calls):
            collected.foreign.append(line.custom_id)
        elif at in whole:
            collected.known += 1
        else:
            reply = replace(reply_of(line, run.plan.calls[at], run.model), call=at)
            replies[at] = run.cell.read(reply)
            if reply.is_failure:
                collected.failed[reply.unread] += 1
            else:
                collected.new += 1
    if list(replies.values()) != list(run.replies):
        collected.runs.add(run.id)
        store.finish(_outcome(replace(run, replies=tuple(replies[at] for at in sorted(replies)))))


def _outcome(run: Run) -> Run:
    """The run scored once every call has come back; failed where none was answered."""
    ended = max((each.answered for each in run.replies if each.answered), default=run.created)
    run = replace(run, finished=ended)
    if len(run.replies) < len(run.plan.calls):
        return run
    if run.whole:
        return score(run)
    title, _, reason = run.replies[0].unread.partition(": ")
    return replace(run, status="failed", error_title=title, error=f"{reason}; `opinionscope sweep resume` asks again")
