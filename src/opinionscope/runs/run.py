"""Run: the plan of one cell, answered by one respondent, with everything needed to repeat it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Literal

from msgspec import Struct, field

from opinionscope.alignment.alignment import Alignment
from opinionscope.alignment.reliability import Basis, doubt
from opinionscope.alignment.temperature import Scaling
from opinionscope.elicitation import Cell, Kind, Plan, Reading, Reply, Usage
from opinionscope.respondents.person import is_person
from opinionscope.respondents.recorded import RECORDED_PREFIX, is_recorded
from opinionscope.survey import Distribution
from opinionscope.survey.answers import CROWDWORKERS

STATES_SHARES = "verbalized"
"""The format whose figures are shares that ought to sum to the whole."""
Status = Literal["running", "done", "unread", "failed", "cancelled"]


class Run(Struct, frozen=True):
    """The plan of one cell, answered by one respondent.

    Attributes:
        id: a ULID: unique, and in order of time.
        status: "running" until it ends; "done" with an alignment (or, where no human answer is known, a
            reading); "unread" if no parser could read the answer; "failed" if there was none; "cancelled".
        replies: what came back, in the order of the plan's calls; () if nothing did.
        scaling: the temperature that is applied to the answer, for formats that want one.
        api_base: the server that was asked, where it was not the provider's own.
        human: how the group really answered; None where that is not known.
        pooled: what somebody would answer who does not know the group; None where that is not known.
        reply: the first; of a failed or cancelled run the text that had arrived, None if none had.
        epsilon, drop_nonresponse: how the two sides were compared.
        error_title, error: why there is no alignment, or "".
    """

    id: str
    created: datetime
    status: Status
    plan: Plan
    model: str
    human: Distribution | None
    epsilon: float
    pooled: Distribution | None = None
    drop_nonresponse: bool = False
    api_base: str | None = None
    pack_version: str = ""
    program_version: str = ""
    replies: tuple[Reply, ...] = ()
    scaling: Scaling | None = None
    reading: Reading | None = None
    alignment: Alignment | None = None
    error_title: str = ""
    error: str = ""
    finished: datetime | None = None
    tags: tuple[str, ...] = field(default=())
    note: str = ""
    pinned: bool = False

    @property
    def cell(self) -> Cell:
        """What was asked."""
        return self.plan.cell

    @property
    def reply(self) -> Reply | None:
        """The reply to the first call, which most often is the only one; None if there is none."""
        return self.replies[0] if self.replies else None

    @property
    def whole(self) -> tuple[Reply, ...]:
        """The answers that came to their end: no failed call, and no text that broke off."""
        return tuple(each for each in self.replies if each.kind != "live" or each.answered is not None)

    @property
    def is_complete(self) -> bool:
        """Whether every call was answered."""
        return len(self.whole) == len(self.plan.calls)

    @property
    def is_interrupted(self) -> bool:
        """Whether it ended without being read: cancelled by somebody, or for want of an answer."""
        return self.status in ("cancelled", "failed")

    @property
    def kind(self) -> Kind:
        """Where its answer comes from, or, before there is one, where it will."""
        if self.reply:
            return self.reply.kind
        return "recorded" if is_recorded(self.model) else "person" if is_person(self.model) else "live"

    @property
    def is_recorded(self) -> bool:
        """Whether it looks up an answer that was given earlier."""
        return self.kind == "recorded"

    @property
    def is_live(self) -> bool:
        """Whether a model is asked: nothing is looked up, and nobody guesses."""
        return self.kind == "live"

    @property
    def is_estimated(self) -> bool:
        """Whether people estimated the group's distribution, and no model answered."""
        return self.kind == "person" or (
            self.is_recorded
            and (self.reply.model if self.reply else self.model.removeprefix(RECORDED_PREFIX)) == CROWDWORKERS
        )

    @property
    def usage(self) -> Usage:
        """What all calls took together, but for failed ones of which nothing is said; unknown where a part of it is."""
        said = [each.usage for each in self.replies if not each.is_failure or each.usage != Usage()]
        first, *others = said or [Usage()]
        return sum(others, first)

    @property
    def models(self) -> Mapping[str, int]:
        """Which models answered, as the provider names them, and how many of the calls; the busiest first."""
        return dict(Counter(each.model for each in self.replies if not each.is_failure).most_common())

    @property
    def measures_muted(self) -> str:
        """Why the measures stand on too little to be shown large or put into tables; "" where they do not."""
        reading, alignment = self.reading, self.alignment
        if reading is None or alignment is None:
            return ""
        stated = stated_sum(self.cell.format, reading.figures, reading.coverage)
        return doubt(Basis(alignment.human.n, alignment.model.n, len(self.replies), reading.coverage, stated))

    @property
    def seconds(self) -> float:
        """From the first request to the last answer; several calls may be under way at the same time."""
        ends = [(r.answered, r.usage.seconds) for r in self.replies if r.answered is not None and not r.recorded]
        if not ends:
            return self.usage.seconds
        begun = min(answered - timedelta(seconds=seconds) for answered, seconds in ends)
        return (max(answered for answered, _ in ends) - begun).total_seconds()


def stated_sum(format_name: str, figures: Iterable[float], coverage: float | None) -> float | None:
    """What stated percentages sum to, with those that were set aside; None for a format that states none."""
    return sum(figures) / (coverage or 1) if format_name == STATES_SHARES else None


_lock = Lock()
_last = 0


def new_run_id() -> str:
    """A new ULID, 26 characters, greater than all that this process made before.

    Not even within a millisecond, or when the clock is set back, is one less than the one before it.
    """
    from ulid import ULID

    global _last
    with _lock:
        _last = max(int(ULID()), _last + 1)
        return str(ULID.from_int(_last))
