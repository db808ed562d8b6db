"""Live answers, through real litellm from a real server on loopback."""

import asyncio
import json
import math
from collections.abc import Callable
from datetime import UTC
from itertools import pairwise
from typing import Any

import pytest

from opinionscope.elicitation import Call, TokenLogprob
from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.survey.text import clean

pytestmark = pytest.mark.parametrize("way", ["directly", "through litellm"], indirect=True)

Make = Callable[..., LiteLLMRespondent]
MakeCall = Callable[..., Call]


async def test_an_answer_streams_in_and_is_kept_with_its_provenance(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    fake_openai.always(text="{'A': '61%', 'B': '39%'}", model="toy-model-2025-01-01")
    seen: list[str] = []
    response = await respondent().respond(call(seed=7), seen.append)

    assert response.text == seen[-1] == "{'A': '61%', 'B': '39%'}"
    assert all(later.startswith(earlier) for earlier, later in pairwise(seen))
    assert (response.kind, response.model) == ("live", "toy-model-2025-01-01")
    assert response.finish_reason == "stop"
    assert (response.usage.prompt_tokens, response.usage.completion_tokens) == (120, 17)
    assert 0 < response.usage.seconds < 20
    assert response.answered is not None
    assert response.answered.tzinfo is UTC
    (body,) = fake_openai.bodies
    assert body["model"] == "toy-model"
    assert body["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Trees?"}]
    assert body["stream"] is True
    assert (body["temperature"], body["max_tokens"], body["seed"]) == (1.0, 600, 7)
    assert "logprobs" not in body


async def test_text_is_shown_before_the_answer_is_whole(fake_openai: Any, respondent: Make, call: MakeCall) -> None:
    fake_openai.then(pieces=["AAB", "BBA"], hold_after=1)
    seen: list[str] = []

    def look(text: str) -> None:
        seen.append(text)
        fake_openai.release()

    response = await respondent().respond(call("sequence"), look)
    assert seen[0] == "AAB"
    assert response.text == "AABBBA"


