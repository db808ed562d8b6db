"""Which other questions are most like a given one: by their words alone, never by anyone's answers."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from opinionscope.elicitation.steering.base import Example, Neighbours, SteeringError
from opinionscope.recipe import MOST_EXAMPLES, Recipe
from opinionscope.regexes import regex
from opinionscope.survey.distribution import Distribution
from opinionscope.survey.library import Library, NotFoundError
from opinionscope.survey.question import Group, Question
from opinionscope.survey.text import fold

_WORD = regex(r"[^\W\d_]{3,}")
_TOKEN = regex(r"\w+")


def neighbours_in(library: Library) -> Neighbours:
    """A finder of the questions that a recipe names, in its order, else of those most similar, most similar first.

    Similar ones come from the target's own pack. Neither choice looks at the group's answer to the target.
    """

    def find(question: Question, group: Group, recipe: Recipe) -> tuple[Example, ...]:
        if recipe.example_ids:
            return _named(library, question, group, recipe.example_ids)
        pack = library.pack(question.dataset)
        others = (q for q in pack.questions if q.id != question.id)
        answered = {q: human for q in others if (human := library.human(q, group))}
        similar = most_similar(question, answered, pack.questions, recipe.examples)
        return tuple(_example(q, answered[q], q.id) for q in similar)

    return find


def _named(library: Library, target: Question, group: Group, ids: tuple[str, ...]) -> tuple[Example, ...]:
    """The examples of these ids, in this order.

    Raises:
        SteeringError: for an id that cannot be an example.
        NotFoundError: for one that no pack has, with the nearest ids.
    """
    if len(ids) > MOST_EXAMPLES:
        raise SteeringError(f"expected at most {MOST_EXAMPLES} examples, got {len(ids)}")
    found: dict[Question, Example] = {}
    for wanted in ids:
        question = find_example(library, target.dataset, wanted)
        if is_twin(target, question):
            is_it = "is" if question == target else "asks the same as"
            raise SteeringError(f"{question.id} {is_it} the question to be answered, so it cannot be an example")
        if question in found:
            raise SteeringError(f"{question.id} is named twice among the examples; name it once")
        human = _answer(library, question, group, is_own=question.dataset == target.dataset)
        if human is None:
            raise SteeringError(
                f"no answer by {group.name} to {question.id} is known, so it cannot be an example; "
                "name another question"
            )
        is_near = question.dataset == target.dataset
        found[question] = _example(question, human, question.id if is_near else question.key)
    return tuple(found.values())


def find_example(library: Library, dataset: str, wanted: str) -> Question:
    """A question of the target's own pack, else of any."""
    try:
        return library.question(f"{dataset}/{wanted}")
    except NotFoundError:
        return library.question(wanted)


def _answer(library: Library, question: Question, group: Group, *, is_own: bool) -> Distribution | None:
    """How the group answered; in another pack than its own it is known by its attributes, not by its name."""
    if is_own:
        return library.human(question, group)
    groups = library.pack(question.dataset).groups
    same = [each for each in groups.values() if each.attributes and set(each.attributes) == set(group.attributes)]
    return library.human(question, same[0]) if same else None


def _example(question: Question, human: Distribution, shown_id: str) -> Example:
    return Example(question.text, question.context, question.labels, human.probabilities, shown_id, human.n)


def is_twin(target: Question, other: Question) -> bool:
    """Whether another question is the target, or the target asked again: its answer would give the target's away.

    Two are twins that have the same key in their source, or the same words in the same order, whatever the case, the
    accents and the punctuation.
    """
    same_source = bool(target.source_key) and target.source_key == other.source_key
    return same_source or wording(target) == wording(other)


def wording(question: Question) -> tuple[str, ...]:
    """The words of a question and of what was told before it, whatever the case, the accents and the punctuation."""
    text = fold(f"{question.text} {question.context}")
    return tuple(_TOKEN.findall(text)) or tuple(text.split())


def most_similar(
    target: Question, candidates: Iterable[Question], corpus: tuple[Question, ...], most: int
) -> list[Question]:
    """Candidates by cosine similarity of TF-IDF vectors (Salton and Buckley 1988), most similar first.

    Twins of the target are left out.

    Args:
        candidates: those of the corpus that may be chosen.
    """
    allowed = set(candidates)
    return [question for question in ranked(target, corpus) if question in allowed][:most]


@lru_cache(maxsize=1_024)
def ranked(target: Question, corpus: tuple[Question, ...]) -> tuple[Question, ...]:
    """The corpus in the order of its likeness to the target; the same for every group and model that is asked."""
    weights = _idf(corpus)
    wanted = _vector(target, weights)
    others = [q for q in corpus if not is_twin(target, q)]
    return tuple(sorted(others, key=lambda q: (-_cosine(wanted, _vector(q, weights)), q.id)))


def _words(question: Question) -> list[str]:
    return _WORD.findall(fold(" ".join((question.title, question.text, question.context, *question.topics))))


@lru_cache(maxsize=8)
def _idf(corpus: tuple[Question, ...]) -> Mapping[str, float]:
    documents = Counter(word for question in corpus for word in set(_words(question)))
    return {word: math.log((1 + len(corpus)) / (1 + count)) + 1 for word, count in documents.items()}


def _vector(question: Question, weights: Mapping[str, float]) -> dict[str, float]:
    return {word: count * weights.get(word, 0.0) for word, count in Counter(_words(question)).items()}


def _cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    norm = math.sqrt(math.fsum(x * x for x in a.values()) * math.fsum(x * x for x in b.values()))
    return math.fsum(x * b.get(word, 0.0) for word, x in a.items()) / norm if norm else 0.0
