"""What a screen asks of the program, where another screen must be opened for it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from opinionscope.survey import Library, Question


class StudyCardWanted(Message):
    """Somebody wants to know where a question and its people come from."""

    def __init__(self, question: "Question") -> None:
        super().__init__()
        self.question = question


class WritingWanted(Message):
    """Somebody wants to write a question, or to change one of their own.

    Attributes:
        question: the one to change, or None for a new one.
        then: called with the new library and the key of the question to look at.
    """

    def __init__(self, question: "Question | None", then: "Callable[[Library, str], None]") -> None:
        super().__init__()
        self.question = question
        self.then = then


class KeepingChanged(Message):
    """A run has ended, so that the list of those that could not be kept may be another one."""
