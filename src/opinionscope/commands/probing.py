"""A probe on the command line: progress on stderr, the result on stdout, the outcome as the exit code."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from opinionscope.commands.figures_out import put_figure
from opinionscope.commands.output import Narration, Page, print_json
from opinionscope.commands.printing import tell
from opinionscope.errors import FAILED, NOT_KEPT
from opinionscope.report.as_json import run_json
from opinionscope.report.chart import chart_data
from opinionscope.report.figure import run_figure, run_lines
from opinionscope.report.words import Unit
from opinionscope.respondents.recorded import is_recorded
from opinionscope.runs import Run
from opinionscope.runs.job import Watch
from opinionscope.runs.prober import Prober
from opinionscope.stopping import run_stoppable
from opinionscope.workspace import Workspace

ANSWERED = ("done", "unread")
WIDEST = 120


class Probe:
    """One run on the command line, from the first call to the exit code.

    Args:
        model: name of the model.
        api_base: server given with the model; None for none.
        is_saved: whether runs are saved to the history.
        out: a file for the chart, in place of the run in words; None for none.
    """

    def __init__(
        self,
        workspace: Workspace,
        prober: Prober,
        model: str,
        api_base: str | None,
        *,
        as_json: bool,
        is_saved: bool = True,
        out: Path | None = None,
    ) -> None:
        self._workspace = workspace
        self._prober = prober
        self._model = model
        self._api_base = api_base
        self._as_json = as_json
        self._unit: Unit = workspace.settings.unit
        self._out = out
        self._is_saved = is_saved
        self._narration = Narration()
        self._ended: Run | None = None

    def carried_out(self, ask: Callable[[Watch], Coroutine[Any, Any, Run]]) -> int:
        """Ask, show, save, and return the exit code; answers that arrived before a signal are saved.

        Raises:
            OpinionscopeError: if no call was made.
            KeyboardInterrupt: after Ctrl-C or another signal.
        """
        watch = Watch(
            on_text=self._narration.text,
            on_part=self._narration.part,
            on_attempt=self._narration.attempt,
            on_run=self._show,
        )
        if not is_recorded(self._model):
            self._narration.begin(self._model)
        try:
            run = run_stoppable(self._narrated(ask(watch)))
        except KeyboardInterrupt:
            self._tell_of_the_end()
            raise
        finally:
            self._narration.end()
        if run.status in ANSWERED:
            self._workspace.note_use(self._model, self._api_base)
        return self.told(run)

    async def _narrated(self, asking: Coroutine[Any, Any, Run]) -> Run:
        async with self._narration.ticking():
            return await asking

    def told(self, run: Run) -> int:
        """Report on a run after saving it, or failing to; returns the exit code."""
        unkept = self._prober.unkept.get(run.id)
        if self._as_json:
            spill = str(unkept.path) if unkept and unkept.path else None
            kept = {"kept": self._is_saved and unkept is None, "spill": spill}
            print_json(run_json(run) | ({} if self._is_saved else {"run_id": None}) | kept)
        else:
            print_kept(run, is_kept=self._is_saved and unkept is None)
        self._draw(run)
        if unkept:
            tell(f"Warning: the answer is not kept: {unkept.words}.")
        if run.error:
            tell(f"Error: {run.error_title}: {run.error}")
            return NOT_KEPT if unkept and run.status in ANSWERED else FAILED
        if lost := sum(reply.is_failure for reply in run.replies):
            tell(f"Warning: {lost:,} of {len(run.replies):,} calls failed; the result uses the others.")
        return NOT_KEPT if unkept else 0

    def show(self, run: Run) -> None:
        """Print the result, before it is saved."""
        if not self._as_json and self._out is None:
            print_run(run, self._unit)

    def _draw(self, run: Run) -> None:
        """Draw the chart into its file, if one is named."""
        if self._out is None:
            return
        if chart_data(run).model is None:
            tell(f"There is no answer to draw, so {self._out} is not written.")
        else:
            put_figure(run_figure(run, self._unit), self._out, self._workspace)

    def refused(self, run: Run) -> int:
        """Show a run that was refused before any call; it is not saved."""
        self._is_saved = False
        self.show(run)
        return self.told(run)

    def _show(self, run: Run) -> None:
        self._ended = run
        self._narration.end()
        if run.status != "cancelled":
            self.show(run)

    def _tell_of_the_end(self) -> None:
        """Report on a run that a signal ended."""
        self._narration.end()
        run = self._ended
        if run is None or is_recorded(self._model):
            return
        if run.status != "cancelled":
            self.told(run)
        elif unkept := self._prober.unkept.get(run.id):
            tell(f"Warning: the answers so far are not kept: {unkept.words}.")
        elif self._is_saved:
            hint = f"`opinionscope history resume {run.id}` asks for the missing ones"
            tell(f"The answers so far are kept; {hint}.")


def print_run(run: Run, unit: Unit) -> None:
    """A run as the chart, the measures, and what must be known to read them."""
    page = Page(WIDEST)
    page.draw(run_lines(run, unit, page.width))


def print_kept(run: Run, *, is_kept: bool) -> None:
    """Where a run is to be found again, if it is."""
    Page().print((f"run {run.id}" if is_kept else "not kept", "dim"))
