"""The tour of a first start: it goes on by what is done, takes no key away, and is shown once."""

from opinionscope.tui import start
from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.session import Session, read_session


def caption(text):
    return next((line.strip() for line in text.splitlines() if line.startswith(" Tour ")), "")


async def test_doing_the_things_brings_the_tour_to_its_end(home, shown, settled, said, fake_openai):
    (home / "settings.toml").write_text(f'model = "openai/NAME"\napi_base = "{fake_openai.base}"\n')
    app = start.make_app(tour=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert caption(shown(app)).startswith("Tour 1 of 3  n or the arrows")
        assert "Refused" in shown(app)
        await pilot.press("g", "down", "enter")
        await settled(pilot)
        assert caption(shown(app)).startswith("Tour 1 of 3")
        await pilot.press("n", "N")
        await settled(pilot)
        assert caption(shown(app)).startswith("Tour 3 of 3  r asks openai/NAME, live.")
        await pilot.press("r")
        await settled(pilot)
        assert caption(shown(app)) == ""
        assert any("That is all" in each for each in said)
        await pilot.press("ctrl+q")
    assert read_session(home / "session.json").toured
    assert len(fake_openai.bodies) == 1


async def test_it_is_skipped_by_escape_not_shown_again_and_there_on_demand(home, shown, settled):
    app = start.make_app(tour=True)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"gun")
        await settled(pilot)
        assert "esc Cancel" in shown(app)
        await pilot.press("escape")
        await settled(pilot)
        assert caption(shown(app)).startswith("Tour 1 of 3")
        await pilot.press("escape")
        await settled(pilot)
        assert caption(shown(app)) == ""
        await pilot.press("h", "f2")
        await settled(pilot)
        assert isinstance(app.screen, ExploreScreen)
        await pilot.press("n", "g", "down", "enter")
        await settled(pilot)
        assert caption(shown(app)).startswith("Tour 3 of 3  l asks a small model")
        await pilot.press("ctrl+q")
    for fresh in (True, False):
        app = start.make_app(tour=True, fresh=fresh)
        async with app.run_test(size=(120, 36)) as pilot:
            await settled(pilot)
            assert caption(shown(app)) == ""
            await pilot.press("ctrl+q")
        assert read_session(home / "session.json").toured
    assert not Session().toured
