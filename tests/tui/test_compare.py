import re
import threading
from contextlib import asynccontextmanager

import pytest

from opinionscope.comparison.comparing import compare
from opinionscope.runs import new_run_id
from opinionscope.tui.screens.compare import CompareScreen
from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.screens.history import HistoryScreen
from opinionscope.tui.screens.saved_run import SavedRunScreen
from opinionscope.tui.widgets.chart_view import ChartView
from opinionscope.tui.widgets.held_view import HeldView
from opinionscope.tui.widgets.run_view import RunView
from opinionscope.values import replace

SIZES = ((80, 24), (120, 36), (200, 60))
STEERINGS = ("persona", "few-shot", "none")


@pytest.fixture
def comparing(make_app, settled):
    """The program on the history of some runs, which are marked and compared."""

    @asynccontextmanager
    async def opened(size=(120, 36), steerings=STEERINGS, groups=("Democrat",), theme="scope-dark"):
        app = make_app()
        async with app.run_test(size=size) as pilot:
            app.theme = theme
            await settled(pilot)
            arranged = app._arrangement
            for steering in steerings:
                for group in groups:
                    run = await arranged.prober.peek(replace(arranged.choices, steering=steering, group=group))
                    arranged.history.finish(replace(run, id=new_run_id()))
            await pilot.press("h")
            await settled(pilot)
            await pilot.press(*["space"] * len(steerings) * len(groups), "c")
            await settled(pilot)
            app.clear_notifications()
            await settled(pilot)
            yield app, pilot

    return opened


@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]])
async def test_what_differs_stands_first_then_verdict_bars_and_measures(comparing, shown, settled, size):
    async with comparing(size, STEERINGS[:2]) as (app, pilot):
        assert isinstance(app.screen, CompareScreen)
        lines = [line.strip() for line in shown(app).splitlines()]
        assert lines[1 if size[1] < 34 else 2] == "Only the steering differs."
        assert any(line.startswith("? Asked once each: repeat to know") for line in lines)
        seen = shown(app)
        for _ in range(4):
            await pilot.press("tab")
            await settled(pilot)
            seen += shown(app)
        for part in ("humans", "█", "▀", "A − B", "95 % interval", "KL(human ‖ model) nats", "Prompts, A to B"):
            assert part in seen


async def test_bars_are_aligned_with_the_humans_first(comparing, shown):
    async with comparing((120, 44), STEERINGS[:2]) as (app, _pilot):
        lines = [line.strip() for line in shown(app).splitlines()]
        at = lines.index("Top priority")
        assert [line.split()[0] for line in lines[at + 1 : at + 4]] == ["humans", "A", "B"]
        starts = {shown(app).splitlines()[at + row].index(glyph) for row, glyph in ((1, "█"), (2, "▀"), (3, "▀"))}
        assert len(starts) == 1


async def test_a_pair_of_several_runs_is_chosen_by_key(comparing, shown, settled):
    async with comparing((200, 60)) as (app, pilot):
        assert "By TV, the closest first:" in shown(app)
        assert "A against B" in shown(app)
        await pilot.press("right_square_bracket")
        await settled(pilot)
        assert "A against C" in shown(app)
        await pilot.press("left_square_bracket", "left_square_bracket")
        await settled(pilot)
        assert "B against C" in shown(app)


async def test_a_pair_without_measures_says_so_instead_of_an_empty_table(comparing, shown, settled):
    async with comparing((200, 60)) as (app, pilot):
        read, *unread = app.screen._runs
        unread = [replace(run, alignment=None, status="unread") for run in unread]
        app.push_screen(CompareScreen(compare([*unread, read]), "history"))
        await settled(pilot)
        assert "Neither A nor B has an answer that can be compared." in shown(app)
        await pilot.press("right_square_bracket")
        await settled(pilot)
        assert "Neither" not in shown(app)


async def test_each_of_many_runs_with_long_names_has_one_row(comparing, shown, settled):
    async with comparing((80, 24)) as (app, pilot):
        runs = [
            replace(run, model=f"openai/a-model-whose-name-is-longer-than-a-row-of-a-small-terminal-{number}")
            for number, run in enumerate(app.screen._runs)
        ]
        app.push_screen(CompareScreen(compare(runs), "history"))
        await settled(pilot)
        rows = [line.strip() for line in shown(app).splitlines()]
        first = next(number for number, row in enumerate(rows) if row.startswith("A "))
        assert [row[:3] for row in rows[first : first + 3]] == ["A  ", "B  ", "C  "]


async def test_one_of_the_runs_is_opened_and_esc_goes_back(comparing, settled):
    async with comparing() as (app, pilot):
        await pilot.press("o")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, SavedRunScreen)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, CompareScreen)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, HistoryScreen)


