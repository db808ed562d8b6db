"""The models a user can choose from now, and the one way from a model's name to its respondent."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from opinionscope.elicitation import FORMATS
from opinionscope.respondents.base import DEFAULT_ATTEMPTS, DEFAULT_TIMEOUT, Respondent, RespondentError
from opinionscope.respondents.cache import CachedRespondent
from opinionscope.respondents.cards import (
    ALL_FORMATS,
    OPENAI_LIKE,
    ROUTER_PREFIX,
    ModelCard,
    key_variable,
    local_card,
    named_card,
    other_cards,
    other_providers,
    provider_cards,
    router_cards,
    server_card,
)
from opinionscope.respondents.local_servers import (
    LOCAL_SERVERS,
    PATIENCE,
    PATIENCE_ELSEWHERE,
    LocalServer,
    models_at,
    models_of,
)
from opinionscope.respondents.named_models import NamedModel, checked_model
from opinionscope.respondents.price_map import price_map
from opinionscope.respondents.providers import NAME_HINT, PROVIDERS
from opinionscope.respondents.recorded import RECORDED_PREFIX, RecordedRespondent, Recordings
from opinionscope.respondents.setup import BARE, Setup
from opinionscope.survey import Library, PackError
from opinionscope.survey.text import clean_line

LONGEST_NAME = 200
BASE_VARIABLES = ("OPENAI_BASE_URL", "OPENAI_API_BASE")


def recorded_models(library: Library) -> tuple[ModelCard, ...]:
    """The models whose answers are in the library's files; broken files are passed over (`recorded_problems`)."""
    recordings = Recordings.read(library.answer_files)
    cards = []
    for model in recordings.models:
        sheets = recordings.of(model)
        had = {name for sheet in sheets for name in sheet.formats()}
        formats = tuple(name for name in ALL_FORMATS if (FORMATS[name].recorded_as or name) in had)
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
    servers: Sequence[LocalServer] | None = None, patience: float = PATIENCE, setup: Setup = BARE
) -> tuple[ModelCard, ...]:
    """What can be reached now: the user's own models, servers, then models of providers whose key is set.

    Of a provider's models these are the chat models that litellm has prices for, since every name that it knows
    works. litellm is not loaded, and nothing but loopback is asked unless the settings name a server.

    Args:
        servers: where to look on this machine, all at the same time; None for the usual places.
        patience: seconds after which a silent server counts as absent.
        setup: the user's own models and server.
    """
    usual = LOCAL_SERVERS if servers is None else servers
    local = [server for server in usual if setup.api_base is None or server.api_base != setup.api_base.rstrip("/")]
    here, there, prices, routed = await asyncio.gather(
        _local_models(local, patience),
        _named_server_models(setup.api_base, max(patience, PATIENCE_ELSEWHERE)),
        asyncio.to_thread(price_map),
        asyncio.to_thread(router_cards, setup),
    )
    named = [named_card(model, prices) for model in setup.named.values() if model.name not in setup.routers]
    keyed = [card for provider in PROVIDERS.values() for card in provider_cards(provider, prices)]
    others = [card for name in other_providers(prices) for card in other_cards(name, prices)]
    return (*named, *routed, *there, *here, *keyed, *others)


async def _named_server_models(api_base: str | None, patience: float) -> list[ModelCard]:
    """The models of the server that the settings name; they are asked there without its being named again."""
    names = await models_at(api_base, patience) if api_base else ()
    return [server_card(str(api_base), name) for name in names]


async def local_base(
    model: str, servers: Sequence[LocalServer] | None = None, patience: float = PATIENCE
) -> str | None:
    """The server on this machine that has to be named with a model; None if there is none, or none need be.

    Only names that such servers go by (``openai/NAME``) are looked for: nobody is asked about others, nor about
    the names of OpenAI's own models, nor where the environment names a server.

    Args:
        servers, patience: as for `live_models`.
    """
    prefix, _, name = model.partition("/")
    if prefix != OPENAI_LIKE or name in PROVIDERS[OPENAI_LIKE].examples or any(map(os.environ.get, BASE_VARIABLES)):
        return None
    cards = await _local_models(LOCAL_SERVERS if servers is None else servers, patience)
    return next((card.api_base for card in cards if card.name == model), None)


async def _local_models(servers: Sequence[LocalServer], patience: float) -> list[ModelCard]:
    found = await asyncio.gather(*(models_of(server, patience) for server in servers))
    return [local_card(server, name) for server, names in zip(servers, found, strict=True) for name in names]


def default_live_model() -> str | None:
    """The first model of the first provider whose key is set in the environment; None if no key is."""
    ready = (provider for provider in PROVIDERS.values() if provider.examples and key_variable(provider))
    return next((provider.examples[0] for provider in ready), None)


def respondent_for(
    model: str,
    library: Library,
    api_base: str | None = None,
    *,
    timeout: float = DEFAULT_TIMEOUT,
    attempts: int = DEFAULT_ATTEMPTS,
    wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    setup: Setup = BARE,
) -> Respondent:
    """The respondent of a name: ``recorded/NAME``, ``router/NAME``, one of the user's own, or any that litellm knows.

    Args:
        api_base: the server to ask; recorded models and those of a Router file have no use for it.
        timeout, attempts, wait: as for `LiteLLMRespondent`.
        setup: what else the user's settings say of live models.

    Raises:
        RespondentError: if it is no name, if nothing of that model was recorded, if `api_base` is no address, or if
            what the settings say of the model cannot be used.
    """
    if not model or len(model) > LONGEST_NAME or any(c.isspace() or not c.isprintable() for c in model):
        shown = clean_line(model)[:40]
        reason = f'"{shown}" is no model name: expected one word without blanks or control characters; {NAME_HINT}'
        raise RespondentError(reason, title="No such model")
    if model.startswith(RECORDED_PREFIX):
        name = model.removeprefix(RECORDED_PREFIX)
        recordings = Recordings.read(library.answer_files, name)
        return RecordedRespondent(name, recordings if recordings.sheets else Recordings.read(library.answer_files))
    named = setup.named.get(model)
    path = setup.routers.get(model) or (setup.router if model.startswith(ROUTER_PREFIX) else None)
    choices: dict[str, Any] = {
        "timeout": timeout,
        "attempts": attempts,
        "wait": wait,
        "named": named,
        "limits": setup.limits,
    }
    if path is not None:
        from opinionscope.respondents.router import RouterRespondent

        group = named.model if named else model.removeprefix(ROUTER_PREFIX)
        routed = RouterRespondent(path, group, **choices)
        return _with_cache(routed, setup, named, {"router": routed.fingerprint, "model": routed.model})
    if model.startswith(ROUTER_PREFIX):
        advice = 'write router = "FILE" into the settings, a litellm Router file that has this model'
        raise RespondentError(f"no Router file is known; {advice}", title="No such model")
    from opinionscope.respondents.gateway import LiteLLMRespondent

    asked, base = (model, api_base) if named is None else (named.model, checked_model(named, api_base).api_base)
    live = LiteLLMRespondent(asked, base, **choices)
    return _with_cache(live, setup, named, {"model": asked, "api_base": live.api_base})


def _with_cache(respondent: Respondent, setup: Setup, named: NamedModel | None, who: dict[str, Any]) -> Respondent:
    if setup.cache is None:
        return respondent
    parameters = dict(named.parameters) if named else {}
    headers = dict(named.headers) if named else {}
    return CachedRespondent(respondent, setup.cache, who | {"parameters": parameters, "headers": headers})
