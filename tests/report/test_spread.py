"""Several answers of one run, in words and as JSON."""

import math
from dataclasses import replace

import pytest

from opinionscope.alignment import Scaling
from opinionscope.elicitation import Answer, Recipe, TokenLogprob
from opinionscope.history import rescore
from opinionscope.report import caveats, run_json, spread_of, spread_sentences
from opinionscope.respondents.base import Response


def _several(run, *texts, **recipe):
    responses = tuple(Response(Answer(text), "live", "gpt-4", call=at) for at, text in enumerate(texts))
    elicitation = replace(run.elicitation, recipe=Recipe(repeats=len(texts), **recipe))
    return rescore(replace(run, elicitation=elicitation, responses=responses))


MAPS = ("A: 70, B: 20, C: 10, D: 0", "A: 50, B: 20, C: 20, D: 10", "A: 60, B: 20, C: 15, D: 5")


def test_repeats_are_averaged_and_their_spread_is_said(make_run) -> None:
    run = _several(make_run(Answer(MAPS[0])), *MAPS, order="shuffled")
    assert run.reading.distribution.probabilities == pytest.approx((0.6, 0.2, 0.15, 0.05))
    first, second = spread_sentences(run, "nats")
    assert first.startswith("3 answers, each scored alone: mean KL 0.087, mean TV 0.167, 95 % intervals ")
    assert second == "widest spread over orders of the options: “Yes” from 50 % to 70 %"
    told = run_json(run)
    assert (told["spread"]["answers"], told["recipe"]["repeats"], told["calls"]["answered"]) == (3, 3, 3)
    assert told["spread"]["tv"]["low"] <= told["spread"]["tv"]["mean"] <= told["spread"]["tv"]["high"]


def test_an_answer_that_cannot_be_read_lowers_the_coverage_and_counts_in_no_mean(make_run) -> None:
    run = _several(make_run(Answer(MAPS[0])), MAPS[0], "I would rather not.", MAPS[1])
    assert run.reading.distribution.probabilities == pytest.approx((0.6, 0.2, 0.15, 0.05))
    assert run.reading.coverage == pytest.approx(2 / 3)
    assert any(step.startswith("1 of 3 could not be read") for step in run.reading.trace)
    assert spread_of(run).answers == 2


def test_one_answer_has_no_spread(make_run) -> None:
    assert spread_of(make_run(Answer(MAPS[0]))) is None
    assert list(spread_sentences(make_run(Answer(MAPS[0])), "bits")) == []
    assert run_json(make_run(Answer(MAPS[0])))["spread"] is None


def test_without_humans_the_answers_are_still_counted(make_run) -> None:
    run = _several(make_run(Answer(MAPS[0]), human=None), *MAPS)
    sentences = list(spread_sentences(run, "nats"))
    assert sentences[0] == "3 answers"
    assert spread_of(run).kl is None


def test_the_spread_of_scaled_log_probs_is_that_of_the_scaled_answers(make_run) -> None:
    run = make_run(None, form="scaled-log-probs", scaling=Scaling(4.0, 9, 9, "others", 0.5, 0.1))
    logprobs = [(-0.1, -3, -4, -5), (-0.1, -3, -4, -6)]
    sure = [tuple(map(TokenLogprob, "ABCD", listed)) for listed in logprobs]
    answers = tuple(Response(Answer("A", tokens), "live", "gpt-4", call=at) for at, tokens in enumerate(sure))
    run = rescore(replace(run, responses=answers))
    spread = spread_of(run)
    assert spread.lowest[0] <= run.reading.distribution.probabilities[0] <= spread.highest[0] < 0.6
    assert spread.kl.mean == pytest.approx(run.alignment.kl, abs=0.01)


def test_a_call_that_failed_is_not_taken_for_an_answer_outside_the_options(make_run) -> None:
    run = _several(make_run(Answer(MAPS[0])), *MAPS)
    lost = replace(run.responses[1], answer=Answer(unread="Too many requests: try later"))
    said = caveats(rescore(replace(run, responses=(run.responses[0], lost, run.responses[2]))))
    assert "1 of 3 calls failed (Too many requests)" in said
    assert not any("could not be read" in sentence for sentence in said)
    assert not any("not offered" in sentence for sentence in said)
    stray = _several(make_run(Answer(MAPS[0])), "A: 40, B: 20, C: 10, D: 10, F: 20", "I would rather not.")
    assert "20 % of the answer went to what was not offered" in caveats(stray)


def test_what_was_not_listed_keeps_its_bound_at_the_temperature_fitted(make_run) -> None:
    mild = Scaling(2.0, 9, 9, "others", 0.5, 0.1)
    listed = tuple(TokenLogprob(token, math.log(p)) for token, p in (("A", 0.9), ("B", 0.08), ("x", 0.01)))
    run = make_run(Answer("A", listed), form="scaled-log-probs", scaling=mild)
    listed_too = Answer("A", (*listed, TokenLogprob("C", math.log(0.0099))))
    measured = make_run(listed_too, form="scaled-log-probs", scaling=mild).reading
    assert "temperature τ = 2, fitted on 9 held-out answers to 9 other questions" in caveats(run)
    assert run.reading.bounds[:2] == (None, None)
    assert run.reading.distribution.probabilities[2] < run.reading.bounds[2]
    assert measured.distribution.probabilities[2] == pytest.approx(run.reading.bounds[2], abs=0.002)


def test_repeats_of_samples_are_counted_together_and_their_range_is_said(make_run) -> None:
    letters = "AAAB" + "AABB"
    run = make_run(Answer("A"), form="samples")
    elicitation = replace(run.elicitation, recipe=Recipe(samples=4, repeats=2))
    responses = tuple(Response(Answer(letter), "live", "gpt-4", call=at) for at, letter in enumerate(letters))
    spread = spread_of(rescore(replace(run, elicitation=elicitation, responses=responses)))
    assert (spread.answers, spread.lowest[:2], spread.highest[:2]) == (8, (0.5, 0.25), (0.75, 0.5))


def test_answers_that_are_equal_are_not_said_to_spread(make_run) -> None:
    sentences = list(spread_sentences(_several(make_run(Answer(MAPS[0])), MAPS[0], MAPS[0]), "nats"))
    assert sentences[-1] == "no spread: the answers are as good as equal"


def test_each_answer_is_told_with_its_model_its_reading_and_its_prompt(make_run) -> None:
    run = _several(make_run(Answer(MAPS[0])), *MAPS)
    second = replace(run.responses[1], model="gpt-4-turbo")
    lost = Response(Answer(unread="Too many requests: try later"), "live", "gpt-4o", call=2)
    told = run_json(rescore(replace(run, responses=(run.responses[0], second, lost))))
    assert told["answers_by_model"] == {"gpt-4": 1, "gpt-4-turbo": 1}
    assert [answer["probabilities"] for answer in told["answers"]] == [[0.7, 0.2, 0.1, 0], [0.5, 0.2, 0.2, 0.1], None]
    assert told["prompts"][told["answers"][0]["prompt"]][1]["content"] == run.elicitation.prompt.user
    assert "1 of 3 calls failed (Too many requests)" in told["caveats"]
