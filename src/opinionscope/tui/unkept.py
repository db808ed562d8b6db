"""Runs that could not be written to the history, as every screen shows them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.app import App

if TYPE_CHECKING:
    from opinionscope.history import History
    from opinionscope.runs.prober import Prober

RETRY_AFTER = 10.0
"""Seconds between two attempts to write them while the program runs."""


def find_unkept(prober: "Prober", history: "History") -> dict[str, str]:
    """Run id → why a run is not saved and where it is for now; including those of earlier starts."""
    from opinionscope.history.spilling import spill_files

    waiting = {path.name.rpartition("-")[2]: f"It waits in {path}" for path in spill_files(history.path)}
    return waiting | {run_id: unkept.words for run_id, unkept in prober.unkept.items()}


def unkept_of(app: App[object]) -> Mapping[str, str]:
    """The runs that are not saved, as the app knows them."""
    return getattr(app, "unkept", {})
