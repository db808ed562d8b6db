"""Typed settings, and every path the program uses."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from opinionscope.errors import OpinionscopeError
from opinionscope.survey.text import clean_line

HOME_VARIABLE = "OPINIONSCOPE_HOME"
SETTINGS_FILE = "settings.toml"
HISTORY_FILE = "history.db"


class SettingsError(OpinionscopeError):
    """A settings file that cannot be used."""

    title = "Settings refused"


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

    attempts: int = 3
    """How often a call is tried in all where the fault may pass (429, 5xx, time-outs)."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the user's files are.

    Attributes:
        settings: the settings file.
        history: the history database.
        data, themes: folders of the user's own packs and themes.
    """

    settings: Path
    history: Path
    data: Path
    themes: Path

    @classmethod
    def find(cls, environment: Mapping[str, str] = os.environ) -> "Paths":
        """Everything under ``OPINIONSCOPE_HOME`` if it is set, else in the platform's folders."""
        if home := environment.get(HOME_VARIABLE):
            base = Path(home).expanduser()
            return cls(base / SETTINGS_FILE, base / HISTORY_FILE, base / "data", base / "themes")
        from platformdirs import user_config_path, user_data_path

        config, data = user_config_path("opinionscope"), user_data_path("opinionscope")
        return cls(config / SETTINGS_FILE, data / HISTORY_FILE, data / "data", config / "themes")


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
        settings = msgspec.toml.decode(content, type=Settings)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = clean_line(str(error)).replace(" - at `$.", " at `")
        raise SettingsError(f"{path}: {reason}; correct the line or remove it") from error
    if not 0 < settings.epsilon < 1:
        raise SettingsError(f"{path}: epsilon must lie above 0 and below 1, got {settings.epsilon}")
    if not settings.timeout > 0 or settings.attempts < 1:
        raise SettingsError(f"{path}: timeout must be above 0 and attempts at least 1")
    return settings
