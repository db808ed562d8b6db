"""Messages with which a screen asks the app to open another screen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from opinionscope.report.figure import Figure
    from opinionscope.runs import Run
    from opinionscope.runs.prober import Choices
    from opinionscope.survey import Library, Question


@dataclass
class SelectionWanted(Message):
    """Asks for a main screen that has a filter line, with a selection in it.

    Attributes:
        mode: history or tables.
    """

    mode: str
    text: str


@dataclass
class StudyCardWanted(Message):
    """Asks for the study card of a question."""

    question: "Question"


@dataclass
class WritingWanted(Message):
    """Asks for the form to write a question, or to change one of the user's own.

    Attributes:
        question: the one to change, or None for a new one.
        then: called with the new library and the key of the question to look at.
    """

    question: "Question | None"
    then: "Callable[[Library, str], None]"


class KeepingChanged(Message):
    """A run has ended; the list of runs that could not be saved may have changed."""


@dataclass
class ExploreWanted(Message):
    """Asks for Explore with some choices, or those of a run."""

    wanted: "Run | Choices"


@dataclass
class GridWanted(Message):
    """Asks for the grid around some choices."""

    choices: "Choices"


@dataclass
class CompareWanted(Message):
    """Asks for runs beside each other."""

    runs: "Sequence[Run]"


@dataclass
class HoldWanted(Message):
    """Asks to pin a run, so that others are compared with it."""

    run: "Run"


@dataclass
class CopyWanted(Message):
    """Asks for a text in the clipboard, and in a file, for a terminal may not pass it on.

    Attributes:
        what: what it is, as in "Copied the prompt".
        name: of the file, without an ending; `opinionscope.report.figure.file_name` makes one.
        ending: of the file.
    """

    text: str
    what: str
    name: str
    ending: str = ".txt"


@dataclass
class ChartWanted(Message):
    """Asks for a chart as files, SVG and text."""

    figure: "Figure"


@dataclass
class SavedRunWanted(Message):
    """Asks for the screen of a run."""

    run: "Run"
