"""One elicitation → answer → reading → alignment → run: the only way from choices to a result."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from opinionscope import __version__
from opinionscope.alignment import EPSILON
from opinionscope.elicitation import FORMATS, Answer, Elicitation, Prompt, SteeringError, elicit
from opinionscope.errors import OpinionscopeError
from opinionscope.history import History, Run, new_run_id, rescore
from opinionscope.respondents import (
    RECORDED_PREFIX,
    OnAttempt,
    OnText,
    Respondent,
    RespondentError,
    Response,
    Usage,
)
from opinionscope.survey import Library

UNEXPECTED_TITLE = "The call failed"
UNEXPECTED = "the program met an error it does not know; run it again, and report it if it comes back"

Connect = Callable[[str, str | None], Respondent]
Clock = Callable[[], datetime]
OnRun = Callable[[Run], None]


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Choices:
    """What is chosen before a probe.

    Attributes:
        question, group: as `Library.question` and `Library.group` take them.
        steering, format: names in the registries.
        model, api_base: as the respondents' factory takes them.
        epsilon, drop_nonresponse: how the two sides are compared.
    """

    question: str
    group: str
    steering: str
    format: str
    model: str
    api_base: str | None = None
    seed: int | None = None
    epsilon: float = EPSILON
    drop_nonresponse: bool = False


class _Arriving:
    """Passes text on as it arrives, and keeps the last of it for a run whose answer never gets whole."""

    def __init__(self, on_text: OnText) -> None:
        self._on_text = on_text
        self.text = ""

    def __call__(self, text: str) -> None:
        self.text = text or self.text
        self._on_text(text)


class Prober:
    """Carries choices through to a run, and the run into the history.

    Args:
        connect: makes the respondent of a model name and an API base.
        history: where runs are kept; None to keep nothing.
    """

    def __init__(
        self, library: Library, connect: Connect, history: History | None = None, clock: Clock = utc_now
    ) -> None:
        self.library = library
        self._history = history
        self._connect = connect
        self._clock = clock

    def elicit(self, choices: Choices) -> Elicitation:
        """The elicitation of these choices, with the prompt as it would be sent.

        Raises:
            OpinionscopeError: if a choice names nothing that exists or does not fit the others.
        """
        question = self.library.question(choices.question)
        group = self.library.group(question, choices.group)
        return elicit(self.library, question, group, choices.steering, choices.format, choices.seed)

    def draft(self, choices: Choices) -> Run:
        """The run of these choices, before anybody is asked; it has no id yet.

        A recorded model saw other examples than ours, so nothing is said of ours; nor does it matter whether there
        are any, and the prompt is empty where there are none.

        Raises:
            OpinionscopeError: as `elicit`.
        """
        try:
            elicitation = self.elicit(choices)
        except SteeringError:
            if not choices.model.startswith(RECORDED_PREFIX):
                raise
            elicitation = self._without_prompt(choices)
        return self._drafted(elicitation, choices)

    def _without_prompt(self, choices: Choices) -> Elicitation:
        question = self.library.question(choices.question)
        group = self.library.group(question, choices.group)
        request = FORMATS[choices.format].request
        return Elicitation(question, group, choices.steering, choices.format, Prompt("", ""), request, choices.seed)

    def _drafted(self, elicitation: Elicitation, choices: Choices) -> Run:
        recorded = choices.model.startswith(RECORDED_PREFIX)
        return Run(
            id="",
            created=self._clock(),
            status="running",
            elicitation=replace(elicitation, example_ids=(), notes=()) if recorded else elicitation,
            model=choices.model,
            human=self.library.human(elicitation.question, elicitation.group),
            epsilon=choices.epsilon,
            drop_nonresponse=choices.drop_nonresponse,
            api_base=None if recorded else choices.api_base,
            pack_version=self.library.pack(elicitation.question.dataset).version,
            program_version=__version__,
        )

    async def run(
        self,
        choices: Choices,
        on_text: OnText | None = None,
        on_run: OnRun | None = None,
        on_attempt: OnAttempt | None = None,
    ) -> Run:
        """Ask, read, compare, keep.

        The run is written before a live call and finished after it, whatever happens in between. A recorded
        answer costs no call: it is shown first (`on_run`) and written then, for opening the database takes longer.
        The text that had arrived of an answer that broke off or was cancelled is kept as the run's answer; it is
        neither read nor compared.

        Args:
            on_text: called with the text so far while an answer streams in.
            on_run: called with the finished run, before it is written.
            on_attempt: called when the question will be put again, before the pause.

        Returns:
            The run, whatever its status: a failed call or an unreadable answer is a result, too.

        Raises:
            OpinionscopeError: if the choices make no elicitation, or the history cannot be written.
            asyncio.CancelledError: after the run was kept as cancelled.
        """
        run = replace(self.draft(choices), id=new_run_id())
        respondent = self._connect(choices.model, choices.api_base)
        if respondent.kind == "live":
            await self._begin(run)
        arriving = _Arriving(on_text) if on_text else None
        outcome = replace(run, status="failed", error_title=UNEXPECTED_TITLE, error=UNEXPECTED)
        try:
            outcome = await self._answered(run, respondent, arriving, on_attempt)
            if on_run:
                on_run(outcome)
        except asyncio.CancelledError:
            outcome = replace(run, status="cancelled")
            raise
        finally:
            ended = replace(outcome, finished=outcome.finished or self._clock())
            await self._keep(self._with_what_came(ended, respondent, arriving))
        return outcome

    async def peek(self, choices: Choices) -> Run:
        """What is known without asking anybody: a recorded answer, compared but not kept; a draft for live models.

        Raises:
            OpinionscopeError: if the choices make no elicitation, or name no model.
        """
        run = self.draft(choices)
        if not choices.model.startswith(RECORDED_PREFIX):
            return run
        return await self._answered(run, self._connect(choices.model, choices.api_base))

    async def _answered(
        self,
        run: Run,
        respondent: Respondent,
        arriving: _Arriving | None = None,
        on_attempt: OnAttempt | None = None,
    ) -> Run:
        try:
            response = await respondent.respond(run.elicitation, arriving, on_attempt)
        except RespondentError as error:
            return self._with_what_came(self._ended(run, error), respondent, arriving)
        return self._compared(run, response)

    def _with_what_came(self, run: Run, respondent: Respondent, arriving: _Arriving | None) -> Run:
        """The run with the text that had arrived, where no whole answer did; of its model only the name is known."""
        if run.response is not None or arriving is None or not arriving.text:
            return run
        usage = Usage(seconds=(self._clock() - run.created).total_seconds())
        return replace(run, response=Response(Answer(arriving.text), respondent.kind, respondent.name, usage=usage))

    def refused(self, choices: Choices, error: OpinionscopeError) -> Run:
        """A run of choices that make no elicitation: the question, the humans, and why nobody can be asked."""
        return self._ended(self._drafted(self._without_prompt(choices), choices), error)

    def _ended(self, run: Run, error: OpinionscopeError) -> Run:
        return replace(run, status="failed", error_title=error.title, error=error.message, finished=self._clock())

    def _compared(self, run: Run, response: Response) -> Run:
        return replace(rescore(replace(run, response=response)), finished=self._clock())

    async def _begin(self, run: Run) -> None:
        """Write the run before the call; one that is cancelled meanwhile is kept as that."""
        if self._history is None:
            return
        try:
            await _in_full(self._history.begin, run)
        except asyncio.CancelledError:
            await self._keep(replace(run, status="cancelled", finished=self._clock()))
            raise

    async def _keep(self, run: Run) -> None:
        if self._history is not None:
            await _in_full(self._history.finish, run)


async def _in_full(write: Callable[[Run], None], run: Run) -> None:
    """Write in a thread; a cancel that comes meanwhile waits until it is written."""
    writing = asyncio.create_task(asyncio.to_thread(write, run))
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        with suppress(OpinionscopeError):
            await writing
        raise
