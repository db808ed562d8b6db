"""Refusals met in the field: where a server tells what it will not take, and what is left out then."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from opinionscope.elicitation import FORMATS, PLAIN, Call, read_reply
from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.values import replace

Make = Callable[..., LiteLLMRespondent]
MakeCall = Callable[..., Call]
ANSWER = '{"A": 61, "B": 39}'


def _routed(raw: Any) -> dict[str, Any]:
    """What a router says of the provider behind it."""
    return {"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": raw}}}


def _nested(*place: str) -> dict[str, Any]:
    """A list of faults in place of a message."""
    fault = {"type": "extra_forbidden", "loc": ["body", *place], "msg": "Extra inputs are not permitted"}
    return {"object": "error", "message": {"detail": [fault]}, "type": "invalid_request_error", "param": None}


TOLD_ELSEWHERE = (
    (_routed("the temperature is fixed for this model"), "temperature"),
    (_routed('{"error": {"message": "not supported here", "param": "temperature"}}'), "temperature"),
    (_routed({"error": {"message": "response_format: json_schema is unknown to us"}}), "response_format"),
    (_nested("temperature"), "temperature"),
    (_nested("response_format", "json_schema"), "response_format"),
    (_nested("stream_options", "include_usage"), "stream_options"),
    ([{"error": {"message": 'Unknown name "seed": Cannot find field.'}}], "seed"),
    (_nested("seed"), "seed"),
    (_routed("random_seed is no parameter of ours"), "seed"),
)


@pytest.mark.parametrize(("body", "setting"), TOLD_ELSEWHERE)
async def test_what_a_server_refuses_is_found_where_it_tells_it(
    fake_openai: Any, respondent: Make, call: MakeCall, waits: list[float], body: Any, setting: str
) -> None:
    asked = call("verbalized", seed=7)
    asked = replace(asked, request=FORMATS["verbalized"].request_for(asked.cell.question, PLAIN))
    fake_openai.always(text=ANSWER)
    fake_openai.then(status=422, body=json.dumps(body).encode())
    assert (await respondent("openai/gpt-4o").respond(asked, lambda text: None)).text == ANSWER
    first, second = fake_openai.bodies
    assert setting in first
    assert {name for name in first if name not in second} - {"stream"} == {setting}
    assert waits == []


@pytest.mark.parametrize(("refuses", "said"), [(True, True), (False, False)])
async def test_a_seed_that_is_refused_is_left_out_and_said_to_be(
    fake_openai: Any, respondent: Make, call: MakeCall, refuses: bool, said: bool
) -> None:
    model = respondent()
    if refuses:
        fake_openai.fails(400, "Unknown parameter: 'seed'.", param="seed")
    for _ in range(2):
        await model.respond(call(seed=7))
    assert ["seed" in body for body in fake_openai.bodies] == [True, False, False] if refuses else [True, True]
    assert any("without the seed" in note for note in model.learned()) is said


async def test_a_request_that_a_server_repeats_says_nothing_of_the_seed(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    fake_openai.fails(400, 'no temperature is taken: {"seed": 7, "temperature": 1.0}')
    model = respondent()
    assert (await model.respond(call(seed=7))).text
    assert "seed" in fake_openai.bodies[1]


@pytest.mark.parametrize(
    ("reply", "title", "words"),
    [
        ({"base_resp": {"status_code": 1004, "status_msg": "no such login"}, "choices": None}, "", "no such login"),
        ({"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}, "No credit left", "balance"),
        ({"error": {"message": "Provider returned error", "metadata": {"raw": "all GPUs busy"}}}, "", "all GPUs busy"),
        (_nested("messages"), "", "Extra inputs"),
    ],
)
async def test_an_error_in_place_of_an_answer_is_told_in_the_servers_words(
    fake_openai: Any, respondent: Make, call: MakeCall, reply: Mapping[str, Any], title: str, words: str
) -> None:
    fake_openai.always(body=json.dumps(reply).encode())
    with pytest.raises(RespondentError) as caught:
        await respondent(attempts=1).respond(call())
    assert title in caught.value.title
    assert words in caught.value.message


async def test_an_answer_with_a_report_that_all_went_well_is_an_answer(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    choice = {"index": 0, "message": {"content": ANSWER}, "finish_reason": "stop"}
    fake_openai.always(body=json.dumps({"choices": [choice], "base_resp": {"status_code": 0}}).encode())
    assert (await respondent().respond(call())).text == ANSWER


@pytest.mark.parametrize("inside", ["<body>cloudflare</body>", "<h1>Blocked</h1>", ""])
async def test_a_page_in_the_way_is_not_the_keys_fault(
    fake_openai: Any, respondent: Make, call: MakeCall, inside: str
) -> None:
    page = f"<!DOCTYPE html><html><head><title>One moment, please</title></head>{inside}</html>"
    fake_openai.always(status=403, body=page.encode(), content_type="text/html")
    with pytest.raises(RespondentError, match="One moment, please") as caught:
        await respondent(attempts=1).respond(call())
    assert "key" not in caught.value.message


async def test_a_byte_order_mark_before_a_stream_is_no_part_of_it(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    event = {"choices": [{"index": 0, "delta": {"content": ANSWER}, "finish_reason": "stop"}]}
    fake_openai.always(events=[f"\ufeffdata: {json.dumps(event)}\n\n".encode()])
    assert (await respondent().respond(call(), lambda text: None)).text == ANSWER
    assert len(fake_openai.bodies) == 1


@pytest.mark.parametrize("finish_reason", ["content_filter", "SAFETY", "refusal", "sensitive", "BLOCKLIST", "SPII"])
async def test_a_filter_is_named_whether_it_takes_all_or_breaks_off(
    fake_openai: Any, respondent: Make, call: MakeCall, finish_reason: str
) -> None:
    asked = call()
    fake_openai.then(text='{"A": 20', finish_reason=finish_reason)
    reading = read_reply(await respondent().respond(asked), "verbalized", asked.cell.question)
    assert f"({finish_reason})" in reading.reason
    fake_openai.then(text="", finish_reason=finish_reason)
    with pytest.raises(RespondentError, match="content filter"):
        await respondent().respond(asked)


async def test_tokens_used_up_are_those_that_were_sent(fake_openai: Any, respondent: Make, call: MakeCall) -> None:
    fake_openai.always(text="", finish_reason="length", tokens=None)
    fake_openai.fails(400, "Invalid 'max_tokens': minimum value is 16")
    with pytest.raises(RespondentError, match="used up its 16 tokens"):
        await respondent().respond(call("log-probs"))
