"""The fields that a selection can name."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from opinionscope.alignment.measures import MEASURES
from opinionscope.elicitation import FORMATS, OPTIONS, ORDERS, STEERINGS
from opinionscope.recipe import YES_NO

Kind = Literal["name", "words", "number", "measure", "date"]


class Field(Struct, frozen=True):
    """Something of a run that can be selected by.

    Attributes:
        kind: a "name" fits as a whole (``model:gpt-4`` also fits "recorded/gpt-4"), "words" fit whole words,
            numbers, measures and dates take comparisons and ranges.
        meaning: one line for help and completion.
    """

    name: str
    kind: Kind
    meaning: str


_OWN = (
    Field("question", "words", "id or title of the question"),
    Field("dataset", "name", "data set of the question: opinionqa, globalopinionqa, nytimes, …"),
    Field("domain", "name", "political, global, books, own"),
    Field("topic", "words", "topic of the question"),
    Field("group", "words", "the group that was answered for"),
    Field("steering", "name", ", ".join(STEERINGS)),
    Field("format", "name", ", ".join(FORMATS)),
    Field("model", "name", "the model as it was chosen"),
    Field("server", "words", "address of the server that was asked; none for a provider's own"),
    Field("kind", "name", "live, recorded or person"),
    Field("status", "name", "done, unread, failed, cancelled, running"),
    Field("voice", "name", "how a persona was put"),
    Field("order", "name", "order of the options: survey, reversed, shuffled"),
    Field("reasoning", "name", "yes or no: whether the model was told to reason first"),
    *(Field(option.name, "name", f"{', '.join(option.presets)}: {option.meaning}") for option in OPTIONS),
    Field("tag", "name", "a tag that was set; none for runs without one"),
    Field("sweep", "name", "id or name of a sweep that the run answers a cell of; none for runs of no sweep"),
    Field("id", "name", "id of the run, or its beginning with *"),
    Field("on", "date", "the local day of the run: today, yesterday, 2026-05-01, 2026-05, 2026-05-01.."),
    Field("n", "number", "how many people answered"),
    Field("repeats", "number", "how often the same was asked"),
    Field("samples", "number", "how many simulated people"),
    Field("examples", "number", "how many real examples few-shot was to show"),
    Field("temperature", "number", "sampling temperature"),
    Field("coverage", "number", "share of the answer that landed on the options, 0 to 1"),
)

FIELDS: Mapping[str, Field] = {
    **{field.name: field for field in _OWN},
    **{name: Field(name, "measure", measure.meaning) for name, measure in MEASURES.items()},
}
"""All fields by name; every registered measure is one."""

VALUES: Mapping[str, tuple[str, ...]] = {
    "steering": tuple(STEERINGS),
    "format": tuple(FORMATS),
    "kind": ("live", "recorded", "person"),
    "status": ("done", "unread", "failed", "cancelled", "running"),
    "order": ORDERS,
    "reasoning": YES_NO,
    **{option.name: option.values for option in OPTIONS if option.values},
}
"""The values of fields that have no others."""

ALIASES: Mapping[str, str] = {"date": "on", "created": "on", "q": "question", "g": "group", "s": "steering",
                              "f": "format", "m": "model", "w1": "wasserstein"}  # fmt: skip


def field_named(name: str) -> Field | None:
    """The field of that name or alias; None if there is none."""
    return FIELDS.get(ALIASES.get(name, name))
