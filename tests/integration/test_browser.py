"""The terminal program in a real browser: opened, read and driven by keyboard and mouse in headless Chromium.

Runs where Chromium is installed (``apt-get install chromium``, or its path in OPINIONSCOPE_TEST_CHROMIUM). It is
spoken to over its DevTools protocol, so no driver is needed::

    python -m pytest -m integration -rs tests/integration/test_browser.py

With OPINIONSCOPE_PICTURES=write it draws the picture of the README anew.
"""

import asyncio
import base64
import itertools
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyte
import pytest

aiohttp = pytest.importorskip("aiohttp")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM = os.environ.get("OPINIONSCOPE_TEST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
pytestmark = [pytest.mark.integration, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")]
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--no-first-run",
    "--disable-gpu",
    "--disable-background-networking",
    "--remote-debugging-port=0",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--window-size=1120,760",
)
PICTURE = Path(__file__).parents[2] / ".github" / "browser.png"
PICTURE_WANTED = os.environ.get("OPINIONSCOPE_PICTURES") == "write"
README = (PICTURE.parents[1] / "README.md").read_text(encoding="utf-8")
PATIENCE = 60.0


class Page:
    """A page with a terminal in it.

    Attributes:
        screen: what the page was told to draw.
    """

    def __init__(self, devtools: Any) -> None:
        self._devtools = devtools
        self._numbers = itertools.count()
        self.screen = pyte.Screen(1, 1)
        self._stream = pyte.ByteStream(self.screen)

    async def call(self, method: str, **parameters: Any) -> Any:
        """Have the browser do something; what comes meanwhile is drawn."""
        number = next(self._numbers)
        await self._devtools.send_json({"id": number, "method": method, "params": parameters})
        while True:
            answer = await self._receive()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]

    async def _receive(self) -> Any:
        message = await self._devtools.receive_json(timeout=PATIENCE)
        told = message.get("params", {})
        if message.get("method") == "Network.webSocketCreated":
            size = parse_qs(urlsplit(told["url"]).query)
            self.screen.resize(int(size["height"][0]), int(size["width"][0]))
        elif message.get("method") == "Network.webSocketFrameReceived" and told["response"]["opcode"] == 2:
            self._stream.feed(base64.b64decode(told["response"]["payloadData"]))
        return message

    @property
    def shown(self) -> str:
        return "\n".join(self.screen.display)

    async def until(self, *words: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not all(word in self.shown for word in words):
                    await self._receive()
        except TimeoutError:
            pytest.fail(f"not seen: {words} in\n{self.shown}")

    async def press(self, key: str, *words: str) -> None:
        """Press keys, each a letter or a name, and wait until words are on the screen."""
        codes = {"Enter": 13, "Escape": 27, "ArrowDown": 40}
        for each in [key] if key in codes else key:
            text = "\r" if each == "Enter" else "" if each in codes else each
            code = codes.get(each, ord(each[0].upper()))
            await self.call(
                "Input.dispatchKeyEvent", type="keyDown", key=each, text=text, code=each, windowsVirtualKeyCode=code
            )
            await self.call("Input.dispatchKeyEvent", type="keyUp", key=each, code=each, windowsVirtualKeyCode=code)
        await self.until(*words)

    async def click(self, word: str) -> None:
        """Click on a word of the screen."""
        row, line = next((row, line) for row, line in enumerate(self.screen.display) if word in line)
        box = "document.querySelector('.xterm-screen').getBoundingClientRect()"
        expression = f"(({{x, y, width, height}}) => [x, y, width, height])({box})"
        value = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        left, top, width, height = value["result"]["value"]
        x = left + (line.index(word) + 1.5) * width / self.screen.columns
        y = top + (row + 0.5) * height / self.screen.lines
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def draw(self) -> None:
        """Draw the README's picture anew, where that is wanted."""
        if PICTURE_WANTED:
            await self.call("Runtime.evaluate", expression="document.fonts.ready", awaitPromise=True)
            drawn = await self.call("Page.captureScreenshot", format="png")
            PICTURE.write_bytes(base64.b64decode(drawn["data"]))


@pytest.fixture
async def address(home: Path, free_port: int, fake_openai: Any) -> AsyncIterator[str]:
    """A server of the program, for visitors, with a live model by the name "loop"."""
    fake_openai.always(text="{'A': '10%', 'B': '60%', 'C': '25%', 'D': '5%'}")
    (home / "settings.toml").write_text(f'[models.loop]\nmodel = "openai/loop"\napi_base = "{fake_openai.base}"\n')
    port = str(free_port)
    pipe = asyncio.subprocess.PIPE
    arguments = ["-m", "opinionscope", "serve", "--port", port]
    server = await asyncio.create_subprocess_exec(sys.executable, *arguments, stderr=pipe)
    assert server.stderr is not None
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
        assert b"Open http://" in await server.stderr.readline()
        while True:
            with suppress(aiohttp.ClientConnectionError):
                async with session.get(f"http://127.0.0.1:{port}/"):
                    break
            await asyncio.sleep(0.05)
    yield f"http://127.0.0.1:{port}/?fontsize=14"
    server.terminate()
    await server.wait()


@pytest.fixture
async def page(address: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Page]:
    """The program's page in a browser without a window and without a network."""
    assert CHROMIUM is not None
    profile = str(tmp_path_factory.mktemp("profile"))
    pipe = asyncio.subprocess.PIPE
    command = [CHROMIUM, *OPTIONS, f"--user-data-dir={profile}", "about:blank"]
    browser = await asyncio.create_subprocess_exec(*command, stderr=pipe, stdout=asyncio.subprocess.DEVNULL)
    assert browser.stderr is not None
    try:
        async with asyncio.timeout(PATIENCE):
            while b"DevTools listening" not in (line := await browser.stderr.readline()):
                assert line, "Chromium did not start"
        devtools = urlsplit(line.split()[-1].decode()).netloc
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://{devtools}/json") as listed:
                (one,) = [each for each in await listed.json() if each["type"] == "page"]
            async with session.ws_connect(one["webSocketDebuggerUrl"], max_msg_size=0) as connection:
                opened = Page(connection)
                for method in ("Network.enable", "Page.enable", "Runtime.enable"):
                    await opened.call(method)
                await opened.call("Page.navigate", url=address)
                yield opened
    finally:
        browser.terminate()
        await browser.wait()


async def test_the_program_is_used_in_a_browser(page: Page, fake_openai: Any) -> None:
    await page.until("RECORDED", "Cut illegal immigration", "gpt-4, recorded")
    await page.click("Billionaires: good or bad?")  # the terminal has no keyboard before it is clicked on
    await page.until("RECORDED", "BILLION_W92")
    await page.draw()
    await page.press("/", "^r Run")
    await page.press("illegal", "Cut illegal immigration")
    await page.press("Enter", "RECORDED", "GAP21Q33_g_W82")
    await page.press("m", "type to search", "loop  openai/loop")
    await page.press("loop", "│ loop ")
    await page.press("Enter", "loop · not asked here yet")
    await page.press("r", "LIVE", "60 %", "+5")
    assert len(fake_openai.bodies) == 1
    await page.press("h", "1 run", "loop, live")
    if PICTURE_WANTED:
        return
    assert f".github/{PICTURE.name}" in README
    assert PICTURE.read_bytes().startswith(b"\x89PNG")
