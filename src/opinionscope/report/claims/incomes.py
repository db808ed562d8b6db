"""What can be said of incomes that were asked in bands."""

import math
import re
from collections.abc import Iterator
from contextlib import suppress

from opinionscope.charts.bars import percent
from opinionscope.regexes import regex
from opinionscope.report.claims.base import Evidence, Finding, Given, check
from opinionscope.report.composition import Portion, compositions
from opinionscope.survey import PackError
from opinionscope.survey.library import NotFoundError

INCOME = "income"
IMPLAUSIBLE = 2 / 3
"""How much of the band around the limit would have to lie above it, before the claim is called implausible."""
ROUNDING = 0.005
"""A claim in whole percent is as far from the share that it means, at most."""
_AMOUNT = regex(r"\d[\d,]*")


@check("incomes")
def incomes(evidence: Evidence, given: Given) -> Finding:
    """Whether a ``share`` of people earns more than ``from``; not known where it falls within a band."""
    for portions in _asked(evidence):
        bands = [(*_ends(portion.value), portion.share) for portion in portions]
        above = math.fsum(share for low, _, share in bands if low >= given["from"])
        around = math.fsum(share for low, high, share in bands if low < given["from"] < high)
        told = ", ".join(f"{portion.value}: {percent(portion.share)}" for portion in portions)
        between = f"from {percent(above)} to {percent(above + around)} may earn as much"
        told = f"Incomes were asked in bands ({told}), so {between}"
        if not around:
            is_so = abs(above - given["share"]) <= ROUNDING
            return Finding("true" if is_so else "false", f"{told}.")
        needed = (given["share"] - above) / around
        if not 0 <= needed <= 1:
            return Finding("false", f"{told}.")
        if needed < IMPLAUSIBLE:
            return Finding("not known", f"{told}.")
        return Finding(
            "not known",
            f"Implausible: {told}. It takes {percent(needed)} of the band around ${given['from']:,.0f} to lie above "
            "it.",
        )
    return Finding("not known", "No pack of the benchmark that is at hand has incomes.")


def _asked(evidence: Evidence) -> Iterator[tuple[Portion, ...]]:
    """The incomes of each data set that has them."""
    for dataset in evidence.datasets:
        with suppress(NotFoundError, PackError):
            pack = evidence.library.pack(dataset)
            for found in compositions(pack.card, evidence.library.microdata(dataset)):
                if found.attribute == INCOME and found.people:
                    yield found.portions


def _ends(band: str) -> tuple[float, float]:
    """The ends of a band by its name, the upper one infinite where it is open."""
    amounts = [float(each.replace(",", "")) for each in _AMOUNT.findall(band)]
    if len(amounts) > 1:
        return amounts[0], amounts[1]
    if not amounts:
        return -math.inf, math.inf
    return (-math.inf, amounts[0]) if re.search(r"less|under|below|<", band, re.IGNORECASE) else (amounts[0], math.inf)
