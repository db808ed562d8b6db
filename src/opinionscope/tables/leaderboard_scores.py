"""The scores that a leaderboard averages: one an answer, corrected or as published, and those of its baselines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from msgspec import structs

from opinionscope.alignment.divergences import Array, total_variation
from opinionscope.alignment.measures import MEASURES
from opinionscope.alignment.pairs import padded
from opinionscope.collection import Collection, Item
from opinionscope.selection import Selection, Term, matches
from opinionscope.survey import Distribution
from opinionscope.survey.answers import CROWDWORKERS
from opinionscope.tables.answers import Answers, is_scored, names_groups, nothing_found
from opinionscope.tables.base import Options, TableError
from opinionscope.tables.people import GroupAnswers
from opinionscope.values import replace

BASELINE = "baseline"
ESTIMATES_IN_PAPER = 4
"""How many of the crowdworkers' estimates of an item the paper takes: the first."""
STEERED = ("persona", "few-shot")
UNREAD_IN_PAPER = 0.5
"""What an answer that could not be read scores as zeros: ½ Σ p."""
_ABOUT_PEOPLE = frozenset(("question", "dataset", "domain", "topic", "group"))


@dataclass
class Entries:
    """Scores to be averaged, one an item.

    Attributes:
        items: whose scores they are; those of people for a baseline.
        model, format, steering: what each is filed under.
        tv, kl, floor: arrays one after the other; nan where there is none.
        unread: answers that could not be read.
        notes: sentences on what was left out.
    """

    items: list[Item] = field(default_factory=list)
    model: list[str] = field(default_factory=list)
    format: list[str] = field(default_factory=list)
    steering: list[str] = field(default_factory=list)
    tv: list[Array] = field(default_factory=list)
    kl: list[Array] = field(default_factory=list)
    floor: list[Array] = field(default_factory=list)
    unread: Sequence[Item] = ()
    notes: list[str] = field(default_factory=list)

    def add(self, items: Sequence[Item], baseline: str = "", steering: str = "", **scores: Array) -> None:
        """Add items under their own names, or under that of a baseline and of a steering method."""
        self.items += items
        self.model += [baseline] * len(items) if baseline else [item.name for item in items]
        self.format += [BASELINE] * len(items) if baseline else [item.format for item in items]
        self.steering += [steering] * len(items) if baseline else [item.steering for item in items]
        nothing = np.full(len(items), np.nan)
        self.tv.append(scores["tv"])
        self.kl.append(scores.get("kl", nothing))
        self.floor.append(scores.get("floor", nothing))

    def at(self, places: Sequence[int]) -> "Entries":
        """The scores at these places alone."""
        items = [self.items[place] for place in places]
        model, form, steering = ([of[place] for place in places] for of in (self.model, self.format, self.steering))
        tv, kl, floor = ([np.concatenate(parts)[places]] for parts in (self.tv, self.kl, self.floor))
        return Entries(items, model, form, steering, tv, kl, floor)


def entries_of(collection: Collection, selection: Selection, options: Options) -> Entries:
    """The scores of what is selected, under the steering methods selected, or under all where rows are split by them.

    Where neither is the case, persona and few-shot are taken, or whatever there is if nobody was asked by them.

    Raises:
        TableError: if there are none.
    """
    named = [term.values for term in selection.terms if term.field == "steering" and not term.negated]
    tried = (None,) if "steering" in options.by else (named[0],) if named else (STEERED, None)
    for steerings in tried:
        if options.scoring == "paper":
            entries = paper_entries(collection, selection, steerings)
        else:
            entries = corrected_entries(collection, selection, options.smallest_n or 1, steerings)
        if entries.items:
            return entries
    raise TableError(nothing_found(selection))


def corrected_entries(
    collection: Collection, selection: Selection, smallest_n: int, steerings: Sequence[str] | None
) -> Entries:
    """Answers read by the program and compared by option label; what could not be read has no score.

    Args:
        steerings: the steering methods to take; None for all.
    """
    chosen = _with_steerings(selection, steerings)
    items = chain(collection.once(chosen), collection.published(chosen, compared=True))
    answers = Answers.of(items, smallest_n, all_groups=names_groups(chosen))
    entries = Entries(unread=answers.unread, notes=answers.notes)
    if answers.items:
        tv, kl, pairs = MEASURES["tv"], MEASURES["kl"], answers.pairs
        assert tv.floor is not None
        _add_answers(entries, answers.items, tv=tv(pairs), kl=kl(pairs), floor=tv.floor(pairs))
        _add_single_estimates(entries, [item for item in answers.items if item.singles])
        models = [item for item in answers.items if item.name != CROWDWORKERS]
        _add_baselines(entries, replace(answers, items=models) if models else answers, collection)
    if number := len({item.question.id for item in answers.items if not item.question.options}):
        entries.notes.append(f"{number} questions whose list of options is damaged are compared by label.")
    return entries


def _add_answers(entries: Entries, items: Sequence[Item], **scores: Array) -> None:
    """Answers with their scores, those of people who guessed as a baseline."""
    filed: dict[tuple[str, str], list[int]] = {}
    for at, item in enumerate(items):
        is_model = item.name != CROWDWORKERS
        filed.setdefault(("", "") if is_model else (item.name, item.steering), []).append(at)
    for (name, steering), places in filed.items():
        own = {measure: values[places] for measure, values in scores.items()}
        entries.add([items[place] for place in places], name, steering, **own)


