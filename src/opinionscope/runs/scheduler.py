"""Scheduler: makes the calls of one run or of ten thousand, so many at a time, and keeps what comes as it comes.

The probe of a screen is its case of one. A run is written before anybody is asked and finished whatever happens in
between; replies to several calls are written one by one, so that they outlive the program.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from msgspec import Struct

from opinionscope.elicitation import Call, Reply, Usage
from opinionscope.errors import OpinionscopeError
from opinionscope.respondents.base import EmptyAnswerError, OnText, Respondent, RespondentError
from opinionscope.runs.errors import RunError
from opinionscope.runs.job import Job, Opening
from opinionscope.runs.keeping import RunStore, WriteQueue
from opinionscope.runs.rescore import rescore, score
from opinionscope.runs.run import Run
from opinionscope.throttle import Throttle
from opinionscope.values import replace

CONCURRENCY = 8
FAILURES_IN_A_ROW = 3
"""So many calls failing before any has succeeded mean that the rest would fail as well."""
FROM_CACHE = "from the cache"
UNEXPECTED_TITLE = "The call failed"
UNEXPECTED = "the program met an error it does not know; run it again, and report it if it comes back"

Clock = Callable[[], datetime]
Earlier = Callable[[str, int], Reply | None]
"""Looks up the n-th reply, from 0, that was ever given to a request with this hash; called in a thread."""


class NotAskedError(RespondentError):
    """The model cannot be asked: nothing was sent, and nothing is kept."""


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


class Scheduler(Struct, frozen=True):
    """Makes the calls of runs.

    Attributes:
        store: where runs are kept; None to keep nothing.
        concurrency: how many calls are under way at the same time at most, over all runs of a stream.
        deadline: seconds after which a run is ended with the replies that it has; None for no end.
        earlier: looks up replies to identical requests at temperature 0, which are not sent then; None to send all.
    """

    store: RunStore | None = None
    concurrency: int = CONCURRENCY
    deadline: float | None = None
    clock: Clock = utc_now
    earlier: Earlier | None = None

    async def run(self, job: Job) -> Run:
        """Make the calls of one run.

        Returns:
            The run, whatever its status: a failed call or an unreadable answer is a result, too.

        Raises:
            NotAskedError: if the model cannot be asked.
            RunError: if the run cannot be written; nobody was asked then.
            asyncio.CancelledError: after the run was kept as cancelled.
        """
        slots, queue = asyncio.Semaphore(self.concurrency), WriteQueue(self.store)
        return await _RunUnderWay(self, job, slots, queue).to_its_end()

    async def runs(self, openings: Iterable[Opening]) -> AsyncGenerator[Run, None]:
        """Make the calls of many runs, and yield each run when it has ended; few more runs are open than calls.

        A model that cannot be asked, or whose calls all fail, ends its own runs only. When the caller leaves or is
        cancelled, runs under way are kept as cancelled with the replies that they have.

        Args:
            openings: taken one by one, as there is room. One that gives no job is passed over.

        Raises:
            RunError: if a run cannot be written.
        """
        slots, queue, waiting = asyncio.Semaphore(self.concurrency), WriteQueue(self.store), iter(openings)
        most = self.concurrency + self.concurrency // 4  # while some are written, others can be asked
        under_way: set[asyncio.Task[Run | None]] = set()
        ended: asyncio.Queue[asyncio.Task[Run | None]] = asyncio.Queue()
        try:
            while True:
                for opening in islice(waiting, most - len(under_way)):
                    task = asyncio.create_task(self._settled(opening, slots, queue))
                    task.add_done_callback(ended.put_nowait)
                    under_way.add(task)
                if not under_way:
                    return
                task = await ended.get()
                under_way.discard(task)
                if (run := task.result()) is not None:
                    yield run
        finally:
            await _given_up(under_way)

    async def check(self, respondent: Respondent, run: Run) -> None:
        """Refuse what can be seen to fail before anything is sent, unless the replies may be known.

        Raises:
            NotAskedError: if the model cannot be asked; there is nothing to keep then.
        """
        first = run.plan.first
        if not (self.earlier and first.request.temperature == 0):
            try:
                await respondent.check(first)
            except RespondentError as error:
                raise NotAskedError(error.message, title=error.title) from error

    async def _settled(self, opening: Opening, slots: asyncio.Semaphore, queue: WriteQueue) -> Run | None:
        job = opening if isinstance(opening, Job) else await opening()
        if job is None:
            return None
        try:
            return await _RunUnderWay(self, job, slots, queue).to_its_end()
        except NotAskedError as error:
            return self.failed(job.run, error)

    def failed(self, run: Run, error: OpinionscopeError) -> Run:
        """A run that came to nothing, and why."""
        return replace(run, status="failed", error_title=error.title, error=error.message, finished=self.clock())


class _RunUnderWay:
    """One run while its calls are made."""

    def __init__(self, scheduler: Scheduler, job: Job, slots: asyncio.Semaphore, queue: WriteQueue) -> None:
        self._scheduler, self._job = scheduler, job
        self._run, self._watch, self._respondent = job.run, job.watch, job.respondent
        self._slots, self._queue = slots, queue
        self._enough = job.watch.enough or asyncio.Event()
        self._done = {reply.call: reply for reply in job.run.whole}
        self._known = len(self._done)
        self._failures: list[RespondentError] = []
        self._arrived = ""
        self._asked = Counter(
            self._respondent.request_hash(job.run.plan.calls[at]) for at in self._done if scheduler.earlier
        )

    async def to_its_end(self) -> Run:
        """Write the run, make its calls, and write what came of it."""
        if self._respondent.kind == "live" and self._job.is_new:
            await self._scheduler.check(self._respondent, self._run)
            await self._begin()
        outcome = replace(self._run, status="failed", error_title=UNEXPECTED_TITLE, error=UNEXPECTED)
        try:
            outcome = await self._outcome()
            self._show_end(outcome)
        except asyncio.CancelledError:
            outcome = self._with_replies(replace(self._run, status="cancelled"))
            self._show_end(outcome)
            raise
        finally:
            await self._queue.finish(outcome if outcome.finished else self._with_replies(outcome))
        return outcome

    async def _begin(self) -> None:
        """Write the run before the call; one that is cancelled meanwhile is kept as that.

        Raises:
            RunError: if it cannot be written. A researcher would rather mend that first than pay for an answer
                that only a spill file has.
        """
        try:
            await self._queue.begin(self._run)
        except RunError as error:
            raise RunError(f"{error.message}. Nobody was asked, so nothing is lost", title=error.title) from error
        except asyncio.CancelledError:
            await self._queue.finish(replace(self._run, status="cancelled", finished=self._scheduler.clock()))
            raise

    async def _outcome(self) -> Run:
        """The run read and compared; failed, with the replies that it has, if no call that was made succeeded."""
        try:
            replies = await self._all_in_time()
        except RespondentError as error:
            return self._with_replies(self._scheduler.failed(self._run, error))
        run = replace(self._run, replies=replies)
        notes = tuple(dict.fromkeys((*run.plan.notes, *self._respondent.learned())))
        run = replace(run, plan=replace(run.plan, notes=notes))
        return replace(rescore(run), finished=self._scheduler.clock())

    def _with_replies(self, ended: Run) -> Run:
        """A run that was interrupted, with all that came, then and now; scored if it had numbers before."""
        merged = {reply.call: reply for reply in (*self._run.replies, *self._replies)}
        ended = replace(ended, replies=tuple(merged[call] for call in sorted(merged)))
        is_scored = self._job.was_scored and ended.is_interrupted and ended.whole
        return replace(score(ended) if is_scored else ended, finished=self._scheduler.clock())

    @property
    def _replies(self) -> tuple[Reply, ...]:
        """What came back so far, in the order of the calls.

        A failed call of several has no text, but the reason. Of a single answer that broke off there is the text
        that had arrived; before log-probs, that is a thought.
        """
        if self._arrived and not self._done:
            call = self._run.plan.first
            thought, text = (self._arrived, None) if call.cell.needs_log_probs else ("", self._arrived)
            return (self._unanswered(Reply(text, thought=thought, offered=call.offered), 0),)
        return tuple(self._done[position] for position in sorted(self._done))

    async def _all_in_time(self) -> tuple[Reply, ...]:
        """Make every call that has no reply yet, and give what came back, then and now.

        Returns:
            Fewer replies than calls if it was enough, or if the deadline came.

        Raises:
            RespondentError: the first one, if no call that was made succeeded; or if it was enough, or the deadline
                came, before any had ended.
        """
        deadline = self._scheduler.deadline
        try:
            async with asyncio.timeout(deadline):
                return await self._all()
        except TimeoutError:
            if len(self._done) > self._known + len(self._failures):
                return self._replies
            if self._failures:
                raise self._failures[0] from None
            raise RespondentError(
                f"no answer came within {deadline:g} s, the deadline of a run; raise --deadline, or deadline in "
                "the settings, or choose a faster model",
                title="The run took too long",
            ) from None

    async def _all(self) -> tuple[Reply, ...]:
        missing = [position for position in range(len(self._run.plan.calls)) if position not in self._done]
        if missing and len(self._run.plan.calls) == 1:
            try:
                self._done[0] = await self._reply(0, self._seen if self._watch.on_text else None)
            except EmptyAnswerError as error:
                self._done[0] = self._unanswered(Reply(unread=error.message, usage=error.usage), 0)
            return self._replies
        await self._share_out(iter(missing), min(self._scheduler.concurrency, len(missing)))
        if self._has_only_failed:
            raise self._failures[0]
        if not self._done:
            raise RespondentError("it was stopped before any answer had come; ask again", title="Stopped")
        return self._replies

    @property
    def _has_only_failed(self) -> bool:
        return bool(self._failures) and len(self._failures) == len(self._done) - self._known

    async def _share_out(self, positions: Iterator[int], workers: int) -> None:
        """Let workers take one call after the other, until there are none left or it is enough."""
        parts = Throttle(self._show_part)
        working = {asyncio.create_task(self._work(positions, parts)) for _ in range(workers)}
        enough = asyncio.create_task(self._enough.wait())
        tasks = {*working, enough}
        try:
            while working and not enough.done():
                ended, _ = await asyncio.wait({*working, enough}, return_when=asyncio.FIRST_COMPLETED)
                working -= ended
                for task in ended:
                    task.result()
        finally:
            await _given_up(tasks)
            parts.stop()

    async def _work(self, positions: Iterator[int], parts: Throttle) -> None:
        """Make calls until there are none left.

        Raises:
            RespondentError: once so many calls have failed that the rest is given up.
        """
        for position in positions:
            try:
                self._done[position] = await self._reply(position, None)
            except RespondentError as error:
                self._failures.append(error)
                unread = Reply(unread=f"{error.title}: {error.message}", usage=error.usage)
                self._done[position] = self._unanswered(unread, position)
            if self._has_only_failed and len(self._failures) >= FAILURES_IN_A_ROW:
                raise self._failures[0]
            self._queue.add(self._run, self._done[position])
            parts.want()

    async def _reply(self, position: int, on_text: OnText | None) -> Reply:
        """The reply to a call, read: an earlier one to the same request, or one that is asked for now."""
        call = replace(self._run.plan.calls[position], number=position)
        async with self._slots:
            known = await self._known_reply(call, on_text)
            reply = known or await _answered(call, lambda asked: self._asked_for(asked, on_text))
        return call.cell.read(replace(reply, offered=reply.offered or call.offered, call=position))

    async def _asked_for(self, call: Call, on_text: OnText | None) -> Reply:
        """One call; where the letter's log-probs are wanted after reasoning, two of them."""
        ask, on_attempt, before = self._respondent.respond, self._watch.on_attempt, None
        if call.cell.reasons_in_a_call_before:
            before, on_text = await ask(call.thinking, on_text, on_attempt), None
            thought = (before.text or "").strip()
            try:
                reply = await ask(replace(call, thought=thought or "…"), on_text, on_attempt)
            except RespondentError as error:
                error.usage = before.usage + error.usage
                raise
            ended = _both_endings(before, reply)
            reply = replace(reply, usage=before.usage + reply.usage, thought=thought, finish_reason=ended)
        else:
            reply = await ask(call, on_text, on_attempt)
        reply = replace(reply, offered=reply.offered or call.offered, request_hash=self._respondent.request_hash(call))
        return call.split(reply)

    async def _known_reply(self, call: Call, on_text: OnText | None) -> Reply | None:
        """The reply that an identical request got earlier; None if there is none.

        The n-th request of a run gets the n-th reply that was ever given to it, so that repeats stay independent
        draws, and a run done again costs nothing.
        """
        earlier = self._scheduler.earlier
        if earlier is None or call.request.temperature != 0 or not (key := self._respondent.request_hash(call)):
            return None
        number = self._asked[key]
        self._asked[key] += 1
        found = await asyncio.to_thread(earlier, key, number)
        if found is None:
            return None
        if on_text and found.text and not call.request.top_logprobs:
            on_text(found.text)
        asked = f", asked on {found.answered:%Y-%m-%d %H:%M} UTC" if found.answered else ""
        return replace(found, offered=call.offered, recorded=FROM_CACHE + asked, usage=Usage(0, 0, 0.0))

    def _unanswered(self, reply: Reply, position: int) -> Reply:
        """A reply of whoever was asked, by the name that was asked."""
        named = replace(reply, kind=self._respondent.kind, model=self._respondent.name, call=position)
        return self._run.cell.read(named)

    def _seen(self, text: str) -> None:
        assert self._watch.on_text is not None
        self._arrived = text or self._arrived
        self._watch.on_text(text)

    def _show_end(self, run: Run) -> None:
        if self._watch.on_run:
            self._watch.on_run(run)

    def _show_part(self) -> None:
        if self._watch.on_part:
            part = rescore(replace(self._run, replies=self._replies))
            self._watch.on_part(replace(part, status="running"))


async def _given_up(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel tasks, and wait until each has ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _both_endings(thinking: Reply, answer: Reply) -> str:
    """Why an answer ended; where the thought before it was cut off, which no letter shows, also that."""
    if not thinking.is_cut_off:
        return answer.finish_reason
    return f"{thinking.finish_reason} while it reasoned, then {answer.finish_reason or 'no word'}"


async def _answered(call: Call, ask: Callable[[Call], Awaitable[Reply]]) -> Reply:
    """The reply to a call, or that to a follow-up, where the recipe allows one and the reply could not be read.

    A follow-up that fails leaves the reply before it. A reply that was repaired has no request hash, so that it stands
    in for no reply to a request of its own.

    Raises:
        RespondentError: if there is no reply at all.
    """
    reply = await ask(call)
    for _ in range(call.cell.repairs):
        reading = call.cell.read(reply).reading
        if reading is None or reading.distribution is not None or not reply.text:
            break
        before = (*reply.before, (reply.text, reading.reason))
        try:
            again = await ask(replace(call, before=before))
        except RespondentError:
            break
        reply = replace(again, before=before, usage=reply.usage + again.usage, request_hash="")
    return reply
