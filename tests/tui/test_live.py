import pytest

from opinionscope.tui.widgets.chart_view import ChartView
from opinionscope.tui.widgets.run_list import RunList
from opinionscope.tui.widgets.run_view import RunView

pytestmark = pytest.mark.every_frame

PIECES = ("{'A': '10%'", ", 'B': '60%'", ", 'C': '25%', 'D': '5%'}")


async def test_before_the_run_humans_and_the_full_prompt_are_shown(live_app, fake_openai, shown, settled):
    async with live_app.run_test(size=(120, 60)) as pilot:
        await settled(pilot)
        chart = live_app.screen.query_one(ChartView).data
        assert chart.human
        assert chart.model is None
        assert "Put yourself in the place of Democrats" in shown(live_app)
        assert fake_openai.bodies == []


async def test_an_answer_streams_into_the_chart_and_ends_as_a_kept_live_run(
    live_app, fake_openai, shown, settled, until
):
    fake_openai.always(pieces=PIECES, hold_after=2, model="toy-2026")
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("r")
        chart = live_app.screen.query_one(ChartView)
        await until(pilot, lambda: chart.data.partial and chart.data.model[1] > 0)
        assert chart.data.model == (0.1, 0.6, 0, 0)
        assert live_app.screen.query_one(RunView).shown.alignment is None
        fake_openai.release()
        await settled(pilot)
        assert chart.data.model == (0.1, 0.6, 0.25, 0.05)
        assert not chart.data.partial
        assert "LIVE" in shown(live_app)
        assert "toy-2026" in shown(live_app)
        await pilot.press("a")
        await settled(pilot)
        assert "'A': '10%', 'B': '60%', 'C': '25%', 'D': '5%'" in shown(live_app)
        await pilot.press("h")
        await settled(pilot)
        assert live_app.screen.query_one(RunList).loaded
        await until(pilot, lambda: "openai/x" in shown(live_app))


async def test_cancel_is_kept_as_cancelled_and_nothing_is_drawn(live_app, fake_openai, shown, settled, until):
    fake_openai.always(pieces=PIECES, hold_after=1)
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("r")
        chart = live_app.screen.query_one(ChartView)
        await until(pilot, lambda: chart.data.partial)
        await pilot.press("escape")
        await settled(pilot)
        assert chart.data.model is None
        assert "Cancelled" in shown(live_app)
        (row,) = live_app._arrangement.history.page()
        assert row.status == "cancelled"
        assert row.kl is None


async def test_a_refused_key_is_a_sentence_with_a_next_step(live_app, fake_openai, shown, settled):
    fake_openai.fails(401, "Incorrect API key provided: [/bold] \x1b]52;c;AAAA\x07")
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await settled(pilot)
        run = live_app.screen.query_one(RunView).shown
        assert run.status == "failed"
        assert run.error_title in shown(live_app)
        assert "\x1b" not in run.error
        assert live_app.screen.query_one(ChartView).data.model is None
        assert live_app._arrangement.history.page()[0].status == "failed"


async def test_an_unreadable_answer_is_shown_as_text_and_not_as_bars(live_app, fake_openai, shown, settled):
    fake_openai.always(text="As [b]a model[/b] [/foo] I \x1b[31mcannot\x9b say \u202etxet")
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await settled(pilot)
        assert live_app.screen.query_one(RunView).shown.status == "unread"
        assert live_app.screen.query_one(ChartView).data.model is None
        await pilot.press("a")
        await settled(pilot)
        text = shown(live_app)
        assert "As [b]a model[/b] [/foo] I ␛[31mcannot� say �txet" in text
        assert "could not be read" in text


async def test_log_probs_are_asked_for_and_their_mass_is_stated(opened, fake_openai, shown, settled):
    fake_openai.always(tokens=((" A", -0.5), ("A", -2.0), ("b", -2.5), ("The", -2.0)), text="A")
    async with opened(model="openai/x", api_base=fake_openai.base, format="log-probs", size=(120, 60)) as (app, pilot):
        await pilot.press("r")
        await settled(pilot)
        assert fake_openai.bodies[-1]["logprobs"] is True
        chart = app.screen.query_one(ChartView).data
        assert chart.model[0] > chart.model[1] > 0 == chart.model[2]
        await pilot.press("i")
        await settled(pilot)
        assert "fell outside the options" in shown(app)


async def test_a_sequence_is_counted_while_it_arrives(opened, fake_openai, settled, until):
    fake_openai.always(pieces=("ABAB", "C" * 16), hold_after=1)
    async with opened(model="openai/x", api_base=fake_openai.base, format="sequence") as (app, pilot):
        await pilot.press("r")
        chart = app.screen.query_one(ChartView)
        await until(pilot, lambda: chart.data.partial)
        assert chart.data.model == (0.5, 0.5, 0, 0)
        fake_openai.release()
        await settled(pilot)
        assert chart.data.model[2] == 16 / 20


async def test_pressing_run_again_asks_only_once(live_app, fake_openai, settled, until):
    fake_openai.always(pieces=PIECES, hold_after=1)
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("r", "r", "r")
        await until(pilot, lambda: live_app.screen.query_one(ChartView).data.partial)
        await pilot.press("r")
        fake_openai.release()
        await settled(pilot)
        assert len(fake_openai.bodies) == 1
        assert [row.status for row in live_app._arrangement.history.page()] == ["done"]


async def test_a_click_on_a_question_chooses_it_and_asks_nobody(live_app, fake_openai, settled):
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        before = live_app.screen.choices.question
        await pilot.click("#questions", offset=(5, 4))
        await settled(pilot)
        assert live_app.screen.choices.question != before
        assert fake_openai.bodies == []
        assert live_app._arrangement.history.count() == 0


async def test_dropping_refusals_compares_the_answer_anew_and_asks_nobody(live_app, fake_openai, settled):
    fake_openai.always(text="".join(PIECES))
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await settled(pilot)
        await pilot.press("d")
        await settled(pilot)
        chart = live_app.screen.query_one(ChartView).data
        assert len(chart.model) == 3
        assert abs(chart.model[0] - 0.1 / 0.95) < 1e-9
        assert len(fake_openai.bodies) == 1


async def test_an_error_nobody_foresaw_is_said_and_the_program_goes_on(
    live_app, fake_openai, shown, monkeypatch, settled, until
):
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)

        def broken(run):
            raise ZeroDivisionError

        monkeypatch.setattr(live_app._arrangement.history, "begin", broken)
        await pilot.press("r")
        await until(pilot, lambda: "ZeroDivisionError" in shown(live_app))
        await pilot.press("s")
        await settled(pilot)
        assert live_app.screen.choices.steering == "few-shot"


async def test_choosing_something_else_stops_the_call_under_way(live_app, fake_openai, settled, until):
    fake_openai.always(pieces=PIECES, hold_after=1)
    async with live_app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await until(pilot, lambda: live_app.screen.query_one(ChartView).data.partial)
        await pilot.press("n")
        await settled(pilot)
        assert live_app.screen.query_one(ChartView).data.model is None
        assert [row.status for row in live_app._arrangement.history.page()] == ["cancelled"]
