"""What is written comes back equal, whatever became of the run."""

import math
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

import pytest
from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

from opinionscope.alignment.scores import Score
from opinionscope.elicitation import PLAIN, Reading, Reply, TokenLogprob, Usage
from opinionscope.elicitation.expression import Request
from opinionscope.history import History, HistoryError
from opinionscope.history.connecting import connect
from opinionscope.history.restoring import MOST_STATEMENTS, restore
from opinionscope.runs import Run, Status, new_run_id, rescore
from opinionscope.survey import Distribution, Group, Option
from opinionscope.values import replace

MakeRun = Callable[..., Run]
FINISHED = datetime(2026, 3, 1, 12, 1, tzinfo=UTC)


def _left_at_default(value: object, path: str = "run") -> list[str]:
    """Fields, at any depth, that hold nothing but their default; the first response stands for all."""
    found = []
    value = value[0] if isinstance(value, tuple) and path in ("run.replies", "run.plan.calls") else value
    for field in fields(value) if isinstance(value, Struct) else ():
        here, held = f"{path}.{field.name}", getattr(value, field.name)
        default = None if field.default is NODEFAULT else field.default
        if field.default_factory is not NODEFAULT:
            default = field.default_factory()
        if held == default:
            found.append(here)
        found += [] if here == "run.replies.reading" else _left_at_default(held, here)
    return found


def test_a_finished_run_comes_back_equal_in_every_field(history: History, done: MakeRun) -> None:
    run = done()
    assert run.alignment is not None
    history.begin(replace(run, status="running", replies=(), reading=None, alignment=None, finished=None))
    history.finish(run)
    assert history.get(run.id) == run
    assert _left_at_default(run) == [
        "run.plan.cell.recipe.normalise",
        "run.plan.cell.recipe.completion",
        "run.plan.calls.cell.recipe.normalise",
        "run.plan.calls.cell.recipe.completion",
        "run.plan.calls.thought",
        "run.plan.calls.before",
        "run.plan.calls.number",
        "run.replies.first_token",
        "run.replies.figures",
        "run.replies.unread",
        "run.replies.offered",
        "run.replies.thought",
        "run.replies.kind",
        "run.replies.recorded",
        "run.replies.call",
        "run.reading.distribution.n",
        "run.reading.reason",
        "run.reading.sample_size",
        "run.reading.bounds",
        "run.reading.stated",
        "run.alignment.model.n",
        "run.error_title",
        "run.error",
        "run.pinned",
    ], "a field was added or lost: let the sample run of conftest.py hold something in it, and the history keep it"


def test_a_run_is_there_before_the_answer_with_all_it_takes_to_repeat_it(history: History, draft: MakeRun) -> None:
    run = draft()
    history.begin(run)
    assert history.get(run.id) == run


def test_recorded_figures_come_back_with_their_gaps(history: History, draft: MakeRun) -> None:
    answer = Reply(figures=(40.0, None, 0.1 + 0.2, 12.0))
    recorded = replace(answer, kind="recorded", model="gpt-4", recorded="April 2024, from the authors")
    run = rescore(draft(model="recorded/gpt-4", replies=(recorded,), format="sequence", seed=None, api_base=None))
    assert run.reading is not None
    assert run.reading.sample_size == 52
    assert run.reading.coverage is None
    assert run.alignment is not None
    assert run.alignment.model.n is not None
    history.finish(run)
    assert history.get(run.id) == run


def test_recorded_text_is_read_again_by_the_letters_it_was_given_in(history: History, draft: MakeRun) -> None:
    then = ("No", "Refused", "Yes")
    answer = Reply("{'A': '10%', 'B': '5%', 'C': '85%'}", offered=then)
    run = rescore(
        draft(model="recorded/gpt-4", replies=(replace(answer, kind="recorded", model="gpt-4", recorded="2024"),))
    )
    assert run.reading is not None
    assert run.reading.figures == (85, 0, 10, 5)
    assert "A = No, B = Refused, C = Yes" in run.reading.trace[0]
    assert "Maybe" in run.reading.trace[1]
    history.finish(run)
    kept = history.get(run.id)
    assert kept == run
    assert rescore(replace(kept, reading=None)).reading == run.reading


def test_a_recorded_answer_that_nobody_could_read(history: History, draft: MakeRun) -> None:
    recorded = Reply(unread="fractions that sum to 3", kind="recorded", model="opus", recorded="2024")
    run = rescore(draft(replies=(recorded,)))
    assert (run.status, run.alignment) == ("unread", None)
    history.finish(run)
    assert history.get(run.id) == run


@pytest.mark.parametrize(
    "tokens",
    [
        None,
        (),
        (TokenLogprob(" A", -0.1), TokenLogprob("\n", -9999.0), TokenLogprob("", -math.inf), TokenLogprob("’", -0.0)),
    ],
)
def test_log_probs_come_back_token_by_token(
    history: History, draft: MakeRun, tokens: tuple[TokenLogprob, ...] | None
) -> None:
    response = Reply("A", first_token=tokens, model="m", answered=FINISHED, usage=Usage(None, None, None, 0.5))
    run = rescore(draft(format="log-probs", replies=(response,)))
    history.finish(run)
    assert history.get(run.id) == run


