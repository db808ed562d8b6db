"""Knowledge to simulation: how much better a model describes a distribution than simulates it."""

import numpy as np

from opinionscope.collection import Collection
from opinionscope.selection import Selection
from opinionscope.tables.base import Column, Options, Report, Rows, TableError, ends, finite, table, usual
from opinionscope.tables.board import Board
from opinionscope.tables.leaderboard_scores import Entries, entries_of
from opinionscope.tables.words import SCORING_NOTES, with_interval
from opinionscope.values import replace

KNOWN, SIMULATED = "verbalized", ("sequence", "samples")
COLUMNS = (
    *usual("model"),
    Column("format", "SIMULATED AS", "the format in which answers are simulated"),
    Column("domain", "DOMAIN", "domain of the questions; all: the unweighted mean over domains"),
    Column("tv_verbalized", "TV VERBALIZED", "mean total variation of the distributions described", decimals=3),
    Column("tv_simulated", "TV SIMULATED", "mean total variation of the answers simulated", decimals=3),
    Column("gap", "GAP", "TV simulated over TV verbalized, less 1: above 0 the model describes better than it "
           "simulates", decimals=3, interval=("low", "high"), reference=0),
    *usual("items"),
)  # fmt: skip


@table(
    "knowledge-to-simulation",
    "how much better models describe a distribution than simulate it",
    has_paper_scoring=True,
)
def knowledge_to_simulation(collection: Collection, selection: Selection, options: Options) -> Report:
    """One row a model and simulating format for all domains, and one for each.

    Both means are over the same items: those that could be read in both formats.
    """
    entries = entries_of(collection, selection, options)
    matched = {form: found for form in SIMULATED if (found := _read_in_both(entries, form)).items}
    rows = Rows()
    for by in ((), ("domain",)):
        for form, of_form in matched.items():
            _add(rows, of_form, form, replace(options, by=by))
    if not rows.rows:
        raise TableError(f"no model answered both as {KNOWN} and as {' or '.join(SIMULATED)}")
    if len({row["domain"] for row in rows.rows}) == 2:
        rows = _without_all(rows)
    return rows.report(COLUMNS, _sentence(rows), [SCORING_NOTES[options.scoring], *entries.notes])


def _read_in_both(entries: Entries, form: str) -> Entries:
    """The scores of what a model was asked both as a description and in this format, and could be read in both."""
    keys = [
        (name, *item.asked, how) for name, item, how in zip(entries.model, entries.items, entries.steering, strict=True)
    ]
    described, simulated = (
        {key for key, each in zip(keys, entries.format, strict=True) if each == wanted} for wanted in (KNOWN, form)
    )
    both = described & simulated
    return entries.at([at for at, key in enumerate(keys) if entries.format[at] in (KNOWN, form) and key in both])


def _add(rows: Rows, entries: Entries, simulated: str, options: Options) -> None:
    board = Board(entries, options)
    point, draws = board.averages(np.concatenate(entries.tv))
    places = {key: at for at, key in enumerate(board.keys)}
    for (model, form, *rest), at in places.items():
        known = places.get((model, KNOWN, *rest))
        if form != simulated or known is None:
            continue
        members = np.concatenate((board.members[known], board.members[at]))
        row = {"model": model, "format": form, "domain": rest[0] if rest else "all"} | {
            "tv_verbalized": finite(point[known]),
            "tv_simulated": finite(point[at]),
            "gap": finite(point[at] / point[known] - 1),
            **ends(np.asarray(draws[:, at] / draws[:, known] - 1, dtype=np.float64)),
            "items": len(members),
        }
        rows.add([entries.items[place] for place in members], row)


def _without_all(rows: Rows) -> Rows:
    """Without the rows over all domains, where there is one domain only."""
    kept = [at for at, row in enumerate(rows.rows) if row["domain"] != "all"]
    return Rows([rows.rows[at] for at in kept], [rows.behind[at] for at in kept])


def _sentence(rows: Rows) -> str:
    known = [row for row in rows.rows if row["gap"] is not None]
    if not known:
        return "No gap can be computed."
    larger = sum(row["low"] is not None and row["low"] > 0 for row in known)
    first = next((row for row in known if row["low"] is not None), known[0])
    gap = with_interval(first["gap"], first["low"], first["high"], signed=True)
    return (
        f"In {larger} of {len(known)} rows the model describes better than it simulates, beyond noise; "
        f"{first['model']}, {first['format']}, {first['domain']}: {gap}."
    )
