"""The process that answers for a model: one for all programs, and gone when nobody needs it."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from opinionscope.local import serving
from opinionscope.local.models import LocalModelError
from opinionscope.local.serving import LocalServer, free_cores
from opinionscope.respondents.base import RespondentError
from opinionscope.settings import Paths, Settings

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="looks for processes as Unix does")

PATIENCE = 60.0
ANOTHER_PROGRAM = """
import sys, time
from pathlib import Path
from opinionscope.local.serving import LocalServer, free_cores
from opinionscope.settings import Paths, Settings
served, _ = LocalServer("local/planted", Path(sys.argv[1]), Settings(local_threads=1), Paths.find()).begin()
print(served.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def server(planted_here: Paths, planted_file: Path) -> Callable[..., LocalServer]:
    def make(path: Path = planted_file, **settings: Any) -> LocalServer:
        return LocalServer("local/planted", path, Settings(local_threads=1, **settings), planted_here)

    return make


def _begun(server: LocalServer) -> int:
    """Ask once, and give the id of the process that answers."""
    served, connection = server.begin()
    connection.close()
    return served.pid


def _is_running(pid: int) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def _ends(pid: int) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if not _is_running(pid):
            return True
        time.sleep(0.1)
    return False


def _another_program(path: Path) -> "tuple[subprocess.Popen[str], int]":
    program = subprocess.Popen([sys.executable, "-c", ANOTHER_PROGRAM, str(path)], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    return program, int(program.stdout.readline())


def test_programs_share_one_process_until_the_last_one_ends(
    server: Any, planted_file: Path, let_go_of_all: Callable[[], None]
) -> None:
    pid = _begun(server())
    program, other = _another_program(planted_file)
    assert other == pid
    let_go_of_all()
    time.sleep(2)
    assert _is_running(pid)
    program.send_signal(signal.SIGKILL)
    program.wait()
    assert _ends(pid)
    program.stdout.close()


def test_only_the_user_can_read_where_it_is_and_nothing_stays(
    server: Any, planted_here: Paths, let_go_of_all: Callable[[], None]
) -> None:
    pid = _begun(server())
    (state,) = (planted_here.cache / "local").glob("*.json")
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    assert pid != os.getpid()
    let_go_of_all()
    assert _ends(pid)
    assert not state.exists()


def test_it_leaves_the_memory_when_idle_and_comes_back(server: Any) -> None:
    mine = server(local_idle=0.5)
    first = _begun(mine)
    assert _ends(first)
    assert _begun(mine) != first


def test_it_is_not_idle_while_a_call_is_under_way(server: Any) -> None:
    served, connection = server(local_idle=0.5).begin()
    time.sleep(2)
    assert _is_running(served.pid)
    connection.close()
    assert _ends(served.pid)


async def test_a_process_that_was_killed_is_said_and_started_anew(planted_here: Paths, ask: Any, connect: Any) -> None:
    run = await ask("log-probs")
    respondent, call = connect(), run.plan.first
    await respondent.respond(call)
    ((served, _),) = serving._held.values()
    os.kill(served.pid, signal.SIGKILL)
    assert _ends(served.pid)
    assert (await respondent.respond(call)).first_token


def test_a_damaged_file_is_said(server: Any, tmp_path: Path, planted_file: Path) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(planted_file.read_bytes()[:20_000])
    with pytest.raises(LocalModelError, match="damaged"):
        server(cut).begin()
    cut.write_bytes(b"something else")
    with pytest.raises(LocalModelError, match="damaged"):
        server(cut).begin()


async def test_what_is_missing_is_said_before_anything_starts(
    planted_here: Paths, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(serving, "find_spec", lambda _: None)
        with pytest.raises(RespondentError, match=r"pip install 'opinionscope\[local\]'"):
            await ask("log-probs")
    monkeypatch.setattr(serving, "free_memory", lambda: 1_000_000)
    with pytest.raises(RespondentError, match="close other programs"):
        await ask("log-probs")
    with pytest.raises(RespondentError, match="models get"):
        await ask("log-probs", "local/smollm2-135m-instruct")


@pytest.mark.parametrize(
    ("looks", "cores"),
    [("8.00 5.00 2.00 1/300 77", 4), ("8.00 5.00 2.00 3/300 77", 2), ("8.00 5.00 2.00 9/300 77", 1), ("", 1)],
)
def test_cores_are_free_again_before_the_load_says_so(
    looks: str, cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "physical_cores", lambda: 4)
    monkeypatch.setattr(os, "getloadavg", lambda: (8.0, 5.0, 2.0))
    monkeypatch.setattr(serving, "LOAD", tmp_path / "loadavg")
    (tmp_path / "loadavg").write_text(looks)
    monkeypatch.setattr(serving, "OUR_THREADS", tmp_path / "task")
    for number, state in enumerate("RS"):
        (tmp_path / "task" / str(number)).mkdir(parents=True)
        (tmp_path / "task" / str(number) / "stat").write_text(f"{number} (a) name) {state} 1")
    assert free_cores() == cores
