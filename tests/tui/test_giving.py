"""What is copied and drawn: in the clipboard and in a file whose path is named."""

import re
from pathlib import Path

from opinionscope.tui.giving import write_beside
from opinionscope.tui.screens.compare import CompareScreen
from opinionscope.tui.screens.saved_run import SavedRunScreen


async def test_y_copies_what_has_the_focus_and_x_draws_the_chart_on_every_screen(make_app, said, home, settled):
    app = make_app()

    def given(beginning: str) -> str:
        """The text of the file that was named last."""
        assert said[-1].startswith(beginning), said
        path = Path(re.search(r"file: (\S+?),?( |$)", said[-1])[1])
        assert path.is_relative_to(home / "exports")
        return path.read_text(encoding="utf-8")

    async with app.run_test(size=(120, 36)) as pilot:

        async def press(*keys: str) -> None:
            await pilot.press(*keys)
            await settled(pilot)

        await settled(pilot)
        await press("y")
        assert given("Copied the result") == app.clipboard
        assert "Top priority" in app.clipboard
        await press("a", "y")
        assert given("Copied the answer") == app.clipboard
        assert "raw text of this recorded answer" in app.clipboard
        await press("X")
        chart = given("Chart drawn")
        assert chart.startswith("<svg")
        assert app.theme_variables["chart-human"].lower() in chart.lower()
        await press("r")
        await press("s", "r")
        await press("h")
        await press("space", "space", "y")
        assert given("Copied 2 runs") == app.clipboard
        assert [line.split("\t")[4] for line in app.clipboard.splitlines()] == ["steering", "few-shot", "persona"]
        await press("c")
        assert isinstance(app.screen, CompareScreen)
        await press("y")
        assert given("Copied the measures").splitlines()[0].split("\t")[:4] == ["measure", "A", "B", "A − B"]
        await press("X")
        assert "Only the steering differs." in given("Chart drawn")
        await press("escape", "home", "o")
        assert isinstance(app.screen, SavedRunScreen)
        await press("y")
        assert given("Copied the result").endswith(f"run {app.screen._saved.id}")
        await press("number_sign", *"pilot", "enter", "n", *"mine", "enter", "asterisk")
        kept = app._arrangement.history.get(app.screen._saved.id)
        assert (kept.tags, kept.note, kept.pinned) == (("pilot",), "mine", True)
        await press("asterisk", "h", "slash", *"group:dem", "tab")
        assert app.screen.query_one("#filter").value == "group:Democrat "


def test_a_file_with_other_content_stays(tmp_path):
    first = write_beside(tmp_path, "run", ".txt", "one")
    other = write_beside(tmp_path, "run", ".txt", "two\x1b[31m")
    assert write_beside(tmp_path, "run", ".txt", "one") == first
    assert (first.read_text(), other.name) == ("one", "run-2.txt")
    assert "\x1b" not in other.read_text()
