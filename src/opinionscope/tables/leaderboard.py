"""Leaderboard: models and formats by total variation, with what uniform, pooled and perfect answers would score."""

from collections.abc import Sequence
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from opinionscope.alignment.together import FEWEST_QUESTIONS
from opinionscope.collection import Collection
from opinionscope.selection import Selection
from opinionscope.survey.text import counted
from opinionscope.tables.answers import FIELDS
from opinionscope.tables.base import Column, Options, Report, Row, Rows, ends, finite, table, usual
from opinionscope.tables.board import SPLITS, Board
from opinionscope.tables.leaderboard_scores import BASELINE, STEERED, Entries, entries_of
from opinionscope.tables.words import SCORING_NOTES, number, with_interval

ALL = "all"
UNIFORM, POOLED = ("uniform", BASELINE), ("pooled", BASELINE)

COLUMNS = (
    *usual("model", "format"),
    Column("domain", "DOMAIN", "domain of the questions; all: the unweighted mean over domains"),
    Column("steering", "STEERING", "how the model is told whom to answer for; joined by +: pooled"),
    Column("tv", "TV", "mean total variation, 0 to 1: low is good", decimals=3, interval=("tv_low", "tv_high")),
    Column("kl", "KL", "mean KL(human ‖ model), the model side smoothed", unit="nats", decimals=3),
    Column("floor", "FLOOR", "TV that a perfect answer would score by chance, where it is known how many people "
           "answered", decimals=3),
    Column("coverage", "COVERAGE", "share of answers that could be read", decimals=3),
    *usual("items"),
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
    notes = [SCORING_NOTES[options.scoring], *_other_domains(board), *_not_ranked(board), *entries.notes]
    return rows.report(_columns(options), _sentence(rows.rows, board), notes)


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
        members = board.members[at]
        scored = int(np.isfinite(tv[members]).sum())
        is_answered = named["format"] != BASELINE and options.scoring != "paper"
        row = {"domain": board.domains[0] if len(board.domains) == 1 else ALL, "steering": steering, **named} | {
            "tv": finite(point[at]),
            **ends(draws[:, at], "tv_low", "tv_high"),
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


def _sentence(rows: Sequence[Row], board: Board) -> str:
    """What the first block of rows says, of those that are to be ranked; of all of them where none is."""
    split = board.fields[2:]
    first = tuple(rows[0][name] for name in split)
    block = {(row["model"], row["format"]): row for row in rows if tuple(row[name] for name in split) == first}
    places = {key[:2]: at for at, key in enumerate(board.keys) if key[2:] == first}
    usual = {name for name, at in places.items() if np.array_equal(board.of_row[at], board.usual[first])}
    models = {name: row["tv"] for name, row in block.items() if name[1] != BASELINE and row["tv"] is not None}
    if not models:
        return "No model is among the answers selected."
    alike = [name for name in models if name in usual]
    ranked = [name for name in alike if (*name, *first) not in board.few] or alike
    best = block[ranked[0]]
    tv = with_interval(best["tv"], best["tv_low"], best["tv_high"])
    text = f"Closest{_where(best, split)}: {best['model']} {best['format']} with TV {tv}"

    def closer_than(baseline: tuple[str, str]) -> int:
        return sum(models[name] < block[baseline]["tv"] for name in ranked)

    if UNIFORM in usual:
        closer = closer_than(UNIFORM)
        of_all = f"{closer} of {len(ranked)} {'is' if closer == 1 else 'are'}"
        text += f"; {of_all} closer than the same share for every option ({number(block[UNIFORM]['tv'])})"
    if POOLED in usual:
        said = "closer than not knowing the group at all"
        text += f", {closer_than(POOLED) or 'none'} {said} ({number(block[POOLED]['tv'])})"
    return text + "."


def _where(row: Row, split: Sequence[str]) -> str:
    """Which part of the table a row is in; nothing where there is one part over several domains."""
    parts = [row[name] for name in split if name not in _PLAIN]
    parts += [row["domain"]] if row["domain"] != ALL else []
    return f" in {', '.join([*parts, row['steering']])}" if parts or "steering" in split else ""


def _other_domains(board: Board) -> list[str]:
    """Which models and baselines have other domains than most, those with the same domains in one sentence."""
    others: dict[tuple[str, str], list[str]] = {}
    for (model, form, *split), of_row in zip(board.keys, board.of_row, strict=True):
        usual = board.usual[tuple(split)]
        if of_row.any() and not np.array_equal(of_row, usual):
            name = model if form == BASELINE else f"{model} {form}"
            over = _names(board.domains, of_row), _names(board.domains, usual)
            others.setdefault(over, []).append(f"{name} ({', '.join(split)})" if split else name)
    return [
        f"Over {own}, not to be ranked with the rest over {usual}: {'; '.join(rows)}."
        for (own, usual), rows in others.items()
    ]


def _not_ranked(board: Board) -> list[str]:
    models = [key for key, of_row in zip(board.keys, board.of_row, strict=True) if key[1] != BASELINE and of_row.any()]
    named = [
        f"{model} {form} ({', '.join([*split, counted(board.few[model, form, *split], 'question')])})"
        for model, form, *split in models
        if board.few.get((model, form, *split))
    ]
    if models and len(named) == len(models):
        return [f"All rows are of fewer than {FEWEST_QUESTIONS} questions: their order says little."]
    return [f"Fewer than {FEWEST_QUESTIONS} questions, not to be ranked: {'; '.join(named)}."] if named else []


def _names(domains: Sequence[str], chosen: NDArray[np.bool_]) -> str:
    *names, last = sorted(compress(domains, chosen))
    return f"{', '.join(names)} and {last}" if names else last
