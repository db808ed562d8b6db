"""Runs as rows of a table: everything about a run that is one value."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice

from opinionscope.alignment.measures import MEASURES
from opinionscope.elicitation import OPTIONS
from opinionscope.history.listing import rows
from opinionscope.history.rows import columns

Cell = str | int | float | None
CHUNK = 500

_ROWS = """
SELECT runs.id AS run_id, runs.created, runs.finished, runs.status, runs.kind, questions.dataset,
  questions.question_id AS question, questions.title, questions.domain, groups.name AS "group",
  groups.expression AS group_expression, runs.steering, runs.format, runs.voice, runs.option_order AS "order",
  CASE runs.reasoning WHEN 1 THEN 'yes' ELSE 'no' END AS reasoning, runs.repeats, runs.samples,
  runs.examples_wanted AS examples, runs.temperature,
  {further},
  runs.seed, runs.model, first.resolved_model, runs.pack_version, runs.program_version, runs.template_version,
  humans.n, readings.coverage, readings.sample_size, runs.epsilon, runs.drop_nonresponse,
  (SELECT count(*) FROM calls WHERE run_id = runs.id) AS calls,
  {totals},
  (SELECT group_concat(tag, '; ') FROM (SELECT tag FROM tags WHERE run_id = runs.id ORDER BY rowid)) AS tags,
  runs.pinned, runs.note, runs.error_title, runs.error
FROM json_each(?) AS wanted
  CROSS JOIN runs ON runs.id = wanted.value
  JOIN questions ON questions.hash = runs.question_hash
  JOIN groups ON groups.hash = runs.group_hash
  LEFT JOIN humans ON humans.hash = runs.human_hash
  LEFT JOIN calls AS first ON first.run_id = runs.id AND first.position = 0
  LEFT JOIN readings ON readings.run_id = runs.id
ORDER BY wanted.key
"""
_TOTALS = ",\n  ".join(
    f"(SELECT CASE WHEN count({name}) = count(*) THEN sum({name}) END FROM calls WHERE run_id = runs.id) AS {name}"
    for name in ("prompt_tokens", "completion_tokens", "cost_usd", "seconds")
)
_SCORES = """
SELECT wanted.key, measure, scores.value, low, high, floor
FROM json_each(?) AS wanted CROSS JOIN scores ON run_id = wanted.value
"""

COLUMNS = (
    "run_id", "created", "finished", "status", "kind", "dataset", "question", "title", "domain", "group",
    "group_expression", "steering", "format", "voice", "order", "reasoning", "repeats", "samples", "examples",
    "temperature", *(option.name for option in OPTIONS),
    "seed", "model", "resolved_model", "pack_version", "program_version", "template_version", "n", "coverage",
    "sample_size", "epsilon", "drop_nonresponse", "calls", "prompt_tokens", "completion_tokens", "cost_usd", "seconds",
    "tags", "pinned", "note", "error_title", "error", "measures_muted",
)  # fmt: skip
"""Those of every run; measures come behind them."""


def measure_columns() -> list[str]:
    """``kl``, ``kl_low``, ``kl_high``, ``kl_floor`` … for every registered measure."""
    return [f"{name}{end}" for name in MEASURES for end in ("", "_low", "_high", "_floor")]


def exported(connection: sqlite3.Connection, run_ids: Sequence[str]) -> Iterator[dict[str, Cell]]:
    """A row for each run, in the order of the ids: column → value; KL and JS in nats."""
    left, sql = iter(run_ids), _ROWS.format(totals=_TOTALS, further=columns())
    while chunk := list(islice(left, CHUNK)):
        ids = json.dumps(chunk)
        scores: dict[int, dict[str, Cell]] = {}
        for place, measure, *figures in connection.execute(_SCORES, (ids,)):
            names = (measure, f"{measure}_low", f"{measure}_high", f"{measure}_floor")
            scores.setdefault(place, {}).update(zip(names, figures, strict=True))
        muted = {row.id: row.measures_muted or None for row in rows(connection, chunk)}
        blank: dict[str, Cell] = dict.fromkeys(measure_columns())
        for place, row in enumerate(connection.execute(sql, (ids,)).fetchall()):
            known = {name: value for name, value in scores.get(place, {}).items() if name in blank}
            yield {**dict(row), "measures_muted": muted[row["run_id"]], **blank, **known}
