"""What users do with saved runs: pins, a bin with undo, saved selections, merging; and old files that get all of it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlite_utils import Database

from opinionscope.history import History, HistoryError, values_in
from opinionscope.history.migrations import STEPS, migrations
from opinionscope.runs import Run, rescore
from opinionscope.selection import SelectionError
from opinionscope.selection.completing import completions
from opinionscope.values import replace

MakeRun = Callable[..., Run]


@pytest.mark.parametrize("steps", range(1, len(STEPS) + 1))
def test_runs_of_every_earlier_version_are_found_and_kept(path: Path, filled: Callable[..., None], steps: int) -> None:
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrations(STEPS[:steps]).apply(Database(connection, execute_plugins=False))
        filled(connection, "questions", hash="q", question_id="Q1", text="More benches?")
        filled(connection, "options", question_hash="q", position=0, label="Yes")
        filled(connection, "groups", hash="g", name="Female")
        filled(connection, "prompts", hash="p", system="You know surveys.", user="Estimate.")
        for run_id, created in (("01OLDA", "2025-05-01"), ("01OLDB", "2025-06-01")):
            filled(
                connection, "runs", id=run_id, created=f"{created}T12:00:00.000000Z", status="done", kind="live",
                question_hash="q", group_hash="g", prompt_hash="p", format="verbalized", note="mine",
            )  # fmt: skip
            filled(connection, "calls", run_id=run_id, raw_text=f"The answer of {run_id}: naïve.")
    with History.open(path) as history:
        assert history.ids('"know surveys"') == ["01OLDB", "01OLDA"]
        assert history.ids('"of 01olda naive"') == ["01OLDA"]
        assert history.ids("on:2025-05") == ["01OLDA"]
        assert [(row.pinned, row.note) for row in history.page(sort="kl")] == [(False, "mine")] * 2
        history.pin("01OLDA")
        history.bin("01OLDB")
        assert [(row.id, row.pinned) for row in history.page()] == [("01OLDA", True)]
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("PRAGMA foreign_key_check").fetchall() == []


def test_deleted_runs_can_be_brought_back_until_the_program_ends(history: History, done: MakeRun) -> None:
    first, second, third = (done() for _ in range(3))
    for run in (first, second, third):
        history.finish(run)
    assert history.bin(first.id[-8:], second.id) == [first.id, second.id]
    assert (history.ids(), history.count(), history.count("parks")) == ([third.id], 1, 1)
    assert history.ids(sort="kl") == history.ids('"three parks"', sort="question") == [third.id]
    assert [run.id for run in history.answered_by(first.model, first.cell.steering, [first.cell.format], 9)] == [
        third.id
    ]
    with pytest.raises(HistoryError, match="or has it no longer"):
        history.get(first.id)
    with closing(sqlite3.connect(history.path)) as plain:
        for view in ("run_overview", "run_measures", "run_distributions"):
            assert plain.execute(f"SELECT DISTINCT run_id FROM {view}").fetchall() == [(third.id,)]
    history.unbin(first.id)
    assert history.get(first.id) == first
    with History.open(history.path) as another:
        assert another.ids() == [third.id, first.id]
    history.unbin(second.id)
    assert history.get(second.id) == second
    history.bin(second.id)
    history.close()
    with History.open(history.path) as later:
        assert later.count() == 2
    assert [file.name for file in history.path.parent.iterdir() if "session" in file.name] == []
    with closing(sqlite3.connect(history.path)) as plain:
        assert plain.execute("SELECT count(*) FROM runs").fetchone() == (2,)


def test_pins_stay_when_a_run_is_written_again(history: History, done: MakeRun) -> None:
    run = done()
    history.finish(run)
    history.pin(run.id)
    history.finish(rescore(run))
    assert history.page()[0].pinned
    history.unpin(run.id)
    assert not history.page()[0].pinned


def test_selections_are_saved_by_name(history: History) -> None:
    history.save_selection(" best ", "kl<0.1  status:done")
    history.save_selection("best", "kl<0.2")
    history.save_selection("Ä", "tag:x")
    assert history.selections() == {"best": "kl<0.2", "Ä": "tag:x"}
    history.forget_selection("best")
    assert history.selections() == {"Ä": "tag:x"}
    with pytest.raises(SelectionError):
        history.save_selection("bad", "modle:x")
    with pytest.raises(HistoryError, match="expected a name"):
        history.save_selection("  ", "x")


def test_histories_are_joined_and_nothing_is_overwritten(history: History, done: MakeRun, tmp_path: Path) -> None:
    both, ours, theirs, changed = done(note=""), done(), done(), done()
    elsewhere = tmp_path / "other.db"
    with History.open(elsewhere) as other:
        for run in (both, theirs, replace(changed, finished=changed.created + timedelta(hours=1))):
            other.finish(run)
        other.tag(both.id, "theirs")
        other.note(both.id, "a word")
        other.pin(theirs.id)
        other.save_selection("same", "kl<1")
        other.save_selection("new", "tv<1")
    for run in (both, ours, changed):
        history.finish(run)
    history.save_selection("same", "kl<2")
    before = elsewhere.read_bytes()
    merged = history.merge(elsewhere)
    assert (merged.added, merged.known, merged.conflicts, merged.selections) == (
        (theirs.id,),
        1,
        (changed.id,),
        ("same",),
    )
    assert history.get(theirs.id) == replace(theirs, pinned=True)
    assert history.get(changed.id) == changed
    assert history.get(both.id) == replace(both, tags=(*both.tags, "theirs"), note="a word")
    assert {row.id: row.pinned for row in history.page()}[theirs.id]
    assert history.selections() == {"same": "kl<2", "new": "tv<1"}
    assert elsewhere.read_bytes() == before
    again = history.merge(elsewhere)
    assert (again.added, again.known) == ((), 2)
    with pytest.raises(HistoryError, match="this very history"):
        history.merge(history.path)
    with pytest.raises(HistoryError, match="is not there"):
        history.merge(tmp_path / "nowhere.db")
    (tmp_path / "junk.db").write_text("no database " * 99)
    with pytest.raises(HistoryError, match="not an SQLite database"):
        history.merge(tmp_path / "junk.db")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("mod", "model:"), ("-ta", "tag:"), ("kl", "kl<"), ("parks kl_", "kl_unsmoothed<"), ("model:", "gpt-4o"),
        ("group:zur", '"Zürich women"'), ('group:"zur', '"Zürich women"'), ("tag:", "benches"),
        ("tag:benches,pi", "pilot"),
        ("on:y", "yesterday"), ("kind:rec", "recorded"), ("status:d", "done"), ("nonsense:x", None), ("kl:0", None),
    ],
)  # fmt: skip
def test_a_selection_is_completed_as_it_is_typed(history: History, done: MakeRun, text: str, first: str | None) -> None:
    history.finish(done())
    found = completions(text, len(text), partial(values_in, history))
    assert (found[0].text if found else None) == first
    if found:
        whole = text[: found[0].start] + found[0].text
        history.count(whole if whole[-1] not in ":<" else f"{whole}1" if whole[-1] == "<" else f"{whole}x")


def test_every_part_of_a_word_can_be_completed_within_a_line(history: History, done: MakeRun) -> None:
    history.finish(done())
    (completion,) = completions("-model:gp status:done", len("-model:gp"), partial(values_in, history))
    assert (completion.start, completion.text) == (len("-model:"), "gpt-4o")
