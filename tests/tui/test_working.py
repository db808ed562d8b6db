"""Errors that nobody expected: they are told in a sentence, where they were met is kept, and the program goes on."""

import ast
from pathlib import Path

from opinionscope import tui
from opinionscope.runs.errors import RunError
from opinionscope.tui import working
from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.widgets.run_view import RunView
from opinionscope.tui.working import Failed

TUI = Path(tui.__file__).parent


async def test_an_unexpected_error_of_a_worker_is_told_once_and_its_trace_is_kept(
    opened, until, said, monkeypatch, home
):
    async with opened() as (app, pilot):

        def breaks(*_, **__):
            raise ZeroDivisionError("http://me:hidden@example.org")

        monkeypatch.setattr(app._arrangement.history, "page", breaks)
        await pilot.press("h")
        await until(pilot, lambda: any("ZeroDivisionError" in words for words in said))
        await pilot.press("e", "h")
        await until(pilot, lambda: app.current_mode == "history" and all(each.is_finished for each in app.workers))
        (words,) = [words for words in said if "ZeroDivisionError" in words]
        assert words.startswith("Something went wrong the program met an error it does not know")
        (file,) = (home / "exports").iterdir()
        assert str(file) in words
        assert "in breaks" in file.read_text()
        assert "hidden" not in file.read_text().partition("Traceback")[2].rpartition("ZeroDivisionError")[2]
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ExploreScreen))


async def test_a_refusal_answers_every_key(opened, settled, said):
    async with opened() as (app, pilot):
        for _ in range(2):
            app.screen.post_message(Failed(RunError("nobody is asked here")))
            await settled(pilot)
        assert sum("nobody is asked here" in words for words in said) == 2


async def test_a_probe_that_breaks_gives_the_screen_back(opened, fake_openai, until, said, monkeypatch):
    async with opened(model="openai/x", api_base=fake_openai.base) as (app, pilot):

        async def breaks(choices, watch):
            raise ZeroDivisionError

        monkeypatch.setattr(app.screen._prober, "run", breaks)
        await pilot.press("r")
        view = app.screen.query_one(RunView)
        await until(pilot, lambda: view.shown.status == "failed")
        assert "ZeroDivisionError" in view.shown.error
        await until(pilot, lambda: any("ZeroDivisionError" in words for words in said))
        assert app.screen.check_action("run", ())


def test_every_worker_of_the_program_tells_its_errors():
    for path in TUI.rglob("*.py"):
        if path != Path(working.__file__):
            for node in ast.walk(ast.parse(path.read_text())):
                assert not (isinstance(node, ast.Attribute) and node.attr == "run_worker"), path
                if isinstance(node, ast.ImportFrom) and node.module == "textual":
                    assert "work" not in [each.name for each in node.names], path
