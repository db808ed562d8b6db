"""Model cards: what is known of the models a user can choose from."""

import os
from collections.abc import Iterable

from msgspec import Struct

from opinionscope.elicitation import FORMATS, Kind
from opinionscope.local.models import LOCAL_PREFIX, ModelFile
from opinionscope.respondents.local_servers import OfferedModel, ServerKind
from opinionscope.respondents.named_models import NamedModel
from opinionscope.respondents.price_map import PriceMap
from opinionscope.respondents.providers import PROVIDERS, Provider, key_variable
from opinionscope.respondents.remembered import Remembered

OPENAI_LIKE = "openai"
TEXT_FORMATS = tuple(name for name, form in FORMATS.items() if not form.request.top_logprobs)
ALL_FORMATS = tuple(FORMATS)
_SELF_NAMED = {"llamacpp": "llama.cpp", "vllm": "vLLM"}
"""Servers that name themselves as owner of their models → title; both give log-probs and keep to JSON schemas."""


class ModelCard(Struct, frozen=True):
    """A model to choose.

    Attributes:
        name: what goes into ``-m``.
        formats: the expression formats it is known to answer in.
        detail: in words, where it comes from.
        api_base: the server that has to be named with it, None where there is none to name.
        log_probs, structured, streaming: whether it gives log-probabilities, answers in a JSON schema, and streams;
            None where that is not known.
        price_usd: of one typical call in US dollars, 0 for recorded answers; None where the price is not known.
    """

    name: str
    kind: Kind
    formats: tuple[str, ...]
    detail: str
    api_base: str | None = None
    log_probs: bool | None = None
    structured: bool | None = None
    streaming: bool | None = None
    price_usd: float | None = None

    @property
    def price(self) -> str:
        """The price of a thousand typical calls in words."""
        if self.price_usd is None:
            return "price unknown"
        return f"${self.price_usd * 1000:,.2f} for 1,000 calls" if self.price_usd else "free"


def in_order(cards: Iterable[ModelCard], remembered: Remembered) -> list[ModelCard]:
    """Favourites first, then the last used ones, then all others as they come."""
    return sorted(cards, key=lambda card: remembered.rank(card.name))


def named_card(model: NamedModel, prices: PriceMap) -> ModelCard:
    """A model of the user's own."""
    facts = prices.of(model.model)
    where = f" at {model.api_base}" if model.api_base else ""
    wanting = "" if model.is_ready else "; a variable that it names is not set"
    return ModelCard(
        model.name,
        "live",
        ALL_FORMATS if _gives_log_probs(model.model, prices) is not False else TEXT_FORMATS,
        f"{model.model}{where}, by the settings{wanting}",
        model.api_base,
        log_probs=None if model.api_base else _gives_log_probs(model.model, prices),
        structured=facts.supports_response_schema,
        streaming=facts.supports_native_streaming is not False,
        price_usd=None if model.api_base else facts.price_of_call,
    )


def local_card(server: ServerKind, name: str) -> ModelCard:
    """A model of a server on this machine."""
    detail = f"{server.title} on this machine, port {server.port}"
    if server.ollama:
        return ModelCard(
            f"ollama_chat/{name}", "live", TEXT_FORMATS, detail, log_probs=False, structured=True, streaming=True
        )
    return ModelCard(f"{OPENAI_LIKE}/{name}", "live", ALL_FORMATS, detail, server.api_base, streaming=True)


def file_card(file: ModelFile) -> ModelCard:
    """A model whose file is on this machine, and which llama.cpp answers for."""
    return ModelCard(
        LOCAL_PREFIX + file.name,
        "live",
        ALL_FORMATS,
        f"on this machine: {file.source}, {file.size / 1_000_000:,.0f} MB",
        log_probs=True,
        structured=True,
        streaming=True,
        price_usd=0.0,
    )


def server_card(api_base: str, model: OfferedModel, named: str = "by the settings") -> ModelCard:
    """A model of a server that was named, and what it can do where the server says what it is."""
    kind = _SELF_NAMED.get(model.owned_by or "")
    detail = ", ".join(filter(None, (f"at {api_base}", kind, named)))
    known = True if kind else None
    return ModelCard(
        f"{OPENAI_LIKE}/{model.id}",
        "live",
        ALL_FORMATS,
        detail,
        api_base,
        log_probs=known,
        structured=known,
        streaming=True,
    )


def provider_cards(provider: Provider, prices: PriceMap) -> list[ModelCard]:
    """Models of a provider of the table, none without its key: examples first."""
    variable = key_variable(provider)
    if variable is None:
        return []
    names = dict.fromkeys((*provider.examples, *prices.chat_models(provider.name)))
    return [_keyed_card(name, f"{provider.title}, by {variable}", prices) for name in names]


def other_providers(prices: PriceMap) -> list[str]:
    """Providers beside those of the table whose key is set, as litellm itself tells: in ``NAME_API_KEY``."""
    known = {variable for provider in PROVIDERS.values() for variable in provider.key_variables}
    found = [name for name in prices.providers - set(PROVIDERS) if _other_variable(name) not in known]
    return sorted(name for name in found if os.environ.get(_other_variable(name), "").strip())


def _other_variable(provider: str) -> str:
    return f"{provider.upper().replace('-', '_')}_API_KEY"


def other_cards(provider: str, prices: PriceMap) -> list[ModelCard]:
    """Models of a provider beside the table."""
    detail = f"{provider}, by {_other_variable(provider)}"
    return [_keyed_card(name, detail, prices) for name in prices.chat_models(provider)]


def _keyed_card(name: str, detail: str, prices: PriceMap) -> ModelCard:
    facts = prices.of(name)
    log_probs = _gives_log_probs(name, prices)
    return ModelCard(
        name,
        "live",
        ALL_FORMATS if log_probs else TEXT_FORMATS,
        detail,
        log_probs=log_probs,
        structured=facts.supports_response_schema,
        streaming=facts.supports_native_streaming is not False,
        price_usd=facts.price_of_call,
    )


def _gives_log_probs(model: str, prices: PriceMap) -> bool | None:
    """Whether a model gives log-probs, by its provider; models that reason first give none. None if not known."""
    prefix, slash, _ = model.partition("/")
    provider = PROVIDERS.get(prefix if slash else OPENAI_LIKE)
    if provider is None:
        return None
    return provider.log_probs and not prices.of(model).supports_reasoning
