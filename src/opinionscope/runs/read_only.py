"""ReadOnlyProber: for visitors who may look, but ask nobody."""

from collections.abc import AsyncGenerator, Iterable

from typing_extensions import override

from opinionscope.respondents.person import PersonRespondent
from opinionscope.runs.errors import READ_ONLY, RunError
from opinionscope.runs.job import UNWATCHED, Watch
from opinionscope.runs.prober import Choices, Prober
from opinionscope.runs.run import Run


class ReadOnlyProber(Prober):
    """Shows what is known (`peek`, `draft`); all else raises its refusal before anybody is asked."""

    @property
    @override
    def refusal(self) -> RunError:
        return RunError(READ_ONLY, title="Read-only")

    @override
    def guessed_by(self, person: PersonRespondent) -> Prober:
        """A prober that keeps nothing: a guess costs nobody anything."""
        return Prober(self.library, lambda *_: person, None, self._clock)

    @override
    async def run(self, choices: Choices, watch: Watch = UNWATCHED) -> Run:
        raise self.refusal

    @override
    async def runs(self, wanted: Iterable[tuple[Choices, Watch]]) -> AsyncGenerator[Run, None]:
        raise self.refusal
        yield

    @override
    async def resume(self, run_id: str, watch: Watch = UNWATCHED) -> Run:
        raise self.refusal

    @override
    async def again(self, before: Run, watch: Watch = UNWATCHED) -> Run:
        raise self.refusal

    @override
    async def score(self, run: Run) -> Run:
        raise self.refusal
