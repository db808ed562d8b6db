"""Several threads and programs at one file, and programs that die."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from opinionscope.history import History
from opinionscope.runs import Run, new_run_id
from opinionscope.values import replace

MakeRun = Callable[..., Run]

PROGRAM = """
import os, sys
from opinionscope.values import replace
from pathlib import Path
from opinionscope.history import History
from opinionscope.runs import new_run_id

path, task = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
history = History.open(path)
if task == "write":
    pattern = history.get(sys.argv[3])
    for _ in range(50):
        run = replace(pattern, id=new_run_id())
        history.begin(run)
        history.finish(run)
elif task == "die":
    history.begin(replace(history.get(sys.argv[3]), id=new_run_id()))
    print(*os.listdir(path.parent), flush=True)
    os._exit(9)
print([row.status for row in history.page(limit=1)], flush=True)
"""


def _start(path: Path, task: str, pattern: str = "") -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path), task, pattern],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _go(*programs: "subprocess.Popen[str]") -> list[str]:
    """Let programs loose at the same time, and collect what they say."""
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
    results = [program.communicate(timeout=120) for program in programs]
    assert not any(stderr for _, stderr in results), results
    return [stdout for stdout, _ in results]


def _session_files(path: Path) -> list[str]:
    return [file.name for file in path.parent.iterdir() if "session" in file.name]


def test_threads_and_programs_write_without_loss(history: History, done: MakeRun) -> None:
    pattern = done()
    history.finish(pattern)

    def write(into: History) -> None:
        for _ in range(50):
            run = replace(pattern, id=new_run_id())
            into.begin(run)
            into.finish(run)

    programs = [_start(history.path, "write", pattern.id) for _ in range(2)]
    with History.open(history.path) as second, ThreadPoolExecutor() as pool:
        writing = [pool.submit(write, into) for into in (history, history, second)]
        _go(*programs)
        for future in writing:
            future.result()
    assert (history.count(), history.count("done")) == (251, 251)
    rows = history.page(limit=300)
    assert len({row.id for row in rows}) == 251
    assert replace(history.get(rows[0].id), id=pattern.id) == pattern
    assert _session_files(history.path) == []


def test_two_programs_may_begin_the_same_file(path: Path) -> None:
    assert _go(_start(path, "look"), _start(path, "look")) == ["[]\n", "[]\n"]


def test_a_killed_program_leaves_a_run_that_is_not_taken_for_finished(history: History, done: MakeRun) -> None:
    history.finish(done())
    (said,) = _go(_start(history.path, "die", history.page()[0].id))
    assert "session" in said
    assert history.page()[0].status == "running"
    with History.open(history.path) as later:
        row = later.page()[0]
        run = later.get(row.id)
    assert (row.status, run.status, run.error_title, row.kl) == ("cancelled", "cancelled", "Interrupted", None)
    assert "score what there is" in run.error
    assert _session_files(history.path) == []


def test_a_run_under_way_elsewhere_is_left_alone(history: History, draft: MakeRun, done: MakeRun) -> None:
    run = draft()
    history.begin(run)
    assert _go(_start(history.path, "look")) == ["['running']\n"]
    with History.open(history.path) as other:
        assert other.get(run.id).status == "running"
    finished = done(id=run.id)
    history.finish(finished)
    assert history.get(run.id) == finished
    assert _session_files(history.path) == []


def test_closing_with_a_run_under_way_gives_it_up(path: Path, draft: MakeRun) -> None:
    run = draft()
    with History.open(path) as history:
        history.begin(run)
    assert _session_files(path) == []
    with History.open(path) as history:
        assert history.get(run.id).status == "cancelled"


def test_a_program_wrongly_taken_for_dead_puts_its_run_right(history: History, draft: MakeRun, done: MakeRun) -> None:
    run = draft()
    history.begin(run)
    for name in _session_files(history.path):
        history.path.with_name(name).unlink()
    with History.open(history.path) as other:
        assert other.get(run.id).status == "cancelled"
    history.finish(done(id=run.id))
    assert history.get(run.id) == done(id=run.id)


def test_a_foreign_session_name_touches_no_other_file(history: History, draft: MakeRun) -> None:
    """The file may come from somebody else: what it calls a session must not lead out of its folder."""
    history.begin(draft())
    target = history.path.parent.parent / "precious"
    target.touch()
    with closing(sqlite3.connect(history.path)) as plain, plain:
        plain.execute("UPDATE runs SET session = 'x/../../precious'")
    with History.open(history.path) as other:
        assert other.page()[0].status == "cancelled"
    assert target.exists()
