from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.widgets import OptionList

from opinionscope.survey import read_pack
from opinionscope.survey.own import OwnPack
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.screens.confirm import ConfirmScreen
from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.screens.write import WriteScreen
from opinionscope.tui.widgets.chart_view import ChartView
from opinionscope.tui.widgets.run_view import RunView
from opinionscope.values import replace

KEYS = {" ": "space", "\n": "enter"}
FEW_KEYS = 12
TEXT = "Should the library open earlier?"
OPTIONS = "Earlier = 1\nLater = 2\nRefused = no answer"
PEOPLE = "party=Democrat: 12, 30, 8"


async def type_in(pilot, text):
    """Short fields key by key, long ones as a paste, which takes a hundredth of the time."""
    first, *others = text.split("\t")
    await enter(pilot, first)
    for field in others:
        await pilot.press("tab")
        await enter(pilot, field)


async def enter(pilot, field):
    if len(field) > FEW_KEYS:
        pilot.app.post_message(events.Paste(field))
        await pilot.pause()
    else:
        await pilot.press(*(KEYS.get(character, character) for character in field))


@pytest.fixture
def form(make_app, settled, until):
    @asynccontextmanager
    async def opened(size=(120, 36)):
        """The program with the form open."""
        app = make_app()
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            await pilot.press("w")
            await until(pilot, lambda: isinstance(app.screen, WriteScreen))
            yield app, pilot

    return opened


@pytest.fixture
def write(settled, until):
    async def act(pilot, text):
        """Open the form, type, save, and wait until Explore shows it."""
        await settled(pilot)
        await pilot.press("w")
        await until(pilot, lambda: isinstance(pilot.app.screen, WriteScreen))
        await type_in(pilot, text)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ExploreScreen))
        await settled(pilot)

    return act


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_question_is_written_seen_at_once_and_probed(make_app, fake_openai, home, shown, size, settled, write):
    fake_openai.always(text="{'A': '10%', 'B': '60%', 'C': '30%'}")
    app = make_app(model="openai/x", api_base=fake_openai.base)
    async with app.run_test(size=size) as pilot:
        await write(pilot, f"{TEXT}\t{OPTIONS}\t{PEOPLE}")
        key = "own/should-the-library-open-earlier"
        assert app.screen.choices.question == key
        run = app.screen.query_one(RunView).shown
        assert (run.cell.question.text, run.cell.group.name) == (TEXT, "Democrat")
        assert app.screen.query_one(ChartView).data.human == (0.24, 0.6, 0.16)
        questions = app.screen.query_one("#questions", OptionList)
        assert questions.get_option_at_index(questions.highlighted).id == key
        await pilot.press("r")
        await settled(pilot)
        assert app.screen.query_one(ChartView).data.model == (0.1, 0.6, 0.3)
        assert app.screen.query_one(RunView).shown.alignment is not None
        assert TEXT in fake_openai.bodies[-1]["messages"][-1]["content"]
        assert (home / "data" / "own.pack.json").is_file()


async def test_without_people_the_model_stands_alone_and_recorded_models_have_nothing(
    make_app, fake_openai, shown, settled, write
):
    fake_openai.always(text="{'A': '40%', 'B': '60%'}")
    app = make_app(model="recorded/gpt-4", api_base=None)
    async with app.run_test(size=(120, 36)) as pilot:
        await write(pilot, "Tea?\tYes\nNo")
        assert "was never asked tea" in shown(app)
        assert app.screen.query_one(ChartView).data.human is None
        app.screen.choose(replace(app.screen.choices, model="openai/x", api_base=fake_openai.base))
        await pilot.press("r")
        await settled(pilot)
        chart = app.screen.query_one(ChartView).data
        assert (chart.human, chart.model) == (None, (0.4, 0.6))
        assert "Everyone" in shown(app)


async def test_each_field_says_what_is_wrong_and_nothing_is_saved_until_it_is_right(form, home, shown, settled, until):
    async with form((120, 40)) as (app, pilot):
        assert "✗" not in shown(app)
        assert all(words in shown(app) for words in ("An example, until you type", "A. Earlier", "“Democrats”"))
        await type_in(pilot, f"{TEXT}\tEarlier\n")
        await settled(pilot)
        assert not any(words in shown(app) for words in ("An example", "“Democrats”"))
        assert "at least two options are needed, there is one" in shown(app)
        assert "A. Earlier" in shown(app)
        await type_in(pilot, "Later = 2\tparty=Democrat: 1")
        await settled(pilot)
        assert "✓ 2 options" in shown(app)
        assert "Democrat: expected 2 numbers" in shown(app)
        assert "The chart appears here once" in shown(app)
        await pilot.press("shift+tab", "ctrl+s")
        await settled(pilot)
        assert isinstance(app.screen, WriteScreen)
        assert app.focused.parent.id == "field-people"
        assert not (home / "data").exists()
        await type_in(pilot, ", 3")
        await settled(pilot)
        assert "“Democrats”" in shown(app)
        assert "75 %" in shown(app)


