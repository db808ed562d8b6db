"""What there is to choose from, and the way from a name to a respondent."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.cards import ModelCard
from opinionscope.respondents.catalog import live_models, recorded_models, server_models
from opinionscope.respondents.choosing import default_live_model, respondent_for
from opinionscope.respondents.gateway import LiteLLMRespondent, load
from opinionscope.respondents.local_servers import ServerKind
from opinionscope.respondents.price_map import TYPICAL_ANSWER, TYPICAL_PROMPT, read_price_map
from opinionscope.respondents.providers import PROVIDERS
from opinionscope.settings import Settings
from opinionscope.survey import Library
from opinionscope.survey.answers import ANSWERS_FORMAT, AnswerBlock, AnswersFile, answers_text

LibraryOf = Callable[..., Library]


@pytest.fixture
def sheets(tmp_path: Path) -> list[Path]:
    paths = []
    for dataset, form in (("toy", "sequence"), ("other", "verbalized")):
        blocks = [AnswerBlock(form, "none", "", {"Q": [1.0, 2.0]})]
        path = tmp_path / f"{dataset}.answers.json"
        file = AnswersFile(ANSWERS_FORMAT, dataset, "gpt-x", "spring 2024", "a study", {"Q": ["Yes", "No"]}, blocks)
        path.write_bytes(answers_text(file).encode())
        paths.append(path)
    return paths


def test_recorded_models_are_listed_once_with_all_their_formats(sheets: list[Path], library_of: LibraryOf) -> None:
    (card,) = recorded_models(library_of(*sheets))
    assert (card.name, card.kind, card.formats) == ("recorded/gpt-x", "recorded", ("verbalized", "sequence"))
    assert card.detail == "recorded for toy, other; spring 2024"


async def test_providers_are_listed_when_their_key_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await live_models(()) == ()
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-secret-thing")
    monkeypatch.setenv("GROQ_API_KEY", " ")
    cards = await live_models(())
    assert {card.name.split("/")[0] for card in cards} == {"anthropic"}
    assert all("log-probs" not in card.formats and "verbalized" in card.formats for card in cards)
    assert "secret" not in repr(cards)


def test_the_default_is_a_model_whose_key_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_live_model() is None
    monkeypatch.setenv("MISTRAL_API_KEY", "key-of-mistral")
    assert str(default_live_model()).startswith("mistral/")


async def test_local_servers_are_found_by_asking_them(fake_openai: Any) -> None:
    fake_openai.models = ["llama3.2:3b", "evil\x1b[2J", "two words"]
    ollama = ServerKind("Ollama", fake_openai.port, ollama=True)
    other = ServerKind("LM Studio", fake_openai.port)
    absent = ServerKind("vLLM", 1)
    first, second = await live_models((ollama, absent, other), patience=5)
    assert (first.name, first.log_probs, first.api_base) == ("ollama_chat/llama3.2:3b", False, None)
    assert "log-probs" not in first.formats
    assert (second.name, second.api_base) == ("openai/llama3.2:3b", fake_openai.base)
    assert "log-probs" in second.formats


async def test_a_server_is_asked_for_its_models_and_what_it_is(fake_openai: Any) -> None:
    fake_openai.models, fake_openai.owner = ["mine"], "llamacpp"
    (card,) = await server_models(fake_openai.base.removesuffix("/v1"))
    assert (card.name, card.api_base, card.log_probs) == ("openai/mine", fake_openai.base, True)
    assert "llama.cpp" in card.detail
    fake_openai.owner = "somebody"
    (card,) = await server_models(fake_openai.base)
    assert card.log_probs is None
    fake_openai.models = []
    with pytest.raises(RespondentError, match="often in /v1"):
        await server_models(fake_openai.base)


async def test_a_proxy_that_the_settings_name_is_asked_for_its_models_with_the_key_for_such_servers(
    fake_openai: Any, empty_library: Library, call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A LiteLLM proxy is to its users just another server that speaks OpenAI's language."""
    monkeypatch.setenv("OPINIONSCOPE_API_KEY", "key-of-the-proxy")
    monkeypatch.setenv("MISTRAL_API_KEY", "sk-of-mistral")
    fake_openai.models = ["team/gpt-4o", "team/claude"]
    settings = Settings(api_base=fake_openai.base)
    cards = {card.name: card for card in await live_models((ServerKind("vLLM", fake_openai.port),), 5, settings)}
    card = cards["openai/team/claude"]
    assert (card.api_base, card.price_usd, card.log_probs) == (fake_openai.base, None, None)
    assert [request.path for request in fake_openai.requests] == ["/v1/models"]
    response = await respondent_for(card.name, empty_library, card.api_base, settings=settings).respond(call())
    assert response.model == "team/claude"
    assert {request.headers["authorization"] for request in fake_openai.requests} == {"Bearer key-of-the-proxy"}


