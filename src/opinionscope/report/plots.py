"""Scatter plots as text, drawn by plotext: what stands behind a row of a table, point by point or as means."""

from collections.abc import Callable, Sequence
from datetime import date
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opinionscope.collection import Item
from opinionscope.tables import TABLES, Report
from opinionscope.tables.base import Row
from opinionscope.tables.over_time import SERIES

Points = tuple[NDArray[np.float64], NDArray[np.float64]]
MOST_POINTS = 400
"""More points than this are drawn as means over bins, with the middle 80 % as a line."""
BINS = 20
POINT, RANGE, IDEAL = "●", "│", "·"
PLOT_LOCK = Lock()
"""plotext has one figure for the whole process."""


def shares_behind(items: Sequence[Item]) -> Points:
    """People's and the model's shares, a point an option of each item, each of shape (N,)."""
    both = [(item.human.probabilities, item.answer.probabilities) for item in items if item.human and item.answer]
    people = np.array([share for human, _ in both for share in human])
    model = np.array([share for _, answer in both for share in answer])
    return people, model


def shifts_behind(items: Sequence[Item]) -> Points:
    """Differences between two groups' shares of an option, people's and the model's, each of shape (N,).

    Items without their partner of the other group are passed over.
    """
    by_question: dict[tuple[str, str, str, str, str], dict[str, Item]] = {}
    names: dict[str, None] = {}
    for item in items:
        if item.human and item.answer:
            names.setdefault(item.group.name)
            key = (item.question.dataset, item.question.id, item.model, item.format, item.steering)
            by_question.setdefault(key, {})[item.group.name] = item
    first, second = (*names, "", "")[:2]
    pairs = [(found[first], found[second]) for found in by_question.values() if first in found and second in found]
    people = [np.subtract(a.human.probabilities, b.human.probabilities) for a, b in pairs if a.human and b.human]
    model = [np.subtract(a.answer.probabilities, b.answer.probabilities) for a, b in pairs if a.answer and b.answer]
    return np.concatenate([*people, []]), np.concatenate([*model, []])


def plot_of_row(name: str, report: Report, at: int, width: int, height: int) -> tuple[str, list[str]]:
    """The plot behind a row of the table of that name: a caption, and lines of `width` cells; none without points."""
    if TABLES[name].is_over_time:
        return _plot_of_days(report, at, width, height)
    is_shift = TABLES[name].is_of_shifts
    points = shifts_behind(report.behind[at]) if is_shift else shares_behind(report.behind[at])
    count = points[0].size
    if not count:
        return "No plot: no model's answers stand behind this row.", []
    what = "difference between the two groups" if is_shift else "share of an option"
    drawn = "a point each" if count <= MOST_POINTS else f"{POINT} means, {RANGE} the middle 80 %"
    whose = f"{report.rows[at]['model']}'s" if report.rows[at].get("model") else "The model's"
    caption = f"{whose} {what} (up) against people's (right): {count:,} options, {drawn}; {IDEAL} where they agree"
    return caption, scatter(points, -1.0 if is_shift else 0.0, 1.0, width, height)


def _plot_of_days(report: Report, at: int, width: int, height: int) -> tuple[str, list[str]]:
    """The days of a row's model, format and steering method, each with its interval."""
    series = series_of(report, at)
    told = " ".join(str(report.rows[at][name]) for name in SERIES)
    if len(series) < 2:
        return f"No plot: {told} was asked on one day only.", []
    days = [date.fromisoformat(row["date"]).toordinal() for row in series]
    caption = f"TV (up) of {told}, {series[0]['date']} to {series[-1]['date']} (right): {POINT} means, {RANGE} 95 %"

    def draw(figure: Any) -> None:
        high = max(row["high"] or row["tv"] for row in series)
        for day, row in zip(days, series, strict=True):
            if row["low"] is not None:
                figure.draw(figure.segment((day, day), (row["low"], row["high"]), marker=RANGE))
        figure.draw(figure.signal(days, [row["tv"] for row in series], marker=POINT))
        figure.ruler("x").lim(days[0] - 0.5, days[-1] + 0.5)
        figure.ruler("x").ticks([days[0], days[-1]], [series[0]["date"], series[-1]["date"]])
        figure.ruler("y").lim(0.0, high * 1.1 or 1.0)

    return caption, _drawn(draw, width, height)


def series_of(report: Report, at: int) -> list[Row]:
    """The rows that differ from a row in their day only, in order."""
    key = [report.rows[at][name] for name in SERIES]
    return [row for row in report.rows if [row[name] for name in SERIES] == key]


def scatter(points: Points, low: float, high: float, width: int, height: int) -> list[str]:
    """Points on square axes from `low` to `high`, with the line of agreement; lines of at most `width` cells."""

    def draw(figure: Any) -> None:
        x, y = points
        figure.draw(figure.segment((low, high), (low, high), marker=IDEAL))
        if x.size > MOST_POINTS:
            x, y, tenth, ninetieth = _binned(x, y, low, high)
            for at, bottom, top in zip(x, tenth, ninetieth, strict=True):
                figure.draw(figure.segment((at, at), (bottom, top), marker=RANGE))
        figure.draw(figure.signal(x.tolist(), y.tolist(), marker=POINT))
        for axis in ("x", "y"):
            figure.ruler(axis).lim(low, high)

    return _drawn(draw, width, height)


def _drawn(draw: Callable[[Any], None], width: int, height: int) -> list[str]:
    """The lines of what is drawn on plotext's figure."""
    import plotext

    with PLOT_LOCK:
        figure = plotext.figure
        figure.clear()
        plotext.terminal.limit(width=False, height=False)  # else a plot is cut to 80×24 where there is no terminal
        figure.theme("colorless")
        figure.plot_size(width, height)
        draw(figure)
        text = plotext.uncolorize(figure.build().string())
        figure.clear()
    return [line.rstrip() for line in text.splitlines()]


def _binned(x: NDArray[np.float64], y: NDArray[np.float64], low: float, high: float) -> tuple[NDArray[np.float64], ...]:
    """Bins of x that hold points: means of x and y, and the 10th and 90th percentile of y."""
    bins = np.clip(((x - low) / (high - low) * BINS).astype(int), 0, BINS - 1)
    found = [(x[bins == at], y[bins == at]) for at in np.unique(bins)]
    return (
        np.array([each.mean() for each, _ in found]),
        np.array([each.mean() for _, each in found]),
        np.array([np.percentile(each, 10) for _, each in found]),
        np.array([np.percentile(each, 90) for _, each in found]),
    )
