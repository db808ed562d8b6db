"""What is seen while a live model is asked: several answers, delays, enough of them, going away and coming back."""

import asyncio
from types import SimpleNamespace

import pytest
from textual.widgets import Input, OptionList

from opinionscope.elicitation import Recipe
from opinionscope.respondents.base import Attempt
from opinionscope.respondents.cards import ModelCard
from opinionscope.tui.calls import CallUnderWay
from opinionscope.tui.screens.confirm import ConfirmScreen
from opinionscope.tui.screens.picker import PickerScreen
from opinionscope.tui.screens.recipe import RecipeScreen
from opinionscope.tui.widgets.chart_view import ChartView
from opinionscope.tui.widgets.choice_line import ChoiceLine
from opinionscope.tui.widgets.detail_tabs import DetailTabs
from opinionscope.tui.widgets.run_view import RunView
from opinionscope.values import replace

MAP = "{'A': '10%', 'B': '60%', 'C': '25%', 'D': '5%'}"


def _run(app):
    return app.screen.query_one(RunView).shown


async def test_the_chart_fills_as_people_answer_and_enough_keeps_those_there_are(
    live_app, fake_openai, shown, settled, until
):
    for letter in "AABBBC":
        fake_openai.then(text=letter)
    fake_openai.always(text="D", hold=True)
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("f", "f")
        await settled(pilot)
        await pilot.press("r")
        await until(pilot, lambda: len(_run(live_app).replies) == 6)
        assert live_app.screen.query_one(ChartView).data.model == pytest.approx((2 / 6, 3 / 6, 1 / 6, 0))
        await until(pilot, lambda: "6 of 30 answers" in shown(live_app) and "x Enough" in shown(live_app))
        explore = live_app.screen
        assert explore.check_action("enough", ())
        explore.action_enough()
        assert not explore.check_action("enough", ())
        assert explore.why_not("enough") == ""  # x twice: it is stopping early
        await until(pilot, lambda: _run(live_app).status == "done")
        fake_openai.release()
        await settled(pilot)
        assert "stopped after 6 of 30 calls" in shown(live_app)
        assert "x Enough" not in shown(live_app)
        (row,) = live_app._arrangement.history.page()
        kept = live_app._arrangement.history.get(row.id)
        assert (kept.status, len(kept.replies), kept.reading.sample_size) == ("done", 6, 6)


@pytest.mark.parametrize(("come", "is_drawn"), [("AB", False), ("ABC", True)])
async def test_the_first_answers_of_several_are_not_drawn_and_then_it_is_said_how_long_the_rest_takes(
    live_app, fake_openai, shown, settled, until, come, is_drawn
):
    for letter in come:
        fake_openai.then(text=letter)
    fake_openai.always(text="D", hold=True)
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("f", "f")
        await settled(pilot)
        await pilot.press("r")
        await until(pilot, lambda: f"{len(come)} of 30 answers" in shown(live_app))
        await until(pilot, lambda: (" left" in shown(live_app)) == is_drawn)
        chart = live_app.screen.query_one(ChartView)
        await until(pilot, lambda: (chart.data.model is not None) == is_drawn)
        fake_openai.release()


async def test_cancel_keeps_the_answers_that_had_come(live_app, fake_openai, shown, settled, until):
    fake_openai.then(text="A").then(text="B")
    fake_openai.always(text="D", hold=True)
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("f", "f", "r")
        await until(pilot, lambda: len(_run(live_app).replies) == 2)
        await pilot.press("escape")
        await settled(pilot)
        fake_openai.release()
        (row,) = live_app._arrangement.history.page()
        kept = live_app._arrangement.history.get(row.id)
        assert (kept.status, len(kept.replies), kept.alignment) == ("cancelled", 2, None)
        assert "esc Cancel" not in shown(live_app)
        assert "Cancelled after 2 of 30 answers" in shown(live_app)
        assert "KL(human" not in shown(live_app)
        await pilot.press("h")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert "Cancelled after 2 of 30 answers" in shown(live_app)


async def test_an_answer_is_shown_again_on_coming_back(live_app, fake_openai, shown, settled):
    fake_openai.always(text=MAP)
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await settled(pilot)
        await pilot.press("n")
        await settled(pilot)
        assert _run(live_app).status == "running"
        await pilot.press("N")
        await settled(pilot)
        assert _run(live_app).reading.distribution.probabilities == pytest.approx((0.1, 0.6, 0.25, 0.05))
        assert len(fake_openai.bodies) == 1
        await pilot.press("d")
        await settled(pilot)
        assert len(_run(live_app).alignment.positions) == 3


