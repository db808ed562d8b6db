"""Keys of the user's own, by preset and by id of action."""

import pytest
from click.testing import CliRunner

from opinionscope.cli import main
from opinionscope.tui.actions import ACTIONS
from opinionscope.tui.keymap import PRESETS, keymap


@pytest.mark.parametrize("preset", PRESETS)
def test_no_preset_names_what_there_is_not_or_puts_two_actions_on_a_key(preset):
    assert set(PRESETS[preset]) <= {action.id for action in ACTIONS}
    assert keymap(preset, {})[1] == []


async def test_own_keys_and_a_preset_work_and_what_is_wrong_is_named(make_app, home, settled, shown, said):
    lines = (
        'keymap = "vim"',
        "[keys]",
        '"explore.steering" = "f5"',
        '"explore.stering" = "f6"',
        '"explore.group" = "f"',
    )
    (home / "settings.toml").write_text("\n".join(lines))
    app = make_app()
    async with app.run_test(size=(120, 60), notifications=True) as pilot:
        await settled(pilot)
        first = app.screen.choices
        await pilot.press("s")
        await settled(pilot)
        assert app.screen.choices == first
        await pilot.press("f5")
        await settled(pilot)
        assert app.screen.choices.steering != first.steering
        await pilot.press("j")
        await settled(pilot)
        assert app.screen.choices.question != first.question
        await pilot.press("k")
        await settled(pilot)
        assert app.screen.choices.question == first.question
        await pilot.press("exclamation_mark")
        await settled(pilot)
        assert "did you mean explore.steering" in shown(app)
        assert "explore.group and explore.format" in shown(app)
        await pilot.press("escape", "question_mark")
        await settled(pilot)
        assert "  f5  " in shown(app)
    listed = CliRunner().invoke(main, ["keys"])
    assert "explore.steering\texplore\tf5\t" in listed.stdout
    assert "did you mean explore.steering" in listed.stderr


async def test_a_key_that_does_something_else_does_not_say_why_it_does_nothing(make_app, home, settled, said):
    (home / "settings.toml").write_text('keys = { "explore.enough" = "h" }')
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("h")
        await settled(pilot)
        assert app.current_mode == "history"
    assert said == []
