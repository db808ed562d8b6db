"""Several answers of one run, in words and as JSON."""

import math

import pytest

from opinionscope.alignment.temperature import Scaling
from opinionscope.charts.lines import plain
from opinionscope.elicitation import Recipe, Reply, TokenLogprob
from opinionscope.report.as_json import run_json
from opinionscope.report.caveats import caveats
from opinionscope.report.chart import chart_data
from opinionscope.report.figure import run_lines
from opinionscope.report.spread import spread_sentences
from opinionscope.report.words import muted_sentence
from opinionscope.runs import rescore
from opinionscope.runs.spread import spread_of
from opinionscope.survey import Distribution
from opinionscope.values import replace


def _several(run, *texts, **recipe):
    responses = tuple(Reply(text, model="gpt-4", call=at) for at, text in enumerate(texts))
    plan = replace(run.plan, cell=replace(run.cell, recipe=Recipe(repeats=len(texts), **recipe)))
    return rescore(replace(run, plan=plan, replies=responses))


MAPS = ("A: 70, B: 20, C: 10, D: 0", "A: 50, B: 20, C: 20, D: 10", "A: 60, B: 20, C: 15, D: 5")


def test_repeats_are_averaged_and_their_spread_is_said(make_run) -> None:
    run = _several(make_run(Reply(MAPS[0])), *MAPS, order="shuffled")
    assert run.reading.distribution.probabilities == pytest.approx((0.6, 0.2, 0.15, 0.05))
    first, second = spread_sentences(run, "nats")
    assert first.startswith("3 answers, each scored alone: mean KL 0.087, mean TV 0.167, 95 % intervals ")
    assert second == "widest spread over orders of the options: “Yes” from 50 % to 70 %"
    told = run_json(run)
    assert (told["spread"]["answers"], told["recipe"]["repeats"], told["calls"]["answered"]) == (3, 3, 3)
    assert told["spread"]["tv"]["low"] <= told["spread"]["tv"]["mean"] <= told["spread"]["tv"]["high"]


def test_an_answer_that_cannot_be_read_lowers_the_coverage_and_counts_in_no_mean(make_run) -> None:
    run = _several(make_run(Reply(MAPS[0])), MAPS[0], "I would rather not.", MAPS[1])
    assert run.reading.distribution.probabilities == pytest.approx((0.6, 0.2, 0.15, 0.05))
    assert run.reading.coverage == pytest.approx(2 / 3)
    assert any(step.startswith("1 of 3 could not be read") for step in run.reading.trace)
    assert spread_of(run).answers == 2


def test_a_chart_has_intervals_where_something_was_counted_or_repeated_and_nowhere_else(make_run) -> None:
    once = make_run(Reply(MAPS[0]))
    assert all(low < share < high for share, (low, high) in zip(_human(once), chart_data(once).human_ends, strict=True))
    assert chart_data(once).model_ends == ()
    unknown = rescore(replace(once, human=Distribution(once.human.probabilities)))
    assert (chart_data(unknown).human_ends, chart_data(unknown).model_ends) == ((), ())
    several = chart_data(_several(once, *MAPS))
    assert several.model_ends[0] == pytest.approx((0.6 - 0.2484, 0.6 + 0.2484), abs=1e-3)
    text = plain(run_lines(_several(once, *MAPS), "nats", 100))
    assert "├─┤ 95 %" in text
    people = chart_data(_people(make_run, "AAAABBBBBC"))
    assert people.model_ends[0] == pytest.approx((0.1682, 0.6873), abs=1e-4)


def test_no_interval_is_drawn_for_what_it_does_not_hold(make_run) -> None:
    once = make_run(Reply(MAPS[0]))
    assert chart_data(_several(once, *MAPS, temperature=0.0)).model_ends == ()
    assert chart_data(_people(make_run, "AAAABBBBBC", temperature=0.0)).model_ends == ()
    question = once.cell.question
    refusing = tuple(replace(option, nonresponse=at == 3) for at, option in enumerate(question.options))
    cell = replace(once.cell, question=replace(question, options=refusing))
    dropping = replace(once, plan=replace(once.plan, cell=cell), drop_nonresponse=True)
    differing = _several(dropping, "A: 5, B: 3, C: 2, D: 90", "A: 70, B: 10, C: 10, D: 10")
    assert differing.alignment.model.probabilities[0] == pytest.approx(0.75)
    assert chart_data(differing).model_ends == ()
    alike = _several(dropping, "A: 50, B: 30, C: 10, D: 10", "A: 70, B: 10, C: 10, D: 10")
    assert all(chart_data(alike).model_ends)


