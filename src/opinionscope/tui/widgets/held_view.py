"""HeldView: the pinned result beside the one on screen, bar by bar."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from opinionscope.report.words import Unit, divergence
from opinionscope.runs import Run
from opinionscope.tui.styles import MUTED
from opinionscope.tui.widgets.drawing import Drawing
from opinionscope.tui.working import work
from opinionscope.values import replace

if TYPE_CHECKING:
    from opinionscope.comparison.comparing import Comparison

PINNED, NOW = "pinned", "now"


def told_apart(held: Run, run: Run) -> tuple[Run, Run]:
    """Two runs with ids of their own, where they have none because they are not saved."""
    return replace(held, id=held.id or PINNED), replace(run, id=run.id or NOW)


class HeldView(Vertical):
    """What differs, the verdict, and aligned bars; hidden while nothing is pinned."""

    def __init__(self) -> None:
        super().__init__()
        self.display = False

    @override
    def compose(self) -> ComposeResult:
        yield Static("", id="held-words", markup=False)
        yield Drawing(lambda _: [], id="held-bars")

    def show(self, held: Run | None, run: Run, unit: Unit) -> bool:
        """Show the two beside each other; the verdict waits for a run's last answer.

        Returns:
            Whether the bars are drawn here, so that the run's own chart is not needed.
        """
        self.workers.cancel_group(self, "judge")
        self.display = held is not None
        self.query_one("#held-bars", Drawing).display = False
        if held is None:
            return False
        from opinionscope.comparison.comparing import Comparison
        from opinionscope.comparison.differing import differing
        from opinionscope.report.comparing import comparison_lines

        is_same = held == run or (held.id and held.id == run.id)
        if is_same or (held.is_recorded and not differing((held, run))):
            self._say(Content.styled("Pinned. Change one thing, and it stands beside this.", MUTED))
            return False
        a, b = told_apart(held, run)
        if (a.cell.question.id, a.cell.group) != (b.cell.question.id, b.cell.group):
            self._say(Content.styled("The pinned result is of another question or group.", MUTED))
            return False
        if b.alignment is None or a.alignment is None or a.alignment.positions != b.alignment.positions:
            self._say(Content.styled(f"Pinned: {_pinned_words(held, unit)}.", MUTED))
            return False
        drawn = Comparison((a, b), differing((a, b)), (), ())
        self._say(_heading(drawn))
        bars = self.query_one("#held-bars", Drawing)
        bars.display = True
        bars.show(partial(comparison_lines, drawn))
        if run.status != "running":
            self._judge(a, b)
        return True

    @work(group="judge", exclusive=True)
    async def _judge(self, a: Run, b: Run) -> None:
        """Add the verdict, which takes a moment."""
        from opinionscope.comparison.comparing import ComparisonError, compare
        from opinionscope.report.comparing import verdict_mark, verdict_sentence

        try:
            comparison = await asyncio.to_thread(compare, (a, b))
        except ComparisonError:
            return
        verdict = comparison.verdicts[0]
        sentence = f"{verdict_mark(verdict)} {verdict_sentence(verdict, comparison)}  C shows all."
        self._say(
            _heading(comparison),
            Content.styled(sentence, "$success" if verdict.closer else ""),
        )

    def _say(self, *lines: Content) -> None:
        self.query_one("#held-words", Static).update(Content("\n").join(lines))


def _heading(comparison: "Comparison") -> Content:
    from opinionscope.report.comparing import differs_sentence

    sentence = differs_sentence(comparison.differs)
    return Content.assemble((sentence, "bold $primary"), ("  A is pinned, B is chosen now.", MUTED))


def _pinned_words(held: Run, unit: Unit) -> str:
    kl = held.alignment["kl"] if held.alignment else None
    measured = "" if kl is None else f", KL {divergence(kl, unit)} {unit}"
    return f"{held.cell.group.name} · {held.cell.steering} · {held.cell.format}{measured}"
