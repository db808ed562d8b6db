"""The one exception family that reaches users: a title for the headline, a message that says what to do.

The exit codes stand here as well.
"""

FAILED, USAGE, NOT_KEPT, INTERRUPTED = 1, 2, 3, 130
"""Exit codes beside 0: the model or the answer failed; bad usage; answered but not kept; stopped by Ctrl-C."""


class OpinionscopeError(Exception):
    """An error a user can act on.

    Attributes:
        title: a few words, shown as the headline of a toast or an error line.
        message: one or two sentences: what was expected, and what to do next.
    """

    title = "Something went wrong"

    def __init__(self, message: str, *, title: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if title is not None:
            self.title = title

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
