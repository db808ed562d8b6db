"""The exceptions that users see, each with a title and a message that says what to do, and the exit codes.

Titles and messages are cleaned here, because they quote names, paths, servers and the operating system.
"""

from opinionscope.cleaning import clean_line

FAILED, USAGE, NOT_KEPT, INTERRUPTED, CLOSED_PIPE = 1, 2, 3, 130, 141
"""Exit codes other than 0: the model or the answer failed; bad usage; answered but not saved; stopped by Ctrl-C; stdout
was closed."""


class OpinionscopeError(Exception):
    """An error a user can act on.

    Attributes:
        title: a few words, shown as the headline of a toast or an error line.
        message: one or two sentences: what was expected, and what to do next.
    """

    title = "Something went wrong"

    def __init__(self, message: str, *, title: str | None = None) -> None:
        self.message = clean_line(message)
        if title is not None:
            self.title = clean_line(title)
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.title}: {self.message}"


class StoppedError(KeyboardInterrupt):
    """A signal other than Ctrl-C ended what was under way, like Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def exit_code(number: int) -> int:
    """What a shell reports of a program that a signal has ended."""
    return 128 + number
