"""Typed settings, and every path the program uses."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Meta, Struct

from opinionscope.errors import OpinionscopeError
from opinionscope.regexes import regex
from opinionscope.suggesting import did_you_mean
from opinionscope.survey.text import clean_line, not_utf8
from opinionscope.values import replace

HOME_VARIABLE = "OPINIONSCOPE_HOME"
VISITOR_VARIABLE = "OPINIONSCOPE_VISITOR"
READ_ONLY_VARIABLE = "OPINIONSCOPE_READ_ONLY"
SETTINGS_FILE = "settings.toml"
HISTORY_FILE = "history.db"
STATE_FILE = "state.json"
SESSION_FILE = "session.json"
RESERVED = ("recorded/", "router/", "local/")
KEY_WORDS = ("key", "api_key", "apikey", "token")
KEY_ADVICE = 'write key_env = "THE_NAME_OF_A_VARIABLE" or key_command = ["a command", "that prints it"]'
ROUTER_ADVICE = (
    "remove it, start a LiteLLM proxy with that file (litellm --config FILE), and write "
    'api_base = "http://127.0.0.1:4000/v1" and model = "openai/NAME" in its place'
)

Checked = TypeVar("Checked", bound=Struct)

_UNKNOWN = regex(r"Object contains unknown field `(.*)`")
_LACKING = regex(r"Object missing required field `(.*)`")
_AT = regex(r" - at (?P<key>`key` in )?`\$\.?(?P<path>.*)`")

# Each kind of value says its range, and describes it for the error message.
Address = Annotated[
    str, Meta(pattern=r"^((?i:https?)://\S+)?\Z", description="an address such as http://127.0.0.1:8000/v1")
]
Count = Annotated[int, Meta(ge=1, description="a whole number of at least 1")]
Positive = Annotated[float, Meta(gt=0, description="a number above 0")]
Penalty = Annotated[float, Meta(ge=-2, le=2, description="a number between -2 and 2")]
_A_VARIABLE = "the name of an environment variable, as in MY_KEY"
Variable = Annotated[str, Meta(pattern=r"^[A-Z_][A-Z0-9_]{0,99}\Z", description=_A_VARIABLE)]
VariableOrNone = Annotated[str, Meta(pattern=r"^([A-Z_][A-Z0-9_]{0,99})?\Z", description=_A_VARIABLE)]
Header = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9\-_]{0,99}\Z", description="the name of a header")]


class SettingsError(OpinionscopeError):
    """A settings file that cannot be used."""

    title = "Settings refused"


class ParameterSettings(Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """``[models.NAME.parameters]``: sent with every call, in place of what the format asks for."""

    temperature: Annotated[float, Meta(ge=0, le=2, description="a number between 0 and 2")] | None = None
    """Sampling temperature, from 0 to 2; a temperature chosen for a run takes precedence."""

    top_p: Annotated[float, Meta(ge=0, le=1, description="a number between 0 and 1")] | None = None
    """Share of the most likely tokens that are sampled from, from 0 to 1."""

    max_tokens: Annotated[int, Meta(ge=1, le=1_000_000, description="a number between 1 and 1000000")] | None = None
    """Maximum number of tokens in an answer."""

    presence_penalty: Penalty | None = None
    """As the provider defines it, from -2 to 2."""

    frequency_penalty: Penalty | None = None
    """As the provider defines it, from -2 to 2."""

    reasoning_effort: str | None = None
    """How much a reasoning model reasons first, in the provider's own word."""

    extra_body: dict[str, Any] = {}
    """Further fields of the request that only this server knows; sent unchanged."""


class ModelSettings(Struct, forbid_unknown_fields=True, frozen=True):
    """``[models.NAME]``: a model to be asked as ``-m NAME``."""

    model: Annotated[str, Meta(min_length=1, description='a litellm name such as "openai/NAME"')]
    """The model to ask: any litellm name."""

    api_base: Address = ""
    """Server to ask; "" for the provider's own."""

    parameters: ParameterSettings = ParameterSettings()
    """Sent with every call."""

    headers: dict[Header, Variable] = {}
    """Name of a header → the environment variable that holds its value."""

    key_env: VariableOrNone = ""
    """Environment variable that holds the key; "" for the provider's usual one."""

    key_command: tuple[str, ...] = ()
    """Command and arguments, run without a shell, that print the key; the key is kept in memory only."""

    key_timeout: Positive = 10.0
    """Seconds until the command is stopped."""

    def __post_init__(self) -> None:
        """Check what concerns two fields.

        Raises:
            ValueError: if the key would come from two places.
        """
        if self.key_env and self.key_command:
            raise ValueError("expected key_env or key_command, not both")


