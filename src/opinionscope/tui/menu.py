"""Menu: the choices on Explore as list items, and the effect of each choice."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from opinionscope.elicitation import FORMATS, STEERINGS
from opinionscope.errors import OpinionscopeError
from opinionscope.report.words import Unit, recipe_words, sample_size
from opinionscope.runs.prober import Choices
from opinionscope.survey import Group, Library, PackError, Question
from opinionscope.survey.microdata import Microdata
from opinionscope.survey.question import DOMAIN_TITLES
from opinionscope.tui.items import PickerItem, Search, search_in
from opinionscope.tui.models import ModelShelf
from opinionscope.tui.phrases import people_counted
from opinionscope.tui.widgets.chooser import Chosen
from opinionscope.values import replace

if TYPE_CHECKING:
    from opinionscope.report.worst import Ranking

COMPOSE = " compose"
"""Key of the item that leads to composing a group; no group's name begins with a blank."""
COMPOSE_LABEL = "Compose a group …"
NOTHING = (
    "No group contains these words. Groups can be composed only from single people's answers, which {} does not have; "
    "`opinionscope data fetch` gets them for the books, `opinionscope data import` for surveys of your own."
)
"""Shown if no group is found and none can be composed."""


class Menu:
    """Lists what can be chosen; stateless apart from the library and the shelf."""

    def __init__(self, library: Library, shelf: ModelShelf, unit: Unit = "nats") -> None:
        self.library = library
        self.shelf = shelf
        self.ranking: Ranking | None = None
        self.unit: Unit = unit

    def question(self, choices: Choices) -> Question:
        """The question chosen."""
        return self.library.question(choices.question)

    def group(self, choices: Choices) -> Group:
        """The group chosen."""
        return self.library.group(self.question(choices), choices.group)

    def group_key(self, choices: Choices) -> str:
        """Key of the group chosen among the items of `groups`."""
        return self.library.key_of(self.question(choices), self.group(choices))

    def chosen(self, choices: Choices) -> Chosen:
        """The choices in words."""
        question, group = self.question(choices), self.group(choices)
        return Chosen(
            choices.question,
            choices.steering,
            choices.format,
            {
                "question": (question.title, question.dataset),
                "group": (group.name, sample_size(self.library.human(question, group))),
                "recipe": (recipe_words(choices.recipe, choices.steering, choices.format) or _plainly(choices), ""),
                "model": (choices.model, choices.api_base or ""),
            },
        )

    def questions(self, text: str) -> list[PickerItem]:
        """The questions that contain all words; where they are ranked, the worst first."""
        found = {q.key: q for q in self.library.search(text)}
        ranking = self.ranking
        if ranking is None:
            return [
                PickerItem(key, q.title, "", "" if text else DOMAIN_TITLES.get(q.domain, q.domain))
                for key, q in found.items()
            ]
        return [
            PickerItem(
                key, found[key].title, figure=ranking.figure(key, self.unit), is_loud=ranking.is_among_the_worst(key)
            )
            for key in sorted(found, key=ranking.badness, reverse=True)
        ]

    def models(self, choices: Choices) -> Search:
        """The models on the shelf, and the one chosen."""
        return lambda text: search_in(self.shelf.items(choices.model))(text)

    def groups(self, choices: Choices) -> Search:
        """The groups of a question, and those composed from single people's answers where these are available."""
        question, current = self.question(choices), self.group(choices)
        named = search_in([self._named(question, group) for group in self.library.groups(question)])

        def search(text: str) -> list[PickerItem]:
            composed = list(self._composed(question, current, text))
            keys = {item.key for item in composed}
            found = [*composed, *(item for item in named(text) if item.key not in keys)]
            return found or [PickerItem("", NOTHING.format(question.dataset))]

        return search

    def with_group(self, choices: Choices, group: Group) -> Choices:
        """Another group: by its name, or, if it was composed, by its expression."""
        return replace(choices, group=self.library.key_of(self.question(choices), group))

    def with_question(self, choices: Choices, key: str) -> Choices:
        """Another question; the group stays if that question has it too."""
        question = self.library.question(key)
        try:
            kept = self.library.group(question, choices.group)
        except OpinionscopeError:
            kept = self.library.groups(question)[0]
        return replace(choices, question=key, group=self.library.key_of(question, kept))

    def with_next_steering(self, choices: Choices) -> Choices:
        """The next steering method, cyclically."""
        return replace(choices, steering=_after(choices.steering, STEERINGS))

    def with_next_format(self, choices: Choices) -> Choices:
        """The next expression format, cyclically."""
        return replace(choices, format=_after(choices.format, FORMATS))

    def _named(self, question: Question, group: Group) -> PickerItem:
        return PickerItem(
            group.name,
            group.name,
            " · ".join(filter(None, (group.expression, sample_size(self.library.human(question, group))))),
            " and ".join(attribute for attribute, _ in group.attributes),
        )

    def _composed(self, question: Question, current: Group, text: str) -> Iterator[PickerItem]:
        """The group that was typed, the item that opens the composer, and the composed group that is chosen now."""
        try:
            microdata = self.library.microdata(question.dataset)
        except PackError as problem:
            yield PickerItem(COMPOSE, COMPOSE_LABEL, problem.message)
            return
        if microdata is None:
            return
        detail = f"of {', '.join(microdata.attributes)}"
        if "=" in text:
            try:
                yield self._cut(question, self.library.group(question, text), microdata)
            except OpinionscopeError as problem:
                detail = problem.message
        yield from (PickerItem(COMPOSE, COMPOSE_LABEL, detail),) if "=" in text or _holds(COMPOSE_LABEL, text) else ()
        if not text and current not in self.library.groups(question):
            yield self._cut(question, current, microdata)

    def _cut(self, question: Question, group: Group, microdata: Microdata) -> PickerItem:
        size = sample_size(self.library.human(question, group))
        people = microdata.answered(group.attributes)
        return PickerItem(
            self.library.key_of(question, group), group.name, f"{people_counted(people)} · {size}", "composed"
        )


def _plainly(choices: Choices) -> str:
    """The default recipe in words."""
    calls = FORMATS[choices.format].calls(choices.recipe)
    return "once, in survey order" if calls == 1 else f"{calls} calls, survey order"


def _holds(label: str, text: str) -> bool:
    return bool(search_in([PickerItem("", label)])(text))


def _after(name: str, names: Iterable[str]) -> str:
    """The next name, cyclically."""
    order = list(names)
    return order[(order.index(name) + 1) % len(order)]
