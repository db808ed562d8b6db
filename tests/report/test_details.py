"""Prompt, answer and reading as lines: the same words for everyone who shows them."""

import math
import re
from collections.abc import Callable, Iterable

import pytest

from opinionscope.elicitation import Prompt, Recipe, Reply, TokenLogprob
from opinionscope.elicitation.expression.log_probs import LETTER_RULE
from opinionscope.report.as_json import run_json
from opinionscope.report.caveats import caveats
from opinionscope.report.chart import chart_data
from opinionscope.report.details import NOT_ASKED, NOT_RECORDED, NOT_SENT, answer_lines, prompt_lines, reading_lines
from opinionscope.report.lines import TextLine
from opinionscope.runs import Run
from opinionscope.values import replace

MakeRun = Callable[..., Run]
FIGURES = Reply(figures=(50.0, 30.0, 20.0, None))


def _text(lines: Iterable[TextLine]) -> str:
    return "\n".join(line.text for line in lines)


def test_a_prompt_is_shown_exactly_with_what_goes_with_it(make_run: MakeRun) -> None:
    run = make_run(None, form="log-probs", seed=3)
    assert _text(prompt_lines(run)) == (
        "temperature 1 · up to 1 token · log-probs of the 20 likeliest first tokens · seed 3\n\n"
        "system\nBe brief.\n\nuser\nMore benches?\nAnswer:"
    )
    assert [line.text for line in prompt_lines(run) if line.role == "heading"] == ["system", "user"]


def test_of_a_prompt_in_two_turns_both_are_shown(make_run: MakeRun) -> None:
    shown = prompt_lines(make_run(None, form="log-probs", recipe=Recipe(reasoning=True)))
    assert "up to 1 token · after up to 800 tokens of reasoning" in shown[0].text
    assert [line.text for line in shown if line.role == "heading"] == ["system", "user", "assistant", "user"]
    assert "Now give the answer" in shown[-1].text


def test_a_prompt_that_a_recorded_model_never_saw_says_so(make_run: MakeRun) -> None:
    for reply, said in ((FIGURES, NOT_SENT), (None, NOT_ASKED)):
        assert prompt_lines(make_run(reply, "2024"))[0] == TextLine(said, "muted")
    assert NOT_SENT not in _text(prompt_lines(make_run(None)))


def test_a_refused_choice_shows_why_there_is_no_prompt(make_run: MakeRun) -> None:
    run = make_run(None, prompt=Prompt("", ""), error="choose persona")
    assert _text(prompt_lines(run)) == "choose persona"


@pytest.mark.parametrize("said", ["B", None])
def test_of_many_calls_it_is_said_what_came_of_them_and_nothing_else(make_run: MakeRun, said: str | None) -> None:
    lost = Reply(unread="Too many requests")
    run = make_run(None, form="samples", recipe=Recipe(samples=2))
    run = replace(run, replies=(Reply(said) if said else lost, replace(lost, call=1)))
    headings = [line.text for line in answer_lines(run) if line.role == "heading"]
    assert headings == ["how often each was said", "calls without an answer"][not said :]


def test_the_raw_answer_comes_with_its_candidates_and_its_end(make_run: MakeRun) -> None:
    answer = Reply("A", (TokenLogprob("A", math.log(0.5)), TokenLogprob("\n", -9.0)), finish_reason="stop")
    text = _text(answer_lines(make_run(answer, form="log-probs")))
    assert text.startswith("A\n\ncandidates for the first token\n   -0.693  'A'\n   -9.000  '\\n'\n")
    assert "ended by stop" in text
    assert next(answer_lines(make_run(Reply("")))).text == "(empty)"


def test_where_there_is_no_answer_it_says_why(make_run: MakeRun) -> None:
    assert _text(answer_lines(make_run(None))) == "No answer yet."
    assert _text(answer_lines(make_run(None, error="Start the server."))) == "Start the server."
    assert _text(answer_lines(make_run(FIGURES, "2024"))) == f"{NOT_RECORDED}\n\ngpt-4 · 2024"


def test_a_reading_gives_trace_coverage_and_every_figure(make_run: MakeRun) -> None:
    lines = reading_lines(make_run(Reply("ABBCABBADB" * 3), form="sequence"))
    assert lines[0] == TextLine("Read as a distribution.", "strong")
    assert "• counted 30 letters" in _text(lines)
    assert "coverage 100%" in _text(lines)
    assert ["9", "→", "30.0%", "Yes"] in [line.text.split() for line in lines]
    assert "all measures" in _text(lines)
    assert any(
        line.text.startswith("TV ") and "share of answers that would have to move" in line.text for line in lines
    )
    assert "coverage not recorded" in _text(reading_lines(make_run(FIGURES, "2024")))


def test_an_unread_answer_gives_the_reason(make_run: MakeRun) -> None:
    text = _text(reading_lines(make_run(Reply("I would rather not."))))
    assert text.startswith("Could not be read: ")
    assert "coverage" not in text


def test_the_packs_note_on_a_question_is_there_with_or_without_an_answer(make_run: MakeRun) -> None:
    for answer in (None, Reply("AB")):
        run = make_run(answer, form="sequence", about="Two wordings were merged.")
        assert _text(reading_lines(run)).endswith("note on the question\nTwo wordings were merged.")
    assert "note" not in _text(reading_lines(make_run(None)))


NOT_LISTED = Reply("A", (TokenLogprob("A", math.log(0.7)), TokenLogprob("B", math.log(0.2)), TokenLogprob("I", -6.0)))


def test_an_option_that_was_not_listed_is_shown_with_its_bound_and_never_as_nothing(make_run: MakeRun) -> None:
    run = make_run(NOT_LISTED, form="log-probs")
    text = _text(reading_lines(run))
    labels = run.cell.question.labels
    for label in labels[2:]:
        assert re.search(rf"not listed  →  <1.1%  {label}", text)
    assert "77.8%" in text
    assert LETTER_RULE in text
    assert chart_data(run).bounds[2] == pytest.approx(4 * math.exp(-6) / (0.9 + 4 * math.exp(-6)))
    assert f"“{labels[2]}” was not listed among the likeliest tokens (<1.1%)" in " ".join(caveats(run))
    at_most = run_json(run)["answer"]["at_most"]
    assert at_most[:2] == [None, None]
    assert 0.0108 < at_most[2] < 0.011


def test_what_was_reasoned_first_is_shown_before_the_answer(make_run: MakeRun) -> None:
    text = _text(answer_lines(make_run(Reply("ABBA", thought="They like benches."), form="sequence")))
    assert text.index("They like benches.") < text.index("its answer") < text.index("ABBA")
    cut = Reply(thought="They like", unread="the model was cut off", finish_reason="length")
    text = _text(answer_lines(make_run(cut, form="sequence")))
    assert text.index("They like") < text.index("the model was cut off")


def test_a_reading_is_in_the_unit_that_is_asked_for(make_run: MakeRun) -> None:
    run = make_run(Reply("ABBCABBADB" * 3), form="sequence")
    assert " nats " in _text(reading_lines(run))
    in_bits = _text(reading_lines(run, "bits"))
    assert " bits " in in_bits
    assert " nats " not in in_bits
