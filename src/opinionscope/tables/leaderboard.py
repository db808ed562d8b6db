"""Leaderboard: models and formats by total variation, with what uniform, pooled and perfect answers would score."""

from collections.abc import Sequence
from itertools import compress

import numpy as np

from opinionscope.collection import Collection
from opinionscope.selection import Selection
from opinionscope.tables.answers import FIELDS
from opinionscope.tables.base import Column, Options, Report, Row, Rows, finite, table
from opinionscope.tables.board import SPLITS, Board
from opinionscope.tables.leaderboard_scores import BASELINE, STEERED, Entries, entries_of
from opinionscope.tables.resampling import interval
from opinionscope.tables.words import SCORING_NOTES, number, with_interval

ALL = "all"

COLUMNS = (
    Column("model", "MODEL", "whose answers"),
    Column("format", "FORMAT", "how distributions are expressed"),
    Column("domain", "DOMAIN", "domain of the questions; all: the unweighted mean over domains"),
    Column("steering", "STEERING", "how the model is told whom to answer for; joined by +: pooled"),
    Column("tv", "TV", "mean total variation, 0 to 1: low is good", decimals=3, interval=("tv_low", "tv_high")),
    Column("tv_low", "TV LOW", "lower end of the 95 % interval", decimals=3),
    Column("tv_high", "TV HIGH", "upper end of the 95 % interval", decimals=3),
    Column("kl", "KL", "mean KL(human ‖ model), the model side smoothed", unit="nats", decimals=3),
    Column("floor", "FLOOR", "TV that a perfect answer would score by chance, where it is known how many people "
           "answered", decimals=3),
    Column("coverage", "COVERAGE", "share of answers that could be read", decimals=3),
    Column("items", "ITEMS", "number of comparisons"),
)  # fmt: skip


_PLAIN = ("domain", "steering")
"""Splits that have a column of their own in any case."""


@table(
    "leaderboard",
    "models and formats by total variation, with baselines and the floor of a perfect answer",
    splits=SPLITS,
    has_paper_scoring=True,
)
def leaderboard(collection: Collection, selection: Selection, options: Options) -> Report:
    """One row a model and format: the unweighted mean over domains, persona and few-shot pooled.

    However few people answered, they are compared with: the floor says what that does.
    """
    entries = entries_of(collection, selection, options)
    board = Board(entries, options)
    rows = _rows(entries, options, board)
    lacking = [] if "domain" in options.by else _lacking(entries, board)
    return rows.report(
        _columns(options), _sentence(rows.rows), [SCORING_NOTES[options.scoring], *lacking, *entries.notes]
    )


def _columns(options: Options) -> list[Column]:
    extra = [Column(name, name.upper(), f"the rows are split by {name}") for name in options.by if name not in _PLAIN]
    return [*COLUMNS[:4], *extra, *COLUMNS[4:]]


def _rows(entries: Entries, options: Options, board: Board) -> Rows:
    """The finished rows, those of each domain and steering method together, the best first."""
    tv, kl, floor = (np.concatenate(each) for each in (entries.tv, entries.kl, entries.floor))
    point, draws = board.averages(tv)
    mean_kl, mean_floor = board.mean(kl), board.mean(floor)
    steering, unread = _pooled_steering(entries), _unread(entries, board.fields)
    found = Rows()
    for at in sorted(range(len(board.keys)), key=lambda at: (*board.keys[at][2:], np.nan_to_num(point[at], nan=9.0))):
        named = dict(zip(board.fields, board.keys[at], strict=True))
        low, high = interval(draws[:, at])
        members = board.members[at]
        scored = int(np.isfinite(tv[members]).sum())
        is_answered = named["format"] != BASELINE and options.scoring != "paper"
        row = {"domain": board.domains[0] if len(board.domains) == 1 else ALL, "steering": steering, **named} | {
            "tv": finite(point[at]),
            "tv_low": finite(low),
            "tv_high": finite(high),
            "kl": finite(mean_kl[at]),
            "floor": finite(mean_floor[at]),
            "coverage": scored / (scored + unread.get(board.keys[at], 0)) if is_answered else None,
            "items": scored,
        }
        found.add([entries.items[place] for place in members], row)
    return found


def _pooled_steering(entries: Entries) -> str:
    present = set(entries.steering)
    return "+".join([*(name for name in STEERED if name in present), *sorted(present - set(STEERED))])


def _unread(entries: Entries, fields: Sequence[str]) -> dict[tuple[str, ...], int]:
    """How many answers of each row could not be read."""
    found: dict[tuple[str, ...], int] = {}
    for item in entries.unread:
        key = tuple(FIELDS[name](item) for name in fields)
        found[key] = found.get(key, 0) + 1
    return found


def _sentence(rows: Sequence[Row]) -> str:
    """What the first block of rows says."""
    block = [row for row in rows if (row["domain"], row["steering"]) == (rows[0]["domain"], rows[0]["steering"])]
    models = [row for row in block if row["format"] != BASELINE and row["tv"] is not None]
    baselines = {row["model"]: row["tv"] for row in block if row["format"] == BASELINE}
    if not models:
        return "No model is among the answers selected."
    best = models[0]
    tv = with_interval(best["tv"], best["tv_low"], best["tv_high"])
    where = "" if best["domain"] == ALL else f" in {best['domain']}, {best['steering']}"
    text = f"Closest{where}: {best['model']} {best['format']} with TV {tv}"
    if (uniform := baselines.get("uniform")) is not None:
        closer = sum(row["tv"] < uniform for row in models)
        text += f"; {closer} of {len(models)} are closer than the same share for every option ({number(uniform)})"
    if (pooled := baselines.get("pooled")) is not None:
        closer = sum(row["tv"] < pooled for row in models)
        text += f", {closer or 'none'} closer than not knowing the group at all ({number(pooled)})"
    return text + "."


def _lacking(entries: Entries, board: Board) -> list[str]:
    """Which rows are means over fewer domains than others."""
    of_row: dict[str, set[str]] = {}
    for (model, form, *_), is_known in zip(board.keys, board.is_known(np.concatenate(entries.tv)), strict=True):
        found = of_row.setdefault(model if form == BASELINE else f"{model} {form}", set())
        found.update(compress(board.domains, is_known))
    everything = set(board.domains)
    return [
        f"{name} has no score in {', '.join(sorted(everything - found))}: its mean is over fewer domains."
        for name, found in of_row.items()
        if found and found != everything
    ]
