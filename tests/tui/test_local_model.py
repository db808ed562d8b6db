"""The small model of this machine: said on the first screen, fetched on demand, asked live."""

import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import OptionList

from opinionscope.local import serving
from opinionscope.local.models import SMALL, LocalModelError
from opinionscope.settings import Paths
from opinionscope.tui.probe_view import TRY_LIVE
from opinionscope.tui.screens import fetch as fetching
from opinionscope.tui.screens.fetch import FetchScreen
from opinionscope.tui.widgets.run_view import RunView

pytestmark = pytest.mark.skipif(not find_spec("xllamacpp"), reason="needs xllamacpp, from the extra `local`")


async def test_l_says_the_size_fetches_and_asks(opened, settled: Any, shown: Any, monkeypatch: Any) -> None:
    def fetch(name: str, paths: Any, progress: Any) -> Path:
        progress(SMALL.size // 2, SMALL.size)
        file = paths.data / "models" / f"{name}.gguf"
        file.parent.mkdir(parents=True)
        file.write_bytes(b"GGUF, but no model")
        return file

    monkeypatch.setattr(fetching, "fetch", fetch)
    async with opened(size=(80, 24)) as (app, pilot):
        assert TRY_LIVE in shown(app)
        await pilot.press("l")
        await settled(pilot)
        assert f"{SMALL.megabytes} MB" in shown(app)
        assert app.screen_stack[-2].choices.is_recorded
        await pilot.press("enter")
        await settled(pilot)
        run = app.screen.query_one(RunView).shown
        assert run.model == SMALL.model
        assert "damaged" in run.error
        await pilot.press("m")
        await settled(pilot)
        assert not any("MB once" in str(each.prompt) for each in app.screen.query_one(OptionList).options)


@pytest.mark.every_frame
async def test_the_list_of_models_offers_it_and_a_failure_is_said(
    opened, settled: Any, shown: Any, look: Any, monkeypatch: Any
) -> None:
    def fetch(name: str, paths: Any, progress: Any) -> Path:
        raise LocalModelError("this Python has no pip; bring the wheel", title="No model fetched")

    monkeypatch.setattr(fetching, "fetch", fetch)
    async with opened() as (app, pilot):
        await pilot.press("m", *"once", "enter")
        await settled(pilot)
        assert isinstance(app.screen, FetchScreen)
        assert "This Python has no pip; bring the wheel." in shown(app)
        assert "try again" in shown(app)
        await look(pilot, "fetch")
        await pilot.press("escape")
        await settled(pilot)
        assert app.screen.choices.is_recorded


async def test_leaving_stops_the_fetching(opened, until: Any, monkeypatch: Any) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def fetch(name: str, paths: Any, progress: Any) -> Path:
        try:
            while True:
                progress(SMALL.size // 3, SMALL.size)
                begun.set()
        finally:
            stopped.set()

    monkeypatch.setattr(fetching, "fetch", fetch)
    async with opened(size=(80, 24)) as (app, pilot):
        await pilot.press("l", "enter")
        await until(pilot, begun.is_set)
        await pilot.press("escape")
        await until(pilot, stopped.is_set)
        assert not isinstance(app.screen, FetchScreen)
        assert app.screen.choices.is_recorded


async def test_without_llama_it_says_what_to_install(opened, settled: Any, shown: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(serving, "find_spec", lambda _: None)
    async with opened() as (app, pilot):
        await pilot.press("l")
        await settled(pilot)
        assert "pip install 'opinionscope[local]'" in shown(app)


async def test_it_is_started_as_soon_as_it_is_chosen(opened, settled: Any, until: Any, monkeypatch: Any) -> None:
    begun = threading.Event()

    def begin(_: serving.LocalServer) -> Any:
        begun.set()
        raise LocalModelError("nothing that a choice should tell")

    monkeypatch.setattr(serving.LocalServer, "begin", begin)
    file = Paths.find().data / "models" / "mine.gguf"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"GGUF, but no model")
    async with opened() as (app, pilot):
        await pilot.press("m", *"local/mine", "enter")
        await until(pilot, begun.is_set)
        await settled(pilot)
        assert app.screen.choices.model == "local/mine"
        assert not app.screen.query_one(RunView).shown.error
