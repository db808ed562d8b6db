"""Views of the history, for datasette and other tools, and for our own lists; measures have columns of their own.

Deleted runs, which are in the bin until the program ends, are left out.
"""

import sqlite3

from opinionscope.alignment.measures import MEASURES
from opinionscope.alignment.reliability import FEWEST_ANSWERS, FEWEST_PEOPLE, FRACTIONS, LARGEST_SUM_GAP, LEAST_COVERAGE
from opinionscope.history.rows import columns
from opinionscope.runs.run import STATES_SHARES

_KEPT = "runs.id NOT IN (SELECT run_id FROM bin)"

_STATED = f"""(SELECT CASE WHEN total <= {FRACTIONS} THEN total ELSE total / 100 END FROM (
      SELECT sum(figure) / coalesce(nullif(readings.coverage, 0), 1) AS total FROM reading_options
      WHERE run_id = runs.id))"""
_MUTED = f"""CASE WHEN comparisons.run_id IS NOT NULL THEN
    coalesce(comparisons.human_n < {FEWEST_PEOPLE}, 0) OR coalesce(comparisons.model_n < {FEWEST_ANSWERS}, 0)
    OR coalesce(readings.coverage < {LEAST_COVERAGE}, 0)
    OR (runs.format = '{STATES_SHARES}' AND (SELECT count(*) FROM calls WHERE run_id = runs.id) < 2
      AND coalesce(round(abs({_STATED} - 1), 9) > {LARGEST_SUM_GAP}, 0))
  END AS muted"""
"""1 for measures that stand on too little, by the rule of `alignment.reliability`; NULL where there are none."""

_OVERVIEW = """
SELECT runs.id AS run_id, runs.created, questions.dataset, questions.question_id AS question, questions.title,
  groups.name AS group_name, runs.steering, runs.format, runs.model, runs.kind, runs.status,
  kl.value AS kl, tv.value AS tv, kl.floor AS floor_kl, {muted}
FROM runs
  JOIN questions ON questions.hash = runs.question_hash
  JOIN groups ON groups.hash = runs.group_hash
  LEFT JOIN scores AS kl ON kl.run_id = runs.id AND kl.measure = 'kl'
  LEFT JOIN scores AS tv ON tv.run_id = runs.id AND tv.measure = 'tv'
  LEFT JOIN comparisons ON comparisons.run_id = runs.id
  LEFT JOIN readings ON readings.run_id = runs.id
WHERE {kept}
"""

_MEASURES = """
SELECT runs.id AS run_id, runs.created, questions.dataset, questions.domain, questions.question_id AS question,
  groups.name AS group_name, runs.steering, runs.format, runs.voice, runs.option_order, runs.reasoning, runs.repeats,
  runs.samples, runs.examples_wanted AS examples, runs.temperature,
  {further}, runs.model, calls.resolved_model, runs.kind, runs.status,
  {measures},
  {muted},
  (SELECT label FROM distributions JOIN options USING (position)
    WHERE run_id = runs.id AND question_hash = runs.question_hash AND human > 0 AND model = 0
    ORDER BY position LIMIT 1) AS kl_infinite_at,
  comparisons.epsilon, runs.drop_nonresponse, pivot.floor_kl,
  pivot.floor_tv, humans.n AS human_n, readings.coverage, readings.sample_size, totals.calls,
  totals.prompt_tokens, totals.completion_tokens, totals.cost_usd, totals.seconds,
  runs.error_title, runs.error, runs.note, runs.pinned
FROM runs
  JOIN questions ON questions.hash = runs.question_hash
  JOIN groups ON groups.hash = runs.group_hash
  LEFT JOIN humans ON humans.hash = runs.human_hash
  LEFT JOIN calls ON calls.run_id = runs.id AND calls.position = 0
  LEFT JOIN (
    SELECT run_id, count(*) AS calls,
      CASE WHEN count(prompt_tokens) = count(*) THEN sum(prompt_tokens) END AS prompt_tokens,
      CASE WHEN count(completion_tokens) = count(*) THEN sum(completion_tokens) END AS completion_tokens,
      CASE WHEN count(cost_usd) = count(*) THEN sum(cost_usd) END AS cost_usd,
      sum(seconds) AS seconds
    FROM calls GROUP BY run_id
  ) AS totals ON totals.run_id = runs.id
  LEFT JOIN readings ON readings.run_id = runs.id
  LEFT JOIN comparisons ON comparisons.run_id = runs.id
  LEFT JOIN (
    SELECT run_id,
      {pivot},
      max(CASE measure WHEN 'kl' THEN floor END) AS floor_kl,
      max(CASE measure WHEN 'tv' THEN floor END) AS floor_tv
    FROM scores GROUP BY run_id
  ) AS pivot ON pivot.run_id = runs.id
WHERE {kept}
"""

_DISTRIBUTIONS = """
SELECT runs.id AS run_id, options.position, options.label,
  CASE WHEN comparisons.run_id IS NULL THEN human_shares.probability ELSE distributions.human END AS human,
  CASE WHEN comparisons.run_id IS NULL THEN reading_options.probability ELSE distributions.model END AS model
FROM runs
  JOIN options ON options.question_hash = runs.question_hash
  LEFT JOIN comparisons ON comparisons.run_id = runs.id
  LEFT JOIN distributions ON distributions.run_id = runs.id AND distributions.position = options.position
  LEFT JOIN human_shares ON human_shares.human_hash = runs.human_hash AND human_shares.position = options.position
  LEFT JOIN reading_options ON reading_options.run_id = runs.id AND reading_options.position = options.position
WHERE {kept}
"""


def views() -> dict[str, str]:
    """Name → the statement that creates the view, with a column for every measure and option."""
    measures = ", ".join(f"pivot.{name}" for name in MEASURES)
    finite = "nullif(value, 9e999)"
    pivot = ",\n      ".join(f"max(CASE measure WHEN '{name}' THEN {finite} END) AS {name}" for name in MEASURES)
    bodies = {
        "run_overview": _OVERVIEW.format(muted=_MUTED, kept=_KEPT),
        "run_measures": _MEASURES.format(measures=measures, muted=_MUTED, pivot=pivot, further=columns(), kept=_KEPT),
        "run_distributions": _DISTRIBUTIONS.format(kept=_KEPT),
    }
    return {name: f"CREATE VIEW {name} AS {body.strip()}" for name, body in bodies.items()}


def are_current(connection: sqlite3.Connection) -> bool:
    """Whether the file has exactly these views: a measure that was added since needs a column."""
    found = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'").fetchall())
    return all(found.get(name) == sql for name, sql in views().items())


def create(connection: sqlite3.Connection) -> None:
    """Make the views, in place of older ones of these names; wants a transaction."""
    for name, sql in views().items():
        connection.execute(f"DROP VIEW IF EXISTS {name}")
        connection.execute(sql)
