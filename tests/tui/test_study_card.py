import pytest
from textual.containers import VerticalScroll

from opinionscope.report import claims
from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.screens.saved_run import SavedRunScreen
from opinionscope.tui.screens.study_card import StudyCardScreen
from opinionscope.tui.widgets.drawing import Drawing

CLAIMS = (claims.Claim("a", "Nobody was [b]asked", "false", "Many were.", "The card"),)
BOOK = {"question": "nytimes/the-bee-sting", "group": "Democrat"}


@pytest.fixture(autouse=True)
def claimed(monkeypatch):
    """Claims without the seconds that working them out takes; `tests/report/test_claims.py` does that."""
    monkeypatch.setattr(claims, "claims_about", lambda *_: CLAIMS)


async def test_the_card_at_three_sizes(opened, shown, snapshot, settled):
    async with opened(**BOOK, size=(80, 24)) as (app, pilot):
        await pilot.press("c")
        for size in ((80, 24), (120, 36), (200, 60)):
            await pilot.resize_terminal(*size)
            await pilot.press("home")
            await settled(pilot)
            assert shown(app) == snapshot(name=f"{size[0]}x{size[1]}-top")
            await pilot.press("n", "n")
            await settled(pilot)
            assert shown(app) == snapshot(name=f"{size[0]}x{size[1]}-people")


async def test_the_same_key_closes_it_and_a_burst_closes_nothing_else(opened, settled):
    async with opened(size=(80, 24)) as (app, pilot):
        await pilot.press("c")
        await settled(pilot)
        assert isinstance(app.screen, StudyCardScreen)
        await pilot.press("escape", "escape", "backspace")
        await settled(pilot)
        assert isinstance(app.screen, ExploreScreen)
        await pilot.press("c")
        await settled(pilot)
        await pilot.press("c")
        await settled(pilot)
        assert isinstance(app.screen, ExploreScreen)


async def test_a_page_scrolls_by_keys(opened, settled):
    async with opened(**BOOK, size=(80, 24)) as (app, pilot):
        await pilot.press("c")
        await settled(pilot)
        page = app.screen.query_one("#card-page", VerticalScroll)
        await pilot.press("end")
        await settled(pilot)
        assert page.scroll_y == page.max_scroll_y > 0
        assert "✗ false      “Nobody was [b]asked”" in app.screen.query_one(Drawing).render().plain
        await pilot.press("N")
        await settled(pilot)
        assert page.scroll_y < page.max_scroll_y
        await pilot.press("home")
        await settled(pilot)
        assert page.scroll_y == 0


async def test_a_saved_run_has_its_card_too(opened, shown, settled):
    async with opened(**BOOK) as (app, pilot):
        await pilot.press("r")
        await settled(pilot)
        await pilot.press("h")
        await settled(pilot)
        await pilot.press("o")
        await settled(pilot)
        await pilot.press("c")
        await settled(pilot)
        assert isinstance(app.screen, StudyCardScreen)
        assert "NYT Book Opinions" in shown(app)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, SavedRunScreen)


async def test_a_dataset_that_is_gone_is_said_in_words(opened, shown, settled):
    async with opened(**BOOK, size=(80, 24)) as (app, pilot):
        library = app._arrangement.library
        question = library.question(BOOK["question"])
        app.push_screen(StudyCardScreen(type(library)(()), question))
        await settled(pilot)
        assert 'no survey pack "nytimes" is installed' in shown(app)
