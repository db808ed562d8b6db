"""Every measure of a run, one line each: its value, its 95 % interval, its unit, and what it means."""

from collections.abc import Iterator

from opinionscope.alignment.measures import MEASURES
from opinionscope.report.lines import BLANK, TextLine
from opinionscope.report.words import Shown, Unit, shown
from opinionscope.runs import Run


def measure_lines(run: Run, unit: Unit) -> Iterator[TextLine]:
    """All measures that are defined for a run; nothing where it was not compared."""
    if run.alignment is None:
        return
    defined = [
        shown(measure, run.alignment, unit) for name, measure in MEASURES.items() if name in run.alignment.scores
    ]
    name_width = max(len(each.label) for each in defined)
    value_width = max(len(_value(each)) for each in defined)
    yield from (BLANK, TextLine("all measures", "heading"))
    for each in defined:
        yield TextLine(f"{each.label:<{name_width}}  {_value(each):<{value_width}}  {each.meaning}")


def _value(measure: Shown) -> str:
    return " ".join(filter(None, (measure.value, measure.unit, measure.interval and f"({measure.interval})")))
