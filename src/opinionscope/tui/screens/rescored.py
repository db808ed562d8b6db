"""RescoredScreen: a saved run as today's reader and measures see it, beside what was kept."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from typing_extensions import override

from opinionscope.alignment.measures import MEASURES
from opinionscope.report.comparing import signed
from opinionscope.report.tables import aligned
from opinionscope.report.words import Unit, shown
from opinionscope.runs import Run
from opinionscope.tui.screens.page import TextPage
from opinionscope.tui.styles import MUTED

SAME = 1e-9


class RescoredScreen(TextPage):
    """One page; nothing is written.

    Args:
        kept: the run as it is saved.
        today: the same answer, read and compared by this version.
    """

    HEADING = "Read and compared again today"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,v,enter", "leave", "Close")]

    def __init__(self, kept: Run, today: Run, unit: Unit) -> None:
        super().__init__()
        self._kept, self._today, self._unit = kept, today, unit

    @override
    def text(self) -> Content:
        return rescored_text(self._kept, self._today, self._unit)


def rescored_text(kept: Run, today: Run, unit: Unit) -> Content:
    """A table of measures then and now, and whether anything has changed."""
    then, now = kept.alignment, today.alignment
    if now is None:
        return Content(f"Today's reader finds nothing to compare: {today.error or 'there is no answer'}.")
    rows = [("", "kept then", "today", "")]
    changed = 0
    for name, measure in MEASURES.items():
        if name not in now.scores and (then is None or name not in then.scores):
            continue
        was, this = (None if side is None else side[name] for side in (then, now))
        before = "–" if then is None else _with_unit(shown(measure, then, unit))
        difference = ""
        if was is None or this is None:
            difference = "" if was is this else "new" if was is None else "gone"
        elif abs(this - was) > SAME:
            difference = signed(name, this - was, unit)
        changed += bool(difference)
        rows.append((measure.label, before, _with_unit(shown(measure, now, unit)), difference or "="))
    ((heading, *texts),) = aligned(rows)
    lines = [Content.styled(heading, f"bold {MUTED}")]
    for row, text in zip(rows[1:], texts, strict=True):
        lines.append(Content.styled(text, "" if row[3] == "=" else "bold $warning"))
    return Content("\n").join([_summary(kept, today, changed), Content(""), *lines])


def _summary(kept: Run, today: Run, changed: int) -> Content:
    was, this = (run.reading.distribution if run.reading else None for run in (kept, today))
    if was is not None and this is not None and was.probabilities != this.probabilities:
        return Content.styled("Today's reader reads the answer differently.", "bold $warning")
    if changed:
        number_changed = "One measure differs" if changed == 1 else f"{changed} measures differ"
        return Content.styled(f"{number_changed} from what was kept.", "bold $warning")
    return Content.styled("Nothing has changed: the answer is read as then, and every measure is the same.", "$success")


def _with_unit(measure: object) -> str:
    return " ".join(filter(None, (getattr(measure, "value", ""), getattr(measure, "unit", ""))))
