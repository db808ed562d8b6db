"""Keys answer while litellm is being imported."""

import os
import subprocess
import sys

SCRIPT = """
import asyncio, sys, threading
from opinionscope.values import replace
from importlib.abc import Loader
from importlib.machinery import PathFinder

released, reached = threading.Event(), threading.Event()

class Slow(Loader):
    def __init__(self, loader):
        self.loader = loader

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        reached.set()
        released.wait()
        raise ImportError("after what is watched here")

class Finder:
    def find_spec(name, path, target=None):
        if name == "litellm":
            spec = PathFinder.find_spec(name, path)
            spec.loader = Slow(spec.loader)
            return spec

sys.meta_path.insert(0, Finder)

from opinionscope.tui.start import make_app
from opinionscope.tui.screens.explore import ExploreScreen

def choose(arrangement):
    return replace(arrangement, choices=replace(arrangement.choices, model="hosted_vllm/x", api_base="http://127.0.0.1:9/v1"))

async def main():
    app = make_app()
    load = app._load
    app._load = lambda: choose(load())
    async with app.run_test(size=(120, 36)) as pilot:
        while not isinstance(app.screen, ExploreScreen):
            await pilot.pause(0.01)
        await pilot.press("r")
        while not reached.is_set():
            await pilot.pause(0.01)
        await pilot.press("u", "question_mark")
        await pilot.pause()
        assert not isinstance(app.screen, ExploreScreen)
        await pilot.press("escape", "escape", "s")
        await pilot.pause()
        assert app.screen.choices.steering == "few-shot"
        assert not released.is_set()
        released.set()
        await pilot.pause()
    print("answered")

asyncio.run(main())
"""


def test_keys_answer_while_litellm_is_imported(tmp_path):
    environment = {**os.environ, "OPINIONSCOPE_HOME": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment, timeout=120
    )
    assert result.stdout.strip() == "answered", result.stderr
