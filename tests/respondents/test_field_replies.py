"""Replies in shapes that servers and proxies give them: the answer, the candidates and what went wrong."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from opinionscope.elicitation import Call
from opinionscope.respondents.completion import first_token, read_completion
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.respondents.retries import retry_after_seconds, said_seconds
from opinionscope.respondents.server_words import server_error

ANSWER = '{"A":61,"B":39}'
SHARES = {"A": 61, "B": 39}


def _completion(message: dict[str, Any], finish_reason: str = "stop") -> Any:
    return read_completion({"choices": [{"index": 0, "message": message, "finish_reason": finish_reason}]})


@pytest.mark.parametrize(
    "message",
    [
        {"content": [{"text": "A: 10, B: 90", "thought": True}, {"text": ANSWER}]},
        {"content": [{"type": "tool_use", "id": "1", "name": "answer", "input": SHARES}]},
        {"content": [{"type": "input_text", "text": ANSWER}]},
        {"content": {"type": "text", "text": ANSWER}},
        {"content": {"parts": [{"text": ANSWER}]}},
        {"content": None, "parsed": SHARES},
        {"content": {"A": 61, "B": 39}},
    ],
)
def test_the_answer_is_found_where_it_stands(message: dict[str, Any]) -> None:
    assert _completion(message).text == ANSWER


@pytest.mark.parametrize(
    ("message", "finish_reason", "words"),
    [
        ({"content": ""}, "MAX_TOKENS", "used up its 100 tokens"),
        ({"content": ""}, "model_length", "used up its 100 tokens"),
        ({"content": ""}, "SAFETY", "content filter"),
        ({"content": ""}, "guardrail_intervened", "content filter"),
        ({"content": "", "reasoning_details": [{"text": "Hm."}]}, "stop", "thoughts and no answer"),
        ({"content": "", "thinking_blocks": [{"thinking": "Hm."}]}, "stop", "thoughts and no answer"),
    ],
)
def test_why_there_is_no_answer(message: dict[str, Any], finish_reason: str, words: str) -> None:
    failure = _completion(message, finish_reason).emptiness(100)
    assert failure is not None
    assert words in failure.message


HALVES = {"A": math.log(0.5), "B": math.log(0.5)}
LISTED = [{"token": token, "logprob": logprob} for token, logprob in HALVES.items()]
BY_NUMBER = [
    {"token": f"token_id:{ord(one['token'])}", "bytes": [ord(one["token"])]} | {"logprob": one["logprob"]}
    for one in LISTED
]


@pytest.mark.parametrize(
    "logprobs",
    [
        {"content": [LISTED[0] | {"top_logprobs": HALVES}]},
        [LISTED[0] | {"top_logprobs": LISTED}],
        {"content": [BY_NUMBER[0] | {"top_logprobs": BY_NUMBER}]},
        {"tokens": ["A"], "token_logprobs": [HALVES["A"]], "top_logprobs": [LISTED]},
    ],
)
def test_the_candidates_are_found_in_every_shape(logprobs: dict[str, Any]) -> None:
    assert {one.token: one.logprob for one in first_token(logprobs) or ()} == HALVES


def test_candidates_that_are_a_number_are_none() -> None:
    drawn = {"tokens": ["A"], "token_logprobs": [HALVES["A"]]}
    assert first_token({**drawn, "top_logprobs": [5]}) == first_token(drawn)


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("please try again in 1h12m3.5s.", 4323.5),
        ("rate limit: retry in 2 hours", 7200),
        ("try again in 1 day", 86_400),
        ("try again in 1d2h3m", 93_780),
        ("try again in 2 huge steps", None),
        ("retry 1 h100 gpu", None),
        ("retry in 1 h 5 m", 3900),
    ],
)
def test_long_pauses_in_words(words: str, seconds: float | None) -> None:
    assert said_seconds(words) == seconds


@pytest.mark.parametrize(
    ("name", "value", "seconds"),
    [
        ("Retry-After", "20s", 20),
        ("Retry-After", "1m", 60),
        ("Retry-After", "1m30s", 90),
        ("x-ms-retry-after-ms", "500", 0.5),
    ],
)
def test_pauses_in_other_headers(name: str, value: str, seconds: float) -> None:
    assert retry_after_seconds({name: value}) == seconds


@pytest.mark.parametrize(
    "body",
    [
        b'data: {"choices":[{"delta":{"content":"A"}}]}\n\nerror: {"code":500,"message":"out of memory"}\n\n',
        b'data: {"choices":[]}\r\rdata: {"error":{"message":"out of memory"}}\r\r',
        b'{"error_code":336,"error_msg":"out of memory"}',
        b'{"error":"server_error","error_description":"out of memory"}',
        b'{"fault":{"faultstring":"out of memory","detail":{"errorcode":"x"}}}',
        b'{"errorType":"X","errorMessage":"out of memory"}',
        b'{"detail":{"error":{"message":"out of memory"}}}',
        b'{"error":{"message":"","innererror":{"message":"out of memory"}}}',
        b'{"code":"x","description":"out of memory"}',
    ],
)
def test_what_went_wrong_is_found_in_every_shape(body: bytes) -> None:
    told = server_error(body)
    assert (told.words, told.is_error) == ("out of memory", True)


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n"])
async def test_a_stream_with_odd_lines_is_read(
    fake_openai: Any, respondent: Callable[..., LiteLLMRespondent], call: Callable[..., Call], end: bytes
) -> None:
    """Line breaks of Unicode end no event; comments, and an event without choices, hold nothing."""
    piece = {"id": "1", "choices": [{"index": 0, "delta": {"content": f"\u2028\x85{ANSWER}"}}]}
    last = {"id": "1", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    counts = {"id": "1", "choices": None, "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}}
    events = [json.dumps(event, ensure_ascii=False).encode() for event in (piece, last, counts)]
    body = b": keep-alive" + end + b"".join(b"data:" + event + end for event in events)
    fake_openai.always(body=body, content_type="text/event-stream")
    reply = await respondent().respond(call(), lambda text: None)
    assert (reply.text or "").endswith(ANSWER)
    assert reply.usage.completion_tokens == 4
