"""The models a user can choose from now."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from urllib.parse import urlsplit

from opinionscope.elicitation import FORMATS
from opinionscope.local.models import model_files
from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.cards import (
    ALL_FORMATS,
    OPENAI_LIKE,
    ModelCard,
    file_card,
    local_card,
    named_card,
    other_cards,
    other_providers,
    provider_cards,
    server_card,
)
from opinionscope.respondents.local_servers import (
    LOCAL_SERVERS,
    PATIENCE,
    PATIENCE_ELSEWHERE,
    ServerKind,
    models_at,
    models_of,
)
from opinionscope.respondents.named_models import NamedModel
from opinionscope.respondents.price_map import PriceMap, price_map
from opinionscope.respondents.providers import CUSTOM_KEY_VARIABLE, PROVIDERS, checked_base
from opinionscope.respondents.recorded import RECORDED_PREFIX, Recordings
from opinionscope.settings import DEFAULTS, Paths, Settings
from opinionscope.survey import Library, PackError

BASE_VARIABLES = ("OPENAI_BASE_URL", "OPENAI_API_BASE")
OWN_SERVERS = frozenset({"custom_openai", "hosted_vllm", "litellm_proxy", "llamafile", "lm_studio"})
"""Prefixes of models that only a server of the user's has."""


def recorded_models(library: Library) -> tuple[ModelCard, ...]:
    """The models whose answers are in the library's files; broken files are passed over (`recorded_problems`)."""
    recordings = Recordings.read(library.answer_files)
    cards = []
    for model in recordings.models:
        sheets = recordings.of(model)
        had = {name for sheet in sheets for name in sheet.formats()}
        formats = tuple(name for name in ALL_FORMATS if FORMATS[name].recorded_as in had)
        datasets = ", ".join(dict.fromkeys(sheet.dataset for sheet in sheets))
        when = "; ".join(dict.fromkeys(sheet.recorded for sheet in sheets if sheet.recorded))
        detail = f"recorded for {datasets}" + (f"; {when}" if when else "")
        cards.append(
            ModelCard(
                RECORDED_PREFIX + model,
                "recorded",
                formats,
                detail,
                log_probs="log-probs" in formats,
                structured=False,
                streaming=False,
                price_usd=0.0,
            )
        )
    return tuple(cards)


def recorded_problems(library: Library, model: str | None = None) -> tuple[PackError, ...]:
    """Why files of recorded answers were passed over: one problem a file, of any model or of this one."""
    return Recordings.read(library.answer_files, model).problems


async def live_models(
    servers: Sequence[ServerKind] | None = None, patience: float = PATIENCE, settings: Settings = DEFAULTS
) -> tuple[ModelCard, ...]:
    """What can be reached now: the user's own models, servers, then models of providers whose key is set.

    Of a provider's models these are the chat models that litellm has prices for, since every name that it knows
    works. litellm is not loaded, and nothing but loopback is asked unless the settings name a server.

    Args:
        servers: where to look on this machine, all at the same time; None for the usual places.
        patience: seconds after which a silent server counts as absent.
        settings: with the user's own models and server.
    """
    usual = LOCAL_SERVERS if servers is None else servers
    local = [server for server in usual if server.api_base != settings.api_base.rstrip("/")]
    files, here, there, prices = await asyncio.gather(
        asyncio.to_thread(models_here),
        _local_models(local, patience),
        _named_server_models(settings.api_base, max(patience, PATIENCE_ELSEWHERE)),
        asyncio.to_thread(price_map),
    )
    return (*_named_models(settings, prices), *files, *there, *here, *_keyed_models(prices))


def models_here() -> tuple[ModelCard, ...]:
    """The models whose files are on this machine; none where llama.cpp is not installed."""
    if find_spec("xllamacpp") is None:
        return ()
    return tuple(map(file_card, model_files(Paths.find())))


def models_without_asking(library: Library, settings: Settings) -> Iterator[ModelCard]:
    """The models that can be listed without asking any server: the user's own, recorded ones, those with a key."""
    prices = price_map()
    yield from _named_models(settings, prices)
    yield from models_here()
    yield from recorded_models(library)
    yield from _keyed_models(prices)


def _named_models(settings: Settings, prices: PriceMap) -> list[ModelCard]:
    return [named_card(NamedModel(name, model), prices) for name, model in settings.models.items()]


def _keyed_models(prices: PriceMap) -> list[ModelCard]:
    keyed = [card for provider in PROVIDERS.values() for card in provider_cards(provider, prices)]
    others = [card for name in other_providers(prices) for card in other_cards(name, prices)]
    return [*keyed, *others]


def needs_address(model: str) -> bool:
    """Whether a model can be asked only at a server that is named with it: no provider is known to have it.

    So are names that servers of one's own go by, ``openai/NAME`` among them, where the environment names no server.
    """
    prefix, slash, name = model.partition("/")
    if not slash:
        return False
    if prefix == OPENAI_LIKE:
        is_openais = price_map().of(model).litellm_provider == OPENAI_LIKE or name.startswith("ft:")
        return not (is_openais or name in PROVIDERS[OPENAI_LIKE].examples) and not any(
            map(os.environ.get, BASE_VARIABLES)
        )
    return prefix in OWN_SERVERS and not os.environ.get(f"{prefix.upper()}_API_BASE")


async def _named_server_models(api_base: str, patience: float) -> list[ModelCard]:
    """The models of the server that the settings name; they are asked there without its being named again."""
    found = await models_at(api_base, patience) if api_base else ()
    return [server_card(api_base, model) for model in found]


async def server_models(api_base: str) -> tuple[ModelCard, ...]:
    """The models of a server that the user names, which is asked for them now; ``/v1`` may be left out.

    Raises:
        RespondentError: if it is no address, or the server lists no models.
    """
    address = checked_base(api_base)
    ways = (address,) if urlsplit(address).path else (f"{address}/v1", address)
    for way in ways:
        if found := await models_at(way):
            return tuple(server_card(way, model, "") for model in found)
    raise RespondentError(
        f"{address} listed no models within {PATIENCE_ELSEWHERE:g} seconds; check that the server runs, and that the "
        f"address ends as its manual says, often in /v1; it gets the key in {CUSTOM_KEY_VARIABLE}, if there is one",
        title="No models found there",
    )


async def local_base(model: str) -> str | None:
    """The server on this machine that has to be named with a model; None if there is none, or none need be.

    Only names that such servers go by (``openai/NAME``) are looked for: nobody is asked about others, nor about
    the names of OpenAI's own models, nor where the environment names a server.
    """
    prefix, _, name = model.partition("/")
    if prefix != OPENAI_LIKE or name in PROVIDERS[OPENAI_LIKE].examples or any(map(os.environ.get, BASE_VARIABLES)):
        return None
    cards = await _local_models(LOCAL_SERVERS, PATIENCE)
    return next((card.api_base for card in cards if card.name == model), None)


async def _local_models(servers: Sequence[ServerKind], patience: float) -> list[ModelCard]:
    found = await asyncio.gather(*(models_of(server, patience) for server in servers))
    return [local_card(server, name) for server, names in zip(servers, found, strict=True) for name in names]
