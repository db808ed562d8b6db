"""What was on screen last is there again; what is gone or damaged is passed over."""

import pytest

from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.screens.history import HistoryScreen
from opinionscope.tui.session import Session, read_session, write_session


async def begun(app, settled, *keys):
    """Start, press keys, leave, and say what was chosen and what stood on screen."""
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
            await settled(pilot)
        screen = app.screen
        listing = screen.listing if isinstance(screen, HistoryScreen) else None
        choices = app._explore.choices
        await pilot.press("ctrl+q")
    return type(screen), choices, listing, app.theme


async def test_choices_theme_filter_order_and_screen_are_there_again(make_app, settled, home, said):
    app = make_app()
    app.theme = "scope-light"
    keys = ("n", "s", "f", "d", "r", "h", "slash", "k", "l", "less_than_sign", "3", "enter", "s")
    before = await begun(app, settled, *keys)
    assert before[0] is HistoryScreen
    assert before[2].filter == "kl<3"
    assert before[2].sort != "created"
    assert await begun(make_app(fresh=False), settled) == before
    fresh = await begun(make_app(), settled)
    assert (fresh[0], fresh[1].steering, fresh[3]) == (ExploreScreen, "persona", "scope-dark")


async def test_what_is_gone_is_passed_over(make_app, settled, home, said):
    choices = {
        "question": "opinionqa/SOCIETY_GUNS_W92", "group": "Martians", "steering": "telepathy", "format": "sequence",
        "model": "recorded/gone", "recipe": {"voice": "gone", "repeats": 3},
    }  # fmt: skip
    write_session(home / "session.json", Session(choices, theme="gone", mode="gone"))
    _, again, _, theme = await begun(make_app(fresh=False), settled)
    assert (again.question, again.format, again.recipe.repeats) == ("opinionqa/SOCIETY_GUNS_W92", "sequence", 3)
    assert (again.group, again.steering, again.model) != ("Martians", "telepathy", "recorded/gone")
    assert (again.recipe.voice, theme) == ("instruction", "scope-dark")
    assert said == []


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b'{"choices": 3}', b'{"listing": {"sort": 1}}'])
def test_a_damaged_file_costs_nothing(tmp_path, content):
    (tmp_path / "session.json").write_bytes(content)
    assert read_session(tmp_path / "session.json") == Session()


def test_settings_that_were_changed_since_count(home):
    from opinionscope.tui.start import make_app

    write_session(home / "session.json", Session(theme="scope-light", settings_theme="scope-dark"))
    assert make_app().theme == "scope-light"
    (home / "settings.toml").write_text('theme = "nord"')
    assert make_app().theme == "nord"
