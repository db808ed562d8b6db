"""Typed settings, and every path the program uses."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from opinionscope.errors import OpinionscopeError
from opinionscope.survey.text import clean_line

HOME_VARIABLE = "OPINIONSCOPE_HOME"
SETTINGS_FILE = "settings.toml"
HISTORY_FILE = "history.db"
STATE_FILE = "state.json"
RESERVED = ("recorded/", "router/")
KEY_WORDS = ("key", "api_key", "apikey", "token")
KEY_ADVICE = 'write key_env = "THE_NAME_OF_A_VARIABLE" or key_command = ["a command", "that prints it"]'
ROUTER_ADVICE = (
    "remove it, start a LiteLLM proxy with that file (litellm --config FILE), and write "
    'api_base = "http://127.0.0.1:4000/v1" and model = "openai/NAME" in its place'
)
ADDRESS_ADVICE = "expected an address such as http://127.0.0.1:8000/v1"

Struct = TypeVar("Struct", bound=msgspec.Struct)

_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")
_HEADER = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-_]{0,99}")
_RANGES = (
    ("temperature", 0.0, 2.0),
    ("top_p", 0.0, 1.0),
    ("max_tokens", 1, 1_000_000),
    ("presence_penalty", -2.0, 2.0),
    ("frequency_penalty", -2.0, 2.0),
)


class SettingsError(OpinionscopeError):
    """A settings file that cannot be used."""

    title = "Settings refused"


class ParameterSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What ``[models.NAME.parameters]`` may hold: sent with every call, in place of what the format asks for."""

    temperature: float | None = None
    """Of the sampling, from 0 to 2; one that is chosen for a run goes before it."""

    top_p: float | None = None
    """Share of the most likely tokens that are sampled from, above 0 and up to 1."""

    max_tokens: int | None = None
    """Most tokens of an answer."""

    presence_penalty: float | None = None
    """As the provider defines it, from -2 to 2."""

    frequency_penalty: float | None = None
    """As the provider defines it, from -2 to 2."""

    reasoning_effort: str | None = None
    """How much a reasoning model thinks first, in the provider's own word."""

    extra_body: dict[str, Any] = {}
    """Further fields of the request, which only this server knows; sent as they are."""


class ModelSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What ``[models.NAME]`` may hold: a model to be asked as ``-m NAME``."""

    model: str = ""
    """What is asked: any litellm name."""

    api_base: str = ""
    """Server to ask; "" for the provider's own."""

    parameters: ParameterSettings = ParameterSettings()
    """Sent with every call."""

    headers: dict[str, str] = {}
    """Name of a header → the environment variable that holds its value."""

    key_env: str = ""
    """Environment variable that holds the key; "" for the provider's usual one."""

    key_command: tuple[str, ...] = ()
    """Command and arguments, run without a shell, that print the key; kept in memory only."""

    key_timeout: float = 10.0
    """Seconds until the command is given up."""


class LimitSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What ``[limits.PROVIDER_OR_MODEL]`` may hold."""

    calls_per_minute: int | None = None
    """Most calls begun within any 60 seconds, further attempts among them."""

    tokens_per_minute: int | None = None
    """Most tokens, read and written, within any 60 seconds."""

    concurrency: int | None = None
    """Most calls under way at the same time."""


class Settings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What ``settings.toml`` may hold; every field is optional."""

    model: str = ""
    """Model chosen at the start: any litellm name or ``recorded/NAME``; "" for a recorded one."""

    api_base: str = ""
    """Server asked by live models, as with ``--api-base``; "" for each provider's own."""

    theme: str = "scope-dark"
    """Name of the theme: one of our own, of Textual's, or of a file in the themes folder."""

    unit: Literal["nats", "bits"] = "nats"
    """Unit of KL and Jensen–Shannon on screen; the history keeps nats."""

    epsilon: float = 0.01
    """Smoothing of the model side in KL, above 0 and below 1."""

    drop_nonresponse: bool = False
    """Leave "Refused" and its like out of the comparison."""

    timeout: float = 120.0
    """Seconds until a call that gives no answer is given up."""

    deadline: float = 3600.0
    """Seconds until a whole run is ended, with the answers that it has by then; 0 for no end."""

    attempts: int = 3
    """How often a call is tried in all where the fault may pass (429, 5xx, lost connections); not after a time-out."""

    concurrency: int = 8
    """How many calls of one run are under way at the same time."""

    cache: bool = False
    """Answer identical requests at temperature 0 from what came back before; such answers are marked."""

    models: dict[str, ModelSettings] = {}
    """Models under names of your own."""

    limits: dict[str, LimitSettings] = {}
    """Rate limits, by provider (``openai``), by litellm name (``openai/gpt-4o``) or by a name of your own."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the user's files are.

    Attributes:
        settings: the settings file.
        history: the history database.
        data, themes, templates: folders of the user's own packs, themes and prompt templates.
        state: the file of favourite and last used models.
        cache: the folder of answers to identical requests.
    """

    settings: Path
    history: Path
    data: Path
    themes: Path
    templates: Path
    state: Path
    cache: Path

    @classmethod
    def find(cls, environment: Mapping[str, str] = os.environ) -> "Paths":
        """Everything under ``OPINIONSCOPE_HOME`` if it is set, else in the platform's folders."""
        if home := environment.get(HOME_VARIABLE):
            base = Path(home).expanduser()
            return cls._under(base, base, base / "cache")
        from platformdirs import user_cache_path, user_config_path, user_data_path

        return cls._under(*(find("opinionscope") for find in (user_config_path, user_data_path, user_cache_path)))

    @classmethod
    def _under(cls, config: Path, data: Path, cache: Path) -> "Paths":
        return cls(
            settings=config / SETTINGS_FILE,
            history=data / HISTORY_FILE,
            data=data / "data",
            themes=config / "themes",
            templates=config / "templates",
            state=data / STATE_FILE,
            cache=cache,
        )


