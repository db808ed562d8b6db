"""The line of keys at the bottom of every screen."""

import pytest

from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.widgets.key_footer import KeyFooter


def _footer(app):
    footer = app.screen.query_one(KeyFooter)
    return footer, footer.render_line(0).text


async def test_a_click_on_a_key_presses_it_and_the_mouse_is_told_what_it_does(opened, settled):
    async with opened() as (app, pilot):
        footer, text = _footer(app)
        at = (text.index("g Group"), 0)
        await pilot.hover(KeyFooter, offset=at)
        assert footer.tooltip == "Choose the group of people, or compose one"
        await pilot.click(KeyFooter, offset=at)
        await settled(pilot)
        assert not isinstance(app.screen, ExploreScreen)


@pytest.mark.parametrize("width", [30, 55, 70])
async def test_a_key_is_shown_whole_or_gives_way_to_an_ellipsis(opened, settled, width):
    async with opened(size=(200, 24)) as (app, pilot):
        _, whole = _footer(app)
        await pilot.resize_terminal(width, 24)
        await settled(pilot)
        text = _footer(app)[1].rstrip()
        shown = text.removesuffix(" …")
        assert shown != text
        assert whole.startswith(shown)
        assert whole[len(shown)] == " "
        assert len(text) <= width


async def test_the_keys_follow_the_focus(opened, settled):
    async with opened() as (app, pilot):
        before = _footer(app)[1]
        await pilot.press("slash")
        await settled(pilot)
        assert _footer(app)[1] != before
        await pilot.press("escape")
        await settled(pilot)
        assert _footer(app)[1] == before
