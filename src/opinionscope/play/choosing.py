"""Which questions are played: drawn by a seed from those that people, models and crowdworkers answered."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from opinionscope.alignment.reliability import Basis, doubt
from opinionscope.collection import Collection
from opinionscope.errors import OpinionscopeError
from opinionscope.respondents.recorded import RECORDED_PREFIX
from opinionscope.selection import parse
from opinionscope.survey import Distribution, Group, Library, Question
from opinionscope.survey.answers import CROWDWORKERS
from opinionscope.values import replace

RIVALS = ("gpt-4", "anthropic_opus", CROWDWORKERS)
"""Whose recorded answers stand beside a guess."""
STEERING, FORMAT = "persona", "verbalized"
"""How the rivals were asked: told the group, no examples, percents for all options. A person is asked the same."""
FEWEST_OPTIONS = 2


class PlayError(OpinionscopeError):
    """No round can be played."""

    title = "Nothing to play"


class PlayItem(Struct, frozen=True):
    """A question and a group, with what is shown once the guess is locked.

    Attributes:
        human: how the group answered, shape (K,).
        pooled: what somebody would answer who does not know the group, shape (K,); None where that is not known.
        rivals: recorded answers by name, each of shape (K,), of those of `RIVALS` who have this item.
    """

    question: Question
    group: Group
    human: Distribution
    pooled: Distribution | None = None
    rivals: Mapping[str, Distribution] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The question as `Library.question` finds it."""
        return self.question.key


def playable(collection: Collection, domain: str = "") -> list[PlayItem]:
    """Everything that can be played: groups whose answer is known well enough, in the order of packs.

    Args:
        domain: take only questions of this domain; "" for all.
    """
    rivals: dict[tuple[str, str, str], dict[str, Distribution]] = defaultdict(dict)
    for item in replace(collection, history=None).items(_SELECTION):
        if item.answer is not None and item.human is not None and not item.muted:
            rivals[item.asked].setdefault(item.name, item.answer)
    library = collection.library
    return [
        PlayItem(question, group, human, None, rivals.get((question.dataset, question.id, group.name), {}))
        for question, group, human in _known(library, domain)
    ]


_SELECTION = parse(
    f"kind:recorded steering:{STEERING} format:{FORMAT} model:{','.join(RECORDED_PREFIX + name for name in RIVALS)}"
)


def _known(library: Library, domain: str) -> Iterator[tuple[Question, Group, Distribution]]:
    """Questions and groups with a human answer that measures can stand on."""
    for question in library.questions:
        if (domain and question.domain != domain) or len(question.options) < FEWEST_OPTIONS:
            continue
        humans: Mapping[str, Distribution] = library.pack(question.dataset).humans.get(question.id, {})
        for group in library.groups(question):
            human = humans.get(group.name)
            if human is not None and not doubt(Basis(human.n, None, 1, 1.0, None)):
                yield question, group, human


def round_of(collection: Collection, number: int, seed: int, domain: str = "") -> list[PlayItem]:
    """The items of a round: the same for the same seed and data.

    Items that more rivals have come first, so that the scoreboard is fair; among equals chance decides, by question
    and then by group. No question comes twice, as long as there are others.

    Args:
        number: how many; fewer where there are not so many.

    Raises:
        PlayError: if there is nothing to play.
    """
    found = playable(collection, domain)
    if not found:
        where = f" in the domain {domain}" if domain else ""
        raise PlayError(f"no question{where} has a group whose answer is known; `opinionscope questions` lists all")
    rng = random.Random(seed)
    by_question: dict[str, list[PlayItem]] = defaultdict(list)
    for item in found:
        by_question[item.key].append(item)
    for items in by_question.values():
        rng.shuffle(items)
        items.sort(key=lambda item: -len(item.rivals))
    turns: list[list[PlayItem]] = []
    keys = list(by_question)
    rng.shuffle(keys)
    for turn in range(max(map(len, by_question.values()))):
        fresh = [by_question[key][turn] for key in keys if turn < len(by_question[key])]
        turns.append(sorted(fresh, key=lambda item: -len(item.rivals)))
    drawn = [item for turn in turns for item in turn][:number]
    rng.shuffle(drawn)
    library = collection.library
    return [replace(item, pooled=library.pooled(item.question, item.group)) for item in drawn]
