"""Play: a round with keys and mouse, kept as runs of people, and found again."""

import json

from click.testing import CliRunner
from textual.widgets import Input

from opinionscope.cli import main
from opinionscope.play.bars import equal
from opinionscope.tui.screens.confirm import ConfirmScreen
from opinionscope.tui.screens.play import PlayScreen
from opinionscope.tui.screens.play_setup import PlaySetupScreen
from opinionscope.tui.widgets.run_list import RunList
from opinionscope.tui.widgets.share_bars import ShareBars


async def test_two_people_play_with_keys_and_mouse_and_their_guesses_are_runs(opened, settled, shown, home):
    async with opened(size=(80, 24)) as (app, pilot):
        await pilot.press("P")
        await settled(pilot)
        assert isinstance(app.screen, PlaySetupScreen)
        assert "495 of these have gpt-4" in shown(app)
        for name, value in (("players", "Ann, Ann"), ("questions", "2"), ("seed", "2")):
            app.screen.query_one(f"#setup-{name}", Input).value = value
        await pilot.press("enter")
        await pilot.pause()
        assert "two players have the same name" in shown(app)
        app.screen.query_one("#setup-players", Input).value = "Ann, Ben"
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, PlayScreen)
        assert "Pass the keyboard to Ann" in shown(app)
        await pilot.press("enter")
        assert not app.screen.query_one(ShareBars).display, "enter begins nothing: it locked the guess before"
        await pilot.press("space")
        await pilot.pause()
        bars = app.screen.query_one(ShareBars)
        assert "digits: the percent" in shown(app)
        assert bars.percents == equal(len(bars.percents))
        await pilot.press("right", "right", "shift+right", "down", "4", "0")
        assert (bars.percents[1], sum(bars.percents)) == (40, 100)
        await pilot.press("backspace")
        assert bars.percents[1] == 4
        await pilot.press("0", "6", "0")
        assert bars.percents[1] == 60, "406 is no percent: a new number begins"
        await pilot.press("4", "enter")
        await settled(pilot)
        text = shown(app)
        assert "Pass the keyboard to Ben" in text
        assert "humans" not in text
        assert "%" not in text
        await pilot.press("space")
        await settled(pilot)
        start, width = bars._bar_at
        await pilot.mouse_down(bars, offset=(start + width // 4, 0))
        await pilot.hover(bars, offset=(start + width // 2, 0))
        await pilot.mouse_up(bars, offset=(start + width // 2, 0))
        assert bars.percents[0] in (49, 50, 51)
        assert sum(bars.percents) == 100
        await pilot.hover(bars, offset=(start + width - 3, 0))
        assert bars.percents[0] < 52, "the button is up"
        await pilot.press("enter")
        await settled(pilot)
        text = shown(app)
        for words in ("humans", "Ann", "Ben", "gpt-4", "opus", "crowd", "avg.", "6 of 6"):
            assert words in text
        assert "Ann:" in text
        assert "worth the answers of about" in " ".join(text.split())
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, ConfirmScreen)
        await pilot.press("n", "space")
        await settled(pilot)
        for _ in range(2):
            await pilot.press("space")
            await pilot.pause()
            await pilot.press("enter")
            await settled(pilot)
        await pilot.press("space")
        await pilot.pause()
        text = shown(app)
        assert "Scoreboard  2 questions" in text
        assert "So far" not in text
        assert "2 questions are few" in text
        await pilot.press("X", "y")
        await settled(pilot)
        cards = [path.read_text() for path in home.rglob("play-Ann-Ben-2*.txt")]
        assert cards
        assert all("opinionscope play --seed 2 --questions 2" in card for card in cards)
        assert list(home.rglob("play-Ann-Ben-2*.svg"))
        await pilot.press("h")
        await settled(pilot)
        assert app.screen.query_one(RunList).total == 4
        assert "person/Ben" in shown(app)
        await pilot.press("enter")
        await settled(pilot)
        text = shown(app)
        assert " PERSON " in text
        assert "guess of person/Ben" in text
        assert "LIVE" not in text
        assert "RECORDED" not in text
        await pilot.press("escape", "P")
        await pilot.pause()
        assert app.screen.query_one("#setup-players", Input).value == "Ann, Ben"
    rows = ran("table", "leaderboard", "model:person/Ann,gpt-4")
    assert {(row["model"], row["items"]) for row in rows if row["model"].startswith("person/")} == {("person/Ann", 2)}
    sets = ran("compare", "--by", "model", "model:person/Ann,gpt-4", "format:verbalized", "steering:persona")
    assert sets["items"][0]["matched"] == 2, "they had the same items"
    run = ran("history", "show", ran("history", "list", "model:person/Ann")[0]["run_id"])
    assert (run["kind"], run["format"], run["status"], run["prompts"]) == ("person", "verbalized", "done", [])
    assert sum(run["answer"]["probabilities"]) == 1


async def test_on_a_high_screen_rules_and_scores_stand_below_the_question(opened, settled, shown):
    async with opened(size=(200, 60)) as (app, pilot):
        await pilot.press("P")
        await settled(pilot)
        assert "Draw how a group answered a question" in shown(app)
        for name, value in (("players", "Ann"), ("questions", "2"), ("seed", "2")):
            app.screen.query_one(f"#setup-{name}", Input).value = value
        await pilot.press("enter")
        await settled(pilot)
        assert "How a guess counts" in shown(app)
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert "How a guess counts" not in shown(app)
        await pilot.resize_terminal(200, 60)
        await settled(pilot)
        assert "How a guess counts" in shown(app)
        await pilot.press("enter")
        await settled(pilot)
        text = shown(app)
        assert "So far  after 1 question" in text
        assert "shorter is closer" in text
        assert text.index("How they answered") < text.index("worth the answers of") < text.index("So far")
        await pilot.press("space")
        await settled(pilot)
        assert "How did they answer?" in shown(app)
        assert "So far  after 1 question" in shown(app)
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("space")
        await settled(pilot)
        assert "closer than not knowing the group" in shown(app)
        assert "So far" not in shown(app)


def ran(*arguments: str):
    result = CliRunner().invoke(main, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_without_a_terminal_play_says_so(home):
    result = CliRunner().invoke(main, ["play", "--name", "Ann"])
    assert result.exit_code == 2
    assert "needs a terminal" in result.stderr
