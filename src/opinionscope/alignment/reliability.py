"""When the measures of a run stand on too little: they are kept, but muted, and tables leave them out."""

from functools import lru_cache
from typing import NamedTuple

FEWEST_PEOPLE = 10
"""Of fewer humans one person moves a share by more than ten percentage points, as far as most models are off."""
FEWEST_ANSWERS = 10
"""Of fewer counted answers of a model, for the same reason."""
LEAST_COVERAGE = 0.5
"""Below it the model mostly said something else, and what is left need not be like what was lost."""
LARGEST_SUM_GAP = 0.25
"""Percentages that miss 100 by more than a quarter do not say which of them are wrong."""
WHOLE, FRACTIONS = 100.0, 1.5
"""What stated shares sum to: 100, or 1 where the sum is not above 1.5."""


class Basis(NamedTuple):
    """What the measures of a run stand on.

    Attributes:
        humans: how many people answered (the effective number where they are weighted); None where not known.
        counted: how many answers the model's side was counted from; None where it stated or implied shares.
        answers: how many answers came back, readable or not.
        coverage: share, 0 to 1, of what these expressed that landed on the options; None where not known.
        stated: what the percentages that were stated sum to, for a format that states them; it counts where there is
            one answer only, for several are averaged as shares.
    """

    humans: float | None = None
    counted: float | None = None
    answers: int = 1
    coverage: float | None = None
    stated: float | None = None


@lru_cache(maxsize=8192)
def doubt(basis: Basis) -> str:
    """Why measures on this basis are muted, every reason in one sentence; "" where they are not."""
    reasons = (_few_people(basis), _few_answers(basis), _little_covered(basis), _wrong_sum(basis))
    return "; ".join(filter(None, reasons))


def _few_people(basis: Basis) -> str:
    if basis.humans is None or basis.humans >= FEWEST_PEOPLE:
        return ""
    if basis.humans != round(basis.humans):
        return f"the people's effective number is only {basis.humans:.1f}"
    return "only 1 person answered" if basis.humans == 1 else f"only {basis.humans:.0f} people answered"


def _few_answers(basis: Basis) -> str:
    if basis.counted is None or basis.counted >= FEWEST_ANSWERS:
        return ""
    answers = "1 answer" if basis.counted == 1 else f"{basis.counted:g} answers"
    return f"counted from only {answers} of the model"


def _little_covered(basis: Basis) -> str:
    if basis.coverage is None or basis.coverage >= LEAST_COVERAGE:
        return ""
    if basis.answers > 1:
        return f"only {100 * basis.coverage:.0f} % of {basis.answers:,} answers could be counted"
    return f"{100 * (1 - basis.coverage):.0f} % of the probability fell outside the options"


def _wrong_sum(basis: Basis) -> str:
    if basis.stated is None or basis.answers > 1:
        return ""
    whole = 1.0 if basis.stated <= FRACTIONS else WHOLE
    if round(abs(basis.stated / whole - 1), 9) <= LARGEST_SUM_GAP:
        return ""
    return f"the percentages stated sum to {basis.stated:g}, not {whole:g}"
