"""What is loaded when: nothing heavy before it is needed."""

import os
import subprocess
import sys

import pytest

HEAVY = ("litellm", "pandas", "scipy", "numpy", "sqlite_utils", "plotext", "openai", "httpx", "aiohttp", "pydantic")

FIRST_PAINT = """
import asyncio, sys
from opinionscope.session import Session
from opinionscope.tui.app import OpinionscopeApp
from opinionscope.tui.start import arrangement
from opinionscope.tui.widgets.chart_view import ChartView

async def main():
    app = OpinionscopeApp(arrangement(Session.open()))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        assert app.screen.query_one(ChartView).data.model
        print(*sys.modules)

asyncio.run(main())
"""


def loaded_by(code: str, home) -> set[str]:
    environment = {**os.environ, "OPINIONSCOPE_HOME": str(home)}
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=120, check=True
    )
    return set(result.stdout.split())


@pytest.mark.parametrize(
    ("code", "forbidden"),
    [
        ("import opinionscope, sys; print(*sys.modules)", (*HEAVY, "textual", "click", "rich", "msgspec")),
        (
            "import sys; from opinionscope.cli import main\n"
            "try: main(['--version'])\nexcept SystemExit: print(*sys.modules)",
            (*HEAVY, "textual", "rich", "msgspec", "asyncio"),
        ),
        (
            "import opinionscope.survey, opinionscope.elicitation, opinionscope.alignment, sys; print(*sys.modules)",
            HEAVY,
        ),
        (FIRST_PAINT, HEAVY),
    ],
    ids=["package", "version", "domain", "first recorded chart"],
)
def test_what_is_loaded(code, forbidden, tmp_path):
    assert loaded_by(code, tmp_path) & set(forbidden) == set()
