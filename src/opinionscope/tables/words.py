"""Numbers and sentences that tables share."""

from collections.abc import Mapping

from opinionscope.tables.base import Scoring

SCORING_NOTES: Mapping[Scoring, str] = {
    "corrected": (
        "Corrected scoring: compared by option label; an answer that could not be read has no score and lowers the "
        "coverage. The paper lines options up by letter and scores such answers as zeros (--scoring paper). "
        "Intervals: 95 %, bootstrap by question."
    ),
    "paper": (
        "Scoring as in the paper, faults included: OpinionQA without steering compares survey order with letters, "
        "answers that could not be read score as zeros, log-probs are not renormalised. Intervals: 95 %, percentile "
        "bootstrap over items. Default is the corrected scoring."
    ),
}

BY_QUESTION = "Intervals: 95 %, bootstrap of whole questions, with all groups of a question together."
NOT_CROSS_FITTED = (
    "Pooled: the groups of the same attribute together, weighted by people; of OpinionQA those that the benchmark "
    "scores, Democrats and Republicans, where a single run has all parties. A group of fewer than 100 people is part "
    "of its own pool to a large part; there the added value is cross-fitted: 200 random halves are the truth, the "
    "other halves stay in the pool. The column of the pooled TV is as it is."
)


def number(value: float | None, decimals: int = 3, *, signed: bool = False) -> str:
    """A number without the zero before its point; – where there is none."""
    if value is None:
        return "–"
    text = f"{abs(value):.{decimals}f}"
    text = text[1:] if text.startswith("0.") else text
    sign = "−" if value < 0 and float(f"{value:.{decimals}f}") else "+" if signed else ""
    return sign + text


def with_interval(value: float | None, low: float | None, high: float | None, *, signed: bool = False) -> str:
    """A number with its interval: ``.198 (.181–.214)``."""
    text = number(value, signed=signed)
    if low is None or high is None:
        return text
    dash = " to " if signed else "–"
    return f"{text} ({number(low, signed=signed)}{dash}{number(high, signed=signed)})"
