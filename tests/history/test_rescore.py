"""Stored answers are scored again without asking anybody; ids keep the order of time."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from opinionscope.elicitation import Reading, Reply
from opinionscope.history import History
from opinionscope.runs import Run, RunError, new_run_id, rescore
from opinionscope.values import replace

MakeRun = Callable[..., Run]


def test_an_answer_an_old_parser_could_not_read_is_read_today(history: History, done: MakeRun) -> None:
    run = done()
    old = replace(
        run,
        status="unread",
        reading=Reading.unread("single quotes"),
        alignment=None,
        error_title="Not read",
        error="single quotes",
    )
    history.finish(old)
    history.finish(rescore(history.get(run.id)))
    assert history.get(run.id) == run


def test_another_comparison_of_the_same_answer(done: MakeRun) -> None:
    run = done()
    again = rescore(replace(run, epsilon=0.3, drop_nonresponse=False))
    assert run.alignment is not None
    assert again.alignment is not None
    assert (again.epsilon, again.drop_nonresponse, again.alignment.epsilon) == (0.3, False, 0.3)
    assert (len(run.alignment.positions), len(again.alignment.positions)) == (3, 4)
    assert rescore(replace(again, epsilon=run.epsilon, drop_nonresponse=True)) == run


def test_nothing_left_to_compare_is_said(draft: MakeRun) -> None:
    refused = Reply("{'A': 0, 'B': 0, 'C': 0, 'D': 100}", model="m")
    run = rescore(draft(replies=(refused,)))
    assert (run.status, run.alignment, run.error_title) == ("unread", None, "Nothing left to compare")
    kept = rescore(replace(run, drop_nonresponse=False))
    assert (kept.status, kept.error_title, kept.error) == ("done", "", "")


@pytest.mark.parametrize("status", ["running", "failed", "cancelled"])
def test_without_an_answer_nothing_changes(draft: MakeRun, status: str) -> None:
    run = draft(status=status, error="no answer")
    assert rescore(run) == run


def test_an_unknown_format_is_named(done: MakeRun) -> None:
    run = done()
    with pytest.raises(RunError, match='format "haiku" is not known'):
        rescore(replace(run, plan=replace(run.plan, cell=replace(run.cell, format="haiku"))))


def test_ids_rise_even_when_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns()
    falling = iter(range(now, 0, -60_000_000_000))
    monkeypatch.setattr(time, "time_ns", lambda: next(falling))
    ids = [new_run_id() for _ in range(50)]
    assert ids == sorted(set(ids))
    assert {len(run_id) for run_id in ids} == {26}


def test_threads_never_make_the_same_id() -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: new_run_id(), range(2000)))
    assert len(set(ids)) == 2000
