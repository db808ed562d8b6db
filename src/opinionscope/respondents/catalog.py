"""The models a user can choose from now, and the one way from a model's name to its respondent."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from opinionscope.elicitation import FORMATS
from opinionscope.respondents.base import DEFAULT_ATTEMPTS, DEFAULT_TIMEOUT, Kind, Respondent, RespondentError
from opinionscope.respondents.local_servers import LOCAL_SERVERS, PATIENCE, LocalServer, models_of
from opinionscope.respondents.providers import NAME_HINT, PROVIDERS, Provider
from opinionscope.respondents.recorded import RECORDED_PREFIX, RecordedRespondent, Recordings
from opinionscope.survey import Library, PackError
from opinionscope.survey.text import clean_line

LONGEST_NAME = 200
OPENAI_LIKE = "openai"
BASE_VARIABLES = ("OPENAI_BASE_URL", "OPENAI_API_BASE")
TEXT_FORMATS = tuple(name for name, form in FORMATS.items() if not form.request.top_logprobs)
ALL_FORMATS = tuple(FORMATS)


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model to choose.

    Attributes:
        name: what goes into ``-m``.
        formats: the expression formats it is known to answer in.
        detail: in words, where it comes from.
        api_base: the server that has to be named with it, None where there is none to name.
    """

    name: str
    kind: Kind
    formats: tuple[str, ...]
    detail: str
    api_base: str | None = None


def recorded_models(library: Library) -> tuple[ModelCard, ...]:
    """The models whose answers are in the library's files; broken files are passed over (`recorded_problems`)."""
    recordings = Recordings.read(library.answer_files)
    cards = []
    for model in recordings.models:
        sheets = recordings.of(model)
        had = {name for sheet in sheets for name in sheet.formats()}
        formats = tuple(name for name in ALL_FORMATS if name in had)
        datasets = ", ".join(dict.fromkeys(sheet.dataset for sheet in sheets))
        when = "; ".join(dict.fromkeys(sheet.recorded for sheet in sheets if sheet.recorded))
        detail = f"recorded for {datasets}" + (f"; {when}" if when else "")
        cards.append(ModelCard(RECORDED_PREFIX + model, "recorded", formats, detail))
    return tuple(cards)


def recorded_problems(library: Library, model: str | None = None) -> tuple[PackError, ...]:
    """Why files of recorded answers were passed over: one problem a file, of any model or of this one."""
    return Recordings.read(library.answer_files, model).problems


async def live_models(
    servers: Sequence[LocalServer] | None = None, patience: float = PATIENCE
) -> tuple[ModelCard, ...]:
    """What can be reached now: servers on this machine, then examples from providers whose key is set.

    Examples only, since every name that litellm knows works. litellm is not loaded, and nothing but
    loopback is asked.

    Args:
        servers: where to look on this machine, all at the same time; None for the usual places.
        patience: seconds after which a silent server counts as absent.
    """
    local = await _local_models(LOCAL_SERVERS if servers is None else servers, patience)
    return (*local, *(card for provider in PROVIDERS.values() for card in _provider_cards(provider)))


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
    return [_local_card(server, name) for server, names in zip(servers, found, strict=True) for name in names]


def default_live_model() -> str | None:
    """The first model of the first provider whose key is set in the environment; None if no key is."""
    cards = (card for provider in PROVIDERS.values() for card in _provider_cards(provider))
    return next((card.name for card in cards), None)


def respondent_for(
    model: str,
    library: Library,
    api_base: str | None = None,
    *,
    timeout: float = DEFAULT_TIMEOUT,
    attempts: int = DEFAULT_ATTEMPTS,
    wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Respondent:
    """The respondent of a name: ``recorded/NAME``, or any name that litellm knows.

    Args:
        api_base: the server to ask; recorded models have no use for it.
        timeout, attempts, wait: as for `LiteLLMRespondent`.

    Raises:
        RespondentError: if it is no name, if nothing of that model was recorded, or if `api_base` is no address.
    """
    if not model or len(model) > LONGEST_NAME or any(c.isspace() or not c.isprintable() for c in model):
        shown = clean_line(model)[:40]
        reason = f'"{shown}" is no model name: expected one word without blanks or control characters; {NAME_HINT}'
        raise RespondentError(reason, title="No such model")
    if model.startswith(RECORDED_PREFIX):
        name = model.removeprefix(RECORDED_PREFIX)
        recordings = Recordings.read(library.answer_files, name)
        return RecordedRespondent(name, recordings if recordings.sheets else Recordings.read(library.answer_files))
    from opinionscope.respondents.gateway import LiteLLMRespondent

    return LiteLLMRespondent(model, api_base, timeout, attempts=attempts, wait=wait)


def _local_card(server: LocalServer, name: str) -> ModelCard:
    detail = f"{server.title} on this machine, port {server.port}"
    if server.ollama:
        return ModelCard(f"ollama_chat/{name}", "live", TEXT_FORMATS, detail)
    return ModelCard(f"{OPENAI_LIKE}/{name}", "live", ALL_FORMATS, detail, server.api_base)


def _provider_cards(provider: Provider) -> list[ModelCard]:
    variable = next((name for name in provider.key_variables if os.environ.get(name, "").strip()), None)
    if variable is None:
        return []
    formats = ALL_FORMATS if provider.log_probs else TEXT_FORMATS
    return [ModelCard(name, "live", formats, f"{provider.title}, by {variable}") for name in provider.examples]
