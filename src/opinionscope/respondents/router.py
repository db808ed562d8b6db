"""A litellm Router in the place of a model: litellm spreads the calls, and passes over a deployment that fails.

A call that fails at one deployment goes to the next at once; only when none answers is it one of our own attempts,
which alone wait and count. One Router lives as long as its file is the same, so that it remembers who failed.
"""

import hashlib
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
from typing_extensions import override

from opinionscope.elicitation import Elicitation
from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.respondents.litellm_errors import Failure, classify
from opinionscope.respondents.loading import LiteLLM, failures
from opinionscope.respondents.named_models import NamedModel
from opinionscope.respondents.providers import (
    TAKES_BASE,
    checked_base,
    is_own_server,
    key_parameter,
    key_problem,
    takes_schema,
)
from opinionscope.respondents.router_file import TITLE, Deployment, RouterFile, read_router_file
from opinionscope.respondents.setup import ROUTER_PREFIX

ALLOWED_FAILS = 1
"""After so many failures a deployment rests for `cooldown_time`, unless the file says otherwise."""

SHORTEST_SHARE = 20.0
"""Seconds of the time-out that every deployment has, however many there are, or half of it where that is less."""

NOBODY_LEFT = "no deployments available"
UNREACHABLE = ("The server cannot be reached", "The connection was lost")


@dataclass(frozen=True, slots=True)
class Built:
    """A Router that is ready.

    Attributes:
        router: litellm's.
        provider: that of its first deployment.
        taken: the parameters that all deployments take, or so litellm thinks.
        takes_schema: whether all deployments are told to keep to a JSON schema.
        elsewhere: whether any deployment is not a provider's own server.
    """

    router: Any
    provider: str
    taken: frozenset[str]
    takes_schema: bool
    elsewhere: bool


_built: dict[Path, tuple[RouterFile, Built]] = {}


class RouterRespondent(LiteLLMRespondent):
    """A model of a Router file."""

    def __init__(self, path: Path, model: str, named: NamedModel | None = None, **choices: Any) -> None:
        """Read the file; nothing is loaded or sent yet.

        Args:
            model: a name of the file; "" for its first.
            named: the name and the parameters of the settings; None for ``router/NAME``.
            choices: as for `LiteLLMRespondent`.

        Raises:
            RespondentError: if the file cannot be used, or knows no such model.
        """
        self._path = path
        self._file = read_router_file(path)
        model = model or self._file.names[0]
        if model not in self._file.names:
            known = ", ".join(self._file.names[:8])
            raise RespondentError(f"{path} knows no model {model}; it has {known}", title="No such model")
        super().__init__(model, None, named=named or NamedModel(ROUTER_PREFIX + model, model), **choices)
        self._router: Built | None = None

    @property
    def fingerprint(self) -> str:
        """What tells this Router file from every other."""
        return hashlib.sha256(msgspec.json.encode(self._file)).hexdigest()

    @override
    async def _get_ready(self, litellm: LiteLLM) -> None:
        if self._router is None:
            self._router = await _router_of(litellm, self._path, self._file)
            self._provider, self._taken = self._router.provider, self._router.taken
            self._takes_schema = self._router.takes_schema

    @override
    async def _send(self, litellm: LiteLLM, call: dict[str, Any]) -> Any:
        assert self._router is not None
        return await self._router.router.acompletion(**call)

    @override
    def _is_elsewhere(self) -> bool:
        return self._router is None or self._router.elsewhere

    @override
    def _pause_after(self, failure: Failure, attempt: int) -> float | None:
        """That all deployments failed or rest just now passes: there are several, and each may come back."""
        passing = NOBODY_LEFT in failure.words or failure.title in UNREACHABLE
        several = len(self._file.model_list) > 1
        return super()._pause_after(replace(failure, transient=True) if passing and several else failure, attempt)

    @override
    def _call(self, elicitation: Elicitation, changes: frozenset[str]) -> dict[str, Any]:
        call = super()._call(elicitation, changes) | {"timeout": self._share}
        return {name: value for name, value in call.items() if name not in ("api_base", "api_key")}

    @property
    def _share(self) -> float:
        """Seconds that one deployment may be silent, so that there is time left for the others."""
        return max(self.timeout / len(self._file.model_list), min(self.timeout / 2, SHORTEST_SHARE))


