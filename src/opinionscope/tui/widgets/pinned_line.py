"""PinnedLine: KL and TV at the lower edge of a run, while the place where they stand is out of sight."""

from textual.content import Content
from textual.widgets import Static

from opinionscope.report.words import KL_NAME, Unit, divergence
from opinionscope.runs import Run
from opinionscope.tui.styles import MUTED


class PinnedLine(Static):
    """One line, fixed to the lower edge of what it is in."""

    DEFAULT_CSS = """
    PinnedLine { dock: bottom; height: 1; display: none; background: $panel; padding: 0 1; }
    PinnedLine { text-wrap: nowrap; text-overflow: ellipsis; }
    PinnedLine.-shown { display: block; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._has_words = False

    def show(self, run: Run, unit: Unit) -> None:
        """Show the measures of a run, or nothing where it has none."""
        words = _words(run, unit)
        self._has_words = words is not None
        self.update(words or "")

    def stand_in(self, is_out_of_sight: bool) -> None:
        """Be there where the measures themselves are not."""
        self.set_class(is_out_of_sight and self._has_words, "-shown")


def _words(run: Run, unit: Unit) -> Content | None:
    if run.alignment is None or (kl := run.alignment["kl"]) is None:
        return None
    tv = run.alignment["tv"]
    return Content.assemble(
        (f"{KL_NAME} ", MUTED),
        (divergence(kl, unit), "bold"),
        (f" {unit}   ", MUTED),
        *([] if tv is None else [("TV ", MUTED), (f"{tv:.3f}", "bold")]),
        (f"   {run.cell.question.title}", MUTED),
    )
