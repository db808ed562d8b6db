"""Single people: how often the model says what they said, as figures, in sentences, as a table and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct
from rich.cells import cell_len

from opinionscope.alignment.agreement import Agreement, agreement_of
from opinionscope.charts.bars import percent
from opinionscope.charts.lines import fit, shorten_apart
from opinionscope.elicitation import FORMATS, Reading
from opinionscope.report.lines import BLANK, TextLine
from opinionscope.runs import Run
from opinionscope.runs.readings import read_replies_of
from opinionscope.survey import Distribution, Group
from opinionscope.survey.microdata import Person, composed

LABEL_WIDTH = 18
WIDTH = 74
"""Of a row of the table, in cells: as wide as a tab at 80 columns."""
HIT, MISS, UNREAD = "=", "≠", "·"
LEGEND = f"{HIT} the model says what the person said, {MISS} it does not; person: row in the file of single people"


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


def people_sentences(run: Run) -> Iterator[str]:
    """How often the model says of a person what the person said, and how far the people drawn are from their group."""
    if found := individual_accuracy(run):
        counted = f"{found.hits:,} of {found.answers:,}"
        if found.people < found.answers:
            counted += f", {found.people:,} different people"
        yield (
            f"individual accuracy {percent(found.share)} ({counted}; 95 % interval "
            f"{percent(found.low)} – {percent(found.high)}): {percent(found.by_chance)} would agree by chance, "
            f"{percent(found.most_frequent)} if all were given their most frequent answer"
        )
    if (likelihood := mean_likelihood(run)) is not None:
        yield f"a person's real answer is given a probability of {percent(likelihood)} on average"
    if (distance := _distance_drawn(run)) is not None:
        yield f"the people drawn really answered at TV {distance:.3f} from their group: that is the luck of the draw"


def people_lines(run: Run) -> Iterator[TextLine]:
    """A table of the people asked about so far: the model's answer, the real one, and what was told of them."""
    asked = asked_of(run)
    if not asked:
        return
    labels = run.cell.question.labels
    short = dict(zip(labels, shorten_apart(labels, LABEL_WIDTH), strict=True)) | {"": "–"}
    has_likelihood = any(each.likelihood is not None for each in asked)
    heads = ("person", "likeliest" if has_likelihood else "answer", "real answer")
    number = max(len(heads[0]), *(len(f"{each.person.place + 1:,}") for each in asked))
    label = max(len(heads[2]), *map(cell_len, short.values()))

    def row(mark: str, person: str, said: str, real: str, likelihood: str, told: str) -> str:
        start = f"{mark} {person:>{number}}  {fit(said, label)}  {fit(real, label)}  "
        start += f"{likelihood:>7}  " if has_likelihood else ""
        return start + fit(told, WIDTH - cell_len(start)).rstrip()

    yield TextLine(row(" ", *heads, "of real", "what else was told"), "heading")
    for each in asked:
        mark = HIT if each.is_hit else MISS if each.said else UNREAD
        real, likelihood = each.person.answer, "" if each.likelihood is None else percent(each.likelihood)
        told = _told(each, run.cell.group)
        yield TextLine(
            row(mark, f"{each.person.place + 1:,}", short[each.said], short.get(real, real), likelihood, told)
        )
    yield from (TextLine(LEGEND, "muted"), BLANK)


def people_json(run: Run) -> dict[str, Any] | None:
    """The people of a run as `run --json` prints them; null where its calls are not about single people.

    `person` is the row in the file of single people, from 1.
    """
    if not run.plan.people:
        return None
    found, drawn = individual_accuracy(run), drawn_distribution(run)
    return {
        "drawn": len(run.plan.people),
        "different": len({person.place for person in run.plan.people}),
        "seed": run.plan.first.seed or 0,
        "accuracy": None
        if found is None
        else {
            "value": found.share,
            "low": found.low,
            "high": found.high,
            "hits": found.hits,
            "answers": found.answers,
            "people": found.people,
            "by_chance": found.by_chance,
            "most_frequent": found.most_frequent,
        },
        "likelihood": mean_likelihood(run),
        "real_probabilities": list(drawn.probabilities) if drawn else None,
        "real_tv": _distance_drawn(run),
        "each": [
            {
                "call": each.call,
                "person": each.person.place + 1,
                "attributes": dict(each.person.attributes),
                "weight": each.person.weight,
                "answer": each.said or None,
                "real": each.person.answer or None,
                "likelihood": each.likelihood,
                "unread": each.reason or None,
            }
            for each in asked_of(run)
        ],
    }


def _distance_drawn(run: Run) -> float | None:
    """Total variation between the answers of the people drawn and those of their group."""
    drawn = drawn_distribution(run) if run.plan.people else None
    if drawn is None or run.human is None:
        return None
    return sum(abs(p - q) for p, q in zip(drawn.probabilities, run.human.probabilities, strict=True)) / 2


def _told(asked: PersonCall, group: Group) -> str:
    """What is known of a person beside the group, in short: ``Democrat · Female · age 34``."""
    others = [each for each in asked.person.attributes if each not in group.attributes]
    return " · ".join(composed((each,)).name for each in others) or "nothing"
