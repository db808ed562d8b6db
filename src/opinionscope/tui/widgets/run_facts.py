"""RunFacts: which run this is, when and with what it was made, and where its answers came from."""

from collections.abc import Callable
from datetime import datetime

from textual import events
from textual.content import Content
from textual.widgets import Static

from opinionscope.report.names import given, server_of, without_folders
from opinionscope.runs import Run
from opinionscope.tui.phrases import local_time
from opinionscope.tui.styles import MUTED


class RunFacts(Static):
    """One or two lines over a saved run; a click copies its id.

    Args:
        clock: the time now, for "today" and "yesterday".
    """

    def __init__(self, run: Run, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        super().__init__(_facts(run, clock()), markup=False)

    def show(self, run: Run) -> None:
        """Show the facts of another run."""
        self.update(_facts(run, self._clock()))

    async def on_click(self, event: events.Click) -> None:
        """Copy the id."""
        event.stop()
        await self.run_action("screen.copy_id")


def _facts(run: Run, now: datetime) -> Content:
    made = run.created.astimezone()
    when = local_time(run.created, now)
    date = "" if str(made.year) in when else f" {made.year}" if when[0].isdigit() else f", {made.day} {made:%b %Y}"
    program = f"opinionscope {run.program_version}" if run.program_version else "an unknown version of the program"
    pack = f"{run.cell.question.dataset} {run.pack_version}".strip()
    star = ("★ ", "$warning") if run.pinned else ("", "")
    first = Content.assemble(star, (run.id, "bold"), (f"  {when}{date} · {program}", MUTED))
    parts = [_source(run), f"pack {pack}"]
    parts += [f"seed {run.plan.first.seed}"] if run.plan.first.seed is not None else []
    parts += [" ".join(f"#{tag}" for tag in run.tags)] if run.tags else []
    parts += [f"✎ {' '.join(run.note.split())}"] if run.note else []
    return Content("\n").join([first, Content.styled(" · ".join(parts), MUTED)])


def _source(run: Run) -> str:
    """Where the answers came from."""
    model = without_folders(run.model)
    if run.kind == "person":
        return f"guess of {model}"
    if run.is_recorded:
        return f"recorded {given(run)}s of {model}"
    cached = sum(bool(reply.recorded) for reply in run.replies)
    earlier = f", {cached:,} of {len(run.replies):,} answers from earlier runs" if cached else ""
    where = server_of(run)
    return f"live: {model} {'on' if where == 'this machine' else 'at'} {where}{earlier}"