def _add_single_estimates(entries: Entries, items: Sequence[Item]) -> None:
    """What each of several estimates scores alone, their mean an item; and how many stand behind either row."""
    if not items:
        return
    number = np.array([len(item.singles) for item in items])
    of_item = np.repeat(np.arange(len(items)), number)
    human = padded([item.human.probabilities for item in items if item.human])
    tv = total_variation(human[of_item], padded([single for item in items for single in item.singles]))
    mean = np.bincount(of_item, tv, len(items)) / number
    for steering in dict.fromkeys(item.steering for item in items):
        at = [place for place, item in enumerate(items) if item.steering == steering]
        entries.add([items[place] for place in at], f"{CROWDWORKERS}, one each", steering, tv=mean[at])
    entries.notes.append(
        f"Behind a comparison of {CROWDWORKERS} stands the mean of {number.min()} to {number.max()} estimates (median "
        f"{np.median(number):g}). One each: a single estimate, as one answer of a model is."
    )


def _with_steerings(selection: Selection, steerings: Sequence[str] | None) -> Selection:
    if steerings is None:
        return selection
    return replace(selection, terms=(*selection.terms, Term("is", "steering", tuple(steerings))))


def _add_baselines(entries: Entries, answers: Answers, collection: Collection) -> None:
    """What would be scored without a model, under each steering method that models were scored under."""
    people = GroupAnswers.of(answers.items, collection.library)
    first = people.first
    pairs = people.pairs
    uniform = np.broadcast_to(pairs.uniform, pairs.human.shape)
    tv_of_uniform = total_variation(pairs.human, uniform)
    floor = MEASURES["tv"].floor
    assert floor is not None
    floors = floor(pairs)
    scored = {
        "uniform": tv_of_uniform,
        "pooled": tv_of_uniform + people.added_value(uniform, np.arange(len(first))),
        "opposite group": people.opposite_tv,
        "mode": 1 - pairs.human.max(axis=-1),
        "perfect answer": floors,
    }
    of_people = [structs.replace(item, answer=None, reason="", singles=()) for item in first]
    asked: dict[str, dict[int, None]] = {}
    for place, item in zip(people.of_item.tolist(), answers.items, strict=True):
        asked.setdefault(item.steering, {})[place] = None
    for steering, places in asked.items():
        at = list(places)
        for name, tv in scored.items():
            entries.add([of_people[place] for place in at], name, steering, tv=tv[at], floor=floors[at])


def paper_entries(collection: Collection, selection: Selection, steerings: Sequence[str] | None) -> Entries:
    """Scores as the authors have them; other answers in their manner, with zeros for what could not be read.

    Args:
        steerings: as in `corrected_entries`.
    """
    about_people = Selection(selection.text, tuple(term for term in selection.terms if term.field in _ABOUT_PEOPLE))
    chosen = _with_steerings(selection, steerings)
    entries, models, baselines = Entries(), [], []
    scored = [item for item in collection.published(about_people) if "tv" in item.scores]
    known = {(item.question.dataset, item.name) for item in scored}
    for item in scored:
        if item.format == BASELINE:
            baselines.append(item)
        elif matches(chosen, item.value):
            models.append(item)
    all_groups = names_groups(chosen)
    others = [
        item
        for item in collection.once(chosen)
        if (all_groups or is_scored(item))
        and item.human is not None
        and (item.run_id or (item.question.dataset, item.name) not in known)
    ]
    _add_answers(entries, models, tv=np.array([item.scores["tv"] for item in models], dtype=float))
    if any(item.name == CROWDWORKERS for item in (*models, *others)):
        entries.notes.append(
            f"{CROWDWORKERS}: people who estimated; the mean of the first {ESTIMATES_IN_PAPER} estimates of an item."
        )
    if others:
        _add_answers(entries, others, tv=_in_the_papers_manner(others))
        entries.notes.append(
            f"{len(others):,} answers are not among the published ones: they are scored in the paper's manner."
        )
    present = {(item.question.domain, item.steering) for item in (*models, *others)}
    for steering in dict.fromkeys(item.steering for item in (*models, *others)):
        for name in dict.fromkeys(item.name for item in baselines):
            of_name = [item for item in baselines if item.name == name and (item.question.domain, steering) in present]
            entries.add(of_name, name, steering, tv=np.array([item.scores["tv"] for item in of_name], dtype=float))
    return entries


def _in_the_papers_manner(items: Sequence[Item]) -> Array:
    items = [structs.replace(item, answer=_first_estimates(item)) if item.singles else item for item in items]
    is_read = np.array([item.answer is not None for item in items])
    found = np.full(len(items), UNREAD_IN_PAPER)
    if is_read.any():
        found[is_read] = MEASURES["tv"](Answers([item for item in items if item.answer is not None]).pairs)
    return found


def _first_estimates(item: Item) -> Distribution:
    taken = item.singles[:ESTIMATES_IN_PAPER]
    return Distribution.from_weights([sum(column) for column in zip(*taken, strict=True)])


def clusters_of(items: Iterable[Item], steering: Sequence[str]) -> list[tuple[str, str, str]]:
    """What is drawn as one in the paper's bootstrap: a question and group under a steering method."""
    return [(item.question.id, item.group.name, how) for item, how in zip(items, steering, strict=True)]
