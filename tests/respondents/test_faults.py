"""Everything a server can do wrong, taken through the program to a kept run: its error, or a right reading."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from opinionscope.elicitation import Reply
from opinionscope.respondents.base import RespondentError
from opinionscope.runs import Run

Check = Callable[..., Awaitable[None]]

pytestmark = pytest.mark.parametrize("way", ["directly", "through litellm"], indirect=True)

MAP = "{'A': '10%', 'B': '60%', 'C': '25%', 'D': '5%'}"
SHARES = (0.1, 0.6, 0.25, 0.05)
ROW = "ABBBBBBCCD"
TOKENS = (("B", -0.7), ("A", -2.3), (" C", -1.6), ("D", -9999.0))
HTML = b"<html><h1>Bad gateway</h1></html>"


def piece(delta: Any, finish: str | None = None, index: int = 0) -> dict[str, Any]:
    choice = {"index": index, "delta": delta, "finish_reason": finish}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "toy", "choices": [choice]}


def whole(**changes: Any) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": MAP}, "finish_reason": "stop"}
    body = {"id": "1", "object": "chat.completion", "created": 1, "model": "toy", "choices": [choice]}
    return json.dumps(body | changes).encode()


def error(status: int, message: str = "no") -> dict[str, Any]:
    return {"status": status, "body": json.dumps({"error": {"message": message}}).encode()}


FAULTS: Mapping[str, tuple[dict[str, Any], str]] = {
    "429": (error(429, "slow down"), "Too many requests"),
    "429, retry-after": (error(429) | {"headers": {"Retry-After": "1"}}, "Too many requests"),
    "500": (error(500), "The provider has trouble"),
    "502 page": ({"status": 502, "body": HTML, "content_type": "text/html"}, "The provider has trouble"),
    "redirect to itself": (
        {"status": 307, "body": b"", "headers": {"location": "/v1/chat/completions"}},
        "round in a circle",
    ),
    "hang": ({"hold": True}, "The model took too long"),
    "reset": ({"cut_after": 0}, "The connection was lost"),
    "empty choices": ({"choices": False}, "The answer is empty"),
    "no choices": ({"body": whole(choices=None)}, "The answer makes no sense"),
    "null choice": ({"body": whole(choices=[None])}, "The answer makes no sense"),
    "page for an answer": ({"body": HTML, "content_type": "text/html"}, "The answer makes no sense"),
    "no JSON": ({"body": b"{not json"}, "The answer makes no sense"),
    "other JSON": ({"body": b"[1, 2]"}, "The answer makes no sense"),
    "nested JSON": ({"body": b"[" * 100_000}, "The answer makes no sense"),
    "no bytes": ({"body": b""}, "The answer makes no sense"),
    "error as answer": ({"body": b'{"error": {"message": "loading", "code": 503}}'}, "The provider has trouble"),
}

EMPTY: Mapping[str, tuple[dict[str, Any], str]] = {
    "null content": ({"text": None}, "sent no text"),
    "no text": ({"text": ""}, "sent no text"),
    "refusal": ({"text": None, "extra": {"refusal": "I will not."}}, 'the model declined: "I will not."'),
    "all filtered": ({"text": None, "finish_reason": "content_filter"}, "content filter"),
    "thoughts only": ({"text": None, "extra": {"reasoning_content": "Hm, 10%."}}, "thoughts and no answer"),
    "thoughts to the end": (
        {"text": "", "finish_reason": "length", "extra": {"reasoning_content": "Hm"}},
        "used up its 600 tokens",
    ),
}

STREAMED: Mapping[str, tuple[dict[str, Any], str]] = {
    "hang after the head": ({"hold_after": 0}, "The model took too long"),
    "reset in the midst": ({"text": MAP, "cut_after": 2}, "The connection was lost"),
    "slow drip": ({"text": MAP, "pieces": [*MAP, *" " * 1_000], "drip": 0.02}, "The model took too long"),
    "error in the midst": (
        {"events": [piece({"content": "{'A'"}), {"error": {"message": "overloaded", "code": 529}}]},
        "The provider has trouble",
    ),
    "broken JSON in the midst": (
        {"events": [piece({"content": "{'A'"}), b"data: {]\n\n"]},
        "The answer makes no sense",
    ),
}

READ: Mapping[str, dict[str, Any]] = {
    "a piece with nothing first": {
        "events": [piece({"role": "assistant", "content": ""}), piece({}), piece({"content": MAP}), piece({}, "stop")]
    },
    "no last word": {"text": MAP, "done": False},
    "no token counts": {"text": MAP, "usage": False},
    "several answers": {
        "events": [
            piece({"content": "{'A': '90%'"}, index=1),
            piece({"content": MAP[:20]}),
            piece({"content": ", 'B': '10%'}"}, index=1),
            piece({"content": MAP[20:]}),
            piece({}, "stop"),
        ],
        "streams": True,
    },
    "several answers at once": {
        "body": whole(
            choices=[
                {"index": 0, "message": {"role": "assistant", "content": MAP}, "finish_reason": "stop"},
                {"index": 1, "message": {"role": "assistant", "content": "{'A': '100%'}"}, "finish_reason": "stop"},
            ]
        )
    },
    "signs of life": {"events": [b": waiting\n\n", piece({"content": MAP}), b": waiting\n\n", piece({}, "stop")]},
    "a page's line ends": {
        "events": [b"data: " + json.dumps(piece({"content": MAP})).encode() + b"\r\n\r\n", piece({}, "stop")]
    },
    "absurd token counts": {
        "body": whole(usage={"prompt_tokens": -5, "completion_tokens": 10**30, "total_tokens": 10**30})
    },
    "absurd names": {"text": MAP, "model": "m" * 10_000},
    "control sequences": {"text": f"\x1b]52;c;aGk=\x07\x9b2J{MAP}\u202e\ud800", "model": "evil\x1b[2J"},
    "ended by the filter": {"text": MAP, "finish_reason": "content_filter"},
}


def assert_failed(run: Run, words: str) -> None:
    assert run.status == "failed"
    assert words in f"{run.error_title}: {run.error}"
    assert run.reading is None
    assert run.alignment is None
    assert run.finished is not None


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_ends_as_a_kept_run_with_its_error(
    keeper: Any, fake_openai: Any, nothing_left: Check, fault: str, watched: bool
) -> None:
    reply, words = FAULTS[fault]
    fake_openai.always(**reply)
    run = await keeper.ask(watched=watched, attempts=1, timeout=0.5 if "hold" in reply else 20)
    assert_failed(run, words)
    await nothing_left()


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize("empty", EMPTY)
async def test_an_empty_answer_ends_as_a_kept_run_that_is_unread_and_names_a_next_step(
    keeper: Any, fake_openai: Any, nothing_left: Check, empty: str, watched: bool
) -> None:
    reply, words = EMPTY[empty]
    fake_openai.always(**reply)
    run = await keeper.ask(watched=watched, attempts=1)
    assert run.status == "unread"
    assert words in run.error
    assert "; " in run.error, "a next step"
    assert run.alignment is None
    assert (run.usage.prompt_tokens, run.usage.completion_tokens) == (120, 17), "it was paid for all the same"
    await nothing_left()


@pytest.mark.parametrize("fault", STREAMED)
async def test_a_stream_that_goes_wrong_ends_as_a_kept_run_with_its_error_and_what_had_come(
    keeper: Any, fake_openai: Any, nothing_left: Check, fault: str
) -> None:
    reply, words = STREAMED[fault]
    fake_openai.always(**reply)
    run = await keeper.ask(attempts=1, timeout=2 if {"hold_after", "drip"} & set(reply) else 20)
    assert_failed(run, words)
    if fault == "hang after the head":
        assert run.reply is None
    else:
        assert run.reply.text.startswith("{'A'")
        assert run.reply.text == keeper.seen[-1]
    await nothing_left(idle=0)


async def test_an_answer_that_lacks_its_end_is_a_lost_connection(
    keeper: Any, fake_openai: Any, nothing_left: Check
) -> None:
    fake_openai.always(text=MAP, lacking=5)
    assert_failed(await keeper.ask(watched=False, attempts=1), "The connection was lost")
    await nothing_left(idle=0)


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize("oddity", READ)
async def test_an_odd_answer_is_read_rightly(
    keeper: Any, fake_openai: Any, nothing_left: Check, oddity: str, watched: bool
) -> None:
    fake_openai.always(**({"text": MAP} | READ[oddity]))
    run = await keeper.ask(watched=watched, attempts=1)
    assert run.status == "done", run.error
    assert run.reading.distribution.probabilities == pytest.approx(SHARES)
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set("".join((run.reply.text, run.reply.model)))
    assert len(run.reply.model) <= 200
    await nothing_left()


@pytest.mark.parametrize("watched", [True, False])
async def test_three_megabytes_of_letters_are_counted_as_far_as_they_are_kept(
    keeper: Any, fake_openai: Any, nothing_left: Check, watched: bool
) -> None:
    fake_openai.always(text=ROW * 300_000, pieces=[ROW * 10_000] * 30)
    run = await keeper.ask("sequence", watched=watched, attempts=1)
    assert run.status == "done"
    assert run.reading.distribution.probabilities == pytest.approx((0.1, 0.6, 0.2, 0.1), abs=0.01)
    assert len(run.reply.text) == 1_000_000
    await nothing_left(idle=0 if watched else 1)


def logprobs(*candidates: Any, chosen: Any = ("B", -0.7)) -> dict[str, Any]:
    listed = [{"token": token, "logprob": logprob, "bytes": None} for token, logprob in candidates]
    return {"content": [{"token": chosen[0], "logprob": chosen[1], "bytes": None, "top_logprobs": listed}]}


@pytest.mark.parametrize(
    ("reply", "status", "expected"),
    [
        ({"tokens": TOKENS}, "done", {"B": 0.5, "C": 0.2, "A": 0.1, "D": 0.0}),
        ({"tokens": TOKENS[::-1]}, "done", {"B": 0.5, "C": 0.2, "A": 0.1, "D": 0.0}),
        ({"tokens": TOKENS[:1]}, "unread", "one token"),
        ({"tokens": (*TOKENS, ("\x1b[31m", -3.0))}, "done", {"B": 0.5, "C": 0.2, "A": 0.1}),
        ({"logprobs": logprobs(*TOKENS, *((f"t{n}", -30.0) for n in range(20_000)))}, "done", {"B": 0.5, "C": 0.2}),
        ({"logprobs": logprobs(("x" * 1_000_000, -3.0), *TOKENS)}, "done", {"B": 0.5, "C": 0.2}),
        ({"tokens": None}, "unread", "gave no log-probabilities"),
        ({"logprobs": {"content": []}}, "unread", "gave no log-probabilities"),
        ({"logprobs": "garbage"}, "unread", "gave no log-probabilities"),
        ({"tokens": (("B", 5.0), ("A", 3.0))}, "unread", "sum to"),
        ({"tokens": (("The", -0.1), ("I", -3.0))}, "unread", "fell on the option letters"),
        ({"logprobs": {"content": [None]}}, "unread", "gave no log-probabilities"),
        ({"logprobs": logprobs(("B", None), chosen=("B", None))}, "unread", "gave no log-probabilities"),
        ({"logprobs": logprobs(("B", -(10**400)))}, "failed", "makes no sense"),
    ],
)
async def test_log_probs_whole_shuffled_short_or_absurd(
    keeper: Any, fake_openai: Any, nothing_left: Check, reply: dict[str, Any], status: str, expected: Any
) -> None:
    fake_openai.always(text="B", **reply)
    run = await keeper.ask("log-probs", attempts=1)
    assert run.status == status, run.error
    if isinstance(expected, str):
        assert expected in f"{run.error_title}: {run.error}"
    else:
        shares = dict(zip("ABCD", run.reading.distribution.probabilities, strict=False))
        whole_mass = sum(expected.values()) if len(expected) > 2 else 0.8 if len(expected) == 2 else 1.0
        assert {letter: shares[letter] for letter in expected} == pytest.approx(
            {letter: share / whole_mass for letter, share in expected.items()}, abs=0.01
        )
        assert len(run.reply.first_token) <= 200
    await nothing_left()


async def test_a_hundred_calls_at_once_leave_nothing_behind(
    keeper: Any, fake_openai: Any, nothing_left: Check, respondent: Any, call: Any
) -> None:
    replies = (
        {"text": "A"},
        {"text": None},
        error(500),
        {"cut_after": 0},
        {"body": b"{"},
        {"text": "B", "cut_after": 1},
    )
    for number in range(100):
        fake_openai.then(**replies[number % len(replies)])
    model = respondent(attempts=1, timeout=120)
    asked = [model.respond(call("sequence"), lambda text: None) for _ in range(100)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(outcome, Reply) for outcome in outcomes) > 0
    assert [one for one in outcomes if not isinstance(one, Reply | RespondentError)] == []
    await nothing_left(idle=100)


async def test_a_temperature_that_was_left_out_is_kept_with_the_run(keeper: Any, fake_openai: Any) -> None:
    fake_openai.always(text=MAP)
    fake_openai.fails(400, "temperature: deprecated here, leave it out")
    run = await keeper.ask()
    assert run.status == "done"
    assert any("sent without a temperature" in note for note in run.plan.notes)
