"""What was paid for is shown and not lost when the history cannot be written: the real program, a real lock."""

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from opinionscope.history import HistoryWriter, run_writer, store

resource = pytest.importorskip("resource")
ASK = ("run", "-q", "GAP21Q33_g_W82", "-g", "Democrat", "-m", "openai/x")
MAP = "{'A': '10%', 'B': '60%', 'C': '25%', 'D': '5%'}"

IMPATIENT = """
from opinionscope.history import HistoryWriter, store
store.History.__init__.__kwdefaults__["patience"] = 0.1
HistoryWriter.__init__.__kwdefaults__["pauses"] = (0.05, 0.1)
"""
"""Gives a lock up soon: the program itself waits 5 seconds three times."""


@pytest.fixture
def start(home, fake_openai, warm_program):
    """Starts a run of the real program in the background."""
    started = []

    def act(*arguments, **how):
        command = [*ASK, "--api-base", fake_openai.base, *arguments]
        pipe = subprocess.PIPE
        started.append(warm_program(command, stdout=pipe, stderr=pipe, text=True, **how))
        return started[-1]

    yield act
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def impatient(monkeypatch):
    """No pauses for what will not pass."""
    monkeypatch.setattr(store, "PATIENCE", 0.05)
    monkeypatch.setattr(HistoryWriter.__init__, "__kwdefaults__", {"pauses": (0, 0), "wait": lambda _: None})
    monkeypatch.setattr(store.History.__init__, "__kwdefaults__", {"patience": 0.05})
    return run_writer


def spills(home):
    return [path.name for path in home.iterdir() if "-spill-" in path.name]


def test_a_lock_that_stays_costs_no_answer(start, fake_openai, locked, home, cli, cli_json):
    fake_openai.always(text=MAP, hold=True)
    process = start(first=IMPATIENT)
    fake_openai.wait_for_requests(1, timeout=60)
    lock = locked(home / "history.db")
    fake_openai.release()
    out, err = process.communicate(timeout=120)
    assert process.returncode == 3, err
    assert "60 %" in out
    assert "KL(human" in out
    assert out.rstrip().endswith("not kept")
    assert "locked by another program" in err
    (spill,) = spills(home)
    assert str(home / spill) in err
    lock.release()
    listed = cli("history", "list", "--json")
    assert "Saved 1 run" in listed.stderr
    (row,) = json.loads(listed.stdout)
    assert (row["status"], spills(home)) == ("done", [])
    assert cli_json("history", "show", row["run_id"])["answer"]["probabilities"] == pytest.approx(
        [0.1, 0.6, 0.25, 0.05]
    )
    assert cli("history", "list").stderr == "1 of 1 run\n"


def test_a_lock_that_is_given_up_in_time_is_waited_for(start, fake_openai, locked, home, cli_json):
    fake_openai.always(text=MAP, hold=True)
    process = start()
    fake_openai.wait_for_requests(1, timeout=60)
    lock = locked(home / "history.db")
    fake_openai.release()
    shown = ""
    while "KL(human" not in shown:
        line = process.stdout.readline()
        assert line, shown
        shown += line
    lock.release()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, "not kept" in out + err) == (0, False)
    assert cli_json("history", "list")[0]["status"] == "done"


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs prlimit")
@pytest.mark.parametrize("room", [0, 100_000])
def test_a_full_disk_costs_no_answer(start, fake_openai, home, cli_json, room):
    fake_openai.always(text=MAP, hold=True)
    process = start("--json")
    fake_openai.wait_for_requests(1, timeout=60)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    fake_openai.release()
    out, err = process.communicate(timeout=60)
    run = json.loads(out)
    assert process.returncode == 3, err
    assert run["answer"]["raw"] == MAP
    assert run["kept"] is False
    if room:
        assert run["spill"] == str(home / spills(home)[0])
        assert cli_json("history", "show", run["run_id"])["answer"]["raw"] == MAP
    else:
        assert run["spill"] is None
        assert "copy what you need" in err