def test_bounds_of_what_was_not_measured_come_back(history: History, draft: MakeRun) -> None:
    tokens = (TokenLogprob("A", -0.2), TokenLogprob("C", -2.0), TokenLogprob("The", -5.5))
    run = rescore(draft(format="log-probs", offered=(), replies=(Reply("A", tokens, model="m"),)))
    assert run.reading is not None
    assert [bound is not None for bound in run.reading.bounds] == [False, True, False, True]
    history.finish(run)
    assert history.get(run.id) == run


def test_a_thought_without_an_answer_comes_back(history: History, draft: MakeRun) -> None:
    answer = Reply(thought="Hm.\n\nThey may like it.", unread="the model was cut off", finish_reason="length")
    run = rescore(draft(replies=(replace(answer, model="m", answered=FINISHED),)))
    assert (run.status, run.error) == (
        "unread",
        "the model was cut off; ask again, or choose samples or sequence for this model",
    )
    history.finish(run)
    assert history.get(run.id) == run


def test_a_logprob_that_is_no_number_stays_none(history: History, draft: MakeRun) -> None:
    response = Reply("A", first_token=(TokenLogprob("A", math.nan),), model="m")
    run = draft(format="log-probs", replies=(response,), status="unread")
    history.finish(run)
    kept = history.get(run.id).reply
    assert kept is not None
    assert kept.first_token is not None
    assert math.isnan(kept.first_token[0].logprob)


def test_an_unreadable_answer_is_kept_whole(history: History, draft: MakeRun) -> None:
    text = "I’d rather not.\n\t [/red] '; DROP TABLE runs; --  💡"
    run = rescore(draft(replies=(Reply(text, model="gpt-4o", answered=FINISHED),)))
    assert run.status == "unread"
    history.finish(run)
    assert history.get(run.id) == run


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ('{"A": 60, "B": 50, "C": 30, "D": 18}', (60, 50, 30, 18)),
        ('{"A": 60, "C": 0, "D": 1}', (60, None, 0, 1)),
    ],
)
def test_what_an_unreadable_answer_stated_comes_back(
    history: History, draft: MakeRun, text: str, stated: tuple[float | None, ...]
) -> None:
    run = rescore(draft(replies=(Reply(text, model="m", answered=FINISHED),)))
    assert run.reading is not None
    assert (run.reading.distribution, run.reading.figures, run.reading.stated) == (None, (), stated)
    history.finish(run)
    assert history.get(run.id) == run


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_run_without_an_answer(history: History, draft: MakeRun, status: Status) -> None:
    run = draft()
    history.begin(run)
    ended = replace(run, status=status, error_title="No answer", error="Start the server.", finished=FINISHED)
    history.finish(ended)
    assert history.get(run.id) == ended


def test_the_answers_of_several_calls_come_back_each_in_its_place(history: History, draft: MakeRun) -> None:
    """The second call failed; the third answered in another order of the options."""
    first, call = draft().plan.calls
    thoughtful = Reply("BBAD" * 5, thought="They like parks.", offered=("No", "Yes", "Maybe", "Refused"))
    responses = (
        Reply("AABC" * 5, model="gpt-4o", answered=FINISHED, usage=Usage(10, 4, 0.5, 1.5)),
        Reply(unread="Rate limit: wait", model="gpt-4o", call=1),
        replace(thoughtful, model="gpt-4o-mini", answered=FINISHED, usage=Usage(12, 4, 0.25, 2.0), call=2),
    )
    run = rescore(draft(format="sequence", calls=(first, call, call), replies=responses))
    assert run.reading is not None
    assert (run.reading.figures, run.reading.sample_size) == ((20, 5, 10, 5), 40)
    history.finish(run)
    assert history.get(run.id) == run
    assert run.usage == Usage(22, 8, 0.75, 3.5)


def test_a_reading_without_a_human_side(history: History, done: MakeRun) -> None:
    run = done(human=None)
    assert (run.status, run.alignment) == ("done", None)
    history.finish(run)
    assert history.get(run.id) == run


def test_odd_shapes(history: History, done: MakeRun) -> None:
    """Epsilon 0 makes KL infinite; groups whose names hold the expression's own signs; shares without n."""
    run = done(
        epsilon=0.0,
        drop_nonresponse=False,
        human=Distribution((0.25, 0.25, 0.25, 0.25)),
        group=Group("a=b, c", (("x,y", "1=2"), ("z", ""))),
        example_ids=(),
        notes=(),
        recipe=PLAIN,
        calls=(replace(done().plan.first, offered=(), request=Request(77)),),
    )
    assert run.alignment is not None
    assert (run.alignment["kl"], run.alignment["kl_unsmoothed"]) == (math.inf, math.inf)
    assert run.alignment.scores["kl"].floor is None
    run = replace(run, reading=Reading(Distribution((0.5, 0.5, 0.0, 0.0), 9.0), coverage=0.4), tags=(), note="")
    history.finish(run)
    assert history.get(run.id) == run


