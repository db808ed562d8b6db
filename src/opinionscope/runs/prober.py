"""One plan → answer → reading → alignment → run: the only way from choices to a result."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from copy import copy
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from opinionscope import __version__
from opinionscope.alignment.temperature import Scaling
from opinionscope.elicitation import (
    FORMATS,
    OWN_VOICES,
    PLAIN,
    Call,
    Cell,
    Plan,
    Prompt,
    SteeringError,
    Voices,
    make_plan,
)
from opinionscope.errors import OpinionscopeError
from opinionscope.respondents.base import Respondent
from opinionscope.respondents.person import PersonRespondent
from opinionscope.respondents.redaction import UNREADABLE
from opinionscope.runs.choices import Choices
from opinionscope.runs.errors import RunError, being_asked
from opinionscope.runs.job import UNWATCHED, Job, Opening, Watch
from opinionscope.runs.keeping import AnsweredBy, RunStore, Unkept, WriteQueue
from opinionscope.runs.rescore import rescore, score
from opinionscope.runs.run import Run, new_run_id
from opinionscope.runs.scheduler import CONCURRENCY, Clock, Earlier, Scheduler, utc_now
from opinionscope.survey import Group, Library, Question
from opinionscope.values import replace

if TYPE_CHECKING:
    from opinionscope.runs.calibration import Lacking, Pair

__all__ = ["Choices", "Prober"]

Connect = Callable[[str, str | None], Respondent]


class Prober:
    """Carries choices through to a run, and the run into the history.

    Args:
        connect: makes the respondent of a model name and an API base; afterwards `respondent`.
        store: where runs are kept; None to keep nothing.
        concurrency: how many calls of one run are under way at the same time.
        deadline: seconds after which a run is ended with the answers that it has; None for no end.
        voices: those that a recipe may name.
        earlier: looks up replies to identical requests at temperature 0; None to ask every time.
    """

    def __init__(
        self,
        library: Library,
        connect: Connect,
        store: RunStore | None = None,
        clock: Clock = utc_now,
        concurrency: int = CONCURRENCY,
        deadline: float | None = None,
        voices: Voices = OWN_VOICES,
        earlier: Earlier | None = None,
    ) -> None:
        self.library = library
        self.concurrency = concurrency
        self._store = store
        self._under_way: set[asyncio.Task[Any]] = set()
        self.respondent = connect
        self._clock = clock
        self._scheduler = Scheduler(store, concurrency, deadline, clock, earlier)
        self.voices = voices

    @property
    def refusal(self) -> RunError | None:
        """Why nobody may be asked; None where one may ask."""
        return None

    def plan(self, choices: Choices) -> Plan:
        """The plan of these choices, with the prompts as they would be sent.

        A recorded model was asked once, in its own way: the recipe says nothing to it, nor to a person. It saw other
        examples than ours, so nothing is said of ours; nor does it matter whether there are any, and the prompt is
        empty where there are none.

        Raises:
            OpinionscopeError: if a choice names nothing that exists or does not fit the others.
        """
        question, group = self._asked_of(choices)
        recipe = choices.recipe if choices.is_live else PLAIN
        try:
            plan = make_plan(
                self.library, question, group, choices.steering, choices.format, choices.seed, recipe, self.voices
            )
        except SteeringError:
            if choices.is_live:
                raise
            return self._without_prompt(choices)
        return plan if choices.is_live else replace(plan, calls=plan.calls[:1], example_ids=(), notes=())

    def draft(self, choices: Choices) -> Run:
        """The run of these choices with what would really be sent, before anybody is asked; it has no id yet.

        Raises:
            OpinionscopeError: as `plan`.
        """
        plan = self.plan(choices)
        return self._drafted(
            plan, choices, None if choices.is_recorded else self.respondent(choices.model, choices.api_base)
        )

    async def start(self, choices: Choices) -> None:
        """Start what is to answer, where that takes a while, before it is asked.

        Raises:
            OpinionscopeError: if it cannot be started.
        """
        if choices.is_live:
            await self.respondent(choices.model, choices.api_base).start()

    def _asked_of(self, choices: Choices) -> tuple[Question, Group]:
        question = self.library.question(choices.question)
        return question, self.library.group(question, choices.group)

    def _without_prompt(self, choices: Choices) -> Plan:
        cell = Cell(*self._asked_of(choices), choices.steering, choices.format)
        request = FORMATS[choices.format].request
        return Plan(cell, (Call(cell, Prompt("", ""), request, seed=choices.seed),))

    def _drafted(self, plan: Plan, choices: Choices, respondent: Respondent | None) -> Run:
        question = plan.cell.question
        return Run(
            id="",
            created=self._clock(),
            status="running",
            plan=plan if respondent is None else respondent.as_sent(plan),
            model=choices.model,
            human=self.library.human(question, plan.cell.group),
            pooled=self.library.pooled(question, plan.cell.group),
            epsilon=choices.epsilon,
            drop_nonresponse=choices.drop_nonresponse,
            api_base=None if choices.is_recorded else choices.api_base,
            pack_version=self.library.pack(question.dataset).version,
            program_version=__version__,
        )

    async def run(self, choices: Choices, watch: Watch = UNWATCHED) -> Run:
        """Ask, read, compare, keep.

        The run is written before a live call and finished after it, whatever happens in between. A recorded
        answer costs no call: it is shown first (`on_run`) and written then, for opening the database takes longer.
        What had arrived of an answer that broke off or was cancelled is kept with the run; of several answers,
        those that were whole, which outlive even a program that is killed. Neither is read nor compared. A run
        that has ended and cannot be written then is in `unkept`.

        Returns:
            The run, whatever its status: a failed call or an unreadable answer is a result, too.

        Raises:
            OpinionscopeError: if nobody was asked: the choices make no plan, the model cannot be asked, or
                the history cannot be written.
            asyncio.CancelledError: after the run was kept as cancelled.
        """
        return await self._carried_out(await self.job(choices, watch))

    def guessed_by(self, person: PersonRespondent) -> "Prober":
        """This prober, with a person's guess as the answer to whatever is asked, and whoever is named."""
        other = copy(self)
        other.respondent = lambda *_: person
        return other

    async def job(self, choices: Choices, watch: Watch = UNWATCHED, *, is_fitted: bool = True) -> Job:
        """A run of these choices, ready to be asked.

        Args:
            is_fitted: whether it gets the temperature that its format wants, now; see `scale`.

        Raises:
            OpinionscopeError: if the choices make no plan.
        """
        plan, respondent = self.plan(choices), self.respondent(choices.model, choices.api_base)
        run = self._drafted(plan, choices, respondent)
        return Job(replace(await self._fitted(run) if is_fitted else run, id=new_run_id()), respondent, watch)

    async def runs(self, wanted: Iterable[tuple[Choices, Watch]]) -> AsyncGenerator[Run, None]:
        """Ask for many answers at the same time, each kept as `run` keeps one, and yield each run when it has ended.

        When the caller leaves, runs under way are kept as cancelled.

        Raises:
            OpinionscopeError: before anybody is asked, if some choices make no plan; or if a run cannot be written.
        """
        jobs = [await self.job(choices, watch) for choices, watch in wanted]
        with self._at_work():
            async with aclosing(self._scheduler.runs(jobs)) as runs:
                async for run in runs:
                    yield run

    async def resume(self, run_id: str, watch: Watch = UNWATCHED) -> Run:
        """Ask for the answers that a run lacks, by the plan that was kept with it, and finish it as `run` does.

        Answers that it has stay as they are. The pack of its question need not be at hand.

        Args:
            run_id: as `History.get` takes it.

        Returns:
            The run with all its answers. If none of the missing ones came, it is as before, with numbers if it had
            some, and the calls that failed count as failed.

        Raises:
            OpinionscopeError: if nobody was asked: there is no such run, it lacks nothing, it is being asked at
                this moment, its model cannot be asked, or the history cannot be written.
            asyncio.CancelledError: after the run was kept with the answers that had come.
        """
        return await self._carried_out(await self.job_left(run_id, watch))

    async def job_left(self, run_id: str, watch: Watch = UNWATCHED) -> Job:
        """A saved run that lacks answers, marked as running again.

        Raises:
            OpinionscopeError: as `resume`.
        """
        if self._store is None:
            raise RunError("nothing is kept here, so there is nothing to resume")
        before = await asyncio.to_thread(self._store.get, run_id)
        _check_resumable(before)
        respondent = self.respondent(before.model, before.api_base)
        await self._scheduler.check(respondent, before)
        run = await self._fitted(await asyncio.to_thread(self._store.resume, before.id))
        return Job(run, respondent, watch, is_new=False, was_scored=before.reading is not None)

    def many(self, openings: Iterable[Opening]) -> AsyncGenerator[Run, None]:
        """Ask many runs, each opened as there is room for it; as `Scheduler.runs`."""
        return self._scheduler.runs(openings)

    async def again(self, before: Run, watch: Watch = UNWATCHED) -> Run:
        """Ask a saved run once more, as it was: the same prompts, seeds, model and server; the pack is not needed.

        Returns:
            A run of its own, kept as `run` keeps one.

        Raises:
            OpinionscopeError, asyncio.CancelledError: as `run`.
        """
        respondent = self.respondent(before.model, before.api_base)
        blank = replace(
            before, replies=(), reading=None, alignment=None, error_title="", error="", tags=(), note="", pinned=False
        )
        run = replace(blank, id=new_run_id(), created=self._clock(), finished=None, status="running")
        run = await self._fitted(replace(run, program_version=__version__))
        return await self._carried_out(Job(run, respondent, watch))

    async def score(self, run: Run) -> Run:
        """Score a run that was interrupted, cancelled or failed by the answers that it has, and keep it so.

        Raises:
            RunError: if it is still being asked, is scored already, or has no answer to score.
        """
        _check_scorable(run)
        scored = replace(score(await self._fitted(run)), finished=self._clock())
        await WriteQueue(self._store).finish(scored)
        return scored

    async def scale(self, run_ids: Sequence[str]) -> None:
        """Fit the temperature that saved runs lack on the answers that are there now, score them by it, keep them so.

        Raises:
            RunError: if one cannot be read.
        """
        assert self._store is not None
        earlier = cache(self._store.answered_by)
        for run_id in run_ids:
            run = await asyncio.to_thread(self._store.get, run_id)
            scaling = await asyncio.to_thread(self._scaling, run, earlier)
            if scaling is not None:
                scored = replace(rescore(replace(run, scaling=scaling)), finished=self._clock())
                await WriteQueue(self._store).finish(scored)

    def now(self) -> datetime:
        """The time by the clock that runs are dated by."""
        return self._clock()

    @property
    def unkept(self) -> Mapping[str, Unkept]:
        """By id, the runs that ended and could not be written to the history so far."""
        return {} if self._store is None else self._store.unkept

    async def retry(self) -> None:
        """Try again to write what is in `unkept`."""
        if self._store is not None and self.unkept:
            await asyncio.to_thread(self._store.retry)

    async def ended(self) -> None:
        """Wait until every run under way has ended and was written."""
        while under_way := self._under_way - {asyncio.current_task()}:
            await asyncio.wait(under_way)

    async def _carried_out(self, job: Job) -> Run:
        """Ask for what a run lacks, and keep what comes of it."""
        with self._at_work():
            return await self._scheduler.run(job)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Have `ended` wait for this task meanwhile."""
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            yield
        finally:
            self._under_way.discard(task)

    async def peek(self, choices: Choices) -> Run:
        """What is known without asking anybody: a recorded answer, compared but not kept; a draft for live models.

        Raises:
            OpinionscopeError: if the choices make no plan, or name no model.
        """
        if not choices.is_recorded:
            return self.draft(choices)
        plan, respondent = self.plan(choices), self.respondent(choices.model, choices.api_base)
        run = await self._fitted(self._drafted(plan, choices, respondent))
        return await Scheduler(clock=self._clock).run(Job(run, respondent))

    async def _fitted(self, run: Run) -> Run:
        """The run with the temperature that its format wants, so that it is there when the first answer comes."""
        if not FORMATS[run.cell.format].scaled or run.scaling is not None:
            return run
        return replace(run, scaling=await asyncio.to_thread(self._scaling, run))

    def _scaling(self, run: Run, earlier: AnsweredBy | None = None) -> Scaling | None:
        from opinionscope.runs.calibration import scaling_for

        kept = None if self._store is None else self._store.answered_by
        return scaling_for(run, self.library, earlier or kept)

    async def lacking(self, choices: Choices, promised: "Collection[Pair]" = ()) -> "Lacking | None":
        """What is wanting before a temperature can be fitted for these choices, as `calibration.lacking_for`.

        Raises:
            OpinionscopeError: if the choices make no plan.
        """
        if not FORMATS[choices.format].scaled or choices.is_recorded:
            return None
        from opinionscope.runs.calibration import lacking_for

        earlier = None if self._store is None else self._store.answered_by
        return await asyncio.to_thread(lacking_for, self.draft(choices), self.library, earlier, promised)

    def refused(self, choices: Choices, error: OpinionscopeError) -> Run:
        """A run of choices that make no plan: the question, the humans, and why nobody can be asked."""
        return self._scheduler.failed(self._drafted(self._without_prompt(choices), choices, None), error)


def _check_resumable(run: Run) -> None:
    """Refuse a run of which nobody is to be asked for more.

    Raises:
        RunError: naming the reason.
    """
    if run.kind == "person":
        raise RunError(f"run {run.id} is the guess of a person, which is complete", title="Nothing to resume")
    if run.is_recorded:
        raise RunError(f"run {run.id} is of a recorded model, which nobody asks", title="Nothing to resume")
    if run.status == "running":
        raise being_asked(run.id, "by another process or on another screen")
    if run.is_complete:
        raise RunError(f"run {run.id} is complete: every answer is there", title="Nothing to resume")
    if run.api_base == UNREADABLE:
        reason = f"the address of run {run.id}'s server could not be kept without its secret; run it anew"
        raise RunError(reason, title="No server")


def _check_scorable(run: Run) -> None:
    """Refuse a run that has its numbers, or has not ended.

    Raises:
        RunError: naming the reason.
    """
    if run.status == "running":
        raise being_asked(run.id, "by another process or on another screen")
    if not run.is_interrupted:
        raise RunError(f"run {run.id} is scored already", title="Nothing to do")
