"""Which other questions are most like a given one: by their words alone, never by anyone's answers."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from opinionscope.elicitation.steering.base import Example, Neighbours
from opinionscope.survey.distribution import Distribution
from opinionscope.survey.library import Library
from opinionscope.survey.question import Group, Question
from opinionscope.survey.text import fold

_WORD = re.compile(r"[^\W\d_]{3,}")


def neighbours_in(library: Library) -> Neighbours:
    """A finder of similar questions in the target's own pack that the group has answered."""

    def find(question: Question, group: Group, most: int) -> tuple[Example, ...]:
        pack = library.pack(question.dataset)
        others = (q for q in pack.questions if q.id != question.id)
        answered = {q: human for q in others if (human := library.human(q, group))}
        similar = most_similar(question, answered, pack.questions, most)
        return tuple(_example(q, answered[q]) for q in similar)

    return find


def _example(question: Question, human: Distribution) -> Example:
    return Example(question.text, question.context, question.labels, human.probabilities, question.id, human.n)


def most_similar(
    target: Question, candidates: Iterable[Question], corpus: tuple[Question, ...], most: int
) -> list[Question]:
    """Candidates by cosine similarity of TF-IDF vectors (Salton and Buckley 1988), most similar first.

    Questions worded like the target but for case and blanks are left out: they would give its answer away.
    """
    weights = _idf(corpus)
    wanted = _vector(target, weights)
    same = " ".join(fold(target.text + target.context).split())
    others = [q for q in candidates if " ".join(fold(q.text + q.context).split()) != same]
    return sorted(others, key=lambda q: (-_cosine(wanted, _vector(q, weights)), q.id))[:most]


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
