"""What the further fields of the recipe do, from the first call to the history and back."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from opinionscope.elicitation import PLAIN, Recipe, RecipeError
from opinionscope.history import History, HistoryWriter
from opinionscope.report.as_json import run_json
from opinionscope.report.repeating import run_command
from opinionscope.respondents.choosing import respondent_for
from opinionscope.runs import Run
from opinionscope.runs.prober import Choices, Prober
from opinionscope.survey import Library

TOO_MUCH = '{"A": 90, "B": 90, "C": 60, "D": 0}'
SOUND = '{"A": 40, "B": 30, "C": 20, "D": 10}'
OLD_HASH = "4e274a1dc3d1c8a63f6fa25c2c7ddad8680c33db0ec1efdb092e5a53ed93933c"
"""Of a request, as the program computed it before there were further fields."""


@pytest.fixture
def prober(bundled_library: Library, home: Any) -> Prober:
    store = HistoryWriter(History(home / "history.db"))
    return Prober(bundled_library, lambda model, base: respondent_for(model, bundled_library, base), store)


@pytest.fixture
def ask(prober: Prober, fake_openai: Any) -> Callable[..., Any]:
    async def probe(form: str = "verbalized", **recipe: Any) -> Run:
        choices = Choices(
            "the-bee-sting", "Female", "persona", form, "openai/toy", fake_openai.base, recipe=Recipe(**recipe)
        )
        return await prober.run(choices)

    return probe


async def test_an_unread_answer_is_asked_again_with_what_was_wrong_and_both_are_kept(
    ask: Any, fake_openai: Any, home: Any
) -> None:
    fake_openai.then(text=TOO_MUCH).then(text=SOUND)
    run = await ask(repair=1)
    first, second = fake_openai.bodies
    assert second["messages"][: len(first["messages"])] == first["messages"]
    assert second["messages"][-2] == {"role": "assistant", "content": TOO_MUCH}
    assert "sum to 240" in second["messages"][-1]["content"]
    assert run.status == "done"
    kept = History(home / "history.db").get(run.id)
    assert (kept.replies, kept.reading, kept.cell) == (run.replies, run.reading, run.cell)
    assert kept.reply.before[0][0] == TOO_MUCH
    assert "asked again" in kept.reading.trace[0]
    assert run_json(kept)["recipe"]["repair"] == 1
    assert "--repair 1" in run_command(kept)
    assert [History(home / "history.db").count(words) for words in ("repair:1", "repair:0", "-repair:1")] == [1, 0, 0]


async def test_after_so_many_follow_ups_it_stays_unread_with_the_last_answer(ask: Any, fake_openai: Any) -> None:
    fake_openai.always(text=TOO_MUCH)
    run = await ask(repair=2)
    assert len(fake_openai.bodies) == 3
    assert (run.status, len(run.reply.before)) == ("unread", 2)
    assert (await ask()).status == "unread"
    assert len(fake_openai.bodies) == 4


async def test_a_follow_up_that_fails_leaves_the_answer(ask: Any, fake_openai: Any) -> None:
    fake_openai.then(text=TOO_MUCH).then(status=401, body=b"{}")
    run = await ask(repair=3)
    assert (run.status, run.reply.text, run.reply.before) == ("unread", TOO_MUCH, ())


async def test_any_sum_is_normalised_on_demand_and_stays_muted(ask: Any, fake_openai: Any) -> None:
    fake_openai.always(text=TOO_MUCH)
    run = await ask(normalise="any")
    assert run.reading.distribution.probabilities == pytest.approx((0.375, 0.375, 0.25, 0))
    assert "summed to 240, not 100; normalised" in run.reading.trace
    assert "240" in run.measures_muted


async def test_place_and_time_come_from_the_study_card_or_are_refused(
    ask: Any, prober: Prober, fake_openai: Any
) -> None:
    fake_openai.always(text=SOUND)
    run = await ask(place_and_time=True)
    assert "in 2024. Who was asked: Crowdworkers" in run.plan.first.prompt.user
    question = next(each for each in prober.library.questions if each.domain == "global")
    group = prober.library.groups(question)[0].name
    where = (f"{question.dataset}/{question.id}", group, "persona", "verbalized", "openai/toy")
    with pytest.raises(RecipeError, match="names no year; leave --place-and-time out"):
        prober.plan(Choices(*where, recipe=Recipe(place_and_time=True)))


async def test_a_base_model_continues_a_transcript(ask: Any, fake_openai: Any) -> None:
    fake_openai.always(text=" A", tokens=[(" A", -0.5), (" B", -1.5), ("\n", -3.0)])
    run = await ask(form="log-probs", completion=True)
    (body,) = fake_openai.bodies
    assert (fake_openai.requests[-1].path, body["max_tokens"]) == ("/v1/completions", 1)
    assert body["prompt"].startswith("The following is the transcript of a survey.")
    assert body["prompt"].endswith("Answer:")
    assert run.reading.distribution.probabilities[0] == pytest.approx(1 / (1 + math.exp(-1)))
    run = await ask(form="samples", completion=True, samples=3)
    assert {each["max_tokens"] for each in fake_openai.bodies} == {1}
    assert run.reading.sample_size == 3
    assert any("to be continued" in note for note in run.plan.notes)


def test_requests_of_old_runs_keep_their_hash(bundled_library: Library, home: Any) -> None:
    base = "http://127.0.0.1:9/v1"
    respondent = respondent_for("openai/toy", bundled_library, base)
    choices = Choices("the-bee-sting", "Female", "persona", "verbalized", "openai/toy", base, seed=3)
    call = Prober(bundled_library, lambda model, base: respondent).plan(choices).first
    assert respondent.request_hash(call) == OLD_HASH


def test_values_out_of_range_are_refused() -> None:
    with pytest.raises(RecipeError, match="repair from 0 to 5"):
        Recipe(repair=6)
    with pytest.raises(RecipeError, match="near, any"):
        Recipe(normalise="some")
    assert Recipe() == PLAIN
