"""Messages with which a screen asks the app to open another screen."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from opinionscope.report.figure import Figure
    from opinionscope.runs import Run
    from opinionscope.runs.prober import Choices
    from opinionscope.survey import Library, Question


class SelectionWanted(Message):
    """Asks for a main screen that has a filter line, with a selection in it.

    Attributes:
        mode: history or tables.
    """

    def __init__(self, mode: str, text: str) -> None:
        super().__init__()
        self.mode = mode
        self.text = text


class StudyCardWanted(Message):
    """Asks for the study card of a question."""

    def __init__(self, question: "Question") -> None:
        super().__init__()
        self.question = question


class WritingWanted(Message):
    """Asks for the form to write a question, or to change one of the user's own.

    Attributes:
        question: the one to change, or None for a new one.
        then: called with the new library and the key of the question to look at.
    """

    def __init__(self, question: "Question | None", then: "Callable[[Library, str], None]") -> None:
        super().__init__()
        self.question = question
        self.then = then


class KeepingChanged(Message):
    """A run has ended; the list of runs that could not be saved may have changed."""


class ExploreWanted(Message):
    """Asks for Explore with some choices, or those of a run."""

    def __init__(self, wanted: "Run | Choices") -> None:
        super().__init__()
        self.wanted = wanted


class GridWanted(Message):
    """Asks for the grid around some choices."""

    def __init__(self, choices: "Choices") -> None:
        super().__init__()
        self.choices = choices


class CompareWanted(Message):
    """Asks for runs beside each other."""

    def __init__(self, runs: "Sequence[Run]") -> None:
        super().__init__()
        self.runs = runs


class HoldWanted(Message):
    """Asks to pin a run, so that others are compared with it."""

    def __init__(self, run: "Run") -> None:
        super().__init__()
        self.run = run


class CopyWanted(Message):
    """Asks for a text in the clipboard, and in a file, for a terminal may not pass it on.

    Attributes:
        what: what it is, as in "Copied the prompt".
        name: of the file, without an ending; `opinionscope.report.figure.file_name` makes one.
        ending: of the file.
    """

    def __init__(self, text: str, what: str, name: str, ending: str = ".txt") -> None:
        super().__init__()
        self.text = text
        self.what = what
        self.name = name
        self.ending = ending


class ChartWanted(Message):
    """Asks for a chart as files, SVG and text."""

    def __init__(self, figure: "Figure") -> None:
        super().__init__()
        self.figure = figure


class SavedRunWanted(Message):
    """Asks for the screen of a run."""

    def __init__(self, run: "Run") -> None:
        super().__init__()
        self.run = run
