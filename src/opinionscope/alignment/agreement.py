"""Agreement: how often simulated people say what the very people said after whom they are made."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from opinionscope.alignment.spread import wilson_intervals


class Agreement(Struct, frozen=True):
    """How often answers agree.

    Attributes:
        answers: how many pairs there are.
        people: how many different people they are of.
        hits: how many pairs agree.
        share: hits / answers, the individual accuracy.
        low, high: its 95 % interval.
        by_chance: the share that would agree if the same answers were dealt out among the people at random.
        most_frequent: the share that would agree if the people's most frequent answer were said of everybody.
    """

    answers: int
    people: int
    hits: int
    share: float
    low: float
    high: float
    by_chance: float
    most_frequent: float


def agreement_of(said: Sequence[int], real: Sequence[int], people: Sequence[int]) -> Agreement | None:
    """The agreement of answers, as places of options; None where there are none.

    The interval is Wilson's (1927), with the number of different people as n: several answers for one person are
    worth no more than one. By chance Σ_k p_k q_k of the pairs agree, as in Cohen's kappa (1960).

    Args:
        said, real: shape (answers,): what the model and what the person said.
        people: shape (answers,): whose answer it is.
    """
    if not said:
        return None
    number, different = len(said), len(set(people))
    hits = sum(one == other for one, other in zip(said, real, strict=True))
    ones, others = Counter(said), Counter(real)
    low, high = map(float, wilson_intervals(hits / number, different))
    return Agreement(
        answers=number,
        people=different,
        hits=hits,
        share=hits / number,
        low=low,
        high=high,
        by_chance=sum(count * others[option] for option, count in ones.items()) / number**2,
        most_frequent=max(others.values()) / number,
    )
