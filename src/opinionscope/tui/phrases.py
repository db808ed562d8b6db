"""Phrases that several screens share."""

from datetime import datetime

from opinionscope.runs import Run

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def people_counted(number: int) -> str:
    """``1 person``, ``2 people``."""
    return "1 person" if number == 1 else f"{number:,} people"


def cancelled_words(run: Run) -> str:
    """How many answers arrived before a run was cancelled, in a sentence."""
    arrived, planned = len(run.replies), len(run.plan.calls)
    if planned > 1 and arrived:
        return f"Cancelled after {arrived:,} of {planned:,} answers; they are not scored yet."
    return "Cancelled; the partial answer is kept." if arrived else "Cancelled before an answer arrived."


def local_time(moment: datetime, now: datetime) -> str:
    """A moment by the local clock: ``today 14:02``, ``yesterday 09:30``, ``12 May 14:02``, ``12 May 2025 14:02``."""
    return f"{local_day(moment, now)} {moment.astimezone():%H:%M}"


def short_time(moment: datetime, now: datetime) -> str:
    """As `local_time`, in 12 cells: ``today 14:02``, ``Sat 09:30``, ``12 May 14:02``, ``12 May 2025``."""
    there, here = moment.astimezone(), now.astimezone()
    if there.year != here.year:
        return local_day(moment, now)
    day = DAYS[there.weekday()] if 0 < (here.date() - there.date()).days < len(DAYS) else local_day(moment, now)
    return f"{day} {there:%H:%M}"


def local_day(moment: datetime, now: datetime) -> str:
    """The local day of a moment: ``today``, ``yesterday``, ``12 May``, and with the year if it is another one."""
    there, here = moment.astimezone(), now.astimezone()
    days = (here.date() - there.date()).days
    if days in (0, 1):
        return ("today", "yesterday")[days]
    day = f"{there.day} {MONTHS[there.month - 1]}"
    return day if there.year == here.year else f"{day} {there.year}"
