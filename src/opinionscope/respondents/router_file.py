"""A litellm Router file: several deployments that stand in for a model, as YAML or JSON.

Read is the part of litellm's own form that balances load: ``model_list`` (``model_name`` and ``litellm_params``) and
``router_settings``. Keys stand in the environment, as ``api_key: os.environ/NAME``, and nowhere else.
"""

import re
from pathlib import Path
from typing import Any

import msgspec

from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.providers import checked_base
from opinionscope.survey.text import clean_line

TITLE = "The Router file cannot be used"
FROM_ENVIRONMENT = "os.environ/"
LARGEST_FILE = 1_000_000

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")


class DeploymentParams(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """Where a deployment is, and how much of the load it gets."""

    model: str
    api_base: str = ""
    api_key: str = ""
    api_version: str = ""
    weight: float | None = None
    rpm: int | None = None
    tpm: int | None = None
    order: int | None = None
    max_parallel_requests: int | None = None

    @property
    def key_variable(self) -> str:
        """The environment variable that holds the key, or ""."""
        return self.api_key.removeprefix(FROM_ENVIRONMENT)

    @property
    def balance(self) -> dict[str, Any]:
        """What only the router looks at."""
        given = msgspec.to_builtins(self)
        return {name: value for name, value in given.items() if name not in ("model", "api_base", "api_key")}


class Deployment(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One of the servers or accounts that answer under a name."""

    model_name: str
    litellm_params: DeploymentParams
    model_info: dict[str, Any] = {}


class RouterSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """How litellm chooses among deployments. Retries and time-outs are ours, so what is said of them is passed over."""

    routing_strategy: str = "simple-shuffle"
    fallbacks: list[dict[str, list[str]]] = []
    context_window_fallbacks: list[dict[str, list[str]]] = []
    content_policy_fallbacks: list[dict[str, list[str]]] = []
    default_fallbacks: list[str] = []
    model_group_alias: dict[str, str] = {}
    cooldown_time: float | None = None
    allowed_fails: int | None = None
    enable_pre_call_checks: bool = False
    num_retries: int | None = None
    timeout: float | None = None
    retry_after: int | None = None

    @property
    def keywords(self) -> dict[str, Any]:
        """For litellm's Router."""
        given = msgspec.to_builtins(self)
        return {name: value for name, value in given.items() if name not in ("num_retries", "timeout", "retry_after")}


class RouterFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The file."""

    model_list: list[Deployment]
    router_settings: RouterSettings = RouterSettings()

    @property
    def names(self) -> tuple[str, ...]:
        """The names that can be asked, each once, in the order of the file."""
        return tuple(dict.fromkeys((*(d.model_name for d in self.model_list), *self.router_settings.model_group_alias)))


def read_router_file(path: Path) -> RouterFile:
    """Read and check a Router file.

    Raises:
        RespondentError: naming the file and what was expected of it.
    """
    try:
        content = path.read_bytes()[:LARGEST_FILE]
        decode = msgspec.json.decode if path.suffix == ".json" else msgspec.yaml.decode
        file = decode(content, type=RouterFile)
    except OSError as error:
        raise RespondentError(f"{path} cannot be read ({error.strerror})", title=TITLE) from error
    except ImportError:
        raise RespondentError(
            "the Python package PyYAML is missing; install it beside opinionscope", title=TITLE
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # What is wrong in YAML itself is told with the line it stands in, which may hold a key.
        known = isinstance(error, msgspec.ValidationError)
        reason = clean_line(str(error)).replace(" - at `$.", " at `") if known else "it is neither YAML nor JSON"
        raise RespondentError(f"{path}: {reason}", title=TITLE) from None
    if not file.model_list:
        raise RespondentError(f"{path}: model_list is empty", title=TITLE)
    for number, deployment in enumerate(file.model_list):
        if problem := _problem(deployment):
            raise RespondentError(f"{path}: model_list[{number}]: {problem}", title=TITLE)
    return file


def _problem(deployment: Deployment) -> str:
    name, params = deployment.model_name, deployment.litellm_params
    if not name or name != clean_line(name) or any(character.isspace() for character in name):
        return "model_name must be one word"
    if params.api_key and not (
        params.api_key.startswith(FROM_ENVIRONMENT) and _VARIABLE.fullmatch(params.key_variable)
    ):
        return f"write api_key as {FROM_ENVIRONMENT}NAME, and put the key into that variable"
    if params.api_base:
        try:
            checked_base(params.api_base)
        except RespondentError as error:
            return f"api_base: {error.message}"
    return ""
