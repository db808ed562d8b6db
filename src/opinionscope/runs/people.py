"""The people whom the calls of a run were about, each with the answer of the model and the real one."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from opinionscope.alignment.agreement import Agreement, agreement_of
from opinionscope.elicitation import FORMATS, Reading
from opinionscope.runs.readings import read_replies_of
from opinionscope.runs.run import Run
from opinionscope.survey import Distribution
from opinionscope.survey.microdata import Person


class PersonCall(Struct, frozen=True):
    """One call about one person.

    Attributes:
        call: which of the plan's calls, from 0.
        said: label of the option that the model gives, or holds likeliest; "" where there is no answer that could be
            read.
        likelihood: the probability that the model gives to the real answer; None where it gives one answer only.
        reason: why there is no answer, or "".
    """

    call: int
    person: Person
    said: str
    likelihood: float | None = None
    reason: str = ""

    @property
    def is_hit(self) -> bool:
        """Whether the model says what the person said."""
        return bool(self.said) and self.said == self.person.answer


def asked_of(run: Run) -> tuple[PersonCall, ...]:
    """Every call that has ended, in the order of the plan; () where calls are not about single people."""
    if not run.plan.people or run.cell.format not in FORMATS:
        return ()
    return tuple(_asked(run, reply.call, reply.reading) for reply in read_replies_of(run))


def individual_accuracy(run: Run) -> Agreement | None:
    """How often the model says of a person what the person said; None where that cannot be told.

    With refusals dropped, pairs with one on either side are left out, as they are of the distributions.
    """
    question, pairs = run.cell.question, list(_compared(run, asked_of(run)))
    places = {label: at for at, label in enumerate(question.labels)}
    return agreement_of(
        [places[each.said] for each in pairs],
        [places[each.person.answer] for each in pairs],
        [each.person.place for each in pairs],
    )


def mean_likelihood(run: Run) -> float | None:
    """The probability that the model gives to a person's real answer, on average; None where answers are letters."""
    found = [each.likelihood for each in _compared(run, asked_of(run)) if each.likelihood is not None]
    return sum(found) / len(found) if found else None


def drawn_distribution(run: Run) -> Distribution | None:
    """How the people drawn really answered, which differs from their group by the luck of the draw."""
    labels = run.cell.question.labels
    counts = [sum(person.answer == label for person in run.plan.people) for label in labels]
    return Distribution.from_counts(counts) if any(counts) else None


def _asked(run: Run, call: int, reading: Reading | None) -> PersonCall:
    person, labels = run.plan.person(call), run.cell.question.labels
    if reading is None or reading.distribution is None:
        return PersonCall(call, person, "", reason=reading.reason if reading else "")
    shares = dict(zip(labels, reading.distribution.probabilities, strict=True))
    said = max(shares, key=lambda label: shares[label])
    return PersonCall(call, person, said, None if reading.sample_size else shares.get(person.answer, 0.0))


def _compared(run: Run, asked: Sequence[PersonCall]) -> Iterator[PersonCall]:
    options = run.cell.question.options
    out = {option.label for option in options if option.nonresponse} if run.drop_nonresponse else set()
    return (each for each in asked if each.said and each.person.answer and not out & {each.said, each.person.answer})
