"""What has come is written, whoever cancels what and however slow the disk is."""

import asyncio
import threading

import pytest

from opinionscope.elicitation import Recipe, Reply
from opinionscope.history import History, HistoryError, HistoryWriter
from opinionscope.respondents.base import Respondent
from opinionscope.runs import rescore
from opinionscope.runs.keeping import WriteQueue
from opinionscope.runs.prober import Choices, Prober
from opinionscope.settings import bundled
from opinionscope.survey import Library
from opinionscope.values import replace


class Slow(History):
    """Takes as long over each answer as the test wants."""

    def __init__(self, path):
        super().__init__(path)
        self.writing, self.go_on = threading.Event(), threading.Event()

    def add(self, run_id, responses):
        self.writing.set()
        assert self.go_on.wait(30)
        super().add(run_id, responses)


@pytest.fixture
def answered():
    """A run of two samples, drafted, and the same run answered."""
    library = Library.load([bundled("data")])
    choices = Choices("GAP21Q33_g_W82", "Democrat", "persona", "samples", "somebody", recipe=Recipe(samples=2))
    draft = replace(Prober(library, lambda *_: Respondent()).draft(choices), id="01M7Z5K7QYRQQKN8T9T1RNPB8N")
    responses = tuple(Reply(text=letter, model="crowd", call=at) for at, letter in enumerate("AB"))
    return draft, rescore(replace(draft, replies=responses))


async def test_a_finished_run_is_written_however_often_it_is_cancelled_meanwhile(tmp_path, answered):
    draft, done = answered
    with Slow(tmp_path / "history.db") as history:
        queue = WriteQueue(HistoryWriter(history))
        await queue.begin(draft)
        queue.add(draft, done.replies[0])
        await asyncio.to_thread(history.writing.wait, 30)
        finishing = asyncio.create_task(queue.finish(done))
        for _ in range(3):
            await asyncio.sleep(0)
            finishing.cancel()
        history.go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await finishing
        assert history.get(draft.id).status == "done"
        assert [one.text for one in history.get(draft.id).replies] == ["A", "B"]


async def test_an_answer_that_cannot_be_written_is_written_with_the_run(tmp_path, answered):
    class Broken(History):
        def add(self, run_id, responses):
            raise HistoryError("the disk is full")

    draft, done = answered
    with Broken(tmp_path / "history.db") as history:
        queue = WriteQueue(HistoryWriter(history))
        await queue.begin(draft)
        queue.add(draft, done.replies[0])
        await queue.finish(done)
        assert len(history.get(draft.id).replies) == 2
