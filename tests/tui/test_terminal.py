"""The real program on a real terminal: signals, suspending, a lost connection, a stderr that is no terminal."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
ALT_SCREEN, NO_ALT_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"


@pytest.fixture
def asking(home, fake_openai, terminal):
    """Starts the program, and a run of 30 calls of which two are answered."""

    def start(**how):
        (home / "settings.toml").write_text(f'model = "openai/x"\napi_base = "{fake_openai.base}"\n')
        fake_openai.then(text="A").then(text="B")
        fake_openai.always(text="D", hold=True)
        program = terminal(**how)
        program.wait_for(b"Top priority")
        program.type("ff")
        program.type("r")
        fake_openai.wait_for_requests(4, timeout=60)
        return program

    return start


def _state(pid):
    """The letters with which ps tells what a process does."""
    return subprocess.run(["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True).stdout


def _kept(home):
    (database,) = home.glob("history.db")
    with closing(sqlite3.connect(database)) as connection:
        statuses = [row[0] for row in connection.execute("SELECT status FROM runs")]
        (calls,) = connection.execute("SELECT count(*) FROM calls").fetchone()
    return statuses, calls


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT"])
def test_a_signal_gives_the_terminal_back_and_keeps_what_had_come(name, asking, fake_openai, home):
    program = asking()
    program.wait_for(b"2 of 30 answers")
    program.process.send_signal(getattr(signal, name))
    assert program.ended() == 128 + getattr(signal, name)
    assert program.is_given_back()
    assert b"Traceback" not in program.output
    assert _kept(home) == (["cancelled"], 2)
    assert [path.name for path in home.glob("*session*")] in ([], ["session.json"])


def test_a_lost_connection_ends_the_program_and_keeps_what_had_come(asking, home):
    program = asking()
    program.wait_for(b"2 of 30 answers")
    program.hang_up()
    assert program.process.wait(timeout=60) == 128 + signal.SIGHUP
    assert _kept(home) == (["cancelled"], 2)


def test_ctrl_z_suspends_and_comes_back(terminal, home, wait_until):
    program = terminal()
    program.wait_for(b"Top priority")
    program.type("\x1a")
    wait_until(lambda: _state(program.process.pid).startswith("T"))
    wait_until(program.is_given_back)
    drawn = len(program.output)
    program.process.send_signal(signal.SIGCONT)
    program.wait_for(ALT_SCREEN, b"Top priority", after=drawn)
    program.type("q")
    assert program.ended() == 0
    assert program.is_given_back()


def test_going_on_without_having_been_suspended_begins_nothing_twice(terminal, home):
    program = terminal()
    program.wait_for(b"Top priority")
    program.process.send_signal(signal.SIGCONT)
    program.type("?")
    program.wait_for(b"The numbers on this screen")
    program.type("\x1b")
    program.type("q")
    program.process.send_signal(signal.SIGTERM)
    program.ended()
    assert program.is_given_back()
    assert program.output.count(ALT_SCREEN) == 1


def test_it_draws_on_the_terminal_though_stderr_is_a_file(terminal, home, tmp_path):
    with (tmp_path / "errors").open("wb") as errors:
        program = terminal(stderr=errors)
        program.wait_for(ALT_SCREEN, b"Top priority")
        program.type("q")
        assert program.ended() == 0, (tmp_path / "errors").read_text()
    assert program.is_given_back()
    assert (tmp_path / "errors").read_bytes() == b""
