import pytest
from click.testing import CliRunner
from textual.app import App
from textual.widgets import Digits, Input, OptionList, Static

from opinionscope.cli import main
from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.screens.picker import PickerScreen
from opinionscope.tui.widgets.answer_pane import AnswerPane
from opinionscope.tui.widgets.chart_view import ChartView
from opinionscope.tui.widgets.chooser import Chooser
from opinionscope.tui.widgets.detail_tabs import DetailTabs
from opinionscope.tui.widgets.run_view import QuestionText, RunView
from opinionscope.values import replace


async def test_first_start_shows_a_real_recorded_result(opened, shown):
    async with opened() as (app, _):
        text = shown(app)
        chart = app.screen.query_one(ChartView).data
        assert "RECORDED" in text
        assert "gpt-4" in text
        assert "abridged" in text
        assert chart.human == tuple(count / 428 for count in (60, 239, 128, 1))
        assert chart.model == (0.25, 0.5, 0.2, 0.05)
        assert app.screen.query_one(Digits).value == f"{app.screen.query_one(RunView).shown.alignment['kl']:.3f}"


async def test_first_start_keeps_no_run(make_app, home, settled):
    app = make_app()
    async with app.run_test() as pilot:
        await settled(pilot)
    assert not (home / "history.db").exists()