def test_measures_come_from_the_file_and_are_not_computed_again(history: History, done: MakeRun) -> None:
    run = done()
    assert run.alignment is not None
    scores = {**run.alignment.scores, "kl": Score(12.5, 11.0, 14.0, 0.5), "js": Score(0.0)}
    run = replace(run, alignment=replace(run.alignment, scores=scores))
    history.finish(run)
    assert history.get(run.id).alignment == run.alignment


def test_finishing_again_replaces_the_outcome(history: History, done: MakeRun) -> None:
    run = done()
    history.finish(run)
    smoother = rescore(replace(run, epsilon=0.2, drop_nonresponse=False))
    assert smoother.alignment is not None
    assert len(smoother.alignment.positions) == 4
    history.finish(smoother)
    assert history.get(run.id) == smoother


def test_text_of_a_history_from_elsewhere_is_made_safe(history: History, done: MakeRun) -> None:
    run = done()
    history.finish(run)
    with closing(sqlite3.connect(history.path)) as plain, plain:
        plain.execute("UPDATE runs SET model = 'gpt\x1b[31m', note = CAST(x'41FF42' AS TEXT)")
    assert [row.model for row in history.page()] == ["gpt␛[31m"]
    kept = history.get(run.id)
    assert (kept.model, kept.note) == ("gpt␛[31m", "A\ufffdB")


def test_half_characters_do_not_lose_the_run(history: History, draft: MakeRun) -> None:
    run = rescore(draft(replies=(Reply("broken \ud83d emoji", model="m"),)))
    history.finish(run)
    kept = history.get(run.id).reply
    assert kept is not None
    assert kept.text == "broken ? emoji"


def test_tags_and_notes_given_while_it_ran_stay(history: History, draft: MakeRun, done: MakeRun) -> None:
    run = draft(tags=(), note="")
    history.begin(run)
    history.tag(run.id, "keep", "  two  words ")
    history.note(run.id, "look at this")
    history.finish(replace(done(id=run.id, tags=("pilot",), note="")))
    kept = history.get(run.id)
    assert (kept.tags, kept.note) == (("keep", "two words", "pilot"), "look at this")
    history.untag(run.id, "keep", "unknown")
    history.note(run.id, "")
    kept = history.get(run.id)
    assert (kept.tags, kept.note) == (("two words", "pilot"), "")
    with pytest.raises(HistoryError, match="expected a tag"):
        history.tag(run.id, " \n")


def test_an_id_is_found_by_its_beginning_or_its_end(history: History, done: MakeRun) -> None:
    one, other = (done(id=f"01J0000000000000000000{end}") for end in ("ABCD", "EFGH"))
    for run in (one, other):
        history.finish(run)
    assert history.get("01j0000000000000000000e") == other
    assert history.get("abcd") == one
    with pytest.raises(HistoryError, match=f"{other.id}, {one.id}; give more"):
        history.get("01J")
    for unknown in ("", "%", "01J_", "ZZZ", new_run_id()):
        with pytest.raises(HistoryError, match="opinionscope history list"):
            history.get(unknown)


def test_deleting_takes_what_no_other_run_needs(history: History, done: MakeRun) -> None:
    run, twin = done(), done()
    other = done(question=replace(run.cell.question, options=(Option("Y"), Option("N"))), human=None, pooled=None)
    for each in (run, twin, other):
        history.finish(each)
    history.delete(run.id)
    assert history.get(twin.id) == twin
    history.delete(twin.id)
    assert [row.id for row in history.page()] == [other.id]
    assert history.get(other.id) == other
    history.delete(other.id)
    with closing(sqlite3.connect(history.path)) as plain:
        names = plain.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 1) <> '_'")
        ours = [name for (name,) in names.fetchall() if "_search_" not in name]  # FTS5 has tables of its own
        left = {name: plain.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ours}
    assert len(left) > 15
    assert not any(left.values()), left


@pytest.mark.parametrize("calls", [1, 30])
def test_a_run_is_restored_by_few_statements_however_many_calls_it_has(
    history: History, done: MakeRun, calls: int
) -> None:
    run = done()
    first, (reply,) = run.plan.first, run.replies
    plan = replace(run.plan, calls=tuple(replace(first, seed=seed) for seed in range(calls)))
    run = replace(run, plan=plan, replies=tuple(replace(reply, call=at) for at in range(calls)))
    history.finish(run)
    with closing(connect(history.path, 1)) as connection:
        statements: list[str] = []
        connection.set_trace_callback(statements.append)
        assert restore(connection, run.id) == run
    assert len(statements) <= MOST_STATEMENTS
