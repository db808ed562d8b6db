"""Sweeps as processes of their own: they go on when the terminal program is left, and are found in the history."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from opinionscope.errors import INTERRUPTED, OpinionscopeError
from opinionscope.runs.errors import READ_ONLY
from opinionscope.settings import Paths
from opinionscope.survey.text import clean_line

LAST_LINES = 4
MOST_READ = 8_192
"""Bytes at the end of a log that are looked at."""


class LaunchError(OpinionscopeError):
    """A sweep that cannot be started from here."""

    title = "Not started"


@dataclass
class Launch:
    """A process that was started to ask a sweep.

    Attributes:
        what: the plan, or the id of the sweep, as it is shown.
        log: the file that it writes to.
        sweep: id of its sweep; "" while that is not known.
        has_begun: whether the process was seen to be at work on it.
    """

    process: subprocess.Popen[bytes]
    what: str
    log: Path
    sweep: str = ""
    has_begun: bool = False

    @property
    def has_failed(self) -> bool:
        """Whether it ended although nobody stopped it, and not for failed cells of a sweep."""
        code = self.process.poll()
        usual = (None, 0, INTERRUPTED, 128 + 15, -15)
        return code not in (usual if not self.sweep else (*usual, 1))

    @property
    def is_starting(self) -> bool:
        """Whether it has not got so far yet as to be at work."""
        return not self.has_begun and self.process.poll() is None

    @property
    def last_lines(self) -> list[str]:
        """The last lines of its log, cleaned for a terminal; none if it cannot be read."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - MOST_READ))
                text = file.read().decode("utf-8", "replace")
        except OSError:
            return []
        lines = [clean_line(line) for line in text.splitlines()]
        return [line for line in lines if line.strip()][-LAST_LINES:]


@dataclass
class Launcher:
    """Starts sweeps, and remembers which were started since the program began.

    Attributes:
        history: the database that they write to.
    """

    history: Path
    paths: Paths
    launches: list[Launch] = field(default_factory=list)

    @property
    def refusal(self) -> str:
        """Why nobody is started or stopped here; "" where that may be done."""
        if self.paths.is_read_only:
            return READ_ONLY
        if self.paths.host is not None:
            return "a visitor's files are removed when the page is left, so no sweep is started from it"
        return ""

    def start(self, plan: Path, bounds: Sequence[str] = ()) -> Launch:
        """Ask a plan.

        Args:
            bounds: further options of `sweep start`.

        Raises:
            LaunchError: if the process cannot be started.
        """
        return self._launched(["start", str(plan), *bounds], plan.name, plan.with_suffix(".log"))

    def resume(self, sweep: str, bounds: Sequence[str] = ()) -> Launch:
        """Ask what a sweep has no answer to.

        Raises:
            LaunchError: if the process cannot be started, or one that was started here is at it.
        """
        if any(each.sweep == sweep and each.is_starting for each in self.launches):
            raise LaunchError(f"sweep {sweep} is starting already", title="Under way")
        launch = self._launched(["resume", sweep, *bounds], sweep, self.paths.exports / f"sweep-{sweep}.log")
        launch.sweep = sweep
        return launch

    def note(self, workers: Mapping[str, int]) -> None:
        """Find which process asks which sweep: id of the sweep → id of the process."""
        for launch in self.launches:
            found = max((sweep for sweep, pid in workers.items() if pid == launch.process.pid), default="")
            if found and (not launch.sweep or launch.sweep == found):
                launch.sweep, launch.has_begun = found, True

    def _launched(self, words: Sequence[str], what: str, log: Path) -> Launch:
        if self.refusal:
            raise LaunchError(self.refusal)
        program = [sys.executable, "-P", "-m", "opinionscope", "--db", str(self.history.absolute()), "sweep", *words]
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("wb") as out:
                process = _detached(program, out.fileno())
        except OSError as error:
            raise LaunchError(f"{log} cannot be written, or Python not started ({error.strerror})") from error
        self.launches.append(Launch(process, what, log))
        return self.launches[-1]


def _detached(program: Sequence[str], out: int) -> subprocess.Popen[bytes]:
    """A process that no signal of this terminal reaches; what it narrates goes to `out`, its table nowhere."""
    flags = getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    return subprocess.Popen(
        program,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=out,
        start_new_session=True,
        creationflags=flags,
    )
