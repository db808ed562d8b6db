"""Charts of the command line as files: SVG with the colours of a theme, or plain text."""

from pathlib import Path

from opinionscope.commands.tables_out import OutputFormatError, put_text, require_new, wanted_format
from opinionscope.report.figure import ENDINGS, Figure
from opinionscope.settings import bundled
from opinionscope.theming import load_themes, palette, theme_named
from opinionscope.workspace import Workspace

CHART = "chart"
"""Stands for a chart where a format of a table is named."""


def chart_or_table(out: Path | None, **formats: bool) -> str:
    """`CHART` for a file that is one of a chart, else the format of a table: see `wanted_format`.

    Raises:
        OutputFormatError: if several formats are wanted, or none fits the file.
    """
    if is_chart(out) and not any(formats.values()):
        return CHART
    return wanted_format(out, **formats)


def is_chart(out: Path | None) -> bool:
    """Whether a file is one for a chart, by its ending."""
    return out is not None and out.suffix.lower() in ENDINGS


def require_chart(out: Path | None) -> None:
    """See, before anything is asked, that a chart can be written to a file.

    Raises:
        OutputFormatError: if its name ends otherwise, or it is there already.
    """
    if out is None:
        return
    if not is_chart(out):
        raise OutputFormatError(f"{out} must end in {' or '.join(ENDINGS)}; --json prints the numbers")
    require_new(out)


def put_figure(figure: Figure, out: Path, workspace: Workspace) -> None:
    """Write a chart to a file in the colours of the theme, and say so on stderr.

    Raises:
        OutputFormatError: if the file cannot be written, or is there already.
        ThemeError: if there is no such theme.
    """
    themes = load_themes([bundled("themes"), workspace.paths.themes]).themes
    colors = palette(theme_named(workspace.settings.theme, themes))
    put_text(figure.content(out.suffix.lower(), colors).rstrip("\n"), out)
