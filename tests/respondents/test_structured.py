"""Answers held to a JSON schema, where the provider can be."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from opinionscope.elicitation import FORMATS, PLAIN, Call, Recipe, read_reply
from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.values import replace

pytestmark = pytest.mark.parametrize("way", ["directly", "through litellm"], indirect=True)

Make = Callable[..., LiteLLMRespondent]
MakeCall = Callable[..., Call]
CAPABLE = "openai/gpt-4o"
SCHEMA = {
    "type": "object",
    "properties": {"A": {"type": "number"}, "B": {"type": "number"}},
    "required": ["A", "B"],
    "additionalProperties": False,
}


@pytest.fixture
def asked(call: MakeCall) -> Call:
    made = call("verbalized")
    return replace(made, request=FORMATS["verbalized"].request_for(made.cell.question, PLAIN))


@pytest.mark.parametrize("watched", [True, False])
async def test_a_provider_that_takes_a_schema_is_given_one_number_a_letter(
    fake_openai: Any, respondent: Make, asked: Call, watched: bool
) -> None:
    fake_openai.always(text='{"A": 61, "B": 39}')
    response = await respondent(CAPABLE).respond(asked, (lambda text: None) if watched else None)
    (body,) = fake_openai.bodies
    assert body["response_format"]["type"] == "json_schema"
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert body["response_format"]["json_schema"]["strict"] is True
    assert bool(body.get("stream")) is watched
    assert response.structured
    assert read_reply(response, "verbalized", asked.cell.question).figures == (61, 39)


async def test_a_provider_without_it_gets_the_same_prompt_and_answers_in_plain_text(
    fake_openai: Any, respondent: Make, asked: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-a-real-key")
    monkeypatch.setenv("OPENAI_BASE_URL", fake_openai.base)
    response = await respondent("openai/toy-model", api_base=None).respond(asked)
    await respondent(CAPABLE).respond(asked)
    plain, held = fake_openai.bodies
    assert "response_format" not in plain
    assert plain["messages"] == held["messages"]
    assert not response.structured


@pytest.mark.parametrize("model", ["openai/toy", "hosted_vllm/toy", "lm_studio/toy", "llamafile/toy"])
async def test_a_users_own_server_is_given_the_schema_until_it_refuses(
    fake_openai: Any, respondent: Make, asked: Call, model: str
) -> None:
    assert (await respondent(model).respond(asked)).structured
    fake_openai.fails(400, "'response_format.type' must be 'json_object'", type="invalid_request_error")
    assert not (await respondent(model).respond(asked)).structured
    assert ["response_format" in body for body in fake_openai.bodies] == [True, True, False]
    assert fake_openai.bodies[0]["response_format"]["json_schema"]["schema"] == SCHEMA


async def test_ollama_is_given_the_schema_in_its_own_words(fake_openai: Any, respondent: Make, asked: Call) -> None:
    answer = {"model": "toy", "message": {"role": "assistant", "content": '{"A": 61, "B": 39}'}, "done": True}
    fake_openai.always(body=json.dumps(answer).encode())
    response = await respondent("ollama_chat/toy", api_base=f"http://127.0.0.1:{fake_openai.port}").respond(asked)
    (body,) = fake_openai.bodies
    assert body["format"] == SCHEMA
    assert response.structured


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."),
        (422, "extra fields not permitted: response_format"),
        (400, "grammar error: cannot compile JSON schema"),
        (500, "json_schema is no response_format that is served here"),
        (500, "Internal Server Error"),
        (501, "not implemented"),
        (503, "grammar sampling is not supported by this backend"),
        (400, "structured outputs are unavailable for this model"),
        (422, "Extra inputs are not permitted"),
    ],
)
async def test_a_server_that_refuses_the_schema_is_asked_again_without_and_that_is_kept(
    fake_openai: Any,
    respondent: Make,
    asked: Call,
    waits: list[float],
    status: int,
    words: str,
    watched: bool,
) -> None:
    fake_openai.fails(status, words, type="invalid_request_error")
    model = respondent(CAPABLE)
    for _ in range(2):
        response = await model.respond(asked, (lambda text: None) if watched else None)
        assert response.text
        assert not response.structured
    assert ["response_format" in body for body in fake_openai.bodies] == [True, False, False]
    assert waits == []


@pytest.mark.parametrize("words", ["the prompt is too rude", "upstream says: too rude"])
async def test_a_refusal_for_another_reason_is_told(
    fake_openai: Any, respondent: Make, asked: Call, words: str
) -> None:
    fake_openai.fails(400, words, type="invalid_request_error")
    with pytest.raises(RespondentError, match="too rude"):
        await respondent(CAPABLE).respond(asked, lambda text: None)
    assert len(fake_openai.bodies) == 1


@pytest.mark.parametrize("form", FORMATS)
def test_only_percents_are_asked_for_as_json_and_never_after_a_thought(call: MakeCall, form: str) -> None:
    question = call(form).cell.question
    assert (FORMATS[form].request_for(question, PLAIN).schema == SCHEMA) is (form == "verbalized")
    assert FORMATS[form].request_for(question, Recipe(reasoning=True)).schema is None
