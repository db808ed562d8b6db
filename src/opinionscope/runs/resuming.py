"""Which runs can be gone on with, and which can be scored by the answers that they have."""

from opinionscope.respondents.urls import UNREADABLE
from opinionscope.runs.errors import RunError
from opinionscope.runs.run import Run


def check_resumable(run: Run) -> None:
    """Refuse a run of which nobody is to be asked for more.

    Raises:
        RunError: naming the reason.
    """
    if run.kind == "person":
        raise RunError(f"run {run.id} is the guess of a person, which is complete", title="Nothing to resume")
    if run.is_recorded:
        raise RunError(f"run {run.id} is of a recorded model, which nobody asks", title="Nothing to resume")
    if run.status == "running":
        raise being_asked(run, "by another process or on another screen")
    if run.is_complete:
        raise RunError(f"run {run.id} is complete: every answer is there", title="Nothing to resume")
    if run.api_base == UNREADABLE:
        reason = f"the address of run {run.id}'s server could not be kept without its secret; run it anew"
        raise RunError(reason, title="No server")


def check_scorable(run: Run) -> None:
    """Refuse a run that has its numbers, or has not ended.

    Raises:
        RunError: naming the reason.
    """
    if run.status == "running":
        raise being_asked(run, "by another process or on another screen")
    if not run.is_interrupted:
        raise RunError(f"run {run.id} is scored already", title="Nothing to do")


def being_asked(run: Run, where: str) -> RunError:
    """That a run has not ended yet."""
    return RunError(f"run {run.id} is being asked {where} at this moment; wait for its end", title="Under way")
