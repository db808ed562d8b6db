"""Opening the terminal program."""

from opinionscope.session import Session
from opinionscope.settings import bundled
from opinionscope.tui.app import Arrangement, OpinionscopeApp
from opinionscope.tui.theming import load_themes


def arrangement(session: Session) -> Arrangement:
    """What the program shows and works with in this session."""
    return Arrangement(
        library=session.library,
        prober=session.prober(),
        history=session.history,
        themes=load_themes([bundled("themes"), session.paths.themes]),
        choices=session.first_choices(),
        theme=session.theme,
        unit=session.settings.unit,
    )


def start(session: Session) -> int:
    """Run the program until the user leaves; returns its exit code."""
    app = OpinionscopeApp(arrangement(session))
    app.run()
    return app.return_code or 0
