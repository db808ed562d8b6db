"""Saved filters by name in the filter line: what is in quotes is text, and what cannot be read is told."""

from opinionscope.errors import OpinionscopeError
from opinionscope.tui.widgets.filter_line import FilterLine


async def test_a_name_in_quotes_is_text_and_saved_filters_that_cannot_be_read_are_told(opened, settled, shown, said):
    def locked():
        raise OpinionscopeError("the history is locked")

    async with opened() as (app, pilot):
        await pilot.press("r")
        await settled(pilot)
        await pilot.press("h")
        await settled(pilot)
        app.screen.query_one(FilterLine)._saved = locked
        await pilot.press("slash", *'"is @plain"', "enter")
        await settled(pilot)
        assert "No run fits this filter." in shown(app)
        assert not any("locked" in words for words in said)
        await pilot.press("slash", *" @plain", "enter")
        await settled(pilot)
        assert any("the history is locked" in words for words in said)