async def test_without_anyone_looking_nothing_streams_and_no_seed_is_made_up(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    response = await respondent().respond(call())
    (body,) = fake_openai.bodies
    assert not body.get("stream")
    assert "seed" not in body
    assert response.usage.completion_tokens == 17


async def test_log_probs_are_asked_for_whole_and_come_back_sorted_and_finite(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    fake_openai.then(tokens=(("B", -1.5), ("\x1b[31m", -9999.0), (" A", -0.3), ("C", math.nan)), text="B")
    response = await respondent().respond(call("log-probs"), lambda text: None)
    assert response.first_token == (
        TokenLogprob(" A", -0.3),
        TokenLogprob("B", -1.5),
        TokenLogprob("␛[31m", -9999.0),
    )
    (body,) = fake_openai.bodies
    assert (body["logprobs"], body["top_logprobs"], body["max_tokens"]) == (True, 20, 1)
    assert not body.get("stream")


@pytest.mark.parametrize(
    ("logprobs", "expected"),
    [
        ({"content": []}, None),
        ({"content": None}, None),
        (
            {"content": [{"token": "A", "logprob": -0.5, "bytes": None, "top_logprobs": []}]},
            (TokenLogprob("A", -0.5),),
        ),
        (
            {
                "content": [
                    {"token": "A", "logprob": -2.5, "top_logprobs": [{"token": "B", "logprob": -0.1, "bytes": None}]}
                ]
            },
            (TokenLogprob("B", -0.1), TokenLogprob("A", -2.5)),
        ),
        (
            {"tokens": ["A"], "token_logprobs": [-0.1], "top_logprobs": [{"B": -2.0, "A": -0.1}]},
            (TokenLogprob("A", -0.1), TokenLogprob("B", -2.0)),
        ),
    ],
)
async def test_log_probs_in_odd_shapes(
    fake_openai: Any, respondent: Make, call: MakeCall, logprobs: Any, expected: Any
) -> None:
    fake_openai.then(logprobs=logprobs, text="A")
    response = await respondent().respond(call("log-probs"))
    assert response.first_token == expected


async def test_a_server_that_leaves_log_probs_out_gives_text_and_no_candidates(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    fake_openai.then(tokens=None, text="A")
    response = await respondent().respond(call("log-probs"))
    assert response.first_token is None
    assert response.text == "A"


async def test_log_probs_without_text_are_an_answer(fake_openai: Any, respondent: Make, call: MakeCall) -> None:
    fake_openai.then(text=None, tokens=(("A", -0.1),))
    response = await respondent().respond(call("log-probs"))
    assert response.first_token == (TokenLogprob("A", -0.1),)


async def test_a_server_that_does_not_stream_still_answers(fake_openai: Any, respondent: Make, call: MakeCall) -> None:
    fake_openai.always(streams=False)
    seen: list[str] = []
    response = await respondent().respond(call(), seen.append)
    assert response.text == "{'A': '60%', 'B': '40%'}" == seen[-1]


async def test_a_server_that_refuses_to_stream_is_asked_once_more_and_then_never_again(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    fake_openai.fails(400, "stream_options is not supported here", type="invalid_request_error")
    model = respondent()
    for _ in range(2):
        assert (await model.respond(call(), lambda text: None)).text
    assert [bool(body.get("stream")) for body in fake_openai.bodies] == [True, False, False]


async def test_a_stream_that_ends_without_a_reason_is_not_trusted(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    fake_openai.then(pieces=["AAB"], finish_reason=None).then(text="AABBAB")
    response = await respondent().respond(call("sequence"), lambda text: None)
    assert response.text == "AABBAB"


async def test_a_stream_that_breaks_off_is_begun_anew(
    fake_openai: Any, respondent: Make, call: MakeCall, waits: list[float]
) -> None:
    fake_openai.then(pieces=["AAB", "BBB"], cut_after=1).then(text="BABBAB")
    seen: list[str] = []
    response = await respondent().respond(call("sequence"), seen.append)
    assert response.text == "BABBAB" == seen[-1]
    assert len(waits) == 1


@pytest.mark.parametrize("watched", [True, False])
async def test_an_endless_answer_is_cut_and_says_so(
    fake_openai: Any, respondent: Make, call: MakeCall, watched: bool
) -> None:
    fake_openai.then(text="AB" * 5_000_000, pieces=["AB" * 50_000] * 100)
    response = await respondent().respond(call("sequence"), (lambda text: None) if watched else None)
    assert response.text == "AB" * 500_000
    assert response.finish_reason == "cut after 1,000,000 characters"


@pytest.mark.parametrize("watched", [True, False])
async def test_nothing_a_terminal_would_obey_comes_through(
    fake_openai: Any, respondent: Make, call: MakeCall, watched: bool
) -> None:
    text = "\x1b]52;c;aGk=\x07{'A': '60%'\r\n\x9b2J, 'B': '40%'}\u202e"
    fake_openai.then(text=text, pieces=list(text), model="evil\x1b[2Jmodel", finish_reason="stop")
    seen: list[str] = []
    response = await respondent().respond(call(), seen.append if watched else None)
    assert response.text == clean(text)
    assert "60%" in clean(text)
    assert response.model == "evil␛[2Jmodel"
    assert not {"\x1b", "\x9b", "\x07", "\u202e", "\r"} & set("".join(seen))


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize("reason", ["length", "content_filter"])
async def test_why_an_answer_ended_is_kept(
    fake_openai: Any, respondent: Make, call: MakeCall, watched: bool, reason: str
) -> None:
    fake_openai.then(finish_reason=reason)
    response = await respondent().respond(call(), (lambda text: None) if watched else None)
    assert response.finish_reason == reason


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ({"choices": False}, "nothing in it"),
        ({"text": None}, "sent no text"),
        ({"text": "  \n"}, "sent no text"),
        ({"text": "", "finish_reason": "length"}, "used up its 600 tokens"),
        ({"text": None, "finish_reason": "content_filter"}, "content filter"),
    ],
)
async def test_an_empty_answer_is_an_error_that_says_so(
    fake_openai: Any, respondent: Make, call: MakeCall, watched: bool, reply: dict[str, Any], words: str
) -> None:
    fake_openai.always(**reply)
    with pytest.raises(RespondentError, match=words) as caught:
        await respondent().respond(call(), (lambda text: None) if watched else None)
    assert caught.value.title == "The answer is empty"


@pytest.mark.parametrize("watched", [True, False])
async def test_token_counts_are_the_providers_or_none(
    fake_openai: Any, respondent: Make, call: MakeCall, watched: bool
) -> None:
    fake_openai.then(usage=False)
    usage = (await respondent().respond(call(), (lambda text: None) if watched else None)).usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.cost_usd) == (None, None, None)


@pytest.mark.parametrize("watched", [True, False])
async def test_cost_is_known_for_a_priced_model_at_its_provider_and_unknown_elsewhere(
    fake_openai: Any, respondent: Make, call: MakeCall, monkeypatch: pytest.MonkeyPatch, watched: bool
) -> None:
    look = (lambda text: None) if watched else None
    elsewhere = await respondent("openai/gpt-4o").respond(call(), look)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-a-real-key")
    monkeypatch.setenv("OPENAI_BASE_URL", fake_openai.base)
    priced = await respondent("gpt-4o", api_base=None).respond(call(), look)
    unpriced = await respondent("openai/toy-model", api_base=None).respond(call(), look)
    assert priced.usage.cost_usd == pytest.approx(120 * 2.5e-6 + 17 * 1e-5)
    assert elsewhere.usage.cost_usd is None
    assert unpriced.usage.cost_usd is None


async def test_fewer_log_probs_are_asked_for_where_twenty_are_too_many(
    fake_openai: Any, respondent: Make, call: MakeCall, waits: list[float]
) -> None:
    fake_openai.fails(400, "Invalid value for 'top_logprobs': must be at most 5", type="invalid_request_error")
    model = respondent()
    for _ in range(2):
        assert (await model.respond(call("log-probs"))).first_token
    assert [body["top_logprobs"] for body in fake_openai.bodies] == [20, 5, 5]
    assert waits == []


async def test_the_newer_name_of_the_token_limit_is_learnt(fake_openai: Any, respondent: Make, call: MakeCall) -> None:
    fake_openai.fails(
        400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", type="invalid_request_error"
    )
    assert (await respondent().respond(call())).text
    first, second = fake_openai.bodies
    assert first["max_tokens"] == second["max_completion_tokens"] == 600
    assert "max_tokens" not in second


async def test_many_at_once_keep_their_own_answers(fake_openai: Any, respondent: Make, call: MakeCall) -> None:
    fake_openai.default = lambda body: fake_openai.Reply(text=f"{body['seed']}: AB", tokens=None)
    model = respondent()
    responses = await asyncio.gather(*(model.respond(call(seed=n), lambda text: None) for n in range(25)))
    assert [response.text for response in responses] == [f"{n}: AB" for n in range(25)]


async def test_counts_without_their_sum_are_counts(fake_openai: Any, respondent: Make, call: MakeCall) -> None:
    choice = {"index": 0, "message": {"role": "assistant", "content": "A"}, "finish_reason": "stop"}
    body = {"id": "1", "choices": [choice], "usage": {"prompt_tokens": 5, "completion_tokens": 3}}
    fake_openai.always(body=json.dumps(body).encode())
    usage = (await respondent().respond(call())).usage
    assert (usage.prompt_tokens, usage.completion_tokens) == (5, 3)


THOUGHT = {"type": "thinking", "thinking": [{"type": "text", "text": "Most say A: {'A': '99%', 'B': '1%'}"}]}
PARTS = [THOUGHT, {"type": "text", "text": "{'A': '61%',"}, {"type": "text", "text": " 'B': '39%'}"}]


@pytest.mark.parametrize("watched", [True, False])
async def test_content_that_is_a_list_of_parts_is_read_without_its_thoughts(
    fake_openai: Any, respondent: Make, call: MakeCall, watched: bool
) -> None:
    chunks = [{"id": "1", "choices": [{"index": 0, "delta": {"content": [part]}}]} for part in PARTS]
    end = {"id": "1", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    fake_openai.always(extra={"content": PARTS}, events=[*chunks, end])
    response = await respondent().respond(call(), (lambda text: None) if watched else None)
    assert response.text == "{'A': '61%', 'B': '39%'}"


@pytest.mark.parametrize(
    ("drawn", "listed", "expected"),
    [
        ((" B", -3.0), [("A", -0.7), ("B", -3.0)], ["A", "B"]),
        (("\u2581B", -3.0), [("A", -0.7), ("B", -3.0)], ["A", "B"]),
        (("\u0120B", -3.0), [("A", -0.7), ("B", -3.0)], ["A", "B"]),
        (("B", -3.0), [("A", -0.7), (" B", -3.0)], ["A", " B"]),
        (("B", -3.0), [("A", -0.7), ("B", -3.0), (" B", -4.0)], ["A", "B", " B"]),
        (("C", -9.0), [("A", -0.7), ("B", -3.0)], ["A", "B", "C"]),
    ],
)
async def test_the_token_that_was_drawn_is_one_of_those_listed_however_it_is_spelt(
    fake_openai: Any, respondent: Make, call: MakeCall, drawn: Any, listed: Any, expected: list[str]
) -> None:
    candidates = [{"token": token, "logprob": logprob, "bytes": None} for token, logprob in listed]
    content = {"token": drawn[0], "logprob": drawn[1], "bytes": None, "top_logprobs": candidates}
    fake_openai.always(text=drawn[0], logprobs={"content": [content]})
    response = await respondent().respond(call("log-probs"))
    assert [candidate.token for candidate in response.first_token or ()] == expected
