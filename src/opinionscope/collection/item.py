"""Item: one run of the history, or one recorded answer, as far as tables and comparisons of sets need it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec

from opinionscope.alignment.reliability import Basis, doubt
from opinionscope.elicitation.effects import idle
from opinionscope.recipe import ALL_OPTIONS, PLAIN, Recipe
from opinionscope.respondents.recorded import RECORDED_PREFIX
from opinionscope.selection.matching import Value
from opinionscope.survey import Distribution, Group, Question
from opinionscope.survey.text import counted


def told(recipe: Recipe) -> dict[str, str | float]:
    """Name → value of every option of a recipe, as items have it: numbers are compared, all else is matched as text."""
    texts = {option.name: option.of(recipe) for option in ALL_OPTIONS}
    counts = {name: getattr(recipe, name) for name in ("samples", "repeats", "examples", "temperature")}
    return texts | counts


USUAL = told(PLAIN)
_OPTIONS = {option.name: option for option in ALL_OPTIONS}


class Item(msgspec.Struct, frozen=True, gc=False):
    """One answer of a model on behalf of a group.

    Attributes:
        run_id: of the history; "" for a recorded answer.
        model: as chosen: ``gpt-4o``, ``recorded/gpt-4``.
        human, answer: the two sides over the question's options in survey order; None where the one is not known, or
            the other could not be read. The answer's n is how many answers it was counted from, None where it was not.
        reason: why the answer could not be read, or "".
        coverage: share of the answer that landed on the options; None where that is not known.
        replies: how many calls were answered.
        singles: the distributions that the answer is the mean of, where they were recorded one by one, shape (R, K).
        stated: what the percentages stated sum to; None where the format states none.
        created: None for recorded answers.
        recipe: how it was asked, as `told` gives it; {} for recorded answers and people, who follow no recipe.
        server: the address that was asked; "" for a provider's own, and where nobody was asked live.
        scores: values of measures as they were kept with the run; {} for recorded answers.
    """

    question: Question
    group: Group
    steering: str
    format: str
    model: str
    kind: str
    human: Distribution | None
    answer: Distribution | None
    reason: str = ""
    coverage: float | None = None
    replies: int = 1
    stated: float | None = None
    run_id: str = ""
    created: datetime | None = None
    status: str = "done"
    recipe: Mapping[str, str | float] = msgspec.field(default_factory=dict)
    tags: tuple[str, ...] = ()
    sweeps: tuple[str, ...] = ()
    scores: Mapping[str, float] = msgspec.field(default_factory=dict)
    singles: tuple[tuple[float, ...], ...] = ()
    server: str = ""

    @property
    def name(self) -> str:
        """The model's name without ``recorded/``."""
        return self.model.removeprefix(RECORDED_PREFIX)

    @property
    def asked(self) -> tuple[str, str, str]:
        """What it is matched by: data set, question and group."""
        return self.question.dataset, self.question.id, self.group.name

    @property
    def muted(self) -> str:
        """Why its measures stand on too little to enter a table; "" where they do not."""
        if self.answer is None or self.human is None:
            return ""
        return doubt(Basis(self.human.n, self.answer.n, self.replies, self.coverage, self.stated))

    @property
    def doubt_of_answer(self) -> str:
        """As `muted`, but however few people answered."""
        if self.answer is None:
            return ""
        return doubt(Basis(None, self.answer.n, self.replies, self.coverage, self.stated))

    def value(self, name: str) -> Value:
        """The value of a field of the selection language, or None."""
        if name in self.recipe:
            return self.recipe[name]
        return _FIELDS[name](self) if name in _FIELDS else self.scores.get(name)

    def way(self, name: str) -> Value:
        """As `value`; what followed no recipe, or has no effect here, is as in the usual way, which is the paper's."""
        value, usual = self.value(name), USUAL.get(name)
        has_none = value != usual and name in _OPTIONS and idle(_OPTIONS[name], self.steering, self.format)
        return usual if value is None or has_none else value


_FIELDS: Mapping[str, Callable[[Item], Value]] = {
    "words": lambda item: (
        f"{item.question.id} {item.question.dataset} {item.question.title} {item.question.text}",
        f"{item.group.name} {item.group.expression}",
        f"{item.model} {item.steering} {item.format} {item.status}",
        *item.tags,
    ),
    "text": lambda item: (item.question.text, item.question.context),
    "question": lambda item: f"{item.question.id} {item.question.title}",
    "dataset": lambda item: item.question.dataset,
    "domain": lambda item: item.question.domain,
    "topic": lambda item: item.question.topics,
    "group": lambda item: f"{item.group.name} {item.group.expression}",
    "steering": lambda item: item.steering,
    "format": lambda item: item.format,
    "model": lambda item: item.model,
    "server": lambda item: item.server,
    "kind": lambda item: item.kind,
    "status": lambda item: item.status,
    "tag": lambda item: item.tags,
    "sweep": lambda item: item.sweeps,
    "id": lambda item: item.run_id,
    "on": lambda item: item.created,
    "n": lambda item: item.human.n if item.human else None,
    "coverage": lambda item: item.coverage,
}


def changed_figures(items: Sequence[Item]) -> str:
    """That some items are compared with other figures of the same people than others are; "" where none is."""
    humans = {item.asked: item.human for item in items}
    changed = {item.asked for item in items if item.human != humans[item.asked]}
    if not changed:
        return ""
    return (
        f"Of {counted(len(changed), 'pair')} of a question and a group, not all answers are compared with the same "
        "figures of people: their data have changed, and a run keeps those that it was compared with."
    )
