"""Drawing people: so many of a list, each with a chance in proportion to its weight."""

import random
from collections.abc import Sequence
from itertools import accumulate


def drawn(weights: Sequence[float], number: int, seed: int) -> list[int]:
    """Places of people, drawn systematically from a random order with probability proportional to weight.

    Each is expected number · w / Σw times (Madow 1949), so that the drawn count once each and are not weighted again.
    Nobody is drawn twice but who weighs more than Σw / number: with equal weights, nobody while there are enough.

    Args:
        weights: shape (people,), above 0.

    Returns:
        Places in `weights`, shape (number,), in random order; the same for the same arguments.
    """
    rng = random.Random(f"people/{seed}")
    order = list(range(len(weights)))
    rng.shuffle(order)
    ends = list(accumulate(weights[at] for at in order))
    step = ends[-1] / number
    start, place = rng.random() * step, 0
    found: list[int] = []
    for pick in range(number):
        while place < len(order) - 1 and ends[place] <= start + pick * step:
            place += 1
        found.append(order[place])
    return found
