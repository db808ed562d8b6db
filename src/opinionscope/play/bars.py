"""Bars that always sum to 100: pure functions from whole percents to whole percents."""

from opinionscope.survey.distribution import whole_shares

Percents = tuple[int, ...]
"""Whole percents of the options in survey order, shape (K,): none negative, their sum 100."""

WHOLE = 100


def equal(options: int) -> Percents:
    """The same for each of K options, as nearly as whole percents can be; the first ones get what is left over."""
    return whole_shares([1 / options] * options, WHOLE)


def with_percent(percents: Percents, at: int, wanted: int) -> Percents:
    """The bars with the option at `at` set to `wanted`, from 0 to 100; the others give way in proportion.

    Others that all have nothing share what is left equally. Rounding is by largest remainders. A single option stays
    at 100.
    """
    others = [share for place, share in enumerate(percents) if place != at]
    if not others:
        return (WHOLE,)
    own = min(max(wanted, 0), WHOLE)
    left, sum_of_others = WHOLE - own, sum(others)
    weights = [share / sum_of_others for share in others] if sum_of_others else [1 / len(others)] * len(others)
    given = whole_shares(weights, left)
    return (*given[:at], own, *given[at:])
