"""Who the people of a sample are, beside what one would expect of the population they stand for."""

import math
from collections.abc import Mapping

from msgspec import Struct

from opinionscope.charts.bars import percent
from opinionscope.survey.microdata import SPEAKS_ALONE, Microdata, Slice
from opinionscope.survey.pack import Expectation, StudyCard

Z_95 = 1.96
NOTABLE_POINTS = 5
WIDE_POINTS = 10
MOST_DEPARTURES = 6
SHARE_BETWEEN = 0.5


class Portion(Struct, frozen=True):
    """One value of an attribute, in the sample and in the population.

    Attributes:
        people: how many of the sample have it.
        share: of those whose value is known.
        expected: share of the population; None where nobody published one that we know.
    """

    value: str
    people: float
    share: float
    expected: float | None = None

    @property
    def points(self) -> int | None:
        """Sample minus population in percentage points, so rounded that it fits the percents beside it."""
        return None if self.expected is None else round(self.share * 100) - round(self.expected * 100)


class Composition(Struct, frozen=True):
    """A sample by one attribute.

    Attributes:
        population: what it is compared with ("US adults"), or "".
        source: who published that, and when.
        weighted: whether the shares are weighted; the numbers of people never are.
    """

    attribute: str
    portions: tuple[Portion, ...]
    population: str = ""
    source: str = ""
    weighted: bool = False

    @property
    def people(self) -> float:
        """How many people's value is known."""
        return math.fsum(portion.people for portion in self.portions)

    @property
    def compared(self) -> bool:
        """Whether anything is expected of it."""
        return any(portion.expected is not None for portion in self.portions)


def compositions(card: StudyCard, microdata: Microdata | None) -> tuple[Composition, ...]:
    """The sample by every attribute that is known of it: counted in single people, else as the card has it."""
    if microdata is not None:
        slices = {name: microdata.slices(name) for name in microdata.attributes}
        weighted = microdata.weighted
    else:
        slices = {name: _shares(people) for name, people in card.composition.items()}
        weighted = False
    return tuple(
        _composition(name, found, card.expected.get(name, Expectation({})), weighted=weighted)
        for name, found in slices.items()
        if found
    )


def _shares(people: Mapping[str, float]) -> tuple[Slice, ...]:
    total = math.fsum(people.values())
    return tuple(Slice(value, round(count), count / total) for value, count in people.items()) if total else ()


def _composition(name: str, slices: tuple[Slice, ...], expected: Expectation, *, weighted: bool) -> Composition:
    found = {each.value for each in slices}
    portions = [Portion(each.value, each.people, each.share, expected.shares.get(each.value)) for each in slices]
    portions += [Portion(value, 0, 0.0, share) for value, share in expected.shares.items() if value not in found]
    return Composition(name, tuple(portions), expected.population, expected.source, weighted)


def chance_points(people: float, share: float = SHARE_BETWEEN) -> float:
    """Percentage points within which a share of so many people, drawn at random, stays 95 times in 100.

    The normal approximation of the binomial, 1.96 √(p (1 − p) / n).
    """
    return 100 * Z_95 * math.sqrt(share * (1 - share) / people) if people else math.inf


def departures(found: tuple[Composition, ...]) -> tuple[str, ...]:
    """A sentence for each value that is rarer or more frequent than one would expect, the widest first.

    The widest of every attribute, the widest to the other side beside it if it is wide as well, 6 in all. What is
    less than 5 points, or no more than chance would do, is not named.
    """
    named = sorted(
        ((portion, each) for each in found for portion in _departing(each)), key=lambda pair: -_width(pair[0])
    )
    return tuple(_sentence(portion, composition) for portion, composition in named[:MOST_DEPARTURES])


def _departing(composition: Composition) -> list[Portion]:
    notable = sorted((p for p in composition.portions if _is_notable(p, composition)), key=_width, reverse=True)
    opposite = (p for p in notable[1:] if ((p.points or 0) > 0) != ((notable[0].points or 0) > 0))
    other = next((p for p in opposite if _width(p) >= WIDE_POINTS), None)
    return [*notable[:1], *([other] if other else [])]


def _width(portion: Portion) -> int:
    return abs(portion.points or 0)


def _is_notable(portion: Portion, composition: Composition) -> bool:
    if portion.expected is None:
        return False
    chance = 0.0 if composition.weighted else chance_points(composition.people, portion.expected)
    return _width(portion) >= NOTABLE_POINTS and _width(portion) > chance


def _sentence(portion: Portion, composition: Composition) -> str:
    return (
        f"{_named(composition.attribute, portion.value)}: {percent(portion.share)} of the sample, "
        f"{percent(portion.expected or 0.0)} of {composition.population or 'those expected'}"
    )


def _named(attribute: str, value: str) -> str:
    return value if attribute in SPEAKS_ALONE and value != "Other" else f"{attribute} {value}"
