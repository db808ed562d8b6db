"""Phrases that several screens share."""

from opinionscope.runs import Run


def people_counted(number: int) -> str:
    """``1 person``, ``2 people``."""
    return "1 person" if number == 1 else f"{number:,} people"


def cancelled_words(run: Run) -> str:
    """What became of what had arrived before a run was cancelled."""
    came, planned = len(run.replies), len(run.plan.calls)
    if planned > 1 and came:
        return f"Cancelled with {came:,} of {planned:,} answers in; they are not scored yet."
    return "Cancelled; what had arrived is kept." if came else "Cancelled before an answer came."
