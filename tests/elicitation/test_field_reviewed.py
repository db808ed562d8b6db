"""Answers that a careful person reads without doubt, or leaves alone, and that were once read otherwise."""

import pytest

from opinionscope.elicitation import Reply, read_reply

PERCENTS = (50, 30, 15, 5)


def _figures(text, question, finish=""):
    found = read_reply(Reply(text, finish_reason=finish), "verbalized", question).distribution
    return None if found is None else tuple(round(100 * each, 1) for each in found.probabilities)


def _listed(line, apart="\n"):
    return apart.join(line.format(*each) for each in zip("ABCD", PERCENTS, strict=True))


@pytest.mark.parametrize("text", ["{}% pick A (so they say)\n{}% pick B (so)", "{}% A (some)\n{}% B (the rest)"])
def test_a_number_belongs_to_no_option_of_the_line_before(text, make_question):
    shares = ((5, 95), (60, 40))
    assert tuple(_figures(text.format(*each), make_question("Yes", "No")) for each in shares) == shares


@pytest.mark.parametrize("line", ["{0} | {1}", "{0}|{1}%", "| {0} | {1}% |"])
def test_bars_on_one_line(line, priority):
    assert _figures(_listed(line, ", "), priority) == PERCENTS


@pytest.mark.parametrize("key", ["option_{0}", "Option_{0}", "percent_{0}", "option-{0}"])
def test_keys_behind_a_line_that_leads_to_them(key, priority):
    entries = _listed('"' + key + '": {1}', ", ").replace("_A", "_a")
    assert _figures(f"Here it is:\n{{{entries}}}\nThat is all.", priority) == PERCENTS


@pytest.mark.parametrize("line", ["{0} {1}%", "{1}% {0}", "{0} {1}", "{0} is at {1}%", "{1}% would choose {0}."])
@pytest.mark.parametrize("total", ["Total: 100%", "**Total:** 100 %", "(sum = 100)", "These add up to 100%."])
def test_a_total_is_no_option_without_its_letter(line, total, priority):
    assert _figures(f"My estimate:\n\n{_listed(line)}\n\n{total}", priority) == PERCENTS


@pytest.mark.parametrize("line", ["{0}) {1}", "{0}. {1}", "({0}) {1}"])
def test_marked_letters_on_one_line(line, priority):
    assert _figures(_listed(line, " "), priority) == PERCENTS
