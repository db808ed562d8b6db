"""Runs: one cell asked and answered, how it is asked, and how its answers are read and scored."""

from opinionscope.runs.errors import RunError
from opinionscope.runs.ids import new_run_id
from opinionscope.runs.keeping import Unkept
from opinionscope.runs.readings import single_readings
from opinionscope.runs.rescore import rescore
from opinionscope.runs.run import Run, Status

__all__ = ["Run", "RunError", "Status", "Unkept", "new_run_id", "rescore", "single_readings"]
