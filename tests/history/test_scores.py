"""Scores as rows: old files keep their numbers, and a new measure needs nothing but its function."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from sqlite_utils import Database

from opinionscope.alignment.measures import registry
from opinionscope.alignment.measures.registry import measure
from opinionscope.history import History
from opinionscope.history.migrations import STEPS, migrations
from opinionscope.report.as_json import run_json

OLD = STEPS[: STEPS.index("scores_in_a_long_table")]


def old_file(path: Path, filled: Callable[..., None], steps: int) -> None:
    """A history of an earlier version, with one run whose KL is infinite and one whose is not."""
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrations(OLD[:steps]).apply(Database(connection, execute_plugins=False))
        for view in ("run_overview", "run_measures", "run_distributions"):  # as these steps once made them
            connection.execute(f"CREATE VIEW {view} AS SELECT run_id, kl FROM measures")
        filled(connection, "questions", hash="q", question_id="Q1")
        for position, label in enumerate(("Yes", "No")):
            filled(connection, "options", question_hash="q", position=position, label=label)
        filled(connection, "groups", hash="g", name="Female")
        filled(connection, "prompts", hash="p")
        for at, (run_id, infinite_at, kl) in enumerate((("01OLDA", None, 0.25), ("01OLDB", 1, None))):
            filled(
                connection, "runs", id=run_id, created=f"2025-05-0{at + 1}T12:00:00.000000Z", status="done",
                question_hash="q", group_hash="g", prompt_hash="p", format="verbalized", kind="live",
            )  # fmt: skip
            filled(
                connection, "measures", run_id=run_id, kl=0.3, kl_unsmoothed=kl, kl_infinite_at=infinite_at, tv=0.1,
                js=0.02, wasserstein=None, score=12.5, floor_kl=0.005, floor_tv=0.03, epsilon=0.01, human_n=100.0,
            )  # fmt: skip
            for position, (human, model) in enumerate(
                ((0.6, 1.0 if infinite_at else 0.5), (0.4, 0.0 if infinite_at else 0.5))
            ):
                filled(connection, "distributions", run_id=run_id, position=position, human=human, model=model)


@pytest.mark.parametrize("steps", range(1, len(OLD) + 1))
def test_the_numbers_of_every_earlier_version_are_kept(path: Path, filled: Callable[..., None], steps: int) -> None:
    old_file(path, filled, steps)
    with History.open(path) as history:
        finite, infinite = history.get("01OLDA"), history.get("01OLDB")
        assert [row.kl for row in history.page()] == [0.3, 0.3]
    assert finite.alignment is not None
    assert infinite.alignment is not None
    assert {name: score.value for name, score in finite.alignment.scores.items()} == {
        "kl": 0.3, "kl_unsmoothed": 0.25, "tv": 0.1, "js": 0.02, "score": 12.5
    }  # fmt: skip
    assert (finite.alignment.scores["kl"].floor, finite.alignment.scores["tv"].floor) == (0.005, 0.03)
    assert (finite.alignment.human.n, finite.alignment.model.n, finite.alignment.epsilon) == (100.0, None, 0.01)
    assert infinite.alignment["kl_unsmoothed"] == float("inf")
    assert infinite.alignment.kl_infinite_at == 1
    with closing(sqlite3.connect(path)) as plain:
        sql = (
            "SELECT run_id, kl, kl_unsmoothed, kl_infinite_at, tv, floor_tv, top_gap FROM run_measures ORDER BY run_id"
        )
        assert plain.execute(sql).fetchall() == [
            ("01OLDA", 0.3, 0.25, None, 0.1, 0.03, None),
            ("01OLDB", 0.3, None, "No", 0.1, 0.03, None),
        ]
        assert plain.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_new_measure_is_one_function(history: History, done) -> None:
    """It is in JSON, in the history and in the views without another line."""
    try:

        @measure("largest gap", "the largest difference of any option, from 0 to 1")
        def largest_gap(pairs):
            return np.abs(pairs.human - pairs.model).max(axis=-1)

        history.close()
        run = done()
        history.finish(run)
        kept = history.get(run.id)
        expected = max(
            abs(p - q)
            for p, q in zip(kept.alignment.human.probabilities, kept.alignment.model.probabilities, strict=True)
        )
        assert run_json(kept)["measures"]["largest_gap"] == pytest.approx(expected)
        with closing(sqlite3.connect(history.path)) as plain:
            (value,) = plain.execute("SELECT largest_gap FROM run_measures").fetchone()
        assert value == pytest.approx(expected)
    finally:
        registry._registered.pop("largest_gap", None)
