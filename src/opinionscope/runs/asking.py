"""Asking: all the calls of one plan, several at a time."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace

from opinionscope.elicitation import Plan, Reply
from opinionscope.respondents.base import EmptyAnswerError, OnAttempt, OnText, Respondent, RespondentError

CONCURRENCY = 8
FAILURES_IN_A_ROW = 3
"""So many calls failing before any has succeeded mean that the rest would fail as well."""

OnReply = Callable[[Reply], None]


class Asking:
    """The calls of one plan under way.

    Args:
        concurrency: how many calls are under way at the same time at most.
        deadline: seconds after which no call is waited for any more; None to wait for every one.
        on_text: called with the text so far, where there is one call and its answer streams in.
        on_attempt: called before a call is made again.
        before: answers that came earlier; their calls are not made again.
        enough: once it is set, no further one of several calls is made, and those under way are given up.
        on_reply: called with what came of one of several calls, whenever one has ended.
    """

    def __init__(
        self,
        respondent: Respondent,
        plan: Plan,
        *,
        concurrency: int = CONCURRENCY,
        deadline: float | None = None,
        on_text: OnText | None = None,
        on_attempt: OnAttempt | None = None,
        on_reply: OnReply | None = None,
        enough: asyncio.Event | None = None,
        before: tuple[Reply, ...] = (),
    ) -> None:
        self.respondent = respondent
        self._plan = plan
        self._concurrency = concurrency
        self._deadline = deadline
        self._on_text = on_text
        self._on_attempt = on_attempt
        self._on_reply = on_reply
        self._enough = enough or asyncio.Event()
        self._done: dict[int, Reply] = {reply.call: reply for reply in before}
        self._known = len(self._done)
        self._failures: list[RespondentError] = []
        self._arrived = ""

    @property
    def replies(self) -> tuple[Reply, ...]:
        """What came back so far, in the order of the calls.

        A failed call of several has no text, but the reason. Of a single answer that broke off there is the text
        that had arrived; which model wrote it is known only by the name that was asked.
        """
        if self._arrived and not self._done:
            return (self._without_model(self._broken_off(), 0),)
        return tuple(self._done[position] for position in sorted(self._done))

    async def all(self) -> tuple[Reply, ...]:
        """Make every call that was not answered before, and give what came back, then and now.

        Returns:
            As `replies`; fewer than the calls if it was enough, or if the deadline came.

        Raises:
            RespondentError: the first one, if no call that was made succeeded; or if it was enough, or the deadline
                came, before any had ended.
        """
        try:
            async with asyncio.timeout(self._deadline):
                return await self._all()
        except TimeoutError:
            if len(self._done) > self._known + len(self._failures):
                return self.replies
            if self._failures:
                raise self._failures[0] from None
            raise RespondentError(
                f"no answer came within {self._deadline:g} s, the deadline of a run; raise --deadline, or deadline in "
                "the settings, or choose a faster model",
                title="The run took too long",
            ) from None

    async def _all(self) -> tuple[Reply, ...]:
        number = len(self._plan.calls)
        missing = [position for position in range(number) if position not in self._done]
        if number == 1 and missing:
            try:
                self._done[0] = await self._ask(0, self._seen if self._on_text else None)
            except EmptyAnswerError as error:
                self._done[0] = self._without_model(Reply(unread=error.message), 0)
            return self.replies
        await self._share_out(iter(missing), min(self._concurrency, len(missing)))
        if self._has_only_failed:
            raise self._failures[0]
        if not self._done:
            raise RespondentError("it was stopped before any answer had come; ask again", title="Stopped")
        return self.replies

    @property
    def _has_only_failed(self) -> bool:
        return bool(self._failures) and len(self._failures) == len(self._done) - self._known

    async def _share_out(self, positions: Iterator[int], workers: int) -> None:
        """Let workers take one call after the other, until there are none left or it is enough."""
        working = {asyncio.create_task(self._work(positions)) for _ in range(workers)}
        enough = asyncio.create_task(self._enough.wait())
        tasks = {*working, enough}
        try:
            while working and not enough.done():
                ended, _ = await asyncio.wait({*working, enough}, return_when=asyncio.FIRST_COMPLETED)
                working -= ended
                for task in ended:
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, positions: Iterator[int]) -> None:
        """Make calls until there are none left.

        Raises:
            RespondentError: once so many calls have failed that the rest is given up.
        """
        for position in positions:
            try:
                self._done[position] = await self._ask(position, None)
            except RespondentError as error:
                self._failures.append(error)
                unread = Reply(unread=f"{error.title}: {error.message}")
                self._done[position] = self._without_model(unread, position)
            if self._has_only_failed and len(self._failures) >= FAILURES_IN_A_ROW:
                raise self._failures[0]
            if self._on_reply:
                self._on_reply(self._done[position])

    async def _ask(self, position: int, on_text: OnText | None) -> Reply:
        """One call; where the letter's log-probs are wanted after reasoning, two of them."""
        call = self._plan.calls[position]
        if not call.cell.reasons_in_a_call_before:
            return self._placed(await self.respondent.respond(call, on_text, self._on_attempt), position)
        before = await self.respondent.respond(call.thinking, on_text, self._on_attempt)
        thought = (before.text or "").strip()
        reply = await self.respondent.respond(replace(call, thought=thought or "…"), None, self._on_attempt)
        ended = _both_endings(before, reply)
        reply = replace(reply, usage=before.usage + reply.usage, thought=thought, finish_reason=ended)
        return self._placed(reply, position)

    def _placed(self, reply: Reply, position: int) -> Reply:
        """A reply that was read, with its thought set apart, the letters it speaks of, and which call it answers."""
        call = self._plan.calls[position]
        reply = replace(reply, offered=reply.offered or call.offered, call=position)
        return self._plan.cell.read(call.split(reply))

    def _seen(self, text: str) -> None:
        assert self._on_text is not None
        self._arrived = text or self._arrived
        self._on_text(text)

    def _broken_off(self) -> Reply:
        """What had arrived of a single answer; before log-probs, that is a thought."""
        offered = self._plan.first.offered
        if self._plan.cell.needs_log_probs:
            return Reply(thought=self._arrived, offered=offered)
        return Reply(self._arrived, offered=offered)

    def _without_model(self, reply: Reply, position: int) -> Reply:
        """A reply of whoever was asked, by the name that was asked."""
        named = replace(reply, kind=self.respondent.kind, model=self.respondent.name, call=position)
        return self._plan.cell.read(named)


def _both_endings(thinking: Reply, answer: Reply) -> str:
    """Why an answer ended; where the thought before it was cut off, which no letter shows, also that."""
    if not thinking.is_cut_off:
        return answer.finish_reason
    return f"{thinking.finish_reason} while it reasoned, then {answer.finish_reason or 'no word'}"