def test_a_share_that_one_answer_only_bounded_has_no_interval(make_run) -> None:
    run = make_run(None, form="log-probs")
    whole = tuple(TokenLogprob(token, math.log(p)) for token, p in (("A", 0.6), ("B", 0.2), ("C", 0.1), ("D", 0.1)))
    partly = tuple(TokenLogprob(token, math.log(p)) for token, p in (("A", 0.7), ("B", 0.2), ("C", 0.05)))
    answers = (Reply("A", whole, model="gpt-4", call=0), Reply("A", partly, model="gpt-4", call=1))
    plan = replace(run.plan, cell=replace(run.cell, recipe=Recipe(repeats=2)))
    ends = chart_data(rescore(replace(run, plan=plan, replies=answers))).model_ends
    assert all(ends[:3])
    assert ends[3] is None


def _human(run):
    return run.alignment.human.probabilities


def test_one_answer_has_no_spread(make_run) -> None:
    assert spread_of(make_run(Reply(MAPS[0]))) is None
    assert list(spread_sentences(make_run(Reply(MAPS[0])), "bits")) == []
    assert run_json(make_run(Reply(MAPS[0])))["spread"] is None


def test_without_humans_the_answers_are_still_counted(make_run) -> None:
    run = _several(make_run(Reply(MAPS[0]), human=None), *MAPS)
    sentences = list(spread_sentences(run, "nats"))
    assert sentences[0] == "3 answers"
    assert spread_of(run).intervals == {}


def test_the_spread_of_scaled_log_probs_is_that_of_the_scaled_answers(make_run) -> None:
    run = make_run(None, form="scaled-log-probs", scaling=Scaling(4.0, 9, 9, "others", 0.5, 0.1))
    logprobs = [(-0.1, -3, -4, -5), (-0.1, -3, -4, -6)]
    sure = [tuple(map(TokenLogprob, "ABCD", listed)) for listed in logprobs]
    answers = tuple(Reply("A", tokens, model="gpt-4", call=at) for at, tokens in enumerate(sure))
    run = rescore(replace(run, replies=answers))
    spread = spread_of(run)
    assert spread.lowest[0] <= run.reading.distribution.probabilities[0] <= spread.highest[0] < 0.6
    assert spread.intervals["kl"].mean == pytest.approx(run.alignment["kl"], abs=0.01)


def test_a_call_that_failed_is_not_taken_for_an_answer_outside_the_options(make_run) -> None:
    run = _several(make_run(Reply(MAPS[0])), *MAPS)
    lost = Reply(unread="Too many requests: try later", model="gpt-4", call=1)
    said = caveats(rescore(replace(run, replies=(run.replies[0], lost, run.replies[2]))))
    assert "1 of 3 calls failed (Too many requests)" in said
    assert not any("could not be read" in sentence for sentence in said)
    assert not any("not offered" in sentence for sentence in said)
    stray = _several(make_run(Reply(MAPS[0])), "A: 40, B: 20, C: 10, D: 10, F: 20", "I would rather not.")
    assert "20 % of the answer went to what was not offered" in caveats(stray)


def test_what_was_not_listed_keeps_its_bound_at_the_temperature_fitted(make_run) -> None:
    mild = Scaling(2.0, 9, 9, "others", 0.5, 0.1)
    listed = tuple(TokenLogprob(token, math.log(p)) for token, p in (("A", 0.9), ("B", 0.08), ("x", 0.01)))
    run = make_run(Reply("A", listed), form="scaled-log-probs", scaling=mild)
    listed_too = Reply("A", (*listed, TokenLogprob("C", math.log(0.0099))))
    measured = make_run(listed_too, form="scaled-log-probs", scaling=mild).reading
    assert "temperature τ = 2, fitted on 9 held-out answers to 9 other questions" in caveats(run)
    assert run.reading.bounds[:2] == (None, None)
    assert run.reading.distribution.probabilities[2] < run.reading.bounds[2]
    assert measured.distribution.probabilities[2] == pytest.approx(run.reading.bounds[2], abs=0.002)


def test_repeats_of_samples_are_counted_together_and_their_range_is_said(make_run) -> None:
    letters = "AAAB" + "AABB"
    run = make_run(Reply("A"), form="samples")
    plan = replace(run.plan, cell=replace(run.cell, recipe=Recipe(samples=4, repeats=2)))
    responses = tuple(Reply(letter, model="gpt-4", call=at) for at, letter in enumerate(letters))
    spread = spread_of(rescore(replace(run, plan=plan, replies=responses)))
    assert (spread.answers, spread.lowest[:2], spread.highest[:2]) == (8, (0.5, 0.25), (0.75, 0.5))


def test_answers_that_are_equal_are_not_said_to_spread(make_run) -> None:
    sentences = list(spread_sentences(_several(make_run(Reply(MAPS[0])), MAPS[0], MAPS[0]), "nats"))
    assert sentences[-1] == "no spread: the answers are as good as equal"


