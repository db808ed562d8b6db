"""Opening the terminal program: only what the first paint needs is loaded here."""

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from textual.constants import DRIVER
from textual.theme import BUILTIN_THEMES

from opinionscope.errors import USAGE, OpinionscopeError
from opinionscope.settings import Paths, bundled, read_settings
from opinionscope.theming import load_themes
from opinionscope.tui.app import OpinionscopeApp
from opinionscope.tui.keymap import keymap
from opinionscope.tui.session import Session, read_session

if TYPE_CHECKING:
    from opinionscope.report.figure import Figure
    from opinionscope.tui.arrangement import Arrangement


def make_app(
    db: Path | None = None,
    theme: str | None = None,
    begin: str = "",
    *,
    fresh: bool = False,
    tour: bool = False,
    kind: type[OpinionscopeApp] = OpinionscopeApp,
) -> OpinionscopeApp:
    """The program, not yet running.

    Args:
        db: history database to use in place of the user's own.
        theme: name of a theme to use in place of the settings'.
        begin: an action of Explore to begin with, or "".
        fresh: begin as at the first start, whatever was chosen last.
        tour: show the tour to whoever starts the program for the first time.
        kind: the app's class.

    Raises:
        SettingsError: if the settings file cannot be used.
    """
    paths = Paths.find()
    settings = read_settings(paths.settings)
    last = read_session(paths.session)
    session = Session(toured=last.toured) if fresh else last
    kept = session.theme if session.settings_theme == settings.theme else ""

    def load() -> "Arrangement":
        from opinionscope.tui.arrangement import Arrangement
        from opinionscope.workspace import Workspace

        return Arrangement.of(Workspace.open(db), session)

    themes = load_themes([bundled("themes"), paths.themes])
    if kept not in (*BUILTIN_THEMES, *(each.name for each in themes.themes)):
        kept = ""
    app = kind(themes, theme or kept or settings.theme, load, begin)
    app.greets = tour
    app.use_keys(*keymap(settings.keymap, settings.keys))
    if settings.reduced_motion:
        app.animation_level = "none"
    return app


def start(
    db: Path | None = None,
    theme: str | None = None,
    begin: str = "",
    *,
    fresh: bool = False,
    demo: bool = False,
    cards: "list[Figure] | None" = None,
) -> int:
    """Run the program until the user leaves; returns its exit code. The cards of rounds of Play are added to `cards`.

    With `demo` it begins as at the first start and shows itself.

    The garbage collector rests until the first screen is up: it would find nothing, and take a fifth of the time.
    """
    if DRIVER is None and not (sys.stdin.isatty() and sys.stdout.isatty()):
        sys.stderr.write(
            "Error: the terminal program needs a terminal; `opinionscope run --help` shows how to probe without one.\n"
        )
        return USAGE
    try:
        if demo:
            from opinionscope.tui.demo import DemoApp

            app = make_app(db, theme, begin, fresh=True, kind=DemoApp)
        else:
            app = make_app(db, theme, begin, fresh=fresh, tour=not fresh and not begin)
    except OpinionscopeError as error:
        sys.stderr.write(f"Error: {error}\n")
        return USAGE
    gc.disable()
    app.run()
    for words in app.left_behind:
        sys.stderr.write(f"Warning: a run is not kept: {words}.\n")
    if cards is not None:
        cards += app.cards
    return app.return_code or 0
