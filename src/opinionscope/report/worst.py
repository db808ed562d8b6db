"""Where a model is worst: the questions in the order of a measure, for choices of a group, a model and a way to ask."""

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct, structs

from opinionscope.alignment.measures import MEASURES, Measure
from opinionscope.collection import Collection, Item, pairs_of
from opinionscope.report.grid import asked_alike, selection_of
from opinionscope.report.words import Unit, number
from opinionscope.runs.prober import Choices
from opinionscope.survey import DistributionError
from opinionscope.values import replace

DEFAULT_MEASURE = "tv"
HEIGHTS = "▁▂▃▄▅▆▇█"


class Ranking(Struct, frozen=True, dict=True):
    """Questions by a measure.

    Attributes:
        values: by ``dataset/id``; questions without an answer that can be relied on are not there.
    """

    measure: Measure
    values: Mapping[str, float]

    def badness(self, key: str) -> float:
        """How bad a question's value is; any unit, higher is worse, -inf where there is none."""
        value = self.values.get(key)
        if value is None:
            return float("-inf")
        return {"low": value, "high": -value, "one": abs(value - 1), "zero": abs(value)}[self.measure.better]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(sorted(self.values, key=self.badness))}

    def figure(self, key: str, unit: Unit) -> str:
        """The value, behind a bar that is the higher the worse the question's place is; "" where there is none."""
        if key not in self.values:
            return ""
        height = HEIGHTS[self._places[key] * len(HEIGHTS) // len(self._places)]
        return f"{height} {number(self.measure, self.values[key], unit)}"

    def is_among_the_worst(self, key: str) -> bool:
        """Whether a question is in the worst quarter."""
        return key in self.values and self._places[key] >= len(self._places) * 3 // 4


def rank(collection: Collection, chosen: Choices, measure: str = DEFAULT_MEASURE) -> Ranking:
    """Score every question that was answered by the chosen model, for the chosen group, asked as chosen.

    The newest answer counts. Answers that cannot be relied on are left out, and so are measures that are not defined.

    Raises:
        RunError: if the history cannot be read.
    """
    library = collection.library
    question = library.question(chosen.question)
    group = library.group(question, chosen.group).name
    found: dict[str, Item] = {}
    for item in collection.items(
        selection_of(model=chosen.model, steering=chosen.steering, format=chosen.format, status="done")
    ):
        key = item.question.key
        fits = item.group.name == group and item.model == chosen.model and asked_alike(item, chosen)
        if fits and key not in found and item.human and item.answer and not item.muted:
            found[key] = item
    if chosen.drop_nonresponse:
        found = {key: kept for key, item in found.items() if (kept := _without_refusals(item))}
    if not found:
        return Ranking(MEASURES[measure], {})
    items = list(found.values())
    pooled = [library.pooled(item.question, item.group) for item in items] if measure == "added_value" else None
    values = MEASURES[measure](pairs_of(items, chosen.epsilon, pooled))
    return Ranking(
        MEASURES[measure], {key: float(value) for key, value in zip(found, values, strict=True) if value == value}
    )


def _without_refusals(item: Item) -> Item | None:
    """The item over the options that are no refusals; None where they hold no mass."""
    options = item.question.options
    kept = [at for at, option in enumerate(options) if not option.nonresponse]
    if len(kept) == len(options) or not (item.human and item.answer):
        return item
    try:
        return structs.replace(
            item,
            question=replace(item.question, options=tuple(options[at] for at in kept)),
            human=item.human.restricted_to(kept),
            answer=item.answer.restricted_to(kept),
        )
    except DistributionError:
        return None