async def test_the_saved_answer_to_the_same_choices_is_shown_after_a_restart(make_app, fake_openai, shown, settled):
    fake_openai.always(text=MAP)
    for start in (1, 2):
        app = make_app(model="openai/x", api_base=fake_openai.base)
        async with app.run_test(size=(120, 36)) as pilot:
            await settled(pilot)
            if start == 1:
                await pilot.press("r")
                await settled(pilot)
            assert _run(app).reading.distribution.probabilities == pytest.approx((0.1, 0.6, 0.25, 0.05))
            said = " ".join(shown(app).split())
            assert ("SAVED x · 20" in said, "nothing was sent now" in said) == (start == 2, start == 2)
            await pilot.press("s")
            await settled(pilot)
            assert "not asked here yet" in shown(app)
    assert len(fake_openai.bodies) == 1


async def test_a_key_that_does_nothing_now_says_why_once(live_app, fake_openai, said, settled, until):
    fake_openai.always(text=MAP, hold=True)
    async with live_app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("x", "x", "R", "r")
        await until(pilot, lambda: len(fake_openai.bodies) == 1)
        await pilot.press("x", "R", "G")
        await pilot.press("escape")
        fake_openai.release()
    ways = [" ".join(words.split(":")[0].split(";")[0].split()) for words in said]
    assert ways[:4] == [
        "No run that was interrupted is shown",
        "No run that lacks answers is shown",
        "There is nothing to stop early",
        "The model is being asked",
    ]
    assert len(ways) == len(set(ways))


async def test_enough_is_offered_once_there_is_an_answer_and_is_acknowledged(
    live_app, fake_openai, shown, settled, until
):
    fake_openai.always(text="D", hold=True)
    async with live_app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("f", "f", "r")
        await until(pilot, lambda: len(fake_openai.bodies) > 1)
        assert "x Enough" not in shown(live_app)
        await pilot.press("x")
        assert not live_app.screen.view.call.enough.is_set()
        fake_openai.release()
        await settled(pilot)
        assert _run(live_app).status == "done"


def test_the_wait_for_another_attempt_counts_down(monkeypatch):
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    draft = SimpleNamespace(plan=SimpleNamespace(calls=(1, 2)))
    call = CallUnderWay(choices=None, draft=draft)
    call._begun = now
    call.delay(Attempt(2, 3, 7.0, "Too many requests"))
    now = 104.0
    assert "attempt 2 of 3 in 3 s … 4 s" in call.words()
    call.delay(None)
    call.answered = 1
    call.enough.set()
    assert "stopping early with 1 of" in call.words()


async def test_why_there_is_no_answer_is_in_sight_on_the_smallest_screen(opened, shown, until):
    async with opened(
        model="recorded/gpt-4", format="samples", question="opinionqa/SOCIETY_GUNS_W92", size=(80, 24)
    ) as (app, pilot):
        assert "was not asked SOCIETY_GUNS_W92" in " ".join(shown(app).split())
        assert "RECORDED" not in shown(app)
        assert "Prompt" not in shown(app)
        await pilot.press("pagedown")
        await until(pilot, lambda: "Prompt" in shown(app))


async def test_the_list_of_models_says_that_it_is_still_being_filled(live_app, shown, monkeypatch, until):
    found = asyncio.Event()

    async def slowly(**_):
        await found.wait()
        return [ModelCard("openai/late", "live", (), "")]

    monkeypatch.setattr("opinionscope.respondents.catalog.live_models", slowly)
    async with live_app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "How" in shown(live_app))
        await pilot.press("m")
        await until(pilot, lambda: "Still looking for available models" in shown(live_app))
        assert "openai/x" in shown(live_app)
        found.set()
        await until(pilot, lambda: "openai/late" in shown(live_app))
        assert "Still looking" not in shown(live_app)


async def test_a_pause_before_the_next_attempt_is_said(live_app, fake_openai, shown, settled, until):
    fake_openai.fails(429, "slow down", headers={"Retry-After": "30"})
    fake_openai.always(text=MAP)
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await until(pilot, lambda: "attempt 2 of 3 in 3" in shown(live_app))
        await pilot.press("escape")
        await settled(pilot)


async def test_nothing_recorded_is_not_kept_as_a_run(make_app, shown, settled, said):
    app = make_app(model="recorded/gpt-4")
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settled(pilot)
        await pilot.press("f", "f")
        await settled(pilot)
        assert "Nothing recorded" in shown(app)
        await pilot.press("r")
        await settled(pilot)
        assert any("nothing to keep" in each for each in said)
        assert app._arrangement.history.count() == 0


