"""One iterator over the history, recorded answers and imports."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache, partial
from pathlib import Path

from msgspec import Struct

from opinionscope.collection.item import Item
from opinionscope.collection.published import published_items
from opinionscope.collection.saved import saved_items
from opinionscope.elicitation.stored import RecordedFigures, readings_of
from opinionscope.history import History
from opinionscope.respondents.recorded import RECORDED_PREFIX
from opinionscope.runs.run import stated_sum
from opinionscope.selection import EVERYTHING, Selection, matches
from opinionscope.survey import Distribution, Group, Library, Pack, PackError
from opinionscope.survey.answers import head_of
from opinionscope.survey.library import NotFoundError


class Collection(Struct, frozen=True):
    """All that was answered: saved runs, bundled recorded answers and imported ones.

    Attributes:
        history: None to take recorded answers only.
        readings: the folder of stored readings; None to read every recorded answer anew.
    """

    library: Library
    history: History | None = None
    readings: Path | None = None

    def items(self, selection: Selection = EVERYTHING) -> Iterator[Item]:
        """Everything that fits the selection: runs that were answered, newest first, then recorded answers.

        Unread answers are among them, for coverage. A recorded answer that a later file has too counts once. Without
        steering a recorded model was asked once for everybody: it is compared with each group.

        Raises:
            RunError: if the history cannot be read.
        """
        yield from self._kept(selection)
        known = ("dataset", "domain", "model", "kind", "tag", "sweep", "question", "steering", "format")
        left = Selection(selection.text, tuple(term for term in selection.terms if term.field not in known))
        recorded = self._recorded(selection)
        yield from (item for item in recorded if matches(left, item.value)) if left.terms else recorded

    def once(self, selection: Selection = EVERYTHING) -> Iterator[Item]:
        """As `items`, but each recorded answer once, however often it was kept as a run.

        Raises:
            RunError: if the history cannot be read.
        """
        found = list(self.items(selection))
        seen = {_recorded_as(item) for item in found if item.kind == "recorded" and not item.run_id}
        for item in found:
            if item.kind == "recorded" and item.run_id:
                if (key := _recorded_as(item)) in seen:
                    continue
                seen.add(key)
            yield item

    def published(self, selection: Selection = EVERYTHING, *, compared: bool = False) -> Iterator[Item]:
        """Answers as a benchmark's authors scored them: their total variation stands in each item's scores.

        Args:
            compared: only answers to questions that no pack has, with both sides; all of those that were scored else.

        Both sides are None where the question is in a pack, for `items` has that answer. Files that cannot be read are
        passed over.
        """
        for path in self.library.published_files:
            with suppress(PackError):
                for item in published_items(path, self.library, compared=compared):
                    if matches(selection, item.value):
                        yield item

    def _kept(self, selection: Selection) -> Iterator[Item]:
        if self.history is not None and self.history.exists:
            yield from saved_items(self.history, selection)

    def _recorded(self, selection: Selection) -> Iterator[Item]:
        seen: set[tuple[str, ...]] = set()
        asked = Selection(selection.text, tuple(term for term in selection.terms if term.field == "question"))
        how = Selection(selection.text, tuple(term for term in selection.terms if term.field in ("steering", "format")))
        for path in reversed(self.library.answer_files):
            for pack, model in self._worth_opening(path, selection):
                readings = readings_of(path, pack, self.readings)
                found = readings.where(partial(self._fits_question, asked, pack), partial(_fits_how, how))
                yield from self._recorded_items(pack, model, found, seen)

    def _fits_question(self, asked: Selection, pack: Pack, question_id: str) -> bool:
        question = self.library.question(f"{pack.dataset}/{question_id}")
        return matches(asked, {"question": f"{question_id} {question.title}"}.get)

    def _worth_opening(self, path: Path, selection: Selection) -> Iterator[tuple[Pack, str]]:
        """The pack and the model of a file of answers, unless the file is broken or cannot hold what is selected."""
        with suppress(PackError, NotFoundError):
            head = head_of(path)
            pack, model = self.library.pack(head.dataset), RECORDED_PREFIX + head.model
            known = {
                "dataset": pack.dataset,
                "domain": pack.domain,
                "model": model,
                "kind": "recorded",
                "tag": (),
                "sweep": (),
            }
            about_file = tuple(term for term in selection.terms if term.field in known)
            if matches(Selection(selection.text, about_file), known.get):
                yield pack, model

    def _recorded_items(
        self, pack: Pack, model: str, found: Iterable[RecordedFigures], seen: set[tuple[str, ...]]
    ) -> Iterator[Item]:
        """The items of a file, but for those seen in a later one; they are seen from now on."""
        question_of = cache(lambda question_id: self.library.question(f"{pack.dataset}/{question_id}"))
        for each in found:
            key = (pack.dataset, model, each.question_id, each.group, each.steering, each.format)
            if key in seen:
                continue
            seen.add(key)
            question, answer = question_of(each.question_id), each.answer
            humans: Mapping[str, Distribution] = pack.humans.get(question.id, {})
            stated = stated_sum(each.format, each.figures, each.coverage)
            if each.group:
                groups: tuple[Group, ...] = (pack.groups.get(each.group) or Group(each.group),)
            else:
                groups = self.library.groups(question)
            for group in groups:
                yield Item(
                    question,
                    group,
                    each.steering,
                    each.format,
                    model,
                    "recorded",
                    humans.get(group.name),
                    answer,
                    each.reason,
                    each.coverage,
                    len(each.singles) or 1,
                    stated=stated,
                    singles=each.singles,
                    status="unread" if answer is None else "done",
                )


def _recorded_as(item: Item) -> tuple[str, ...]:
    return (*item.asked, item.steering, item.format, item.model)


def _fits_how(how: Selection, steering: str, format_name: str) -> bool:
    return matches(how, {"steering": steering, "format": format_name}.get)
