"""The way in: straight to the terminal program, or through the command line."""

import os
import sys

from opinionscope.errors import INTERRUPTED
from opinionscope.streams import open_missing, show_plainly, take_over

COMPLETION = "_OPINIONSCOPE_COMPLETE"
"""Set by a shell that asks for completions, with the words typed so far in other variables."""


def main() -> None:
    """Without arguments nothing but the terminal program is loaded; else the command line decides."""
    open_missing()
    show_plainly()
    try:
        _begin()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _begin() -> None:
    if len(sys.argv) == 1 and COMPLETION not in os.environ:
        from opinionscope.tui.start import start

        sys.exit(start())
    take_over()
    from opinionscope.cli import main as command_line

    if COMPLETION in os.environ:
        from opinionscope.commands.completing import register

        register()

    command_line()


if __name__ == "__main__":
    main()
