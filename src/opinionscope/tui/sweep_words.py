"""How far a sweep is, in lines for the screen."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from textual.content import Content

from opinionscope.charts.lines import fit, shorten
from opinionscope.history.sweep_progress import SweepPace, SweepState
from opinionscope.planning import money
from opinionscope.respondents.retries import in_words
from opinionscope.runs.sweep_plan import PlanError, parse_plan
from opinionscope.survey.text import counted
from opinionscope.tui.phrases import local_day
from opinionscope.tui.styles import MUTED

WORTH_A_WORD, ENOUGH = 0.2, 20
"""The share of unread answers that is told early, and of how many answers at least."""
WORDS = {"stopped": "paused"}
STYLES = {"running": "$success", "paused": "$warning", "done": "$foreground", "submitted": "$accent"}
HEADINGS = ("CELLS", "ANSWERED", "FAILED", "UNREAD", "COST")
SIZES = (7, 8, 6, 6, 8)
STATUS_SIZE, SHORTEST_NAME, LONGEST_NAME = 17, 20, 100
WIDE = 100


def status_word(state: SweepState) -> str:
    """running, paused, done, submitted, or what stopped it: a bound, errors, or that all that is left has failed."""
    if state.status == "stopped" and state.bounds.ended_by:
        return f"stopped by {state.bounds.ended_by.split()[0].removeprefix('--')}"
    if state.status == "stopped" and state.totals.failed == state.row.cells - state.done:
        return f"{state.totals.failed:,} failed"
    return WORDS.get(state.status, state.status)


def status_style(state: SweepState) -> str:
    """The colour of the status."""
    return STYLES.get(status_word(state), "$warning")


def called(state: SweepState) -> str:
    """The name of a sweep, or else the end of its id."""
    return state.row.name or f"…{state.row.id[-8:]}"


def resume_words(state: SweepState) -> tuple[str, str]:
    """What is asked when a sweep is resumed, as a title, and which options there are for it."""
    left, cost = state.row.cells - state.done, state.totals.cost_usd
    spent = f" It has cost {money(cost)} so far." if cost else ""
    handed = (
        " What a batch may still answer is not asked again without --anyway." if state.status == "submitted" else ""
    )
    hint = (
        "Bounds of this start: --budget USD, --calls N; empty for none. --ask-missing asks the answers that scaled "
        f"log-probs need.{handed}"
    )
    return f"Ask the {counted(left, 'cell')} left of {called(state)}?{spent}", hint


def header(width: int) -> Content:
    """The headings over `list_line`."""
    line = Content.assemble(_columns(width, "SWEEP", "ID", "CREATED", HEADINGS), "STATUS")
    return line.stylize("bold " + MUTED).truncate(max(1, width), ellipsis=True)


def list_line(state: SweepState, width: int) -> Content:
    """A sweep in a line of at most `width` cells; the name, or else the end of the id, is always there."""
    totals, row = state.totals, state.row
    figures = (f"{row.cells:,}", f"{totals.answered:,}", f"{totals.failed:,}", f"{totals.unread:,}")
    styles = ("", "", "$error" if totals.failed else MUTED, "$warning" if totals.unread else MUTED, "")
    name = (row.name or asked_words(row.plan) or "–") if width >= WIDE else called(state)
    created = local_day(row.created, datetime.now(UTC))
    line = _columns(width, name, row.id[-8:], created, (*figures, money(totals.cost_usd)), styles)
    return Content.assemble(line, (status_word(state), status_style(state))).truncate(max(1, width), ellipsis=True)


def _columns(
    width: int, name: str, id_: str, created: str, cells: Sequence[str], styles: Sequence[str] = ("",) * len(SIZES)
) -> Content:
    """A line up to its last column: the first one takes the room there is; figures give way from the right."""
    figures = [(f"{cell:>{size}}  ", style) for cell, size, style in zip(cells, SIZES, styles, strict=True)]
    more = f"{fit(id_, 8)}  {fit(created, 11)}  " if width >= WIDE else ""

    def room() -> int:
        return width - len(more) - sum(len(text) for text, _ in figures) - 2 - STATUS_SIZE

    while room() < SHORTEST_NAME and len(figures) > 1:
        figures.pop()
    return Content.assemble(f"{fit(name, max(SHORTEST_NAME, min(LONGEST_NAME, room())))}  {more}", *figures)


@lru_cache(128)
def asked_words(plan: str) -> str:
    """Whom a sweep asks what, from the text of its plan; "" for a plan of another version."""
    try:
        read = parse_plan(plan)
    except PlanError:
        return ""
    lists = (read.models, read.formats, read.steering, read.groups)
    return " × ".join([*(", ".join(each) for each in lists), counted(len(read.questions), "question")])


def stop_words(state: SweepState) -> str:
    """What stopped a sweep, and what goes on with it; "" for nothing."""
    if state.status != "stopped" or not state.bounds.ended_by:
        return ""
    return f"Stopped by {state.bounds.ended_by.rstrip('.')}. r goes on."


def progress_lines(state: SweepState, pace: SweepPace, width: int) -> list[Content]:
    """The bar; done, rate, what is left; spend and bounds."""
    share = state.done / state.row.cells if state.row.cells else 1.0
    size = max(10, min(60, width - 34))
    full = round(share * size)
    if 0 < state.done < state.row.cells:
        full = min(size - 1, max(1, full))
    lines = [
        Content.assemble(
            ("█" * full, "$primary"),
            ("░" * (size - full), "$foreground 30%"),
            (f"  {_percent(share)}", "bold"),
            f"  {state.done:,} of {state.row.cells:,} cells",
        )
    ]
    parts = []
    if state.status == "running":
        if pace.per_second:
            left = state.row.cells - state.done
            parts.append(
                f"{_rate(pace.per_second)} over the last minute · about {in_words(left / pace.per_second)} left"
            )
        else:
            parts.append("the rate is not known yet")
    elif left := state.row.cells - state.done:
        parts.append(f"{left:,} cells left")
    if state.totals.refused:
        parts.append(f"{state.totals.refused:,} cannot be asked")
    spend = [f"cost {money(state.totals.cost_usd)}"]
    bounds = state.bounds
    if bounds.budget is not None and state.status != "done":
        spent = None
        if state.totals.cost_usd is not None and bounds.cost_before is not None:
            spent = state.totals.cost_usd - bounds.cost_before
        spend.append(f"{money(spent)} of the budget of {money(bounds.budget)} since the last start")
    if bounds.calls is not None and state.status != "done":
        spend.append(f"stops after {bounds.calls:,} calls from the last start on")
    lines += [Content(" · ".join(parts)), Content(" · ".join(spend))]
    return [line.truncate(max(1, width), ellipsis=True) for line in lines if line.plain]


def early_warning(state: SweepState, pace: SweepPace) -> str:
    """What is wrong with many of the answers, said once there are enough of them; "" for nothing."""
    unread, answered = state.totals.unread, state.totals.answered
    if answered < ENOUGH or unread < WORTH_A_WORD * answered:
        return ""
    kind = max(pace.unread, key=lambda each: pace.unread[each], default="")
    act = " p pauses, what came is kept." if state.status == "running" else ""
    return f"{_percent(unread / answered)} of {answered:,} answers are unread: {kind}.{act}"


def kind_lines(title: str, kinds: Mapping[str, int], style: str, width: int, most: int) -> list[Content]:
    """Errors or unread answers by kind, the `most` most frequent ones; nothing where there are none."""
    if not kinds:
        return []
    ordered = sorted(kinds.items(), key=lambda each: -each[1])
    lines = [
        Content.assemble((f"{times:>8,} × ", style), shorten(kind or "no reason is kept", max(10, width - 11)))
        for kind, times in ordered[:most]
    ]
    if len(ordered) > most:
        lines.append(Content.styled(f"           and {counted(len(ordered) - most, 'more kind')}", MUTED))
    heading = Content.assemble((f"{title} ", "bold"), (f"{sum(kinds.values()):,}", style))
    return [heading, *lines]


def joined(lines: Sequence[Content]) -> Content:
    """Lines as one text."""
    return Content("\n").join(lines)


def _percent(share: float) -> str:
    return "<1 %" if 0 < share < 0.005 else ">99 %" if 0.995 <= share < 1 else f"{share:.0%}".replace("%", " %")


def _rate(per_second: float) -> str:
    if per_second >= 1:
        return f"{per_second:.1f} cells a second"
    return f"{per_second * 60:.1f} cells a minute"
