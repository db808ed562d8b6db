"""What is loaded when: nothing heavy before it is needed."""

import os
import subprocess
import sys

import pytest

HEAVY = ("litellm", "pandas", "scipy", "numpy", "sqlite_utils", "plotext", "openai", "httpx", "aiohttp", "pydantic")

PROGRAM = """
import asyncio, sys
from opinionscope.tui.start import make_app

async def main():
    app = make_app()
    painted = set()
    app._load = (lambda load: lambda: painted.update(sys.modules) or load())(app._load)
    async with app.run_test(size=(120, 36)) as pilot:
        while not app.screen.query("ChartView"):
            await pilot.pause(0.01)
        assert app.screen.query_one("ChartView").data.model
        print(*(sys.modules if {until_chart} else painted))

asyncio.run(main())
"""
ALL_BUT_NUMPY = tuple(name for name in HEAVY if name != "numpy")
HOME_GROWN = (
    "opinionscope.elicitation",
    "opinionscope.runs",
    "opinionscope.history",
    "opinionscope.respondents",
)
NOT_FOR_ONE_RUN = (
    "opinionscope.comparison",
    "opinionscope.local.serving",
    "opinionscope.report.figure",
    "opinionscope.respondents.batch_door",
    "opinionscope.respondents.catalog",
    "opinionscope.runs.sweep",
)


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
            ALL_BUT_NUMPY,
        ),
        (PROGRAM.format(until_chart=False), (*HEAVY, *HOME_GROWN, "click")),
        (PROGRAM.format(until_chart=True), (*ALL_BUT_NUMPY, *NOT_FOR_ONE_RUN)),
    ],
    ids=["package", "version", "domain", "first paint", "first recorded chart"],
)
def test_what_is_loaded(code, forbidden, tmp_path):
    assert loaded_by(code, tmp_path) & set(forbidden) == set()