def test_a_run_that_could_not_be_kept_is_refused_before_it_costs_anything(cli, fake_openai, locked, home, impatient):
    assert cli(*ASK[:-1], "recorded/gpt-4").exit_code == 0
    locked(home / "history.db")
    result = cli(*ASK, "--api-base", fake_openai.base)
    assert result.exit_code == 2
    assert "Nobody was asked" in result.stderr
    assert "--no-save" in result.stderr
    assert fake_openai.bodies == []
    fake_openai.always(text=MAP)
    result = cli(*ASK, "--api-base", fake_openai.base, "--no-save", "--json")
    assert (result.exit_code, json.loads(result.stdout)["kept"]) == (0, False)


def test_a_recorded_answer_is_shown_though_it_cannot_be_kept(cli, locked, home, impatient):
    assert cli(*ASK[:-1], "recorded/gpt-4").exit_code == 0
    lock = locked(home / "history.db")
    result = cli(*ASK[:-1], "recorded/gpt-4", "--json")
    run = json.loads(result.stdout)
    assert (result.exit_code, run["kept"], run["status"]) == (3, False, "done")
    lock.release()
    assert len(json.loads(cli("history", "list", "--json").stdout)) == 2


@pytest.mark.parametrize("broken", ["file", "no database"])
def test_where_no_history_can_be_the_temporary_folder_has_the_run(
    cli, home, impatient, broken, tmp_path_factory, monkeypatch
):
    temporary = tmp_path_factory.mktemp("tmp")
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    database = home / "kept" / "history.db"
    if broken == "file":
        database.parent.write_text("a file where a folder should be")
    else:
        database.parent.mkdir()
        database.write_text("no database at all, " * 99)
    result = cli("--db", str(database), *ASK[:-1], "recorded/gpt-4", "--json")
    assert result.exit_code == 3
    spill = json.loads(result.stdout)["spill"]
    assert spill in result.stderr
    assert spill.startswith(str(temporary if broken == "file" else database.parent))
    database.parent.unlink() if broken == "file" else database.unlink()
    listed = cli("--db", str(database), "history", "list", "--json")
    assert [row["status"] for row in json.loads(listed.stdout)] == ["done"]
    assert not Path(spill).exists()


def test_a_model_that_cannot_be_asked_leaves_no_run(programs, home):
    for model in ("nonsense", "openai/gpt-4o"):
        code, out, _ = programs.in_pipes(*ASK[:-1], model, "--json")
        run = json.loads(out)
        assert (code, run["status"], run["run_id"], run["kept"]) == (1, "failed", None, False)
        assert run["human"]["n"] == 428
    assert not (home / "history.db").exists()


def test_what_only_reads_makes_no_history(cli, home):
    nowhere = home / "nope.db"
    result = cli("--db", str(nowhere), "history", "list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"No history yet at {nowhere}" in result.stderr
    assert cli("--db", str(nowhere), "history", "list", "--json").stdout == "[]\n"
    for command in ("show", "resume", "score"):
        result = cli("--db", str(nowhere), "history", command, "01X")
        assert result.exit_code == 2
        assert "no history yet" in result.stderr
    assert list(home.iterdir()) == []


def test_a_spill_that_cannot_be_read_is_named_and_stays(cli, home):
    assert cli(*ASK[:-1], "recorded/gpt-4").exit_code == 0
    (home / "history.db-spill-01ABC").write_text("garbage " * 500)
    with closing(sqlite3.connect(home / "history.db-spill-01ABD")) as empty:
        empty.execute("CREATE TABLE t (x)")
    result = cli("history", "list", "--json")
    assert len(json.loads(result.stdout)) == 1
    assert result.stderr.count("Warning: ") == 2
    assert "01ABC is not an SQLite database" in result.stderr
    assert len(spills(home)) == 2