async def test_the_screen_at_three_sizes_where_texts_are_selected_and_copied(make_app, shown, snapshot, settled):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        for size in ((80, 24), (120, 36), (200, 60)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            assert shown(app) == snapshot(name=f"{size[0]}x{size[1]}")
        texts = (("#question-text", "Consider"), ("#text-prompt", "This prompt"), ("#answer-text", "The raw"))
        for name, words in texts:
            await pilot.mouse_down(name, offset=(0, 0))
            await pilot.hover(name, offset=(20, 1))
            await pilot.mouse_up(name, offset=(20, 1))
            await pilot.press("ctrl+c")
            await settled(pilot)
            assert app.clipboard.startswith(words)
            app.screen.clear_selection()
        for key, words in (("a", "The raw text"), ("p", "This prompt"), ("i", "")):
            await pilot.press(key, "y")
            await settled(pilot)
            assert app.clipboard.startswith(words)
        app.screen.query_one(AnswerPane).focus()
        await pilot.press("y")
        await settled(pilot)
        assert app.clipboard.startswith("The raw text")
        app.screen.query_one(Chooser).focus_list()
        await pilot.press("y")
        await settled(pilot)
        assert "■ humans" in app.clipboard
        await pilot.resize_terminal(120, 36)
        await settled(pilot)
        assert "TV 0.157" in shown(app)
        answer, before = app.screen.query_one("#answer-text", Static), app.screen.query_one(DetailTabs).text("answer")
        app.screen.choose(replace(app.screen.choices, model="openai/x"))
        await settled(pilot)
        assert str(answer.content) == before
        await pilot.resize_terminal(200, 60)
        await settled(pilot)
        assert str(answer.content) == app.screen.query_one(DetailTabs).text("answer") != before


async def test_steering_and_format_change_by_key_and_the_recorded_answer_follows(opened, settled):
    async with opened() as (app, pilot):
        before = app.screen.query_one(ChartView).data.model
        await pilot.press("s")
        await settled(pilot)
        assert app.screen.choices.steering == "few-shot"
        assert app.screen.query_one(RunView).shown.cell.steering == "few-shot"
        assert app.screen.query_one(ChartView).data.model != before
        await pilot.press("f")
        await settled(pilot)
        assert app.screen.choices.format == "sequence"
        assert app.screen.query_one(RunView).shown.reading.sample_size


async def test_steering_changes_by_mouse(opened, settled):
    async with opened(size=(160, 48)) as (app, pilot):
        assert await pilot.click("#steering", offset=(11, 0))
        await settled(pilot)
        assert app.screen.choices.steering == "none"


async def test_a_question_is_found_by_its_words(opened, shown, settled):
    async with opened() as (app, pilot):
        await pilot.press("slash", *"bee sting", "enter", "down")
        await settled(pilot)
        assert app.screen.choices.question == "nytimes/the-bee-sting"
        assert "The Bee Sting by Paul Murray" in shown(app)


async def test_words_that_no_question_has_leave_the_chart_alone(opened, shown, settled):
    async with opened() as (app, pilot):
        await pilot.press("slash", *"xyzzy")
        await settled(pilot)
        assert "No question contains these words." in shown(app)
        assert app.screen.query_one(ChartView).data.model
        assert app.screen.query_one("#questions", OptionList).option_count == 0


async def test_at_80_columns_the_question_opens_in_a_window(opened, settled):
    async with opened(size=(80, 24)) as (app, pilot):
        await pilot.press("slash")
        await pilot.pause()
        assert isinstance(app.screen, PickerScreen)
        await pilot.press(*"world cup", "enter")
        await settled(pilot)
        assert isinstance(app.screen, ExploreScreen)
        assert app.screen.question.dataset == "globalopinionqa"


async def test_the_group_is_picked_with_search(opened, settled):
    async with opened() as (app, pilot):
        await pilot.press("g")
        await pilot.pause()
        await pilot.press(*"republican", "enter")
        await settled(pilot)
        assert app.screen.choices.group == "Republican"
        assert app.screen.query_one(RunView).shown.human.n == 386


async def test_a_group_that_the_next_question_lacks_gives_way(opened, settled):
    async with opened(group="Republican") as (app, pilot):
        app.screen.choose_question("globalopinionqa/" + app.screen._prober.library.search("", "global")[0].id)
        await settled(pilot)
        assert app.screen.query_one(RunView).shown.cell.group.attributes[0][0] == "country"


async def test_moving_fast_through_the_list_ends_where_the_cursor_is(opened, settled):
    async with opened() as (app, pilot):
        keys = app.screen.query_one("Chooser").listed
        await pilot.press(*["down"] * 12)
        await settled(pilot)
        assert app.screen.choices.question == keys[12]
        assert app.screen.query_one(RunView).shown.cell.question.id == keys[12].partition("/")[2]
        await pilot.press(*["n"] * 7)
        await settled(pilot)
        assert app.screen.choices.question == keys[19]
        options = app.screen.query_one("#questions", OptionList)
        assert options.highlighted_option.id == keys[19]


async def test_keys_pressed_before_the_list_is_there_count(make_app, settled):
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        while not app.screen.query("Chooser"):
            await pilot.pause(0)
        app.screen.action_steering()
        app.screen.action_next_question()
        await app.screen.action_cancel()
        app.screen.action_detail("answer")
        await settled(pilot)
        assert app.screen.choices.steering == "few-shot"
        assert app.screen.query_one("#steering").value == "few-shot"


async def test_steering_that_cannot_be_used_says_why_and_shows_the_humans(make_app, shown, settled):
    app = make_app(
        question="globalopinionqa/world-cup-2010-winner", group="Brazil", steering="persona", model="openai/x"
    )
    async with app.run_test(size=(120, 50)) as pilot:
        await settled(pilot)
        await pilot.press("s")
        await settled(pilot)
        assert "no other question has an answer by Brazil" in " ".join(shown(app).split())
        assert app.screen.query_one(ChartView).data.human
        await pilot.press("r")
        await settled(pilot)
        assert "no other question has an answer by Brazil" in " ".join(shown(app).split())


async def test_at_80_columns_the_cursor_is_on_something_in_sight(opened):
    async with opened(size=(80, 24)) as (app, _):
        assert app.focused.id == "question"


async def test_kl_shows_in_bits(opened):
    async with opened() as (app, pilot):
        nats = float(app.screen.query_one(Digits).value)
        await pilot.press("u")
        await pilot.pause()
        assert abs(float(app.screen.query_one(Digits).value) - nats / 0.6931) < 0.002


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_differences_are_drawn_in_place_of_both_sides_and_written_so(opened, settled, shown, home, size):
    async with opened(size=size) as (app, pilot):
        await pilot.press("D")
        await settled(pilot)
        assert "humans more ◂" in shown(app)
        await pilot.press("n", "X")
        await settled(pilot)
        assert "humans more ◂" in shown(app)
        (drawn,) = (home / "exports").glob("*.txt")
        assert "▸ model more" in drawn.read_text()
        await pilot.press("D")
        await settled(pilot)
        assert "humans more ◂" not in shown(app)


async def test_refusals_can_be_dropped(opened, shown, settled):
    async with opened() as (app, pilot):
        assert "Refused" in app.screen.query_one(ChartView).data.labels
        await pilot.press("d")
        await settled(pilot)
        assert "Refused" not in app.screen.query_one(ChartView).data.labels
        assert "refusals dropped on both sides" in shown(app)


async def test_prompt_answer_and_reading_are_one_key_away(opened, shown, settled):
    async with opened(size=(80, 24)) as (app, pilot):
        await pilot.press("p")
        await settled(pilot)
        assert "Answer the survey question in the form" in shown(app)
        await pilot.press("a")
        await settled(pilot)
        assert "raw text of this recorded answer is not bundled" in shown(app)
        await pilot.press("i")
        await settled(pilot)
        assert "recorded as figures" in shown(app)


async def test_a_model_may_be_typed(opened, shown, settled):
    async with opened() as (app, pilot):
        await pilot.press("m")
        await pilot.pause()
        app.screen.query_one(Input).value = "my-own-model"
        await pilot.pause()
        await pilot.press("enter")
        await settled(pilot)
        assert app.screen.choices.model == "my-own-model"
        assert "not asked here yet" in shown(app)
        assert "Press r to ask the model; G and h show what it answered before." in " ".join(shown(app).split())
        assert app.screen.query_one(ChartView).data.model is None


async def test_what_was_not_recorded_is_said_and_nothing_is_drawn(opened, shown):
    async with opened(model="recorded/anthropic_opus", format="log-probs") as (app, _):
        assert app.screen.query_one(ChartView).data.model is None
        assert "log-probs" in shown(app)
        assert app.screen.query_one(RunView).shown.status == "failed"


async def test_every_size_from_tiny_to_huge_shows_something(make_app, shown, settled):
    for size in ((40, 12), (80, 24), (100, 30), (120, 36), (200, 60)):
        app = make_app()
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            assert "opinionscope" in shown(app)
            assert max(len(line) for line in shown(app).splitlines()) <= size[0]


async def test_with_many_options_kl_and_tv_stay_in_sight_on_a_small_screen(opened, home, fake_openai, settled, shown):
    options = [part for number in range(17) for part in ("--option", f"Programme number {number} of a long list")]
    people = ", ".join(str(number + 1) for number in range(17))
    command = ["data", "new", "--title", "Evening", "--text", "Which?", *options, "--human", f"Parents: {people}"]
    asked = CliRunner().invoke(main, command)
    assert asked.exit_code == 0
    fake_openai.always(text=str({letter: 100 if letter == "A" else 0 for letter in "ABCDEFGHIJKLMNOPQ"}))
    async with opened(
        question="evening", group="Parents", model="openai/x", api_base=fake_openai.base, size=(80, 24)
    ) as (app, pilot):
        await pilot.press("r")
        await settled(pilot)
        kl = app.screen.query_one(Digits).value
        assert f"KL(human ‖ model) {kl} nats" in shown(app).splitlines()[-2]
        app.screen.query_one(RunView).scroll_end(animate=False)
        await settled(pilot)
        assert f"KL(human ‖ model) {kl}" not in shown(app)
        assert "KL(human ‖ model)  nats" in shown(app)


async def test_the_help_says_why_a_measure_is_unknown(opened, shown, settled):
    async with opened(question="opinionqa/WRKTRN1F2_W41", size=(120, 60)) as (app, pilot):
        assert "W₁ –" in shown(app)
        await pilot.press("question_mark")
        await settled(pilot)
        assert "W₁ –" in shown(app)
        assert "the options have no places on a scale" in " ".join(shown(app).split())


@pytest.mark.parametrize(("words", "is_cut"), [(300, True), (9, False)])
async def test_background_that_is_cut_ends_in_an_ellipsis(words, is_cut):
    class Page(App[None]):
        CSS = "QuestionText { height: auto; max-height: 8; }"

        def compose(self):
            yield QuestionText("word " * words)

    app = Page()
    async with app.run_test(size=(40, 24)):
        text = app.query_one(QuestionText)
        drawn = [text.render_line(y).text for y in range(text.size.height)]
        assert ["…" in line for line in drawn] == [*(False for _ in drawn[1:]), is_cut]
        assert max(map(len, drawn)) <= 40
