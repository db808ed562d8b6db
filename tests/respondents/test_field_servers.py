"""Servers met in the field: how they refuse a setting, and where else they put an answer."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from opinionscope.elicitation import FORMATS, PLAIN, Call
from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.values import replace

Make = Callable[..., LiteLLMRespondent]
MakeCall = Callable[..., Call]
ANSWER = '{"A": 61, "B": 39}'
ARGUMENTS = {"name": "answer", "arguments": ANSWER}


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize(
    "extra",
    [
        {"content": [ANSWER]},
        {"content": [{"type": "text", "text": {"value": ANSWER}}]},
        {"content": {"A": 61, "B": 39}},
        {"content": None, "tool_calls": [{"id": "1", "type": "function", "function": ARGUMENTS}]},
        {"content": None, "function_call": ARGUMENTS},
    ],
)
async def test_an_answer_that_stands_elsewhere_is_read(
    fake_openai: Any, respondent: Make, call: MakeCall, extra: Mapping[str, Any], watched: bool
) -> None:
    end = {"id": "1", "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}
    fake_openai.always(extra=extra, events=[end])
    response = await respondent().respond(call(), (lambda text: None) if watched else None)
    assert json.loads(response.text or "") == {"A": 61, "B": 39}


def _at(name: str) -> bytes:
    fault = {"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs are not permitted"}
    return json.dumps({"detail": [fault]}).encode()


async def test_a_fault_is_told_by_the_place_that_fastapi_names(
    fake_openai: Any, respondent: Make, call: MakeCall, waits: list[float]
) -> None:
    fake_openai.then(status=422, body=_at("temperature")).then(status=422, body=_at("top_logprobs"))
    assert (await respondent().respond(call("log-probs"))).first_token
    first, second, third = fake_openai.bodies
    assert ("temperature" in first, "temperature" in second) == (True, False)
    assert (second["top_logprobs"], third["top_logprobs"]) == (20, 5)
    assert waits == []


async def test_of_a_field_without_its_name_the_temperature_is_left_out_once_there_is_no_schema(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    fake_openai.fails(422, "Extra inputs are not permitted")
    assert (await respondent().respond(call("samples"))).text
    assert ["temperature" in body for body in fake_openai.bodies] == [True, False]


@pytest.mark.parametrize(
    ("status", "words"),
    [(500, "top_logprobs may be at most 5"), (400, "The number of most likely tokens to return is limited to 5")],
)
async def test_fewer_log_probs_are_asked_for_however_they_are_refused(
    fake_openai: Any, respondent: Make, call: MakeCall, status: int, words: str
) -> None:
    fake_openai.fails(status, words)
    assert (await respondent().respond(call("log-probs"))).first_token
    assert [body["top_logprobs"] for body in fake_openai.bodies] == [20, 5]


@pytest.mark.parametrize(("status", "words"), [(400, "max_tokens is deprecated"), (500, "use max_completion_tokens")])
async def test_the_newer_limit_is_learnt_however_the_older_is_refused(
    fake_openai: Any, respondent: Make, call: MakeCall, status: int, words: str
) -> None:
    fake_openai.fails(status, words)
    assert (await respondent().respond(call())).text
    assert "max_completion_tokens" in fake_openai.bodies[1]


@pytest.mark.parametrize("words", ["Bad request", "Error: invalid request", ""])
async def test_a_refusal_without_a_reason_is_taken_as_one_of_the_schema(
    fake_openai: Any, respondent: Make, call: MakeCall, words: str
) -> None:
    asked = call("verbalized")
    asked = replace(asked, request=FORMATS["verbalized"].request_for(asked.cell.question, PLAIN))
    fake_openai.fails(400, words)
    assert (await respondent("openai/gpt-4o").respond(asked)).text
    assert ["response_format" in body for body in fake_openai.bodies] == [True, False]


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "text/event-stream"])
async def test_a_whole_answer_under_another_content_type_is_read_by_whoever_looks_on(
    fake_openai: Any, respondent: Make, call: MakeCall, kind: str
) -> None:
    body = json.dumps({"choices": [{"index": 0, "message": {"content": ANSWER}, "finish_reason": "stop"}]}, indent=1)
    fake_openai.always(body=body.encode(), content_type=kind)
    assert (await respondent().respond(call(), lambda text: None)).text == ANSWER


@pytest.mark.parametrize(
    "words",
    [
        "No endpoints found that can handle the requested parameters.",
        "This model does not support response_format",
        "JSON mode is not available for this model",
    ],
)
async def test_a_router_without_a_server_for_the_schema_is_asked_without_it(
    words: str, fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    asked = call("verbalized")
    asked = replace(asked, request=FORMATS["verbalized"].request_for(asked.cell.question, PLAIN))
    fake_openai.fails(404, words)
    assert (await respondent("openai/gpt-4o").respond(asked)).text
    assert ["response_format" in body for body in fake_openai.bodies] == [True, False]


async def test_an_answer_of_another_interface_is_no_error(
    fake_openai: Any, respondent: Make, call: MakeCall, waits: list[float]
) -> None:
    fake_openai.always(body=json.dumps({"model": "m", "message": {"role": "assistant", "content": ANSWER}}).encode())
    with pytest.raises(RespondentError, match="often ending in /v1"):
        await respondent().respond(call())
    assert waits == []


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "System role not supported"),
        (500, "Conversation roles must alternate user/assistant/user/assistant/..."),
        (400, "Developer instruction is not enabled for models/gemma-3-27b-it"),
    ],
)
async def test_a_system_message_that_is_refused_stands_at_the_head_of_the_other(
    fake_openai: Any, respondent: Make, call: MakeCall, status: int, words: str
) -> None:
    fake_openai.fails(status, words)
    model = respondent()
    assert (await model.respond(call())).text
    (system, user), (alone,) = (body["messages"] for body in fake_openai.bodies)
    assert alone == {"role": "user", "content": f"{system['content']}\n\n{user['content']}"}
    assert any("system message" in note for note in model.learned())


async def test_more_tokens_are_asked_for_where_a_server_does_not_take_one(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    fake_openai.fails(400, "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, got 1")
    assert (await respondent().respond(call("log-probs"))).first_token
    assert [body["max_tokens"] for body in fake_openai.bodies] == [1, 16]


async def test_an_event_of_a_stream_may_take_several_lines(fake_openai: Any, respondent: Make, call: MakeCall) -> None:
    events = [
        b'data: {"id": "1",\ndata: "choices": [{"delta": {"content": "{\\"A\\": 61, "}}]}\n\n',
        b'data: {"choices": [{"delta": {"content": "\\"B\\": 39}"},\r\ndata: "finish_reason": "stop"}]}\r\n\r\n',
    ]
    fake_openai.always(events=events)
    response = await respondent().respond(call(), lambda text: None)
    assert (response.text, len(fake_openai.bodies)) == (ANSWER, 1)