@dataclass(frozen=True, slots=True)
class _Place:
    """A deployment, checked: it holds no key, but knows where to find it."""

    deployment: Deployment
    model: NamedModel
    provider: str
    elsewhere: bool
    taken: frozenset[str]
    takes_schema: bool

    @property
    def keywords(self) -> dict[str, Any]:
        """As litellm's Router takes it, with its key."""
        base = self.model.api_base
        params = {"model": self.model.model} | ({} if base is None else {"api_base": base})
        params |= self.deployment.litellm_params.balance | key_parameter(self.provider, base) | self.model.credentials()
        return {
            "model_name": self.deployment.model_name,
            "litellm_params": params,
            "model_info": self.deployment.model_info,
        }


async def _router_of(litellm: LiteLLM, path: Path, file: RouterFile) -> Built:
    """The Router of a file, made anew when the file has changed.

    Raises:
        RespondentError: if a deployment cannot be asked, for want of a key or since it may not have it, or if
            litellm will not have the file.
    """
    known = _built.get(path)
    if known is not None and known[0] == file:
        return known[1]
    places = [
        await _place(litellm, deployment, f"model_list[{number}] of {path.name}")
        for number, deployment in enumerate(file.model_list)
    ]
    built = _build(places, file.router_settings.keywords)
    if isinstance(built, Failure):
        raise RespondentError(f"{path}: {built.message}", title=TITLE)
    _built[path] = (file, built)
    return built


async def _place(litellm: LiteLLM, deployment: Deployment, where: str) -> _Place:
    params = deployment.litellm_params
    base = checked_base(params.api_base) if params.api_base else None
    provider = _provider_of(litellm, params.model, base)
    if isinstance(provider, Failure):
        raise provider.error()
    elsewhere = base is not None and not is_own_server(provider, base)
    if elsewhere and provider not in TAKES_BASE:
        raise RespondentError(f"{where}: models of {provider} are not asked at another address", title=TITLE)
    model = NamedModel(params.model, params.model, base, key_env=params.key_variable, source=where)
    await model.prepare(provider)
    if not elsewhere and not model.has_key:
        missing = litellm.validate_environment(model=params.model)["missing_keys"]
        if problem := key_problem(provider, missing):
            raise RespondentError(f"{where}: {problem}", title="No key")
    taken = frozenset(litellm.get_supported_openai_params(model=params.model, custom_llm_provider=provider) or ())
    held = takes_schema(litellm, params.model, provider, taken, elsewhere=elsewhere)
    return _Place(deployment, model, provider, elsewhere, taken, held)


def _provider_of(litellm: LiteLLM, model: str, api_base: str | None) -> str | Failure:
    try:
        return litellm.get_llm_provider(model=model, api_base=api_base)[1]
    except failures() as error:
        return classify(error, model, "", api_base)


def _build(places: list[_Place], settings: dict[str, Any]) -> Built | Failure:
    """The Router of litellm, which passes over deployments that failed, and leaves retries to us.

    Errors become values here, so that no traceback leads to a frame that holds a key.
    """
    chosen = {"num_retries": 0, "enable_weighted_failover": True, "allowed_fails": ALLOWED_FAILS} | settings
    deployments = [place.keywords for place in places]
    try:
        router = import_module("litellm").Router(model_list=deployments, set_verbose=False, **chosen)
    except failures() as error:
        return classify(error, "the Router", "litellm", None)
    _keep_sources(router)
    taken = frozenset.intersection(*(place.taken for place in places))
    held = all(place.takes_schema for place in places)
    return Built(router, places[0].provider, taken, held, any(place.elsewhere for place in places))


def _keep_sources(router: Any) -> None:
    """Let the streams of a Router say which stream they hand on: the Router's own do not know why an answer ended."""
    name = "_acompletion_streaming_iterator"
    begin = getattr(router, name)

    async def begun(*positional: Any, **named: Any) -> Any:
        stream = await begin(*positional, **named)
        stream.source = named.get("model_response") or next(iter(positional), None)
        return stream

    setattr(router, name, begun)
