"""A model on this machine, ``local/NAME``: llama.cpp is started when it is first asked, and asked as any server is."""

import asyncio
import socket
from typing import Any

from typing_extensions import override

from opinionscope.elicitation import FORMATS, Call, Plan, Reply
from opinionscope.local.models import LOCAL_PREFIX, LocalModelError, model_path
from opinionscope.local.serving import LocalServer, Served
from opinionscope.respondents.base import OnAttempt, OnText, Respondent, RespondentError
from opinionscope.respondents.completion import MOST_CANDIDATES
from opinionscope.respondents.direct import directly
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.respondents.limits import UNLIMITED, LimitBook
from opinionscope.respondents.named_models import NamedModel
from opinionscope.respondents.redaction import remember
from opinionscope.settings import ModelSettings, Paths, Settings
from opinionscope.values import replace

TOKENS_OF_AN_ITEM = 5
"""Of one letter in a JSON array, with quotes, comma and blank."""

HELD = "held to a JSON schema by llama.cpp: {}"


class ThisMachine(Respondent):
    """A model whose file is on this machine.

    Args:
        model: the name under which it was chosen: ``local/NAME``, ``local/PATH.gguf``, or one of the settings.
        settings: threads, context and idle time, time-out and attempts.
        named, limits: as for `LiteLLMRespondent`.
    """

    def __init__(
        self,
        model: str,
        settings: Settings,
        paths: Paths,
        *,
        named: NamedModel | None = None,
        limits: LimitBook = UNLIMITED,
    ) -> None:
        self.name = model
        self._named = named or NamedModel(model, ModelSettings(model))
        self._settings = settings
        self._paths = paths
        self._limits = limits
        self._server: LocalServer | None = None
        self._asked: tuple[Served, LiteLLMRespondent] | None = None
        self._one_at_a_time = asyncio.Lock()

    @override
    async def check(self, call: Call) -> None:
        """See whether the file and llama.cpp are there, without starting anything.

        Raises:
            RespondentError: if they are not.
        """
        try:
            await asyncio.to_thread(self._found().check)
        except LocalModelError as error:
            raise RespondentError(error.message, title=error.title) from error

    @override
    async def start(self) -> None:
        """Start the model, so that the first call need not wait for it.

        Raises:
            RespondentError: if it cannot be started.
        """
        _, connection = await self._begun()
        connection.close()

    @override
    async def respond(self, call: Call, on_text: OnText | None = None, on_attempt: OnAttempt | None = None) -> Reply:
        """Ask the model; the first call starts it.

        Raises:
            RespondentError: if there is no answer; it names the reason and the next step.
        """
        served, connection = await self._begun()
        try:
            return await self._respondent(served).respond(call, on_text, on_attempt)
        except RespondentError:
            server = self._found()
            if await asyncio.to_thread(server.is_alive, served):
                raise
            ended = server.ended()
            raise RespondentError(ended.message, title=ended.title) from None
        finally:
            connection.close()

    @override
    def as_sent(self, plan: Plan) -> Plan:
        """The plan with all candidates that llama.cpp can list, and with notes of what holds the answers."""
        plan = self._named.applied(plan)
        cell, request = plan.cell, plan.first.request
        notes = plan.notes
        if request.top_logprobs:
            request = replace(request, top_logprobs=MOST_CANDIDATES)
        form = FORMATS[cell.format]
        if form.held(cell.question, cell.recipe):
            request = replace(request, max_tokens=max(request.max_tokens, _room(cell.format, cell.recipe.samples)))
            notes = (*notes, HELD.format(form.held_to.format(cell.recipe.samples)))
        return replace(plan, calls=tuple(replace(call, request=request) for call in plan.calls), notes=notes)

    @override
    def request_hash(self, call: Call) -> str:
        """A hash of all that decides the reply to a call; the port of the process has no part in it."""
        return self._named.request_hash(call, self._named.model, None)

    @override
    def learned(self) -> tuple[str, ...]:
        return () if self._asked is None else self._asked[1].learned()

    def _found(self) -> LocalServer:
        """Raises LocalModelError if there is no file of that name."""
        if self._server is None:
            path = model_path(self._named.model.removeprefix(LOCAL_PREFIX), self._paths)
            self._server = LocalServer(self._named.model, path, self._settings, self._paths)
        return self._server

    async def _begun(self) -> tuple[Served, socket.socket]:
        """The process, and a connection that counts the call; what asks it is loaded while it loads the model.

        Raises:
            RespondentError: if there is no process, or nothing to ask it with.
        """
        async with self._one_at_a_time:
            begun = asyncio.ensure_future(asyncio.to_thread(self._begin))
            try:
                await directly()
                await asyncio.shield(asyncio.wait([begun]))
            except BaseException:
                begun.add_done_callback(_close)
                raise
            return begun.result()

    def _begin(self) -> tuple[Served, socket.socket]:
        try:
            return self._found().begin()
        except LocalModelError as error:
            raise RespondentError(error.message, title=error.title) from error

    def _respondent(self, served: Served) -> LiteLLMRespondent:
        if self._asked is None or self._asked[0] != served:
            remember(served.key)
            named = _ServedModel(self._named.name, self._named.settings, served.key)
            respondent = LiteLLMRespondent(
                f"openai/{self._named.model}",
                served.api_base,
                self._settings.timeout,
                attempts=self._settings.attempts,
                named=named,
                limits=self._limits,
            )
            self._asked = served, respondent
        return self._asked[1]


class _ServedModel(NamedModel, frozen=True):
    """A model of a process of our own: with its key, and held to every schema that a format knows."""

    key: str = ""

    @override
    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    @override
    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("name", self.name)]

    @property
    @override
    def has_key(self) -> bool:
        return True

    @property
    @override
    def costs_nothing(self) -> bool:
        return True

    @override
    def credentials(self) -> dict[str, Any]:
        return {"api_key": self.key}

    @override
    def schema(self, call: Call) -> dict[str, Any] | None:
        return FORMATS[call.cell.format].held(call.cell.question, call.cell.recipe)


def _room(form: str, people: int) -> int:
    """Tokens that an answer in JSON needs."""
    return TOKENS_OF_AN_ITEM * (people + 2) if form == "sequence" else 0


def _close(begun: "asyncio.Future[tuple[Served, socket.socket]]") -> None:
    """Say that a call is over which was cancelled before it began."""
    if not begun.cancelled() and begun.exception() is None:
        begun.result()[1].close()
