"""Asking: all the calls of one elicitation, several at a time."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from opinionscope.elicitation import Answer, Elicitation
from opinionscope.respondents.base import OnAttempt, OnText, Respondent, RespondentError, Response

CONCURRENCY = 8
FAILURES_IN_A_ROW = 3
"""So many calls failing before any has succeeded mean that the rest would fail as well."""

OnResponses = Callable[[Sequence[Response]], None]


class Asking:
    """The calls of one elicitation under way.

    Args:
        concurrency: how many calls are under way at the same time at most.
        on_text: called with the text so far, where there is one call and its answer streams in.
        on_attempt: called before a call is made again.
        enough: once it is set, no further calls are made, and those under way are given up.
        on_responses: called with all responses so far whenever one of several calls has ended.
    """

    def __init__(
        self,
        respondent: Respondent,
        elicitation: Elicitation,
        *,
        concurrency: int = CONCURRENCY,
        on_text: OnText | None = None,
        on_attempt: OnAttempt | None = None,
        on_responses: OnResponses | None = None,
        enough: asyncio.Event | None = None,
    ) -> None:
        self._respondent = respondent
        self._elicitation = elicitation
        self._gate = asyncio.Semaphore(concurrency)
        self._on_text = on_text
        self._on_attempt = on_attempt
        self._on_responses = on_responses
        self._done: dict[int, Response] = {}
        self._failures: list[RespondentError] = []
        self._enough = enough or asyncio.Event()
        self._arrived = ""

    @property
    def responses(self) -> tuple[Response, ...]:
        """What came back so far, in the order of the calls.

        A failed call of several has no text, but the reason. Of a single answer that broke off there is the text
        that had arrived; which model wrote it is known only by the name that was asked.
        """
        if self._arrived and not self._done:
            return (Response(Answer(self._arrived), self._respondent.kind, self._respondent.name),)
        return tuple(self._done[position] for position in sorted(self._done))

    async def all(self) -> tuple[Response, ...]:
        """Make every call, and give what came back.

        Returns:
            As `responses`; fewer than the calls if it was enough.

        Raises:
            RespondentError: the first one, if no call succeeded.
        """
        calls = self._elicitation.calls
        if len(calls) == 1:
            self._done[0] = await self._ask(0, self._seen if self._on_text else None)
            return self.responses
        tasks = [asyncio.create_task(self._one_of_several(position)) for position in range(len(calls))]
        enough = asyncio.create_task(self._enough.wait())
        try:
            pending = set(tasks)
            while pending and not self._enough.is_set():
                finished, _ = await asyncio.wait({*pending, enough}, return_when=asyncio.FIRST_COMPLETED)
                pending -= finished
                for task in finished - {enough}:
                    task.result()
        finally:
            for task in (*tasks, enough):
                task.cancel()
            await asyncio.gather(*tasks, enough, return_exceptions=True)
        if self._failures and len(self._failures) == len(self._done):
            raise self._failures[0]
        return self.responses

    def _seen(self, text: str) -> None:
        assert self._on_text is not None
        self._arrived = text or self._arrived
        self._on_text(text)

    async def _one_of_several(self, position: int) -> None:
        async with self._gate:
            try:
                response = await self._ask(position, None)
            except RespondentError as error:
                self._failures.append(error)
                reason = f"{error.title}: {error.message}"
                response = Response(Answer(unread=reason), self._respondent.kind, self._respondent.name, call=position)
            self._done[position] = response
        if len(self._failures) == len(self._done) >= FAILURES_IN_A_ROW:
            self._enough.set()
        elif self._on_responses:
            self._on_responses(self.responses)

    async def _ask(self, position: int, on_text: OnText | None) -> Response:
        """One call; where the letter's log-probs are wanted after reasoning, two of them."""
        call = self._elicitation.calls[position]
        single = self._elicitation.single(call)
        thought = ""
        if single.recipe.reasoning and single.request.top_logprobs:
            before = await self._respondent.respond(single.thinking(), on_text, self._on_attempt)
            thought = before.answer.text or ""
            response = await self._respondent.respond(single.after(thought), None, self._on_attempt)
            response = replace(response, usage=before.usage + response.usage)
        else:
            response = await self._respondent.respond(single, on_text, self._on_attempt)
        answer = single.split(replace(response.answer, offered=response.answer.offered or call.offered))
        return replace(response, answer=replace(answer, thought=thought or answer.thought), call=position)
