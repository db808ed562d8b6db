"""Arrangement: what the terminal program works with, put together from a session."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from opinionscope.history import History
from opinionscope.probe import Choices, Prober
from opinionscope.report import Unit
from opinionscope.respondents import live_models, recorded_models
from opinionscope.respondents.recorded import Recordings
from opinionscope.session import Session, read_library
from opinionscope.survey import Library, PackError
from opinionscope.tui.models import ModelShelf


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the screens share.

    Attributes:
        history: where runs are kept, shared with the prober.
        choices: what is chosen at first.
        data: folder of the user's own packs.
        read_library: reads all packs again.
        unit: of the divergences, at first.
    """

    prober: Prober
    history: History
    choices: Choices
    data: Path
    read_library: Callable[[], Library]
    unit: Unit = "nats"
    shelf: ModelShelf = field(default_factory=ModelShelf)

    @classmethod
    def of(cls, session: Session) -> "Arrangement":
        """What a session works with.

        Raises:
            NotFoundError: if there is no question to begin with.
        """
        return cls(
            session.prober(),
            session.history,
            session.first_choices(),
            session.paths.data,
            partial(read_library, session.paths),
            session.settings.unit,
        )

    @property
    def library(self) -> Library:
        """The packs at hand now."""
        return self.prober.library

    async def renew_library(self) -> Library:
        """Read the packs again, and go on with them."""
        self.prober.library = await asyncio.to_thread(self.read_library)
        return self.library

    async def stock_shelf(self) -> tuple[PackError, ...]:
        """Find the models at hand: recorded ones in their files, live ones on this machine and by their keys.

        Returns:
            What kept files of recorded answers from being read.
        """
        recordings = await asyncio.to_thread(Recordings.read, self.library.answer_files)
        self.shelf.add(recorded_models(self.library))
        self.shelf.add(await live_models())
        return recordings.problems
