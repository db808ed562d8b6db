"""The way in: straight to the terminal program, or through the command line."""

import io
import sys


def main() -> None:
    """Without arguments nothing but the terminal program is loaded; else the command line decides.

    What a terminal of few characters cannot show becomes a question mark, not an error.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if len(sys.argv) == 1:
        from opinionscope.tui.start import start

        sys.exit(start())
    from opinionscope.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
