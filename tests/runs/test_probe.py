import asyncio
from datetime import UTC, datetime

import pytest

from opinionscope.elicitation import FORMATS, Recipe, Reply, SteeringError
from opinionscope.history import History, HistoryWriter
from opinionscope.respondents.base import Respondent, RespondentError
from opinionscope.respondents.choosing import respondent_for
from opinionscope.runs import RunError
from opinionscope.runs.job import Watch
from opinionscope.runs.prober import Choices, Prober
from opinionscope.survey import Library
from opinionscope.survey.library import NotFoundError
from opinionscope.values import replace

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
RECORDED = Choices("GAP21Q33_g_W82", "Democrat", "persona", "verbalized", "recorded/gpt-4")
LIVE = Choices("GAP21Q33_g_W82", "Democrat", "persona", "verbalized", "somebody")


class Somebody(Respondent):
    """A live respondent that looks into the history while it is asked."""

    name = "somebody"
    kind = "live"

    def __init__(self, history, answer=None, error=None):
        self.history, self.answer, self.error = history, answer, error
        self.seen = []
        self.asked = asyncio.Event()

    async def respond(self, call, on_text=None, on_attempt=None):
        self.seen = [row.status for row in self.history.page()]
        self.asked.set()
        if self.error:
            raise self.error
        if self.answer is None:
            await asyncio.Event().wait()
        return Reply(text=self.answer, model="somebody-1", answered=NOON)


def prober_of(library, history, respondent=None):
    def connect(model, api_base):
        return respondent or respondent_for(model, library, api_base)

    return Prober(library, connect, history and HistoryWriter(history), clock=lambda: NOON)


async def test_a_recorded_answer_becomes_a_kept_run(library, history):
    run = await prober_of(library, history).run(RECORDED)
    assert run.status == "done"
    assert run.alignment.human.n == 428
    assert history.get(run.id) == run


async def test_a_live_run_is_written_before_the_call(library, history):
    somebody = Somebody(history, "{'A': '10%', 'B': '50%', 'C': '30%', 'D': '10%'}")
    run = await prober_of(library, history, somebody).run(LIVE)
    assert somebody.seen == ["running"]
    assert run.status == "done"
    assert history.get(run.id) == run


async def test_a_finished_run_is_shown_before_it_is_written(library, history):
    shown = []
    await prober_of(library, history).run(
        RECORDED, Watch(on_run=lambda run: shown.append((run.status, history.count())))
    )
    assert shown == [("done", 0)]


async def test_a_failed_call_is_kept_with_its_error(library, history):
    somebody = Somebody(history, error=RespondentError("set the key", title="No key"))
    run = await prober_of(library, history, somebody).run(LIVE)
    kept = history.get(run.id)
    assert (kept.status, kept.error_title, kept.error) == ("failed", "No key", "set the key")
    assert kept.alignment is None


async def test_an_unreadable_answer_is_kept_and_not_scored(library, history):
    run = await prober_of(library, history, Somebody(history, "no idea")).run(LIVE)
    assert (run.status, run.alignment) == ("unread", None)
    assert history.get(run.id).reply.text == "no idea"


async def test_a_cancelled_run_is_kept_as_cancelled(library, history):
    somebody = Somebody(history)
    task = asyncio.create_task(prober_of(library, history, somebody).run(LIVE))
    await somebody.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [row.status for row in history.page()] == ["cancelled"]


async def test_of_a_cancelled_run_of_many_calls_those_that_had_come_are_kept(library, history):
    class Crowd(Somebody):
        async def respond(self, call, on_text=None, on_attempt=None):
            if call.seed % 10 >= 4:
                await asyncio.Event().wait()
            return Reply(text="A", model="crowd", answered=NOON)

    four_came = asyncio.Event()
    watch = Watch(on_part=lambda run: four_came.set() if len(run.replies) == 4 else None)
    choices = replace(LIVE, format="samples", seed=0, recipe=Recipe(samples=10))
    task = asyncio.create_task(prober_of(library, history, Crowd(history)).run(choices, watch))
    await four_came.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (row,) = history.page()
    kept = history.get(row.id)
    assert (kept.status, [one.call for one in kept.replies]) == ("cancelled", [0, 1, 2, 3])


async def test_an_error_nobody_foresaw_is_raised_and_leaves_no_run_running(library, history):
    somebody = Somebody(history, error=ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        await prober_of(library, history, somebody).run(LIVE)
    assert [row.status for row in history.page()] == ["failed"]


async def test_a_history_that_cannot_be_written_costs_no_call(library, tmp_path):
    (tmp_path / "history.db").mkdir()
    somebody = Somebody(History(tmp_path / "empty.db"), "{}")
    with pytest.raises(RunError):
        await prober_of(library, History(tmp_path / "history.db"), somebody).run(LIVE)
    assert not somebody.asked.is_set()


async def test_a_recorded_few_shot_answer_needs_no_examples_of_ours(library):
    brazil = Choices("world-cup-2010-winner", "Brazil", "few-shot", "verbalized", "recorded/gpt-4")
    run = await prober_of(library, None).peek(brazil)
    assert run.status == "done"
    assert run.plan.first.prompt.user == ""


async def test_choices_that_make_no_plan_still_show_the_humans(library):
    prober = prober_of(library, None)
    run = prober.refused(RECORDED, SteeringError("no neighbours"))
    assert (run.status, run.error) == ("failed", "no neighbours")
    assert run.human.n == 428
    assert run.plan.first.prompt.user == ""


async def test_peeking_keeps_nothing_and_asks_nobody(library, history):
    assert (await prober_of(library, history).peek(RECORDED)).status == "done"
    somebody = Somebody(history, "{}")
    assert (await prober_of(library, history, somebody).peek(LIVE)).status == "running"
    assert not somebody.asked.is_set()
    assert history.count() == 0


async def test_the_same_choices_make_the_same_prompt(library):
    prober = prober_of(library, None)
    assert prober.plan(RECORDED).calls == prober.plan(RECORDED).calls


@pytest.mark.parametrize(
    ("choices", "error"),
    [
        (Choices("nothing", "Democrat", "persona", "verbalized", "recorded/gpt-4"), NotFoundError),
        (Choices("GAP21Q33_g_W82", "Martian", "persona", "verbalized", "recorded/gpt-4"), NotFoundError),
        (Choices("GAP21Q33_g_W82", "Democrat", "persona", "verbalized", "recorded/nobody"), RespondentError),
    ],
)
async def test_choices_that_name_nothing_cost_nothing(library, history, choices, error):
    with pytest.raises(error):
        await prober_of(library, history).run(choices)
    assert history.count() == 0


async def test_few_shot_without_neighbours_is_refused_before_any_call(tmp_path, history):
    (tmp_path / "lonely.pack.toml").write_text(
        'format = "opinionscope-pack/1"\ndataset = "lonely"\ntitle = "Lonely"\ngroups.Us = { team = "us" }\n'
        '[[questions]]\nid = "q"\ntitle = "Q"\ntext = "Yes or no?"\noptions = ["Yes", "No"]\nhuman.Us = [3, 4]\n'
    )
    prober = prober_of(Library.load([tmp_path]), history, Somebody(history, "{}"))
    with pytest.raises(SteeringError, match="no other question"):
        await prober.run(Choices("q", "Us", "few-shot", "verbalized", "somebody"))
    assert history.count() == 0


@pytest.mark.parametrize("form", FORMATS)
async def test_a_recorded_model_is_looked_up_once_whatever_the_format(library, form):
    drafted = prober_of(library, None).draft(replace(RECORDED, format=form))
    assert len(drafted.plan.calls) == 1