def bundled(name: Literal["data", "themes"]) -> Path:
    """The folder that came with the program, in an installed wheel or in a checkout."""
    package = Path(__file__).parent
    installed = package / "_bundled" / name
    return installed if installed.is_dir() else package.parent.parent / name


def read_settings(path: Path) -> Settings:
    """Read the settings file; all defaults if there is none.

    Raises:
        SettingsError: naming the field and what was expected.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}); check its rights") from error
    try:
        raw = msgspec.toml.decode(content)
        for table, kind in (("models", ModelSettings), ("limits", LimitSettings)):
            for name, entry in _entries(raw, table):
                _converted(entry, kind, f"[{table}.{clean_line(name)}] ")
        settings = _converted(raw, Settings, "")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {clean_line(str(error))}; correct the line or remove it") from error
    except _MistakeError as mistake:
        raise SettingsError(f"{path}: {mistake}") from mistake
    if problem := _problem(settings):
        raise SettingsError(f"{path}: {problem}")
    return settings


class _MistakeError(Exception):
    """Where a value is not what was expected, and what was."""


def _entries(raw: Mapping[str, Any], table: str) -> Iterable[tuple[str, Any]]:
    found = raw.get(table)
    return found.items() if isinstance(found, dict) else ()


def _converted(raw: Any, kind: type[Struct], place: str) -> Struct:
    """A table as settings.

    Raises:
        _MistakeError: naming the table, the field, and what was expected.
    """
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        message, _, at = clean_line(str(error)).partition(" - at `$")
        at = at.strip(".`")
        if unknown := _UNKNOWN.fullmatch(message):
            if unknown[1] in KEY_WORDS:
                raise _MistakeError(f"{place}{unknown[1]} would keep a key in a file; {KEY_ADVICE}") from error
            if unknown[1] == "router":
                raise _MistakeError(f"{place}router is not read any more; {ROUTER_ADVICE}") from error
            fields = (ParameterSettings if at.endswith("parameters") else kind).__struct_fields__
            where = f"{at} has" if at else "there is"
            raise _MistakeError(f"{place}{where} no field {unknown[1]}; expected {', '.join(fields)}") from error
        reason = message[:1].lower() + message[1:].replace("`", "")
        raise _MistakeError(f"{place}{at}{': ' if at else ''}{reason}; correct the line or remove it") from error


def check_settings(settings: Settings) -> None:
    """Check what a type cannot say.

    Raises:
        SettingsError: naming the field and what was expected.
    """
    if problem := _problem(settings):
        raise SettingsError(problem)


def _problem(settings: Settings) -> str:
    """What a type cannot say; "" if all is well."""
    if not 0 < settings.epsilon < 1:
        return f"epsilon must lie above 0 and below 1, got {settings.epsilon}"
    if not settings.timeout > 0 or settings.attempts < 1:
        return "timeout must be above 0 and attempts at least 1"
    if not settings.deadline >= 0:
        return f"deadline must be at least 0, got {settings.deadline:g}"
    if settings.concurrency < 1:
        return f"concurrency must be at least 1, got {settings.concurrency}"
    if settings.api_base and not _ADDRESS.fullmatch(settings.api_base):
        return f"api_base: {ADDRESS_ADVICE}"
    found = [_model_problem(name, model) for name, model in settings.models.items()]
    found += [_limit_problem(name, limit) for name, limit in settings.limits.items()]
    return next((problem for problem in found if problem), "")


def _model_problem(name: str, model: ModelSettings) -> str:
    where = f"[models.{clean_line(name)}]"
    if not _is_word(name) or name.startswith(RESERVED):
        return f"{where}: expected a name of one word that does not begin with {' or '.join(RESERVED)}"
    if not model.model:
        return f'{where} lacks model, a litellm name such as "openai/NAME"'
    if model.api_base and not _ADDRESS.fullmatch(model.api_base):
        return f"{where} api_base: {ADDRESS_ADVICE}"
    if model.key_env and model.key_command:
        return f"{where}: expected key_env or key_command, not both"
    variables = (*model.headers.values(), *((model.key_env,) if model.key_env else ()))
    if odd := next((variable for variable in variables if not _VARIABLE.fullmatch(variable)), None):
        # What is no name of a variable may be a key that was put in its place.
        return f"{where}: expected the name of an environment variable, as in MY_KEY; got {len(odd)} other characters"
    if odd := next((header for header in model.headers if not _HEADER.fullmatch(header)), None):
        return f'{where}: "{clean_line(odd)}" is no name of a header'
    if not model.key_timeout > 0:
        return f"{where}: key_timeout must be above 0"
    return _parameter_problem(f"[models.{name}.parameters]", model.parameters)


def _parameter_problem(where: str, parameters: ParameterSettings) -> str:
    for name, least, most in _RANGES:
        value = getattr(parameters, name)
        if value is not None and not least <= value <= most:
            return f"{where}: {name} must lie between {least:g} and {most:g}, got {value:g}"
    return ""


def _limit_problem(name: str, limit: LimitSettings) -> str:
    for field in limit.__struct_fields__:
        value = getattr(limit, field)
        if value is not None and value < 1:
            return f"[limits.{clean_line(name)}]: {field} must be at least 1, got {value}"
    return ""


def _is_word(name: str) -> bool:
    return bool(name) and name.isprintable() and not any(character.isspace() for character in name)
