import json

import pytest
from textual.widgets import OptionList

from opinionscope.tui.widgets.chart_view import ChartView

ESCAPES = "\x1b[31m\x1b]52;c;SGVsbG8=\x07\x9b2J"
CONTROLS = set("\x1b\x07\x9b\u202e")
NASTY = (
    "[/foo] closes nothing",
    "[A] [b red]is[/] not markup",
    f"escapes {ESCAPES} here",
    "\u202eright to left\u202c שלום عليكم",
    "🧑‍🧑‍🧒 emoji 日本語 wide",
    "long " * 100,
)


@pytest.fixture
def hostile_pack(home):
    folder = home / "data"
    folder.mkdir()
    options = [text[:500] for text in NASTY]
    questions = [
        {
            "id": f"nasty-{number}",
            "title": text[:300],
            "text": text,
            "context": text,
            "options": options,
            "human": {"[/party]": [10, 20, 30, 10, 20, 10]},
        }
        for number, text in enumerate(NASTY)
    ]
    pack = {
        "format": "opinionscope-pack/1",
        "dataset": "nasty",
        "title": "[/x]",
        "groups": {"[/party]": {"[a]": "[/b]"}},
        "questions": questions,
    }
    (folder / "nasty.pack.json").write_text(json.dumps(pack))


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_hostile_text_is_shown_and_not_obeyed(hostile_pack, make_app, fake_openai, shown, size, settled):
    fake_openai.always(text="\n".join(NASTY) + "{'A': '50%', 'B': '50%'}")
    app = make_app(
        question="nasty/nasty-0", group="[/party]", steering="persona", model="openai/x", api_base=fake_openai.base
    )
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for number in range(len(NASTY)):
            app.screen.choose_question(f"nasty/nasty-{number}")
            await settled(pilot)
            assert not set(shown(app)) & CONTROLS
        await pilot.press("r")
        await settled(pilot)
        assert app.screen.query_one(ChartView).data.model[:2] == (0.5, 0.5)
        for key in ("p", "a", "i", "g", "escape"):
            await pilot.press(key)
            await settled(pilot)
            assert not set(shown(app)) & CONTROLS
        app.screen.choose_question("nasty/nasty-0")
        await settled(pilot)
        assert "[/foo] closes nothing" in shown(app)
        await pilot.press("h")
        await settled(pilot)
        assert "[/party]" in shown(app)
        await pilot.press("enter")
        await settled(pilot)
        assert "[/party]" in shown(app)


async def test_hostile_words_in_the_search_field_are_only_words(opened, settled):
    async with opened() as (app, pilot):
        await pilot.press("slash")
        for text in ("[/foo]", "%_\\", "((", "\u202e", "🧑‍🧒"):
            app.screen.query_one("#search").value = text
            await settled(pilot)
            assert app.screen.query_one("#questions", OptionList).option_count == 0
