"""Scores in the history: one row for each run and measure, so that a new measure needs no new column."""

import sqlite3
from typing import TYPE_CHECKING

from opinionscope.alignment import Alignment, Score
from opinionscope.alignment.alignment import restricted
from opinionscope.history.rows import Row, insert
from opinionscope.survey import Distribution

if TYPE_CHECKING:
    from sqlite_utils import Database

_TABLE = """
CREATE TABLE scores ( -- what the measures say; one that is not defined for a run has no row
  run_id TEXT NOT NULL REFERENCES comparisons(run_id) ON DELETE CASCADE,
  measure TEXT NOT NULL, -- KL and JS in nats
  value REAL NOT NULL, -- may be infinite
  low REAL, -- ends of the 95 % interval; NULL where there is none
  high REAL,
  floor REAL, -- what a perfect answer would score by chance; NULL where that is not known
  PRIMARY KEY (run_id, measure)
) WITHOUT ROWID;
"""
_OLD_COLUMNS = ("kl", "kl_unsmoothed", "tv", "js", "wasserstein", "score")
_INFINITE_WHERE_EMPTY = "CASE WHEN kl_infinite_at IS NULL THEN kl_unsmoothed ELSE 9e999 END"
_FLOORS = {"kl": "floor_kl", "kl_unsmoothed": "floor_kl", "tv": "floor_tv"}


def scores_in_a_long_table(db: "Database") -> None:
    """Measures leave their columns for rows of their own; what a comparison stands on stays in `comparisons`."""
    for view in ("run_overview", "run_measures", "run_distributions"):
        db.execute(f"DROP VIEW IF EXISTS {view}")
    db.execute("ALTER TABLE measures RENAME TO comparisons")
    db.executescript(_TABLE)
    for name in _OLD_COLUMNS:
        value = _INFINITE_WHERE_EMPTY if name == "kl_unsmoothed" else name
        db.execute(
            f"INSERT INTO scores (run_id, measure, value, floor) SELECT run_id, '{name}', {value}, "
            f"{_FLOORS.get(name, 'NULL')} FROM comparisons WHERE {value} IS NOT NULL"
        )
    for column in (*_OLD_COLUMNS, "kl_infinite_at", "floor_kl", "floor_tv"):
        db.execute(f"ALTER TABLE comparisons DROP COLUMN {column}")


def write_alignment(connection: sqlite3.Connection, run_id: str, alignment: Alignment) -> None:
    """Write what was compared and how it scored; the run must have no comparison yet."""
    human, model = alignment.human, alignment.model
    comparison: Row = {"run_id": run_id, "epsilon": alignment.epsilon, "human_n": human.n, "model_n": model.n}
    insert(connection, "comparisons", [comparison])
    sides: list[Row] = [
        {"run_id": run_id, "position": position, "human": p, "model": q}
        for position, p, q in zip(alignment.positions, human.probabilities, model.probabilities, strict=True)
    ]
    insert(connection, "distributions", sides)
    scores: list[Row] = [
        {
            "run_id": run_id,
            "measure": name,
            "value": score.value,
            "low": score.low,
            "high": score.high,
            "floor": score.floor,
        }
        for name, score in alignment.scores.items()
    ]
    insert(connection, "scores", scores)


def read_alignment(connection: sqlite3.Connection, run_id: str, pooled: Distribution | None) -> Alignment | None:
    """What was compared and how it scored; None where nothing was. `pooled` is over all options."""
    sql = """SELECT epsilon, human_n, model_n, position, human, model
        FROM comparisons JOIN distributions USING (run_id) WHERE run_id = ? ORDER BY position"""
    sides = connection.execute(sql, (run_id,)).fetchall()
    if not sides:
        return None
    sql = "SELECT measure, value, low, high, floor FROM scores WHERE run_id = ?"
    scores = {name: Score(*figures) for name, *figures in connection.execute(sql, (run_id,))}
    epsilon, human_n, model_n, *_ = sides[0]
    positions, human, model = zip(*(side[3:] for side in sides), strict=True)
    compared = Distribution(human, human_n), Distribution(model, model_n)
    return Alignment(*compared, positions, epsilon, scores, restricted(pooled, positions))