def test_each_answer_is_told_with_its_model_its_reading_and_its_prompt(make_run) -> None:
    run = _several(make_run(Reply(MAPS[0])), *MAPS)
    second = replace(run.replies[1], model="gpt-4-turbo")
    lost = Reply(unread="Too many requests: try later", model="gpt-4o", call=2)
    told = run_json(rescore(replace(run, replies=(run.replies[0], second, lost))))
    assert told["answers_by_model"] == {"gpt-4": 1, "gpt-4-turbo": 1}
    assert [answer["probabilities"] for answer in told["answers"]] == [[0.7, 0.2, 0.1, 0], [0.5, 0.2, 0.2, 0.1], None]
    assert told["prompts"][told["answers"][0]["prompt"]][1]["content"] == run.plan.first.prompt.user
    assert "1 of 3 calls failed (Too many requests)" in told["caveats"]


def _people(make_run, letters: str, temperature: float = 1.0, **changes):
    run = make_run(Reply("A"), form="samples", **changes)
    responses = tuple(Reply(letter, model="gpt-4", call=at) for at, letter in enumerate(letters))
    plan = replace(run.plan, cell=replace(run.cell, recipe=Recipe(samples=len(letters), temperature=temperature)))
    return rescore(replace(run, plan=plan, replies=responses))


def _log_probs(make_run, inside: float):
    listed = (("A", inside * 0.7), ("B", inside * 0.2), ("C", inside * 0.1), ("The", 1 - inside))
    return make_run(Reply("A", tuple(TokenLogprob(token, math.log(p)) for token, p in listed)), form="log-probs")


def test_measures_that_stand_on_too_little_are_muted_and_it_is_said_why(make_run) -> None:
    muted = {
        "1 of 30 people": (_people(make_run, "A" + "?" * 29), "counted from only 1 answer"),
        "3 of 30 people": (_people(make_run, "ABC" + "?" * 27), "only 10 % of 30 answers"),
        "12 of 30 people": (_people(make_run, "ABCA" * 3 + "?" * 18), "only 40 % of 30 answers"),
        "5 people asked": (_people(make_run, "ABCAB"), "counted from only 5 answers"),
        "1 of 5 repeats": (_several(make_run(Reply(MAPS[0])), MAPS[0], *["No."] * 4), "only 20 % of 5 answers"),
        "mass outside": (_log_probs(make_run, 0.18), "82 % of the probability fell outside the options"),
        "sum of 146": (make_run(Reply("A: 70, B: 40, C: 26, D: 10")), "sum to 146, not 100"),
        "a group of 2": (make_run(Reply(MAPS[0]), human=Distribution.from_counts([1, 1, 0, 0])), "only 2 people"),
        "9 people": (make_run(Reply(MAPS[0]), human=Distribution.from_counts([4, 3, 1, 1])), "only 9 people"),
    }
    for run, reason in muted.values():
        assert run.alignment is not None
        assert reason in run_json(run)["measures_muted"]
        assert muted_sentence(run).startswith("not reliable: ")


def test_measures_that_stand_on_enough_are_not_muted(make_run) -> None:
    sound = (
        make_run(Reply(MAPS[0])),
        make_run(Reply("A: 70, B: 20, C: 10, D: 5")),
        make_run(Reply("A: 0.7, B: 0.2, C: 0.1, D: 0.0")),
        make_run(Reply(MAPS[0]), human=Distribution((0.5, 0.3, 0.2, 0.0))),
        _people(make_run, "ABCAB" * 2),
        _people(make_run, "ABCAB" * 3 + "?" * 15),
        _log_probs(make_run, 0.6),
        _several(make_run(Reply(MAPS[0])), MAPS[0], MAPS[1], MAPS[2], "No.", "No."),
        make_run(Reply("I would rather not.")),
        make_run(None),
    )
    for run in sound:
        assert run_json(run)["measures_muted"] is None
        assert muted_sentence(run) == ""


def test_the_intervals_of_people_are_told_with_all_measures_and_hold_what_is_shown(make_run) -> None:
    run = _people(make_run, "AAAAAABBBC" * 3)
    told = run_json(run)
    for name in ("kl", "tv", "js", "wasserstein"):
        interval = told["spread"][name]
        assert interval["low"] <= told["measures"][name] == interval["mean"] <= interval["high"]
    (sentence,) = spread_sentences(run, "nats")
    assert sentence.startswith("30 simulated people, one call each: 95 % interval KL 0.000–")
    refusals_dropped = spread_of(rescore(replace(run, drop_nonresponse=True)))
    assert refusals_dropped.intervals["kl"].mean == rescore(replace(run, drop_nonresponse=True)).alignment["kl"]
