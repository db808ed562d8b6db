"""`run --check-text`: how often the first token and the written answer disagree."""

import json
import math

import pytest

from opinionscope.alignment.spread import wilson_intervals

ASK = ("run", "-q", "GAP21Q33_g_W82", "-g", "Democrat", "-m", "openai/toy", "--json", "--api-base")
LIKELY_A = tuple((letter, math.log(share)) for letter, share in (("A", 0.7), ("B", 0.2), ("C", 0.1)))


def test_log_probs_against_the_text(cli, fake_openai):
    for text in ("A. Top priority", "C, because of the cost", "C", "As an assistant I have no opinion"):
        fake_openai.then(text=text, tokens=LIKELY_A)
    run = json.loads(cli(*ASK, fake_openai.base, "-f", "log-probs", "--repeats", "4", "--check-text").stdout)
    check = run["text_check"]
    assert (check["compared"], check["disagree"], check["without"]) == (3, 2, 1)
    assert (check["low"], check["high"]) == tuple(wilson_intervals(2 / 3, 3))
    assert check["tv"] == pytest.approx(2 / 3)
    assert min(body.get("max_tokens", 0) for body in fake_openai.bodies) > 20
    assert run["recipe"]["check_text"] is True
    shown = cli("history", "show", run["run_id"]).stdout
    assert "first token and text disagree in 2 of 3 answers (67 %" in " ".join(shown.split())
    assert "--check-text" in cli("history", "command", run["run_id"]).stdout


def test_samples_against_the_text(cli, fake_openai):
    fake_openai.then(text="A").then(text="B. Some priority")
    fake_openai.always(text="The answer is C")
    run = json.loads(cli(*ASK, fake_openai.base, "-f", "samples", "--samples", "6", "--check-text").stdout)
    assert (run["text_check"]["compared"], run["text_check"]["without"]) == (2, 4)
    assert run["text_check"]["disagree"] == 0


def test_without_it_one_token_is_asked_for_and_nothing_is_said(cli, fake_openai):
    fake_openai.always(text="A", tokens=LIKELY_A)
    run = json.loads(cli(*ASK, fake_openai.base, "-f", "log-probs").stdout)
    assert run["text_check"] is None
    assert [body["max_tokens"] for body in fake_openai.bodies] == [1]
    assert "first token and text" not in cli("history", "show", run["run_id"]).stdout


def test_a_longer_text_changes_nothing_in_what_an_unlisted_option_can_be(cli, fake_openai):
    """The token that was drawn says nothing of how likely unlisted ones are, however much text follows it."""
    tokens = (("A", math.log(0.9)), ("B", math.log(0.08)), ("D", math.log(0.0001)))
    fake_openai.then(text="D", tokens=tokens).then(text="D, of course", tokens=tokens)
    short = json.loads(cli(*ASK, fake_openai.base, "-f", "log-probs").stdout)
    long = json.loads(cli(*ASK, fake_openai.base, "-f", "log-probs", "--check-text").stdout)
    assert short["answer"]["at_most"] == long["answer"]["at_most"]
    assert any(bound is not None for bound in long["answer"]["at_most"])