async def test_usual_ports_and_providers_own_servers_get_no_key(
    fake_openai: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPINIONSCOPE_API_KEY", "key-of-the-proxy")
    own = Settings(api_base="https://api.openai.com/v1")
    assert len(await live_models((ServerKind("vLLM", fake_openai.port),), 5, own)) == 2
    assert "authorization" not in fake_openai.requests[0].headers


async def test_a_key_beside_the_table_brings_its_providers_models_with_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CEREBRAS_API_KEY", "csk-secret-thing")
    cards = await live_models(())
    assert cards
    assert all(card.name.startswith("cerebras/") and "CEREBRAS_API_KEY" in card.detail for card in cards)
    assert all(card.price_usd is None or 0 < card.price_usd < 0.1 for card in cards)
    litellm = await load()
    assert {litellm.get_llm_provider(model=card.name)[1] for card in cards} == {"cerebras"}


async def test_prices_are_those_of_litellm_and_unknown_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-thing")
    cards = {card.name: card for card in await live_models(())}
    usage = {"prompt_tokens": TYPICAL_PROMPT, "completion_tokens": TYPICAL_ANSWER, "total_tokens": 400}
    answer = {"model": "gpt-4o", "usage": usage, "choices": []}
    cost = (await load()).completion_cost(completion_response=answer, model="gpt-4o")
    assert cards["gpt-4o"].price_usd == pytest.approx(cost)
    assert cards["gpt-4o"].structured is True
    reasons_first = [card for card in cards.values() if card.name.startswith("gpt-5")]
    assert reasons_first
    assert not any(card.log_probs or "log-probs" in card.formats for card in reasons_first)
    assert ModelCard("x", "live", (), "").price == "price unknown"


def test_a_price_map_of_another_make_means_nothing_known(tmp_path: Path) -> None:
    path = tmp_path / "prices.json"
    assert read_price_map(path).of("gpt-4o").price_of_call is None
    path.write_text('{"gpt-4o": {"input_cost_per_token": "much", "mode": 3}, "m": {"litellm_provider": "openai"}}')
    prices = read_price_map(path)
    assert prices.of("gpt-4o").price_of_call is prices.of("m").price_of_call is None
    path.write_text("[")
    assert read_price_map(path).providers == frozenset()


def test_a_router_model_says_to_start_a_proxy(empty_library: Library) -> None:
    with pytest.raises(RespondentError, match=r"Start a LiteLLM proxy .*--api-base http"):
        respondent_for("router/crowd", empty_library)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n\r\n{",
        b'HTTP/1.1 200 OK\r\n\r\n{"x": ' + b"[" * 100_000,
        b"HTTP/1.0 500 no\r\n\r\n",
        b"\x00\xff" * 9,
    ],
    ids=["nothing", "half", "nested", "error", "noise"],
)
async def test_whatever_else_listens_there_is_no_model_server(content: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(content)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await live_models((ServerKind("vLLM", port), ServerKind("Ollama", port, ollama=True)), 5) == ()


async def test_a_silent_server_is_not_waited_for() -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server, asyncio.timeout(5):
        port = server.sockets[0].getsockname()[1]
        assert await live_models([ServerKind("vLLM", port)] * 20, patience=0.1) == ()


def test_the_factory_tells_recorded_from_live(sheets: list[Path], library_of: LibraryOf) -> None:
    library = library_of(*sheets)
    recorded = respondent_for("recorded/gpt-x", library, "http://127.0.0.1:1/v1")
    assert (recorded.name, recorded.kind) == ("recorded/gpt-x", "recorded")
    live = respondent_for("openai/toy", library, "http://127.0.0.1:1/v1/")
    assert isinstance(live, LiteLLMRespondent)
    assert (live.name, live.kind, live.api_base) == ("openai/toy", "live", "http://127.0.0.1:1/v1")
    with pytest.raises(RespondentError, match="did you mean recorded/gpt-x"):
        respondent_for("recorded/gpt-y", library)


@pytest.mark.parametrize("name", ["", "gpt 4o", "gpt-4o\n", "gpt\x1b[2J", "gpt\u202e", "x" * 300, "recorded/a b"])
def test_what_is_no_name_is_refused_in_a_sentence(name: str, empty_library: Library) -> None:
    with pytest.raises(RespondentError, match="is no model name: expected one word") as caught:
        respondent_for(name, empty_library)
    assert str(caught.value).isprintable()


async def test_every_example_is_a_name_litellm_gives_to_that_provider() -> None:
    litellm = await load()
    for provider in PROVIDERS.values():
        for example in provider.examples:
            assert litellm.get_llm_provider(model=example)[1] == provider.name
            supported = litellm.get_supported_openai_params(model=example, custom_llm_provider=provider.name) or []
            assert "logprobs" in supported or not provider.log_probs
