"""Phrases that several screens share."""

from opinionscope.runs import Run


def people_counted(number: int) -> str:
    """``1 person``, ``2 people``."""
    return "1 person" if number == 1 else f"{number:,} people"


def cancelled_words(run: Run) -> str:
    """How many answers arrived before a run was cancelled, in a sentence."""
    arrived, planned = len(run.replies), len(run.plan.calls)
    if planned > 1 and arrived:
        return f"Cancelled after {arrived:,} of {planned:,} answers; they are not scored yet."
    return "Cancelled; the partial answer is kept." if arrived else "Cancelled before an answer arrived."
