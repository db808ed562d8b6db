"""The terminal program in a browser: what a visitor sees, who is refused, and what is left behind."""

import asyncio
import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyte
import pytest

from opinionscope.commands.serve import is_loopback, may_open
from opinionscope.history import History
from opinionscope.history.errors import HistoryError
from opinionscope.settings import Paths

aiohttp = pytest.importorskip("aiohttp")
PATIENCE = 120.0


@pytest.mark.parametrize(
    ("bound", "asked", "origin", "allowed"),
    [
        ("127.0.0.1", "127.0.0.1:8000", None, True),
        ("127.0.0.1", "localhost:8000", "http://localhost:8000", True),
        ("::1", "[::1]:8000", "http://[::1]:8000", True),
        ("127.0.0.1", "127.0.0.1:8000", "http://evil.example", False),
        ("127.0.0.1", "127.0.0.1:8000", "http://127.0.0.1:9000", False),
        ("127.0.0.1", "127.0.0.1:8000", "null", False),
        ("127.0.0.1", "evil.example:8000", "http://evil.example:8000", False),
        ("0.0.0.0", "host.example:8000", "http://host.example:8000", True),
        ("0.0.0.0", "host.example:8000", "http://evil.example", False),
    ],
)
def test_pages_of_other_hosts_are_refused(bound: str, asked: str, origin: str | None, allowed: bool):
    assert may_open(bound, asked, origin) is allowed


def test_only_this_machine_is_loopback():
    assert [host for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "host") if is_loopback(host)] == [
        "127.0.0.1",
        "::1",
        "localhost",
    ]


@pytest.fixture(params=["--read-only"])
def served(
    home: Path, free_port: int, warm_program: Any, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[tuple[str, Path, Any]]:
    """A server with an option: its address, the folder in which it keeps visitors' files, its process."""
    port = str(free_port)
    monkeypatch.setenv("TMPDIR", str(home / "rooms"))
    (home / "rooms").mkdir()
    pipe = subprocess.PIPE
    arguments = ["serve", "--port", port, request.param]
    first = "import tempfile; tempfile.tempdir = None"  # a fork remembers the folder of the test that came first
    server = warm_program(arguments, stdout=pipe, stderr=pipe, text=True, first=first)
    yield f"127.0.0.1:{port}", home / "rooms", server
    if server.poll() is None:
        server.kill()
    server.wait()


class Visitor:
    """A browser's side of the websocket, with the screen that it would draw."""

    def __init__(self, websocket: Any) -> None:
        self._websocket = websocket
        self._screen = pyte.Screen(120, 36)
        self._stream = pyte.ByteStream(self._screen)

    async def press(self, key: str, words: str) -> None:
        """Type a key, and wait until words are on the screen."""
        await self._websocket.send_json(["stdin", key])
        await self.until(words)

    async def until(self, words: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while words not in self.shown:
                message = await self._websocket.receive()
                assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), self.shown
                if message.type == aiohttp.WSMsgType.BINARY:
                    self._stream.feed(message.data)

    @property
    def shown(self) -> str:
        return "\n".join(self._screen.display)


async def test_a_visitor_sees_recorded_answers_and_leaves_nothing_behind(
    served: tuple[str, Path, Any], wait_until: Any, home: Path
):
    address, rooms, server = served
    assert (await asyncio.to_thread(server.stderr.readline)).startswith(f"Open http://{address} ")
    page = await asyncio.to_thread(wait_until, lambda: _page(f"http://{address}/") or server.poll() is not None)
    assert server.poll() is None, server.stderr.read()
    assert f"ws://{address}/ws" in page
    async with aiohttp.ClientSession() as browser:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await browser.ws_connect(f"http://{address}/ws", headers={"Origin": "http://evil.example"})
        assert refused.value.status == 403
        url = f"http://{address}/ws?width=120&height=36"
        async with browser.ws_connect(url, headers={"Origin": f"http://{address}"}) as websocket:
            visitor = Visitor(websocket)
            await visitor.until("gpt-4, recorded")
            await visitor.press("r", "nobody is asked")
            assert "gpt-4, recorded" in visitor.shown
            await visitor.press("h", "No runs yet")
            (room,) = rooms.glob("opinionscope-*/*")
        await asyncio.to_thread(wait_until, lambda: not room.exists())
    assert not (home / "history.db").exists()
    os.kill(server.pid, signal.SIGTERM)
    assert await asyncio.to_thread(server.wait, PATIENCE) == 0
    assert server.stdout.read() == ""
    assert list(rooms.glob("opinionscope-*")) == []


@pytest.mark.parametrize("served", ["--shared"], indirect=True)
async def test_visitors_who_share_see_each_others_runs_in_the_hosts_history(
    served: tuple[str, Path, Any], wait_until: Any, home: Path
):
    address, _, server = served
    await asyncio.to_thread(wait_until, lambda: _page(f"http://{address}/") or server.poll() is not None)
    url, headers = f"http://{address}/ws?width=120&height=36", {"Origin": f"http://{address}"}
    async with aiohttp.ClientSession() as browser:
        async with browser.ws_connect(url, headers=headers) as websocket:
            one = Visitor(websocket)
            await one.until("gpt-4, recorded")
            await one.press("r", "Explore")
            await one.press("h", "1 run")
        async with browser.ws_connect(url, headers=headers) as websocket:
            other = Visitor(websocket)
            await other.until("gpt-4, recorded")
            await other.press("h", "1 run")
    assert (home / "history.db").exists()


def _page(url: str) -> str:
    """The page; "" while the server does not listen yet. Not by httpx, whose blocking calls the program refuses."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as answer:
            text: str = answer.read().decode()
            return text
    except urllib.error.URLError:
        return ""


def test_a_visitor_reads_the_hosts_files_and_writes_to_their_own(home: Path, tmp_path_factory: pytest.TempPathFactory):
    room = tmp_path_factory.mktemp("room")
    told = {"OPINIONSCOPE_HOME": str(home), "OPINIONSCOPE_VISITOR": str(room)}
    paths, looking = Paths.find(told), Paths.find({**told, "OPINIONSCOPE_READ_ONLY": "1"})
    assert {paths.settings, paths.themes, paths.templates, paths.host} == {
        home / name for name in ("settings.toml", "themes", "templates", "data")
    }
    for written in (paths.history, paths.data, paths.state, paths.session, paths.cache, paths.exports):
        assert written.is_relative_to(room)
    assert (looking.history, looking.is_read_only) == (home / "history.db", True)


def test_a_read_only_history_refuses_every_change(tmp_path: Path):
    with History.open(tmp_path / "history.db"):
        pass
    with History(tmp_path / "history.db", is_read_only=True) as history, pytest.raises(HistoryError, match="read-only"):
        history.save_selection("best", "kl<0.1")