async def test_how_it_is_asked_is_chosen_and_shown(live_app, fake_openai, shown, settled):
    fake_openai.always(text=MAP)
    async with live_app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("o")
        await settled(pilot)
        assert isinstance(live_app.screen, RecipeScreen)
        assert live_app.focused.id == "recipe-repeats"
        await pilot.press("up")
        assert "simulates no single people" in shown(live_app)
        await pilot.press("down", "right", "down", "right", "right")
        await settled(pilot)
        assert "3 calls" in shown(live_app)
        await pilot.press("enter")
        await settled(pilot)
        assert live_app.screen.choices.recipe == Recipe(repeats=3, order="shuffled")
        assert "3 repeats · options shuffled" in shown(live_app)
        await pilot.press("r")
        await settled(pilot)
        assert len({body["messages"][-1]["content"] for body in fake_openai.bodies}) > 1
        assert _run(live_app).status == "done"


async def test_the_recipe_goes_back_to_its_defaults_and_escape_changes_nothing(live_app, shown, settled):
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        before = live_app.screen.choices
        await pilot.press("o")
        await settled(pilot)
        await pilot.press("right", "right")
        await pilot.press("backspace")
        assert live_app.screen.query_one("#recipe-repeats", ChoiceLine).value == "1"
        await pilot.press("right", "escape")
        await settled(pilot)
        assert live_app.screen.choices == before


async def test_a_favourite_comes_first_and_is_remembered(live_app, make_app, home, shown, settled):
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("m")
        await settled(pilot)
        assert isinstance(live_app.screen, PickerScreen)
        live_app.screen.query_one(Input).value = "opus"
        await pilot.pause()
        await pilot.press("ctrl+f")
        live_app.screen.query_one(Input).value = ""
        await pilot.pause()
        options = live_app.screen.query_one(OptionList)
        assert next(option.id for option in options.options if option.id) == "recorded/anthropic_opus"
        assert "★ recorded/anthropic_opus" in shown(live_app)
    again = make_app()
    async with again.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("m")
        await settled(pilot)
        assert "★ recorded/anthropic_opus" in shown(again)


async def test_scaled_log_probs_offer_to_ask_the_other_questions_first(opened, fake_openai, settled, until):
    fake_openai.always(text="A")
    async with opened(model="openai/x", api_base=fake_openai.base, format="scaled-log-probs", size=(80, 24)) as (
        app,
        pilot,
    ):
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await settled(pilot)
        assert "there are 0. Ask 5 more first: 5 calls" in str(app.screen.query_one("#confirm-question").render())
        await pilot.press("n")
        await settled(pilot)
        assert fake_openai.bodies == []
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: not isinstance(app.screen, ConfirmScreen) and _run(app).status == "done")
        assert len(fake_openai.bodies) == 6


async def test_loading_litellm_leaves_what_else_is_awaited_alone(live_app, settled, monkeypatch):
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        call, loaded = CallUnderWay(_run(live_app), status="2 of 9 other questions asked first"), asyncio.Event()
        monkeypatch.setattr("opinionscope.respondents.loading.load", loaded.wait)
        loading = live_app.screen.view._load_litellm(call)
        await pilot.pause()
        assert "loading litellm" in call.words()
        loaded.set()
        await loading.wait()
        assert "2 of 9 other questions asked first" in call.words()


async def test_the_reading_is_in_the_unit_that_is_chosen(opened, settled):
    async with opened(size=(120, 60)) as (app, pilot):
        await pilot.press("i")
        await settled(pilot)
        tabs = app.screen.query_one(DetailTabs)
        assert " nats " in tabs.text("reading")
        await pilot.press("u")
        await settled(pilot)
        assert " bits " in tabs.query_one("#text-reading").content.plain
        assert " nats " not in tabs.text("reading")


async def test_the_pinned_measures_are_in_the_unit_that_is_chosen(live_app, settled):
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        live = live_app.screen.choices
        live_app.screen.choose(replace(live, model="recorded/gpt-4", api_base=None))
        await settled(pilot)
        await pilot.press("equals_sign")
        await settled(pilot)
        live_app.screen.choose(live)
        await pilot.press("u")
        await settled(pilot)
        words = str(live_app.screen.query_one("#held-words").content)
        assert "Pinned: " in words
        assert words.rstrip(".").endswith(" bits")


async def test_the_offer_reckons_a_named_model_by_what_it_stands_for(opened, home, settled, until):
    (home / "settings.toml").write_text('[models.mine]\nmodel = "gpt-4o"\n')
    async with opened(model="mine", format="scaled-log-probs", size=(80, 24)) as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await settled(pilot)
        assert "5 calls, less than $0.01?" in str(app.screen.query_one("#confirm-question").render())


async def test_the_recipe_shows_all_its_options_at_once_where_there_is_room(opened):
    async with opened((120, 36)) as (app, pilot):
        await pilot.press("o")
        await pilot.pause()
        assert app.screen.query_one("#recipe-lines").max_scroll_y == 0