class LimitSettings(Struct, forbid_unknown_fields=True, frozen=True):
    """``[limits.PROVIDER_OR_MODEL]``: the rate limit of a provider or model; None for no limit."""

    calls_per_minute: Count | None = None
    """Maximum number of calls started within any 60 seconds, retries included."""

    tokens_per_minute: Count | None = None
    """Maximum number of tokens, read and written, within any 60 seconds."""

    concurrency: Count | None = None
    """Maximum number of calls in progress at the same time."""


class Settings(Struct, forbid_unknown_fields=True, frozen=True):
    """``settings.toml``; every field is optional."""

    model: str = ""
    """Model chosen at the start: any litellm name or ``recorded/NAME``; "" for a recorded one."""

    api_base: Address = ""
    """Server for live models, as with ``--api-base``; "" for each provider's own."""

    theme: str = "scope-dark"
    """Name of the theme: a bundled one, one of Textual's, or a file in the themes folder."""

    reduced_motion: bool = False
    """Nothing slides or fades on the screen; what is new is there at once."""

    unit: Annotated[Literal["nats", "bits"], Meta(description='"nats" or "bits"')] = "nats"
    """Unit of KL and Jensen–Shannon on screen; the history keeps nats."""

    epsilon: Annotated[float, Meta(gt=0, lt=1, description="a number above 0 and below 1")] = 0.01
    """Smoothing of the model side in KL, above 0 and below 1."""

    drop_nonresponse: bool = False
    """Leave "Refused" and similar options out of the comparison."""

    timeout: Positive = 120.0
    """Seconds until a call without an answer is stopped."""

    deadline: Annotated[float, Meta(ge=0, description="a number of at least 0")] = 3600.0
    """Seconds until a whole run is stopped, with the answers so far; 0 for no limit."""

    attempts: Count = 3
    """How often a call is tried in all after temporary failures (429, 5xx, lost connections); not after a time-out."""

    concurrency: Count = 8
    """How many calls of one run are in progress at the same time."""

    cache: bool = False
    """Answer identical requests at temperature 0 from earlier answers; such answers are marked."""

    local_threads: Annotated[int, Meta(ge=0, le=1024, description="a number between 0 and 1024")] = 0
    """Threads for models on this machine (``local/NAME``); 0 for the physical cores that are free when one loads."""

    local_context: Annotated[int, Meta(ge=256, le=1_000_000, description="a number between 256 and 1000000")] = 4096
    """Tokens of prompt and answer together that a model on this machine has room for."""

    local_idle: Positive = 600.0
    """Seconds without a call after which a model on this machine leaves the memory; the next call loads it again."""

    keymap: Annotated[Literal["default", "vim"], Meta(description='"default" or "vim"')] = "default"
    """Preset of keys in the terminal program."""

    keys: dict[str, str] = {}
    """Keys of your own by id of action, which the help lists: ``"explore.run" = "r,f5"``."""

    models: dict[str, ModelSettings] = {}
    """Models under names of your own."""

    limits: dict[str, LimitSettings] = {}
    """Rate limits, by provider (``openai``), by litellm name (``openai/gpt-4o``) or by a name of your own."""

    def asked_as(self, model: str) -> str:
        """The litellm name of a model, which the user may have named."""
        return self.models[model].model if model in self.models else model


DEFAULTS = Settings()


class Paths(Struct, frozen=True):
    """Where the user's files are.

    Attributes:
        settings: the settings file.
        history: the history database.
        data, themes, templates: folders of the user's own packs, themes and prompt templates.
        state: the file of favourite and last used models.
        session: the file of what was chosen last in the terminal program.
        cache: the folder of answers to identical requests.
        exports: the folder of what is copied and drawn in the terminal program, and of what unexpected errors leave.
        host: for a visitor of `serve`, the host's folder of packs and models, which is only read; else None.
        is_read_only: whether nobody is asked, and the history is only read.
    """

    settings: Path
    history: Path
    data: Path
    themes: Path
    templates: Path
    state: Path
    session: Path
    cache: Path
    exports: Path
    host: Path | None = None
    is_read_only: bool = False

    @classmethod
    def find(cls, environment: Mapping[str, str] = os.environ) -> "Paths":
        """Everything under ``OPINIONSCOPE_HOME`` if it is set, else in the platform's folders.

        What a visitor of `serve` writes is under ``OPINIONSCOPE_VISITOR``; a read-only one sees the host's history.
        """
        paths = cls._found(environment)
        if not (room := environment.get(VISITOR_VARIABLE)):
            return paths
        base, is_read_only = Path(room), READ_ONLY_VARIABLE in environment
        own = cls._under(base, base, base / "cache")
        return replace(
            own,
            settings=paths.settings,
            themes=paths.themes,
            templates=paths.templates,
            history=paths.history if is_read_only else own.history,
            host=paths.data,
            is_read_only=is_read_only,
        )

    @classmethod
    def _found(cls, environment: Mapping[str, str]) -> "Paths":
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
            session=data / SESSION_FILE,
            cache=cache,
            exports=data / "exports",
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
        return DEFAULTS
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}); check its rights") from error
    try:
        return _settings(msgspec.toml.decode(content))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = not_utf8(content) or f"{clean_line(str(error))}; correct the line or remove it"
        raise SettingsError(f"{path}: {reason}") from error
    except SettingsError as error:
        raise SettingsError(f"{path}: {error.message}") from error


