"""Answers held to a JSON schema, where the provider can be."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from opinionscope.elicitation import FORMATS, PLAIN, Elicitation, Recipe, read_answer
from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.gateway import LiteLLMRespondent

Make = Callable[..., LiteLLMRespondent]
Elicit = Callable[..., Elicitation]
CAPABLE = "openai/gpt-4o"
SCHEMA = {
    "type": "object",
    "properties": {"A": {"type": "number"}, "B": {"type": "number"}},
    "required": ["A", "B"],
    "additionalProperties": False,
}


@pytest.fixture
def asked(elicitation: Elicit) -> Elicitation:
    made = elicitation("verbalized")
    return replace(made, request=FORMATS["verbalized"].request_for(made.question, PLAIN))


@pytest.mark.parametrize("watched", [True, False])
async def test_a_provider_that_takes_a_schema_is_given_one_number_a_letter(
    fake_openai: Any, respondent: Make, asked: Elicitation, watched: bool
) -> None:
    fake_openai.always(text='{"A": 61, "B": 39}')
    response = await respondent(CAPABLE).respond(asked, (lambda text: None) if watched else None)
    (body,) = fake_openai.bodies
    assert body["response_format"]["type"] == "json_schema"
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert body["response_format"]["json_schema"]["strict"] is True
    assert bool(body.get("stream")) is watched
    assert response.answer.structured
    assert read_answer(response.answer, "verbalized", asked.question).figures == (61, 39)


async def test_elsewhere_the_same_prompt_asks_for_plain_text(
    fake_openai: Any, respondent: Make, asked: Elicitation
) -> None:
    response = await respondent("openai/toy-model").respond(asked)
    await respondent(CAPABLE).respond(asked)
    plain, held = fake_openai.bodies
    assert "response_format" not in plain
    assert plain["messages"] == held["messages"]
    assert not response.answer.structured


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."),
        (422, "extra fields not permitted: response_format"),
        (400, "grammar error: cannot compile JSON schema"),
    ],
)
async def test_a_server_that_refuses_the_schema_is_asked_again_without_and_that_is_kept(
    fake_openai: Any,
    respondent: Make,
    asked: Elicitation,
    waits: list[float],
    status: int,
    words: str,
    watched: bool,
) -> None:
    fake_openai.fails(status, words, type="invalid_request_error")
    model = respondent(CAPABLE)
    for _ in range(2):
        response = await model.respond(asked, (lambda text: None) if watched else None)
        assert response.answer.text
        assert not response.answer.structured
    assert ["response_format" in body for body in fake_openai.bodies] == [True, False, False]
    assert waits == []


async def test_a_refusal_for_another_reason_is_told(fake_openai: Any, respondent: Make, asked: Elicitation) -> None:
    fake_openai.fails(400, "the prompt is too rude", type="invalid_request_error")
    with pytest.raises(RespondentError, match="too rude"):
        await respondent(CAPABLE).respond(asked)
    assert len(fake_openai.bodies) == 1


@pytest.mark.parametrize("form", FORMATS)
def test_only_percents_are_asked_for_as_json_and_never_after_a_thought(elicitation: Elicit, form: str) -> None:
    question = elicitation(form).question
    assert (FORMATS[form].request_for(question, PLAIN).schema == SCHEMA) is (form == "verbalized")
    assert FORMATS[form].request_for(question, Recipe(reasoning=True)).schema is None