async def test_escape_asks_once_if_something_was_typed(opened, until):
    async with opened(size=(80, 24)) as (app, pilot):
        await pilot.press("w", "escape")
        await until(pilot, lambda: isinstance(app.screen, ExploreScreen))
        await pilot.press("w")
        await type_in(pilot, TEXT)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WriteScreen))
        assert app.focused.text == TEXT
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ExploreScreen))


async def test_an_own_question_is_changed_and_deleted_in_the_same_form(make_app, home, shown, settled, until, write):
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await write(pilot, f"{TEXT}\t{OPTIONS}\t{PEOPLE}")
        await pilot.press("W")
        await until(pilot, lambda: isinstance(app.screen, WriteScreen))
        assert "Democrat: 12, 30, 8" in shown(app)
        await pilot.press("end")
        await type_in(pilot, " Please.")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ExploreScreen))
        await settled(pilot)
        assert app.screen.query_one(RunView).shown.cell.question.text == f"{TEXT} Please."
        (question,) = read_pack(home / "data" / "own.pack.json").questions
        assert question.id == "should-the-library-open-earlier"
        await pilot.press("W")
        await until(pilot, lambda: isinstance(app.screen, WriteScreen))
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ExploreScreen))
        await settled(pilot)
        assert not app.screen.choices.question.startswith("own/")
        assert not (home / "data" / "own.pack.json").exists()


async def test_questions_of_others_cannot_be_changed(opened, settled, said):
    async with opened() as (app, pilot):
        await pilot.press("W")
        await settled(pilot)
        assert isinstance(app.screen, ExploreScreen)
        assert any("Only questions written in this form" in each for each in said)


async def test_what_cannot_be_written_stays_in_the_form(form, home, shown, settled, until, said):
    async with form() as (app, pilot):
        (home / "data").write_text("a file where a folder should be")
        await type_in(pilot, "Tea?\tYes\nNo")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("Not saved" in each for each in said))
        assert isinstance(app.screen, WriteScreen)
        assert "Tea?" in shown(app)


async def test_pasted_text_is_shown_and_not_obeyed(form, shown, settled, until):
    async with form() as (app, pilot):
        area = app.focused
        area.post_message(events.Paste("[/foo] \x1b]52;c;AAAA\x07 [b]?"))
        app.screen.query_one("#field-title Input").post_message(events.Paste("\x1b[31m\x9bred"))
        app.screen.query_one("#field-options TextArea").insert("[/a] \x9b2J\n[b]\n\u202eabc")
        app.screen.query_one("#field-people TextArea").insert("[/party]=[red]: 1, 2, 3")
        await settled(pilot)
        assert not set(shown(app)) & set("\x1b\x07\x9b\u202e")
        assert "Question: [/foo] ␛]52" in shown(app)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ExploreScreen))
        await settled(pilot)
        assert "[/foo] ␛]52" in shown(app)


async def test_the_program_can_begin_with_the_form(home, until):
    from opinionscope.tui.start import make_app

    app = make_app(begin="write")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, WriteScreen))


async def test_a_library_that_cannot_be_read_again_does_not_end_the_program(
    form, home, settled, until, said, monkeypatch
):
    async def breaks(arrangement):
        raise ZeroDivisionError

    monkeypatch.setattr(Arrangement, "renew_library", breaks)
    async with form() as (app, pilot):
        await type_in(pilot, f"{TEXT}\t{OPTIONS}")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("ZeroDivisionError" in words for words in said))
        assert isinstance(app.screen, ExploreScreen)
        assert app.is_running


async def test_a_form_that_could_not_be_saved_can_be_left(form, home, settled, until, said, monkeypatch):
    def breaks(pack, written):
        raise ZeroDivisionError

    monkeypatch.setattr(OwnPack, "add", breaks)
    async with form() as (app, pilot):
        await type_in(pilot, f"{TEXT}\t{OPTIONS}")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("ZeroDivisionError" in words for words in said))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
