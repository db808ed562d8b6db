"""A person as a respondent: somebody who was shown the question and the group, and guessed the shares."""

from datetime import UTC, datetime

from typing_extensions import override

from opinionscope.elicitation import Call, Reply, Usage
from opinionscope.respondents.base import OnAttempt, OnText, Respondent
from opinionscope.survey.answers import PERSON_PREFIX
from opinionscope.survey.text import clean_line

LONGEST_NAME = 24
NOBODY = "somebody"


def is_person(model: str) -> bool:
    """Whether a model's name stands for a person who guesses."""
    return model.startswith(PERSON_PREFIX)


def person_model(name: str) -> str:
    """``person/NAME``, one word without control characters: a name's blanks become hyphens."""
    words = clean_line(name).replace("/", " ").split()
    return PERSON_PREFIX + ("-".join(words)[:LONGEST_NAME].strip("-") or NOBODY)


class PersonRespondent(Respondent):
    """A person whose guess is there already; every call gets it.

    Args:
        name: ``person/NAME``.
        percents: whole percents of the options in survey order, shape (K,), that sum to 100.
        seconds: how long the person took.
        answered: when the guess was given, in UTC; None for now.
    """

    kind = "person"

    def __init__(
        self, name: str, percents: tuple[int, ...], seconds: float = 0.0, answered: datetime | None = None
    ) -> None:
        self.name, self.percents, self.seconds, self.answered = name, percents, seconds, answered

    @override
    async def respond(self, call: Call, on_text: OnText | None = None, on_attempt: OnAttempt | None = None) -> Reply:
        """The guess, as figures; neither callback is called."""
        return Reply(
            figures=tuple(map(float, self.percents)),
            kind="person",
            model=self.name,
            answered=self.answered or datetime.now(UTC),
            usage=Usage(seconds=self.seconds),
        )
