"""The way in: straight to the terminal program, or through the command line."""

import codecs
import io
import sys

from opinionscope.errors import INTERRUPTED

_PLAIN = str.maketrans(
    dict(zip("█▉▊▋▌▍▎▏■▀▘−–—·…Δε₁“”‘’×→", "#######|#=-----.de1\"\"''x>", strict=True)) | {"‖": "||", "\u00a0": " "}
)


def main() -> None:
    """Without arguments nothing but the terminal program is loaded; else the command line decides."""
    codecs.register_error("plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plain")
    try:
        _begin()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _plain(error: UnicodeError) -> tuple[str, int]:
    """For what a terminal of few characters cannot show: something like it in ASCII, or a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(_PLAIN)
    return text.encode("ascii", "replace").decode("ascii"), error.end


def _begin() -> None:
    if len(sys.argv) == 1:
        from opinionscope.tui.start import start

        sys.exit(start())
    from opinionscope.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
