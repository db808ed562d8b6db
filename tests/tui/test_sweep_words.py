"""What is said of a sweep, and whom pausing it may reach."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from opinionscope.history import History
from opinionscope.history.errors import HistoryError
from opinionscope.history.sweep_progress import SweepBounds, SweepPace, SweepState
from opinionscope.history.sweeps import SweepRow, Totals
from opinionscope.tui.sweep_draft import listed
from opinionscope.tui.sweep_words import asked_words, early_warning, header, list_line, progress_lines, stop_words
from opinionscope.values import replace

NAME = "a sweep with [/b] a long name, for which there is hardly any room"
ROW = SweepRow("01M8KQHXJWVNEAQKY656CGZEYJ", datetime(2026, 1, 2, tzinfo=UTC), NAME, "", 100, 100)
QUIET = SweepPace(None, {}, {})


def state(answered, unread, status="running", cost=None, **bounds):
    return SweepState(ROW, Totals(answered, unread, 0, 0, cost, status == "running"), status, SweepBounds(**bounds))


def test_unread_answers_are_told_early_but_not_before_there_are_enough():
    pace = SweepPace(None, {}, {"no letter with a percentage": 9, "empty": 1})
    assert early_warning(state(19, 10), pace) == ""
    assert early_warning(state(100, 10), pace) == ""
    said = early_warning(state(27, 10), pace)
    assert said == "37 % of 27 answers are unread: no letter with a percentage. p pauses, what came is kept."
    assert "p pauses" not in early_warning(state(27, 10, "stopped"), pace)


@pytest.mark.parametrize("width", [57, 77, 117, 197])
def test_the_line_of_a_sweep_fits_and_says_which_bound_stopped_it(width):
    line = list_line(state(40, 0, "stopped", 1.5, ended_by="--budget 1.5"), width)
    assert line.cell_length <= width
    assert line.plain.endswith("stopped by budget")
    assert header(width).plain.index("STATUS") == line.plain.index("stopped by")
    assert "paused" in list_line(state(40, 0, "stopped"), width).plain
    assert list_line(SweepState(ROW, Totals(99, 0, 1, 0, None, False), "stopped"), width).plain.endswith("1 failed")


def test_a_name_has_room_before_the_cost_has():
    assert list_line(state(40, 0), 77).plain.startswith(NAME[:19])
    assert "COST" not in header(77).plain


def test_what_a_sweep_asks_is_told_from_its_plan_and_in_the_list_where_it_has_no_name():
    plan = 'models = ["a", "b"]\nformats = ["verbalized"]\ngroups = ["Male"]\nquestions = ["x/1"]'
    assert asked_words(plan) == "a, b × verbalized × persona × Male × 1 question"
    assert asked_words("of = another version") == ""
    unnamed = replace(state(40, 0), row=replace(ROW, name="", plan=plan))
    assert list_line(unnamed, 197).plain.startswith("a, b × verbalized × persona × Male × 1 question")


def test_what_stopped_a_sweep_is_told_with_what_goes_on():
    assert stop_words(state(40, 0, "stopped", ended_by="errors of x: no.")) == "Stopped by errors of x: no. r goes on."
    assert stop_words(state(40, 0, "running", ended_by="errors of x: no.")) == ""


def test_spend_is_told_beside_the_budget_of_the_last_start():
    lines = progress_lines(state(40, 0, cost=1.5, budget=2.0, cost_before=1.0), SweepPace(0.5, {}, {}), 120)
    assert "40 of 100 cells" in lines[0].plain
    assert lines[1].plain == "30.0 cells a minute over the last minute · about 2 min left"
    assert lines[2].plain == "cost $1.50 · $0.50 of the budget of $2.00 since the last start"
    assert "unknown of the budget" in progress_lines(state(40, 0, budget=2.0), QUIET, 120)[2].plain


def test_lists_keep_composed_groups_whole():
    assert listed("Democrat, Republican,") == ("Democrat", "Republican")
    assert listed("party=Democrat,sex=Female") == ("party=Democrat,sex=Female",)
    assert listed("party=Democrat,sex=Female; Male") == ("party=Democrat,sex=Female", "Male")


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs Linux")  # noqa: PTH112
def test_pausing_reaches_only_the_process_that_holds_the_sweep(tmp_path, monkeypatch):
    reached = []
    monkeypatch.setattr(os, "kill", lambda pid, _: reached.append(pid))
    with History(tmp_path / "history.db") as history:
        history.add_sweep(ROW)
        assert history.stop_sweep(ROW.id) is False
        with history.holding(ROW.id):
            assert history.sweeps_under_way() == {ROW.id}
            assert history.stop_sweep(ROW.id) is True
            assert reached == [os.getpid()]
            with closing(sqlite3.connect(history.path)) as other:
                other.execute("UPDATE sweeps SET holder = replace(holder, ?, ?)", (str(os.getpid()), str(os.getppid())))
                other.commit()
            with pytest.raises(HistoryError, match="does not hold sweep"):
                history.stop_sweep(ROW.id)
        assert history.stop_sweep(ROW.id) is False
    assert reached == [os.getpid()]
