"""Arrangement: what the terminal program works with, put together from a workspace."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from opinionscope.elicitation.stored import stored_under
from opinionscope.errors import OpinionscopeError
from opinionscope.history import History
from opinionscope.respondents.recorded import Recordings
from opinionscope.runs.prober import Choices, Prober
from opinionscope.settings import Settings
from opinionscope.survey import Library
from opinionscope.tui.launching import Launcher
from opinionscope.tui.models import ModelShelf
from opinionscope.tui.session import Session, choices_again
from opinionscope.values import replace
from opinionscope.workspace import Workspace, read_library

if TYPE_CHECKING:
    from opinionscope.collection import Collection
    from opinionscope.report.figure import Figure


class Arrangement(Struct, frozen=True):
    """What the screens share.

    Attributes:
        history: where runs are kept, shared with the prober.
        choices: what is chosen at first.
        data: folder of the user's own packs.
        exports: folder of what is copied and drawn.
        read_library: reads all packs again.
        settings: the user's settings.
        readings: the folder of stored readings.
        session: what was on screen when the program was left last.
        session_file: where that is remembered; None to remember nothing.
        players: who plays, as they typed their names last.
        cards: of the rounds that were played to their end.
        launcher: starts sweeps as processes of their own.
        opened: what all of this was put together from, with the packs of the start.
    """

    prober: Prober
    history: History
    choices: Choices
    data: Path
    exports: Path
    read_library: Callable[[], Library]
    shelf: ModelShelf = field(default_factory=ModelShelf)
    settings: Settings = field(default_factory=Settings)
    readings: Path | None = None
    session: Session = field(default_factory=Session)
    session_file: Path | None = None
    players: list[str] = field(default_factory=list)
    cards: "list[Figure]" = field(default_factory=list)
    launcher: Launcher | None = None
    opened: Workspace | None = None

    @classmethod
    def of(cls, workspace: Workspace, last: Session) -> "Arrangement":
        """What a workspace holds, with what was chosen last.

        Raises:
            NotFoundError: if there is no question to begin with.
        """
        first = cls(
            workspace.prober(),
            workspace.history,
            workspace.first_choices(),
            workspace.paths.data,
            workspace.paths.exports,
            partial(read_library, workspace.paths),
            ModelShelf(workspace.state, workspace.server_for),
            workspace.settings,
            stored_under(workspace.paths.cache),
            last,
            workspace.paths.session,
            list(last.players),
            launcher=Launcher(workspace.history.path, workspace.paths),
            opened=workspace,
        )
        return replace(first, choices=choices_again(last, first))

    def collection(self) -> "Collection":
        """All that was answered, with the packs at hand now."""
        from opinionscope.collection import Collection

        return Collection(self.library, self.history, self.readings)

    @property
    def workspace(self) -> Workspace:
        """What all of this was put together from, with the packs at hand now."""
        assert self.opened is not None
        return replace(self.opened, library=self.library)

    @property
    def library(self) -> Library:
        """The packs at hand now."""
        return self.prober.library

    async def renew_library(self) -> Library:
        """Read the packs again, and use them from now on."""
        self.prober.library = await asyncio.to_thread(self.read_library)
        return self.library

    async def stock_shelf(self) -> tuple[OpinionscopeError, ...]:
        """Find the models at hand: recorded ones in their files, live ones on this machine and by their keys.

        Returns:
            What kept files of recorded answers, or that of favourites, from being read.
        """
        from opinionscope.respondents.catalog import live_models, recorded_models

        recordings = await asyncio.to_thread(Recordings.read, self.library.answer_files)
        self.shelf.add(recorded_models(self.library))
        self.shelf.add(await live_models(settings=self.settings))
        self.shelf.close()
        return (*recordings.problems, *filter(None, [self.shelf.problem]))
