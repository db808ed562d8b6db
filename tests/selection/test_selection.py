"""The selection language: what fits, and what is said of mistakes."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opinionscope.selection import SelectionError, matches, parse

NOW = datetime(2026, 5, 14, 15, 30).astimezone()
RUN = {
    "question": "GAP21Q33_g_W82 Reducing immigration",
    "dataset": "opinionqa",
    "domain": "political",
    "topic": ("foreign policy", "priorities"),
    "group": "party = Democrat and sex = Female",
    "steering": "few-shot",
    "format": "log-probs",
    "model": "recorded/gpt-4",
    "status": "done",
    "tag": ("pilot",),
    "on": datetime(2026, 5, 13, 22, 0).astimezone(),
    "n": 428.0,
    "kl": 0.19,
    "tv": 0.2,
    "words": ("GAP21Q33_g_W82", "Reducing illegal immigration", "Democrat Female", "few-shot log-probs gpt-4"),
    "text": ("Which priority should this have?", "Mostly a TOP  priority, I think"),
}


def fits(text: str, **changes: object) -> bool:
    return matches(parse(text, NOW), {**RUN, **changes}.get)


@pytest.mark.parametrize(
    "text",
    [
        "", "immigration", "immig*", "DEMOCRAT female", "model:gpt-4", "model:recorded/gpt-4", "model:gpt*", "m:gpt-4",
        "model:claude,gpt-4", "steering:few-shot", "steering=few-shot", "group:female", 'group:"democrat female"',
        "topic:foreign", "tag:pilot", "-tag:none", "-tag:other", "-status:failed,cancelled", "kl<0.2", "kl<=.19",
        "kl:0.1..0.2", "kl:..0.2", "kl:.1..", "kl>0 kl<1", "tv:0.2", "tv>=0.2", "n>100", "-n<100", "on:yesterday",
        "on:2026-05-13", "on:2026-05", "on:2026", "on:2026-05-01..", "on:..2026-05-13", "on:7d", "on:wednesday",
        "on<today", "date>=2026-05-13", '"top priority"', '-"no such words"', "domain:political,books",
    ],
)  # fmt: skip
def test_what_fits(text: str) -> None:
    assert fits(text)


@pytest.mark.parametrize(
    "text",
    [
        "male", "immig", "model:gpt", "model:gpt-4o", "steering:few", "group:male", "tag:none", "-tag:pilot",
        "status:failed,cancelled", "kl<0.19", "kl>0.2", "kl:0.2..", "tv>0.2", "-n>100", "on:today", "on:2026-05-12",
        "on:..2026-05-12", "on>yesterday", '"priority top"', "wasserstein<100", "immigration -democrat",
    ],
)  # fmt: skip
def test_what_does_not(text: str) -> None:
    assert not fits(text)


def test_what_is_not_known_fits_no_condition() -> None:
    for text in ("kl<1", "kl>0", "on:2026", "n:428"):
        assert not fits(text, kl=None, on=None, n=None)


def test_a_day_is_a_local_day_whatever_the_clock() -> None:
    (term,) = parse("on:2026-05-13", NOW).terms
    assert (term.high - term.low).total_seconds() == 86_400
    assert term.low.astimezone().hour == 0
    assert fits("on:2026-05-13", on=term.low.astimezone(UTC))
    assert not fits("on:2026-05-13", on=term.high.astimezone(UTC))


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("group:female modle:gpt-4", "modle:gpt-4", "did you mean model"),
        ("kl<small", "kl<small", "expected a number behind kl"),
        ("tvv<0.1", "tvv<0.1", 'no field "tvv"; did you mean tv'),
        ("on:tomorrowish", "on:tomorrowish", "expected a day"),
        ("on:2026-02-30", "on:2026-02-30", "there is no day"),
        ("steering>3", "steering>3", "steering:VALUE"),
        ('model:""', 'model:""', "expected a value behind model"),
        ("gpt kl<", "kl<", "expected a value behind kl<"),
        ("-tag:", "-tag:", "expected a value behind tag:"),
        ("tv:0.3..0.1", "tv:0.3..0.1", r"as in tv:0\.1\.\.0\.3"),
        ("on:2026-05..2026-04", "on:2026-05..2026-04", "expected the earlier day first"),
        ("x" * 3000, "", "at most 2,000 characters"),
    ],
)
def test_a_mistake_is_named_where_it_stands(text: str, at: str, words: str) -> None:
    with pytest.raises(SelectionError, match=words) as caught:
        parse(text, NOW)
    if at:
        assert text[caught.value.start : caught.value.end] == at


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_whatever_is_typed_is_a_selection_or_one_sentence(text: str) -> None:
    with suppress(SelectionError):
        matches(parse(text, NOW), RUN.get)


def test_addresses_and_unknown_comparisons_are_plain_words() -> None:
    assert [term.operator for term in parse("http://localhost a<b", NOW).terms] == ["word", "word"]
