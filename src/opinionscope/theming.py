"""Themes: TOML files with colours for the program and for the two sides of the charts."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct
from textual.color import Color, ColorParseError
from textual.theme import BUILTIN_THEMES, Theme

from opinionscope.errors import OpinionscopeError
from opinionscope.regexes import regex
from opinionscope.suggesting import did_you_mean
from opinionscope.survey.text import clean_line

FALLBACK_CHART = {True: ("#ffb454", "#5cb8ff"), False: ("#a04e00", "#0f68b8")}
DEFAULT_THEME = "scope-dark"
_NAME = regex(r"[\w .-]{1,40}")


class ThemeError(OpinionscopeError):
    """A theme file that cannot be used."""

    title = "Theme not used"


class ThemeColors(msgspec.Struct, forbid_unknown_fields=True):
    """Colours of the program; those left out follow from the others."""

    primary: str
    secondary: str | None = None
    accent: str | None = None
    foreground: str | None = None
    background: str | None = None
    surface: str | None = None
    panel: str | None = None
    success: str | None = None
    warning: str | None = None
    error: str | None = None


class ChartColors(msgspec.Struct, forbid_unknown_fields=True):
    """Colours of the charts."""

    human: str
    model: str
    track: str


class ThemeFile(msgspec.Struct, forbid_unknown_fields=True):
    """A theme as written in a file."""

    name: str
    colors: ThemeColors
    chart: ChartColors
    dark: bool = True
    about: str = ""


class Themes(Struct, frozen=True):
    """The themes that could be read, one problem for each that could not, and what each is for, by name."""

    themes: tuple[Theme, ...]
    problems: tuple[ThemeError, ...]
    about: Mapping[str, str]


def load_themes(folders: Sequence[Path]) -> Themes:
    """Read every ``*.toml`` in the folders; a later file replaces an earlier one of the same name."""
    themes: dict[str, Theme] = {}
    problems: list[ThemeError] = []
    about: dict[str, str] = {}
    for path in _files(folders):
        try:
            theme, purpose = read_theme(path)
        except ThemeError as problem:
            problems.append(problem)
        else:
            themes[theme.name] = theme
            about[theme.name] = purpose
    return Themes(tuple(themes.values()), tuple(problems), about)


def _files(folders: Sequence[Path]) -> Iterable[Path]:
    for folder in folders:
        yield from sorted(folder.glob("*.toml")) if folder.is_dir() else ()


def read_theme(path: Path) -> tuple[Theme, str]:
    """Read one theme file: the theme, and what it is for.

    Raises:
        ThemeError: naming the file, the field and what was expected.
    """
    try:
        file = msgspec.toml.decode(path.read_bytes(), type=ThemeFile)
    except OSError as error:
        raise ThemeError(f"{path.name}: it cannot be read ({error.strerror})") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ThemeError(f"{path.name}: {clean_line(str(error)).replace('$.', '')}") from error
    name = clean_line(file.name)
    if not _NAME.fullmatch(name) or name in BUILTIN_THEMES:
        raise ThemeError(f'{path.name}: expected a name of its own, of letters, digits and hyphens, got "{name}"')
    colors = {**msgspec.structs.asdict(file.colors), **msgspec.structs.asdict(file.chart)}
    for field, value in colors.items():
        if value is not None:
            _check_color(path, field, value)
    theme = Theme(
        name=name,
        dark=file.dark,
        **msgspec.structs.asdict(file.colors),
        variables=_variables(file.chart.human, file.chart.model, file.chart.track),
    )
    return theme, clean_line(file.about)


def _check_color(path: Path, field: str, value: str) -> None:
    try:
        Color.parse(value)
    except ColorParseError as error:
        raise ThemeError(f'{path.name}: {field} expects a colour such as #5cb8ff, got "{clean_line(value)}"') from error


def _variables(human: str, model: str, track: str) -> dict[str, str]:
    return {"chart-human": human, "chart-model": model, "chart-track": track}


def chart_defaults(dark: bool, surface: str) -> dict[str, str]:
    """Chart colours under themes that bring none, such as Textual's own."""
    human, model = FALLBACK_CHART[dark]
    return _variables(human, model, surface)


class Palette(NamedTuple):
    """The colours of a drawing, each as ``#rrggbb``."""

    background: str
    foreground: str
    primary: str
    warning: str
    human: str
    model: str
    track: str


def palette(theme: Theme) -> Palette:
    """The colours of drawings under a theme; those of Textual's plain theme in place of a terminal's own colours."""
    plain = BUILTIN_THEMES["textual-dark" if theme.dark else "textual-light"].to_color_system().generate()
    colors = theme.to_color_system().generate()
    if Color.parse(colors["background"]).ansi is not None:
        colors = plain
    colors = {**chart_defaults(theme.dark, colors["surface"]), **colors, **theme.variables}
    names = ("background", "foreground", "primary", "warning", "chart-human", "chart-model", "chart-track")
    return Palette(*(Color.parse(colors[name]).hex6 for name in names))


def theme_named(name: str, themes: Iterable[Theme]) -> Theme:
    """One of these themes, or of Textual's own.

    Raises:
        ThemeError: naming those there are.
    """
    known = {**BUILTIN_THEMES, **{theme.name: theme for theme in themes}}
    if name not in known:
        hint = did_you_mean(name, known, f"there are {', '.join(known)}")
        raise ThemeError(f'there is no theme "{clean_line(name)}"; {hint}', title="Theme")
    return known[name]
