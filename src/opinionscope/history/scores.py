"""Scores in the history: one row for each run and measure, so that a new measure needs no new column."""

import sqlite3

from opinionscope.alignment.alignment import Alignment, restricted
from opinionscope.alignment.scores import Score
from opinionscope.history.rows import Row, insert
from opinionscope.survey import Distribution


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