async def test_main_screens_are_reached_from_a_comparison(comparing, settled):
    async with comparing() as (app, pilot):
        await pilot.press("e")
        await settled(pilot)
        assert isinstance(app.screen, ExploreScreen)
        await pilot.press("h")
        await settled(pilot)
        await pilot.press("h")
        await settled(pilot)
        assert isinstance(app.screen, HistoryScreen)


async def test_other_groups_are_refused_with_the_reason(comparing, said):
    async with comparing(steerings=("persona",), groups=("Democrat", "Republican")) as (app, _pilot):
        assert isinstance(app.screen, HistoryScreen)
        assert any("different groups" in words for words in said)


async def test_a_single_run_is_not_compared(comparing, said):
    async with comparing(steerings=("persona",)) as (app, _pilot):
        assert isinstance(app.screen, HistoryScreen)
        assert any("Mark two to eight runs" in words for words in said)


@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]])
async def test_a_pinned_result_stands_beside_the_next(opened, shown, settled, size):
    async with opened(size=size) as (app, pilot):
        await pilot.press("equals_sign")
        await settled(pilot)
        await pilot.press("s")
        await settled(pilot)
        held = app.screen.query_one(HeldView)
        assert held.display
        assert not app.screen.query_one(ChartView).display
        assert "Only the steering differs." in shown(app)
        assert "A is pinned" in shown(app)
        await pilot.press("C")
        await settled(pilot)
        assert isinstance(app.screen, CompareScreen)
        await pilot.press("escape")
        await settled(pilot)
        await pilot.press("n")
        await settled(pilot)
        assert app.screen.query_one(ChartView).display
        assert "another question or group" in shown(app)
        await pilot.press("equals_sign", "equals_sign")
        await settled(pilot)
        assert not app.screen.query_one(HeldView).display
        assert app.screen.query_one(RunView).shown.alignment is not None


async def test_a_recorded_answer_is_not_compared_with_itself_once_it_is_kept(opened, shown, settled):
    async with opened() as (app, pilot):
        await pilot.press("equals_sign", "r")
        await settled(pilot)
        assert app.screen.query_one(RunView).shown.id
        assert "Pinned. Change one thing" in shown(app)
        assert app.screen.query_one(ChartView).display


async def test_a_late_verdict_says_nothing_of_another_question(opened, shown, settled, until, monkeypatch):
    may_judge, judging = threading.Event(), threading.Event()

    def slowly(runs):
        judging.set()
        may_judge.wait(60)
        return compare(runs)

    monkeypatch.setattr("opinionscope.comparison.comparing.compare", slowly)
    async with opened() as (app, pilot):
        await pilot.press("equals_sign", "s")
        await until(pilot, judging.is_set)
        await pilot.press("n")
        await until(pilot, lambda: "another question or group" in shown(app))
        may_judge.set()
        await settled(pilot)
        assert "another question or group" in shown(app)
        assert "A is pinned" not in shown(app)


async def test_no_verdict_is_sought_while_answers_stream_in(opened, settled, monkeypatch):
    judged = []
    monkeypatch.setattr(
        "opinionscope.comparison.comparing.compare", lambda runs: judged.append(runs[1].status) or compare(runs)
    )
    async with opened() as (app, pilot):
        view = app.screen.query_one(RunView)
        run = await app._arrangement.prober.peek(replace(app.screen.choices, steering="none"))
        await pilot.press("equals_sign")
        await settled(pilot)
        for status in ("running", "running", "done"):
            view.show(replace(run, status=status))
            assert view.query_one(HeldView).query_one("#held-bars").display
            await settled(pilot)
        assert judged == ["done"]


async def test_nothing_is_compared_before_something_is_pinned(opened, said, settled):
    async with opened() as (app, pilot):
        await pilot.press("C")
        await settled(pilot)
        assert isinstance(app.screen, ExploreScreen)
        assert any("Press = to pin this result" in words for words in said)


def _steady(seen: str) -> str:
    """A screen without ids of runs, and without the place of the scroll bar, which moves as parts are laid out."""
    lines = (re.sub(r"[ ▁▂▃▄▅▆▇]+$", "", line) for line in seen.splitlines())
    return re.sub(r"\b01[0-9A-Z]{24}\b", "RUN", "\n".join(lines))


async def test_comparisons_at_three_sizes(comparing, shown, settled, snapshot):
    async with comparing(SIZES[0], STEERINGS[:2]) as (app, pilot):
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await settled(pilot)
            assert _steady(shown(app)) == snapshot(name=f"{size[0]}x{size[1]}")
