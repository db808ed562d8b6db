"""A comparison of sets in words, as a drawing and as JSON."""

from collections.abc import Iterator
from typing import Any

from opinionscope.alignment.measures import MEASURES
from opinionscope.charts.lines import Line, paragraphs
from opinionscope.comparison.pairwise import DECIDES
from opinionscope.comparison.sets import SetComparison, left_out
from opinionscope.report.comparing import difference_cells, difference_json, verdict_json, verdict_words
from opinionscope.report.table_lines import draw_table
from opinionscope.report.words import Unit
from opinionscope.survey.text import counted
from opinionscope.tables import Column, Report

HOW = "Means over matched items; intervals clustered by question; several pairs judged together (Holm)."
_DRAWN = (
    Column("a", "A", "the one side"),
    Column("b", "B", "the other side"),
    Column("difference", "TV A − B", "mean difference in TV over matched items: below 0 A is closer",
           decimals=3, interval=("low", "high"), reference=0),
    Column("closer", "CLOSER", "which side is closer at 95 %"),
)  # fmt: skip


def sets_json(comparison: SetComparison) -> dict[str, Any]:
    """As `compare --by FIELD --json` prints it: runs are values of the field there."""
    return {
        "by": comparison.by,
        "unread": comparison.unread,
        "muted": comparison.muted,
        "sets": [{comparison.by: value, "items": size} for value, size in comparison.sizes.items()],
        "differs": [comparison.by],
        "items": [
            {
                "a": a,
                "b": b,
                "matched": comparison.items[a, b],
                "questions": comparison.questions[a, b],
                "more_questions_needed": comparison.needed[a, b],
            }
            for a, b in comparison.items
        ],
        "differences": [difference_json(each) for each in comparison.differences],
        "verdicts": [verdict_json(each) for each in comparison.verdicts],
    }


def sets_sentences(comparison: SetComparison) -> Iterator[str]:
    """What a comparison of sets says, pair by pair."""
    for verdict in comparison.verdicts:
        pair = (verdict.a, verdict.b)
        items, questions = comparison.items[pair], comparison.questions[pair]
        more = comparison.needed[pair]
        matched = f"{counted(items, 'item')} of {counted(questions, 'question')} matched"
        yield f"{verdict.a} and {verdict.b}, {matched}: {verdict_words(verdict, verdict.closer)}."
        if more:
            yield f"  A difference this large would be settled by about {more:,} more questions."
    if told := left_out(comparison.unread, comparison.muted):
        yield f"{told.capitalize()}."
    if comparison.changed:
        yield comparison.changed


def sets_rows(comparison: SetComparison, unit: Unit) -> list[list[str]]:
    """A table of mean differences: a heading row, then one row a pair and measure."""
    rows = [["a", "b", "measure", "a − b", "95 % interval"]]
    for each in comparison.differences:
        label = MEASURES[each.measure].label
        rows.append([each.a, each.b, label, *difference_cells(each, unit)])
    return rows


def set_difference_rows(comparison: SetComparison) -> list[dict[str, Any]]:
    """A row for each pair of sets and measure: the mean difference, its interval, and how many items matched."""
    return [
        {
            **difference_json(each),
            "items": comparison.items[each.a, each.b],
            "questions": comparison.questions[each.a, each.b],
        }
        for each in comparison.differences
    ]


def sets_title(comparison: SetComparison) -> str:
    """What is compared, and how many scored items each set has."""
    sizes = ", ".join(f"{value} ({counted(size, 'item')})" for value, size in comparison.sizes.items())
    return f"Compared by {comparison.by}: {sizes}."


def sets_lines(comparison: SetComparison, width: int) -> list[Line]:
    """The verdict on every pair, and the pairs' mean differences in TV with their intervals on one axis."""
    closer = {(each.a, each.b): each.closer or "neither" for each in comparison.verdicts}
    rows = [
        {
            "a": each.a,
            "b": each.b,
            "difference": each.value,
            "low": each.low,
            "high": each.high,
            "closer": closer[each.a, each.b],
        }
        for each in comparison.differences
        if each.measure == DECIDES
    ]
    drawn = draw_table(Report(_DRAWN, tuple(rows), tuple(() for _ in rows), ""), range(len(rows)), width)
    return [
        *paragraphs(width, (sets_title(comparison), "value")),
        *paragraphs(width, *((said, "label") for said in sets_sentences(comparison))),
        [],
        drawn.header,
        *drawn.rows,
        *paragraphs(width, *((each, "muted") for each in drawn.told)),
    ]
