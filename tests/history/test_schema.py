"""The file speaks for itself: other tools read it without this program."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from opinionscope.elicitation import OPTIONS
from opinionscope.history import History
from opinionscope.history.exporting import COLUMNS
from opinionscope.history.migrations import STEPS, migrations
from opinionscope.runs import Run, rescore
from opinionscope.values import replace

MakeRun = Callable[..., Run]


@pytest.fixture
def plain(history: History) -> Iterator[sqlite3.Connection]:
    """The same file, as any SQLite tool sees it."""
    with closing(sqlite3.connect(history.path)) as connection:
        yield connection


def test_the_overview_shows_a_line_a_run(history: History, done: MakeRun, plain: sqlite3.Connection) -> None:
    run = done()
    assert run.alignment is not None
    history.finish(run)
    cursor = plain.execute("SELECT * FROM run_overview")
    line = dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))
    assert line == {
        "run_id": run.id,
        "created": "2026-03-01T12:00:00.123456Z",
        "dataset": "town",
        "question": "PARKS_1",
        "title": "Parks: more benches",
        "group_name": "Zürich women",
        "steering": "few-shot",
        "format": "verbalized",
        "model": "gpt-4o",
        "kind": "live",
        "status": "done",
        "kl": run.alignment["kl"],
        "tv": run.alignment["tv"],
        "floor_kl": pytest.approx(run.alignment.scores["kl"].floor),
        "muted": 0,
    }


def test_both_sides_stand_beside_each_other_by_label(
    history: History, done: MakeRun, draft: MakeRun, plain: sqlite3.Connection
) -> None:
    compared, waiting, alone = done(), draft(), done(human=None)
    history.finish(compared)
    history.begin(waiting)
    history.finish(alone)

    def sides(run: Run) -> list[tuple[object, ...]]:
        sql = "SELECT label, round(human, 3), round(model, 3) FROM run_distributions WHERE run_id = ? ORDER BY position"
        return plain.execute(sql, (run.id,)).fetchall()

    assert sides(compared) == [("Yes", 0.748, 0.5), ("Maybe", 0.191, 0.3), ("No", 0.061, 0.2), ("Refused", None, None)]
    assert sides(waiting) == [
        ("Yes", 0.735, None),
        ("Maybe", 0.188, None),
        ("No", 0.06, None),
        ("Refused", 0.017, None),
    ]
    assert sides(alone) == [("Yes", None, 0.5), ("Maybe", None, 0.3), ("No", None, 0.2), ("Refused", None, 0.0)]


def test_an_infinite_kl_names_its_option(history: History, done: MakeRun, plain: sqlite3.Connection) -> None:
    history.finish(rescore(replace(done(), drop_nonresponse=False)))
    sql = "SELECT kl_unsmoothed, kl_infinite_at, human_n, coverage, cost_usd FROM run_measures"
    assert plain.execute(sql).fetchone() == (None, "Refused", 58.5, 1.0, 0.00134)


def test_every_option_of_the_recipe_has_a_column(history: History, done: MakeRun, plain: sqlite3.Connection) -> None:
    run = done()
    history.finish(run)
    values: dict[str, str | float] = {option.name: option.of(run.cell.recipe) for option in OPTIONS}
    values |= {name: getattr(run.cell.recipe, name) for name in ("samples", "examples", "repeats", "temperature")}
    assert (values["repair"], values["check_text"]) == ("2", "yes")
    (row,) = history.exported()
    assert {name: row[name] for name in COLUMNS if name in values} == values
    assert plain.execute(f"SELECT {', '.join(values)} FROM run_measures").fetchone() == tuple(values.values())


def test_plain_joins_find_prompt_and_answer(history: History, done: MakeRun, plain: sqlite3.Connection) -> None:
    history.finish(done())
    sql = """
        SELECT prompts.user, calls.raw_text, group_attributes.value, humans.n
        FROM runs JOIN prompts ON prompts.hash = prompt_hash JOIN calls ON calls.run_id = runs.id
          JOIN group_attributes USING (group_hash) JOIN humans ON humans.hash = human_hash
        WHERE attribute = 'sex'
    """
    assert plain.execute(sql).fetchall() == [
        ("Estimate the shares.\nAnswer:", "{'A': '50%', 'B': '30%', 'C': '20%', 'D': '0%'}", "Female", 58.5)
    ]


def test_what_runs_share_is_stored_once(history: History, done: MakeRun, plain: sqlite3.Connection) -> None:
    for _ in range(2):
        history.finish(done())
    changed = replace(done().cell.question, text="Should the town have fewer benches?")
    history.finish(done(question=changed))
    counts = {
        table: plain.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("runs", "prompts", "groups", "questions", "options", "humans", "human_shares")
    }
    assert counts == {
        "runs": 3, "prompts": 2, "groups": 2, "questions": 2, "options": 8, "humans": 4, "human_shares": 16
    }  # fmt: skip


def test_columns_are_plain_numbers_and_texts(history: History, done: MakeRun, plain: sqlite3.Connection) -> None:
    history.finish(done())
    found = [name for (name,) in plain.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    tables = [name for name in found if "_search" not in name]  # FTS5 has tables of its own
    columns = [(table, *column[1:3]) for table in tables for column in plain.execute(f"PRAGMA table_info({table})")]
    assert {kind for _, _, kind in columns} == {"TEXT", "INTEGER", "REAL"}
    for table, column, _ in columns:
        for (value,) in plain.execute(f"SELECT {column} FROM {table}"):
            assert not isinstance(value, bytes)
            assert (table, column) == ("calls", "raw_text") or not str(value).startswith(("{", "["))
    assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert plain.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_new_file_is_what_all_steps_make_of_an_empty_one(history: History, plain: sqlite3.Connection) -> None:
    def laid_out(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
        sql = "SELECT type, name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'run\\_%' ESCAPE '\\'"
        comments_quotes_and_blanks = r"--.*|\"|\s+"
        return {
            (kind, name, re.sub(comments_quotes_and_blanks, "", made)) for kind, name, made in connection.execute(sql)
        }

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as stepped:
        migrations(STEPS).apply(Database(stepped, execute_plugins=False))
        assert laid_out(plain) == laid_out(stepped)
        sql = "SELECT id, migration_set, name FROM _sqlite_migrations"
        assert plain.execute(sql).fetchall() == stepped.execute(sql).fetchall()


def test_opening_again_changes_nothing(path: Path, done: MakeRun) -> None:
    run = done()
    with History.open(path) as history:
        history.finish(run)
    with closing(sqlite3.connect(path)) as plain:
        before = list(plain.iterdump())
    for _ in range(2):
        with History.open(path) as history:
            assert history.get(run.id) == run
    with closing(sqlite3.connect(path)) as plain:
        assert list(plain.iterdump()) == before


@pytest.mark.parametrize("is_known", [True, False])
def test_a_new_and_a_known_file_need_no_heavy_import(path: Path, done: MakeRun, is_known: bool) -> None:
    if is_known:
        with History.open(path) as history:
            history.finish(done())
    script = (
        "import sys; from pathlib import Path; from opinionscope.history import History\n"
        "with History.open(Path(sys.argv[1])) as history: print(history.count() == int(sys.argv[2]))\n"
        "print([name for name in ('sqlite_utils', 'pandas', 'litellm', 'textual') if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, str(path), str(int(is_known))],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert result.stdout.split("\n")[:2] == ["True", "[]"]


def test_a_file_from_before_requests_were_hashed_is_brought_up_to_date(path: Path, done: MakeRun) -> None:
    run = done()
    with History.open(path) as history:
        history.finish(run)
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("DROP INDEX calls_request")
        plain.execute("ALTER TABLE calls DROP COLUMN request_hash")
        plain.execute("DELETE FROM _sqlite_migrations WHERE name = 'hashes_of_requests'")
    with History.open(path) as history:
        assert history.get(run.id) == replace(run, replies=(replace(run.replies[0], request_hash=""),))
