"""The other main screens at three sizes, in one run of the program."""

import pytest

SIZES = ((80, 24), (120, 36), (200, 60))


@pytest.mark.every_frame
async def test_main_screens_at_three_sizes(make_app, shown, snapshot, settled):
    app = make_app()

    async def look(name):
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await settled(pilot)
            app.clear_notifications()
            await settled(pilot)
            assert shown(app) == snapshot(name=f"{name}-{size[0]}x{size[1]}")

    async with app.run_test(size=SIZES[0]) as pilot:
        await settled(pilot)
        for key, name in (("G", "grid"), ("T", "tables"), ("A", "sweeps")):
            await pilot.press(key)
            await settled(pilot)
            await look(name)
            await pilot.press("escape")
            await settled(pilot)
        app.action_play(("Ann",), 2, "political", 7)
        await settled(pilot)
        await pilot.press("right", "right", "enter")
        await settled(pilot)
        await look("play-answer")
        await pilot.press("space", "right", "enter")
        await settled(pilot)
        await pilot.press("space")
        await settled(pilot)
        await look("play-scoreboard")


@pytest.mark.parametrize("size", [(80, 24), (60, 18), (40, 12)])
async def test_the_cursor_of_a_long_list_to_choose_from_is_in_sight(opened, shown, settled, size):
    async with opened(size) as (app, pilot):
        await pilot.press("g")
        await settled(pilot)
        listed = app.screen.query_one("#picker-list")
        await pilot.press(*["down"] * (sum(not option.disabled for option in listed.options) - 1))
        await settled(pilot)
        assert listed.highlighted == listed.option_count - 1
        assert "Refused (race)" in shown(app)


@pytest.mark.parametrize("size", [(80, 24), (60, 18)])
async def test_the_ways_out_of_a_recipe_are_in_sight_under_its_last_line(opened, shown, settled, size):
    async with opened(size) as (app, pilot):
        await pilot.press("o")
        await settled(pilot)
        app.screen.query_one("#recipe-check_text").focus()
        await settled(pilot)
        assert "Check text" in shown(app)
        assert "Take it" in shown(app)
