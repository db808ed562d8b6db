"""Runs: one cell asked and answered, how it is asked, and how its answers are read and scored."""

from opinionscope.runs.errors import RunError
from opinionscope.runs.keeping import Unkept
from opinionscope.runs.readings import single_readings
from opinionscope.runs.rescore import rescore
from opinionscope.runs.run import Run, Status, new_run_id

__all__ = ["Run", "RunError", "Status", "Unkept", "new_run_id", "rescore", "single_readings"]