def changed(settings: Settings, **changes: Any) -> Settings:
    """Settings with other values.

    Raises:
        SettingsError: naming the field and what was expected.
    """
    return _settings(msgspec.to_builtins(msgspec.structs.replace(settings, **changes)))


def _settings(raw: dict[str, Any]) -> Settings:
    for table, kind in (("models", ModelSettings), ("limits", LimitSettings)):
        for name, entry in _entries(raw, table):
            place = f"[{table}.{clean_line(name)}]"
            if kind is ModelSettings and (not _is_word(name) or name.startswith(RESERVED)):
                reserved = " or ".join(RESERVED)
                raise SettingsError(f"{place}: expected a name of one word that does not begin with {reserved}")
            _converted(entry, kind, f"{place} ")
    return _converted(raw, Settings, "")


def _is_word(name: str) -> bool:
    return bool(name) and name.isprintable() and not any(character.isspace() for character in name)


def _entries(raw: Mapping[str, Any], table: str) -> Iterable[tuple[str, Any]]:
    found = raw.get(table)
    return found.items() if isinstance(found, dict) else ()


def _converted(raw: Any, kind: type[Checked], place: str) -> Checked:
    """A table as settings.

    Raises:
        SettingsError: naming the table, the field, and what was expected.
    """
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{place}{_mistake(clean_line(str(error)), raw, kind)}") from error


def _mistake(message: str, raw: Any, kind: type[Struct]) -> str:
    """An error of msgspec in words: the field, and what was expected."""
    at = _AT.search(message)
    message, path = message[: at and at.start()], at["path"].removesuffix("[...]") if at else ""
    if unknown := _UNKNOWN.fullmatch(message):
        fields = (ParameterSettings if path == "parameters" else kind).__struct_fields__
        return _unknown_field(unknown[1], f"{path} has" if path else "there is", fields)
    if lacking := _LACKING.fullmatch(message):
        return f"lacks {lacking[1]}, {_described(kind, lacking[1])}"
    if path and ", got `" not in message and (expected := _described(kind, path, is_key=bool(at and at["key"]))):
        return f"{path}: expected {expected}{_got(raw, path)}"
    reason = message[:1].lower() + message[1:].replace("`", "")
    return f"{path}{': ' if path else ''}{reason}; correct the line or remove it"


def _unknown_field(name: str, where: str, fields: tuple[str, ...]) -> str:
    if name in KEY_WORDS:
        return f"{name} would keep a key in a file; {KEY_ADVICE}"
    if name == "router":
        return f"router is not read any more; {ROUTER_ADVICE}"
    meant = did_you_mean(name, fields)
    return f"{where} no field {name}; {f'{meant} ' if meant else ''}expected {', '.join(fields)}"


def _described(kind: type[Struct], path: str, *, is_key: bool = False) -> str:
    """What a field takes, in the words of its type; "" where that has none."""
    hint: Any = kind
    for name in path.split("."):
        hint = get_type_hints(hint, include_extras=True)[name]
    arguments = get_args(hint)
    return _description(arguments[0] if is_key else arguments[::-1])


def _description(hint: Any) -> str:
    """The first description within a type, or within several."""
    if isinstance(hint, Meta):
        return hint.description or ""
    return next(filter(None, map(_description, hint if isinstance(hint, tuple) else get_args(hint))), "")


def _got(raw: Any, path: str) -> str:
    """The value that was found, if it is a number: text may be a key in the wrong place, and is not repeated."""
    for name in path.split("."):
        raw = raw[name] if isinstance(raw, dict) else None
    return f", got {raw:g}" if isinstance(raw, int | float) else ""
