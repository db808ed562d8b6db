"""What would give a person's answer away: the question asked again, and attributes that say the same."""

from collections import Counter
from functools import lru_cache

from opinionscope.elicitation.similarity import is_twin, wording
from opinionscope.survey.microdata import Microdata
from opinionscope.survey.question import Question
from opinionscope.survey.text import fold

NEARLY_THE_SAME = 0.8
"""Share of words in common from which questions with the same options count as one asked again; kappa of attributes."""
FEWEST_TO_TELL = 20
"""So many people at least must be known to say that an attribute settles an answer, and four of them a value."""


def asks_again(target: Question, other: Question) -> bool:
    """Whether another question is the target, or the target asked again.

    Beside twins these are questions with the same options, in any order and whatever is done with non-response, and
    nearly the same words: 2 · |A ∩ B| / (|A| + |B|) of their words, counted as often as they stand (Dice 1945). Of a
    battery of alike questions this leaves out some that ask something else, which is the safe side.
    """
    if is_twin(target, other):
        return True
    if _options(target) != _options(other):
        return False
    one, two = Counter(wording(target)), Counter(wording(other))
    return 2 * (one & two).total() >= NEARLY_THE_SAME * (one.total() + two.total())


@lru_cache(maxsize=16)
def telling_attributes(people: Microdata, target: Question) -> frozenset[str]:
    """Attributes that are the target under another name, so that they are left out of a persona.

    They have its name; or its options as their values, and people's answers agree with them (Cohen's kappa of 0.8 or
    more); or each of their values goes with one answer alone.
    """
    everybody = [people.person(at, target) for at in people.members(target, ())]
    pairs: dict[str, list[tuple[str, str]]] = {}
    for person in everybody:
        for name, value in person.attributes:
            pairs.setdefault(name, []).append((value, person.answer))
    names = {fold(name) for name in (target.id, target.source_key, target.title) if name}
    return frozenset(name for name, found in pairs.items() if fold(name) in names or _says_the_same(target, found))


def _says_the_same(target: Question, found: list[tuple[str, str]]) -> bool:
    folded = [(fold(value), fold(answer)) for value, answer in found]
    if {value for value, _ in folded} <= {fold(label) for label in target.labels} and _kappa(folded) >= NEARLY_THE_SAME:
        return True
    different = set(found)
    answers = {answer for _, answer in found}
    return (
        len(found) >= FEWEST_TO_TELL
        and 1 < len(answers) <= len(different) == len({value for value, _ in different})
        and len(different) * 4 <= len(found)
    )


def _kappa(pairs: list[tuple[str, str]]) -> float:
    """Agreement beyond chance, (p − p_e) / (1 − p_e) (Cohen 1960); 0 where chance alone makes all agree."""
    number = len(pairs)
    ones, twos = Counter(one for one, _ in pairs), Counter(two for _, two in pairs)
    by_chance = sum(count * twos[value] for value, count in ones.items()) / number**2
    agreed = sum(one == two for one, two in pairs) / number
    return 0.0 if by_chance == 1 else (agreed - by_chance) / (1 - by_chance)


def _options(question: Question) -> frozenset[str]:
    return frozenset(fold(option.label) for option in question.options if not option.nonresponse)
