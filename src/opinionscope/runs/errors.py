"""What can go wrong with a run beside the call itself."""

from opinionscope.errors import OpinionscopeError


class RunError(OpinionscopeError):
    """A run cannot be scored, resumed or kept, and why."""

    title = "Run"


READ_ONLY = "this program is shown read-only: nobody is asked and nothing is written"


def being_asked(run_id: str, where: str) -> RunError:
    """That a run has not ended yet."""
    return RunError(f"run {run_id} is being asked {where} at this moment; wait for its end", title="Under way")
