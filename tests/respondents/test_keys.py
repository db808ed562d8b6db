"""Whose key goes where."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from opinionscope.elicitation import Call
from opinionscope.respondents.asked_provider import TAKES_BASE, key_problem
from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.respondents.providers import PROVIDERS, is_own_server

Make = Callable[..., LiteLLMRespondent]
MakeCall = Callable[..., Call]

CANARY = "sk-canary-0123456789ab"


@pytest.mark.parametrize("path", ["/v1", "/api.groq.com/openai/v1"])
async def test_no_providers_key_reaches_another_server(
    fake_openai: Any, respondent: Make, call: MakeCall, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    variables = {variable for provider in PROVIDERS.values() for variable in provider.key_variables}
    variables |= {f"{name.upper()}_API_KEY" for name in TAKES_BASE} | {"OLLAMA_API_KEY", "LITELLM_PROXY_API_KEY"}
    for variable in variables:
        monkeypatch.setenv(variable, CANARY)
    for provider in TAKES_BASE:
        base = f"http://127.0.0.1:{fake_openai.port}{path}"
        before = len(fake_openai.requests)
        with suppress(RespondentError):
            await respondent(f"{provider}/toy", api_base=base, attempts=1).respond(call())
        assert len(fake_openai.requests) > before, provider
    assert not [request for request in fake_openai.requests if CANARY in repr(request)]


async def test_the_key_for_named_servers_is_sent_where_it_is_set(
    fake_openai: Any, respondent: Make, call: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    await respondent().respond(call())
    monkeypatch.setenv("OPINIONSCOPE_API_KEY", "my-own-server-key")
    await respondent().respond(call())
    sent = [request.headers["authorization"] for request in fake_openai.requests]
    assert sent == ["Bearer unused", "Bearer my-own-server-key"]


@pytest.mark.parametrize(
    ("provider", "address", "own"),
    [
        ("openai", "https://api.openai.com/v1", True),
        ("openai", "https://eu.api.openai.com/v1", True),
        ("openai", "http://api.openai.com/v1", False),
        ("openai", "https://api.openai.com.evil.example/v1", False),
        ("openai", "https://notapi.openai.com/v1", False),
        ("openai", "https://127.0.0.1/v1", False),
        ("azure", "https://mine.openai.azure.com", True),
        ("groq", "https://api.openai.com/v1", False),
        ("unheard-of", "https://api.openai.com/v1", False),
    ],
)
def test_which_server_is_a_providers_own(provider: str, address: str, own: bool) -> None:
    assert is_own_server(provider, address) is own


@pytest.mark.parametrize(
    ("model", "variables"),
    [
        ("gpt-4o", ["OPENAI_API_KEY"]),
        ("anthropic/claude-haiku-4-5", ["ANTHROPIC_API_KEY"]),
        ("gemini/gemini-2.5-flash", ["GEMINI_API_KEY", "GOOGLE_API_KEY"]),
        ("deepinfra/some/model", ["DEEPINFRA_API_KEY"]),
    ],
)
async def test_a_missing_key_is_named_before_anything_is_sent(
    respondent: Make, call: MakeCall, model: str, variables: list[str]
) -> None:
    with pytest.raises(RespondentError) as caught:
        await respondent(model, api_base=None, timeout=1).respond(call())
    assert caught.value.title == "No key"
    assert f"set {' or '.join(variables)}" in caught.value.message


@pytest.mark.parametrize(("key", "words"), [("", "is set, but empty"), ("sk-half\nsk-other-half", "line break")])
async def test_a_key_that_cannot_be_one_is_refused_without_showing_it(
    respondent: Make, call: MakeCall, monkeypatch: pytest.MonkeyPatch, key: str, words: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(RespondentError, match=words) as caught:
        await respondent("gpt-4o", api_base=None).respond(call())
    assert "half" not in str(caught.value)


def test_any_of_a_providers_variables_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert key_problem("together_ai", ["TOGETHERAI_API_KEY"])
    monkeypatch.setenv("TOGETHER_API_KEY", CANARY)
    assert key_problem("together_ai", ["TOGETHERAI_API_KEY"]) == ""
    assert key_problem("ollama_chat", ["OLLAMA_API_BASE"]) == ""


@pytest.mark.parametrize(
    "address",
    [
        "localhost:8000/v1",
        "ftp://127.0.0.1/v1",
        "http://",
        "http://127.0.0.1:port/v1",
        "http://a b/v1",
        "",
        "http://\x1b/",
    ],
)
def test_an_address_that_is_none_is_refused(respondent: Make, address: str) -> None:
    with pytest.raises(RespondentError, match="expected an address like"):
        respondent(api_base=address)


def test_an_address_with_a_password_is_refused_without_showing_it(respondent: Make) -> None:
    with pytest.raises(RespondentError, match="OPINIONSCOPE_API_KEY") as caught:
        respondent(api_base="http://me:hunter2@127.0.0.1/v1")
    assert "hunter2" not in str(caught.value)


async def test_providers_that_sign_with_the_machines_credentials_take_no_other_server(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    for name in ("bedrock/anthropic.claude-3", "vertex_ai/gemini-2.0-flash", "azure/toy", "github_copilot/gpt-4o"):
        with pytest.raises(RespondentError):
            await respondent(name).respond(call())
    assert fake_openai.requests == []
