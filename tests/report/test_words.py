"""Measures and the noise floor in words."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from opinionscope.alignment.scores import Score
from opinionscope.elicitation import Recipe, Reply, Usage
from opinionscope.report.as_json import run_json
from opinionscope.report.chart import chart_data
from opinionscope.report.words import (
    MEANINGS,
    cost,
    knowing_sentence,
    noise_sentence,
    other_measures,
    provenance,
    recipe_words,
)
from opinionscope.runs import Run
from opinionscope.survey import Distribution
from opinionscope.values import replace

MakeRun = Callable[..., Run]
READABLE = Reply("{'A': '50%', 'B': '30%', 'C': '15%', 'D': '5%'}")
ON_AVERAGE = "at or below what a perfect answer scores on average"


def _noise(run: Run) -> str:
    assert run.alignment is not None
    return noise_sentence(run.alignment, "nats")


def test_numbers_of_a_recipe_are_written_as_all_others() -> None:
    assert recipe_words(Recipe(samples=1_000, repeats=20), "none", "samples") == "N = 1,000 · 20 repeats"


def test_a_floor_names_all_that_it_stands_on(make_run: MakeRun) -> None:
    assert "at n = 428" in _noise(make_run(READABLE))
    assert "simulated" not in _noise(make_run(READABLE))
    sequence = make_run(Reply("ABBCABBADB" * 3), form="sequence")
    assert "0.054 nats" in _noise(sequence)
    assert "at n = 428 and 30 simulated answers" in _noise(sequence)
    assert _noise(make_run(READABLE, human=Distribution((0.25,) * 4))).startswith("no noise floor")


def test_as_good_as_a_perfect_answer_is_no_claim_about_this_one(make_run: MakeRun) -> None:
    perfect = make_run(READABLE, human=Distribution.from_counts([50, 30, 15, 5]))
    assert _noise(perfect).endswith(ON_AVERAGE)
    assert "within" not in _noise(perfect)
    far = make_run(Reply("{'A': '5%', 'B': '10%', 'C': '15%', 'D': '70%'}"))
    assert ON_AVERAGE not in _noise(far)


def test_where_smoothing_hides_it_the_figure_that_was_compared_is_shown(make_run: MakeRun) -> None:
    answer = Reply("{'A': '97%', 'B': '1%', 'C': '1%', 'D': '1%'}")
    run = make_run(answer, human=Distribution((0.97, 0.01, 0.01, 0.01), n=1000), epsilon=0.2)
    assert run.alignment is not None
    assert run.alignment.scores["kl"].floor is not None
    assert run.alignment["kl"] > run.alignment.scores["kl"].floor
    assert f"KL 0.000 unsmoothed, {ON_AVERAGE}" in _noise(run)


def test_every_measure_has_a_meaning_and_the_one_without_refusals_says_so(make_run: MakeRun) -> None:
    alignment = make_run(READABLE).alignment
    assert alignment is not None
    measures = other_measures(alignment, "nats")
    assert [measure.label for measure in measures] == ["TV", "JS", "W₁", "score"]
    assert all(measure.meaning == MEANINGS[measure.label] for measure in measures)
    assert "among those who answered" in MEANINGS["W₁"]


def test_a_score_next_to_nothing_has_no_sign(make_run: MakeRun) -> None:
    alignment = make_run(READABLE).alignment
    assert alignment is not None
    assert other_measures(replace(alignment, scores={"score": Score(-0.2)}), "nats")[-1].value == "0"


def test_a_negative_figure_has_the_minus_sign_that_every_chart_has(make_run: MakeRun) -> None:
    alignment = make_run(Reply("{'A': '5%', 'B': '10%', 'C': '15%', 'D': '70%'}")).alignment
    assert alignment is not None
    assert alignment["score"] < 0
    score = other_measures(alignment, "nats")[-1]
    assert score.value == f"−{round(-alignment['score'])}"


@pytest.mark.parametrize("recorded", ["", "asked in 2026"])
def test_json_says_how_the_two_were_compared_and_what_made_the_prompt(make_run: MakeRun, recorded: str) -> None:
    answer = Reply(figures=(50.0, 30.0, 15.0, 5.0)) if recorded else READABLE
    printed = run_json(
        make_run(
            answer,
            recorded,
            drop_nonresponse=True,
            seed=7,
            api_base="http://me:secret@localhost:8080/v1?key=abc",
            wording="abridged",
            pack_version="3",
            program_version="0.9",
            template_version="5",
        )
    )
    assert printed["drop_nonresponse"] is True
    assert printed["seed"] == 7
    assert printed["api_base"] == "http://localhost:8080/v1"
    assert printed["wording"] == "abridged"
    assert [printed[f"{what}_version"] for what in ("pack", "program", "template")] == ["3", "0.9", "5"]
    assert printed["answer"]["coverage"] == (None if recorded else 1)


def test_calls_made_at_the_same_time_take_no_longer_than_one_looks_on(make_run: MakeRun) -> None:
    noon = datetime(2026, 1, 2, 12, tzinfo=UTC)
    calls = [
        replace(
            READABLE,
            model="gpt-4",
            answered=noon + timedelta(seconds=end),
            usage=Usage(10, 5, None, seconds),
            call=call,
        )
        for call, (end, seconds) in enumerate([(3, 3), (4, 2.5), (7.5, 4)])
    ]
    lost = Reply(unread="Too many requests: try later", model="gpt-4o", call=3)
    run = replace(make_run(READABLE), replies=(*calls, lost))
    assert cost(replace(run, replies=tuple(calls))).endswith("30 in + 15 out tokens · price unknown · 7.5 s")
    assert run_json(run)["usage"]["seconds"] == 7.5
    free = replace(run, replies=(replace(calls[0], usage=Usage(10, 5, 0.0, 2.0)),))
    assert cost(free).endswith("10 in + 5 out tokens · free · 2.0 s")


def test_nothing_that_was_not_recorded_is_called_recorded(make_run: MakeRun) -> None:
    missing = make_run(Reply(unread="not asked"), recorded="published")
    assert chart_data(missing).model_name == "gpt-4"
    nowhere = make_run(READABLE, recorded="published")
    assert chart_data(nowhere).model_name == "gpt-4, recorded"
    assert provenance(nowhere) == "gpt-4 · published"


def test_several_models_that_answered_are_all_named_and_tokens_are_those_of_answers(make_run) -> None:
    answers = [replace(READABLE, model="fast" if call else "slow", usage=Usage(10, 5), call=call) for call in range(3)]
    lost = Reply(unread="Too many requests: try later", model="crowd", call=3)
    run = replace(make_run(READABLE), replies=(*answers, lost))
    assert provenance(run) == "fast (2), slow (1)"
    assert chart_data(run).model_name == "fast and 1 more, live"
    assert cost(run).startswith("30 in + 15 out tokens")


def test_what_the_model_knows_of_the_group_is_told_in_words(make_run: MakeRun) -> None:
    run = make_run(READABLE)
    assert run.alignment is not None

    def told(added: float | None, worth: float) -> str:
        scores = {name: each for name, each in run.alignment.scores.items() if name != "added_value"}
        if added is not None:
            scores["added_value"] = Score(added)
        return knowing_sentence(replace(run.alignment, scores=scores | {"worth_people": Score(worth)}))

    assert told(0.031, 11.7) == "closer than not knowing the group, by TV .03; worth the answers of about 12 people"
    assert told(-0.2, 1.2) == "further off than not knowing the group, by TV .20; worth the answers of about one person"
    assert told(0.001, 3) == "about as close as not knowing the group; worth the answers of about 3 people"
    assert told(None, float("inf")) == ""
