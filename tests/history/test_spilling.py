"""Runs that could not be written wait in files of their own, and are taken in once."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from opinionscope.history import History, HistoryError, HistoryWriter
from opinionscope.history.spilling import read_spill, spill_files, write_spill
from opinionscope.runs import Run, RunError
from opinionscope.values import replace

MakeRun = Callable[..., Run]

OPEN_AND_COUNT = """
import sys
from pathlib import Path
from opinionscope.history import History
print("ready", flush=True)
sys.stdin.readline()
print(History.open(Path(sys.argv[1])).count())
"""

DIE_BEFORE_THE_FILE_GOES = """
import os, sys
from pathlib import Path
from opinionscope.history import History
Path.unlink = lambda *_, **__: os._exit(9)
History.open(Path(sys.argv[1]))
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_a_spill_holds_the_whole_run_for_the_user_alone(path: Path, done: MakeRun) -> None:
    run = done()
    spill = write_spill(path, run)
    assert read_spill(spill) == run
    assert spill.parent == path.parent
    assert stat.S_IMODE(spill.stat().st_mode) == 0o600
    assert spill_files(path) == [spill]
    assert spill.stat().st_size < 100_000
    with closing(sqlite3.connect(spill)) as plain:
        assert plain.execute("SELECT status FROM run_overview").fetchall() == [("done",)]


def test_the_next_start_takes_it_in_once(path: Path, done: MakeRun) -> None:
    run = done()
    write_spill(path, run)
    with History(path) as history:
        assert history.count() == 1
        assert history.get(run.id) == run
        assert history.taken_in == [run.id]
    assert spill_files(path) == []
    with History(path) as history:
        assert (history.count(), history.taken_in) == (1, [])


def test_it_takes_the_place_of_what_was_stored_before_the_end(path: Path, draft: MakeRun, done: MakeRun) -> None:
    run = draft()
    with History(path) as history:
        history.begin(run)
        history.tag(run.id, "mine")
    finished = done(id=run.id)
    write_spill(path, finished)
    with History(path) as history:
        assert history.get(run.id) == replace(finished, tags=(*finished.tags, "mine"))


def test_what_was_done_with_a_run_since_is_not_undone(path: Path, done: MakeRun) -> None:
    run = done()
    later = replace(run, finished=run.finished + timedelta(seconds=1), note="scored again")
    with History(path) as history:
        history.finish(later)
    write_spill(path, run)
    with History(path) as history:
        assert history.get(run.id) == later
    assert spill_files(path) == []


def test_a_program_killed_before_the_file_goes_leaves_no_double(path: Path, done: MakeRun) -> None:
    run = done()
    write_spill(path, run)
    killed = subprocess.run([sys.executable, "-c", DIE_BEFORE_THE_FILE_GOES, path], check=False)
    assert killed.returncode == 9
    assert len(spill_files(path)) == 1
    with History(path) as history:
        assert (history.count(), history.taken_in) == (1, [])
        assert history.get(run.id) == run
    assert spill_files(path) == []


def test_two_programs_that_start_at_once_take_each_run_once(path: Path, done: MakeRun) -> None:
    runs = [done() for _ in range(20)]
    for run in runs:
        write_spill(path, run)
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN_AND_COUNT, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
    assert [program.communicate(timeout=60)[0] for program in programs] == ["20\n", "20\n"]
    assert spill_files(path) == []
    with History(path) as history:
        assert [history.get(run.id) for run in runs] == runs


def test_a_history_of_another_name_is_not_concerned(path: Path, done: MakeRun, temporary: Path) -> None:
    path.parent.mkdir(parents=True)
    write_spill(path, done())
    assert spill_files(path.with_name("other.db")) == []
    assert not History(path.with_name("other.db")).exists


def test_only_a_temporary_folder_of_the_users_own_is_trusted(tmp_path: Path, done: MakeRun, temporary: Path) -> None:
    (tmp_path / "file").touch()
    history = tmp_path / "file" / "history.db"
    spill = write_spill(history, done())
    assert spill.is_relative_to(temporary)
    assert spill_files(history) == [spill]
    spill.parent.chmod(0o777)
    assert spill_files(history) == []
    with pytest.raises(HistoryError):
        write_spill(history, done())
    spill.parent.chmod(0o700)
    moved = spill.parent.rename(temporary / "elsewhere")
    spill.parent.symlink_to(moved)
    assert spill_files(history) == []
    with pytest.raises(HistoryError):
        write_spill(history, done())


def test_nothing_half_written_is_left_or_taken_in(path: Path, done: MakeRun, monkeypatch, temporary: Path) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(HistoryError, match="disk is full"):
        write_spill(path, done())
    assert list(path.parent.iterdir()) == []
    assert spill_files(path) == []


class Failing(History):
    """Cannot be written for so many times."""

    failures = 0

    def finish(self, run: Run) -> None:
        if self.failures:
            self.failures -= 1
            raise HistoryError("the disk is full")
        super().finish(run)


def test_it_is_tried_again_with_pauses_before_a_spill(path: Path, done: MakeRun) -> None:
    pauses: list[float] = []
    with Failing(path) as history:
        writer = HistoryWriter(history, wait=pauses.append)
        history.failures = 2
        assert writer.finish(done()) is None
        assert pauses == [0.2, 1.0]
        history.failures = 3
        run = done()
        unkept = writer.finish(run)
        assert unkept is not None
        assert unkept.path is not None
        assert "the disk is full. It waits in" in unkept.words
        history.failures = 1
        writer.retry()
        assert list(writer.unkept) == [run.id]
        writer.retry()
        assert writer.unkept == {}
        assert not unkept.path.exists()
        assert history.count() == 2


def test_a_run_that_another_program_took_in_is_not_written_over(path: Path, done: MakeRun) -> None:
    with Failing(path) as history:
        writer = HistoryWriter(history, wait=lambda _: None)
        history.failures = 3
        run = done()
        assert writer.finish(run) is not None
        with History(path) as other:
            other.note(run.id, "taken in")
            other.delete(run.id)
        writer.retry()
        assert writer.unkept == {}
        assert history.count() == 0


def test_what_is_written_outlives_a_power_cut(history: History) -> None:
    with history._reading() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_a_run_resumed_here_is_not_resumed_by_another(history: History, draft: MakeRun) -> None:
    run = draft()
    history.begin(run)
    history.finish(replace(run, status="cancelled"))
    barrier, refused = threading.Barrier(2), []

    def resume(one: History) -> None:
        barrier.wait()
        try:
            one.resume(run.id)
        except RunError as error:
            refused.append(error.message)

    with History(history.path) as other:
        threads = [threading.Thread(target=resume, args=(each,)) for each in (history, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refused) == 1
        assert "is being asked by another process at this moment" in refused[0]
        with suppress(RunError):
            other.resume(run.id)
        assert other.get(run.id).status == "running"
