"""Arrangement: what the terminal program works with, put together from a workspace."""

import asyncio
from typing import TYPE_CHECKING

from msgspec import Struct, field

from opinionscope.collection import Collection
from opinionscope.errors import OpinionscopeError
from opinionscope.history import History
from opinionscope.respondents.recorded import Recordings
from opinionscope.runs.prober import Choices, Prober
from opinionscope.settings import Paths, Settings
from opinionscope.survey import Library
from opinionscope.tui.launching import Launcher
from opinionscope.tui.models import ModelShelf
from opinionscope.tui.session import Session, choices_again
from opinionscope.values import replace
from opinionscope.workspace import Workspace, read_library

if TYPE_CHECKING:
    from opinionscope.report.figure import Figure


class Arrangement(Struct, frozen=True):
    """What the screens share.

    Attributes:
        opened: what all of this was put together from, with the packs of the start.
        choices: what is chosen at first.
        session: what was on screen when the program was left last.
        launcher: starts sweeps as processes of their own.
        players: who plays, as they typed their names last.
        cards: of the rounds that were played to their end.
    """

    opened: Workspace
    prober: Prober
    choices: Choices
    shelf: ModelShelf
    session: Session
    launcher: Launcher
    players: list[str]
    cards: "list[Figure]" = field(default_factory=list)

    @classmethod
    def of(cls, workspace: Workspace, last: Session) -> "Arrangement":
        """What a workspace holds, with what was chosen last.

        Raises:
            NotFoundError: if there is no question to begin with.
        """
        first = cls(
            workspace,
            workspace.prober(),
            workspace.first_choices(),
            ModelShelf(workspace.state, workspace.server_for),
            last,
            Launcher(workspace.history.path, workspace.paths),
            list(last.players),
        )
        return replace(first, choices=choices_again(last, first))

    @property
    def history(self) -> History:
        """Where runs are kept, shared with the prober."""
        return self.opened.history

    @property
    def settings(self) -> Settings:
        """The user's settings."""
        return self.opened.settings

    @property
    def paths(self) -> Paths:
        """The user's files and folders."""
        return self.opened.paths

    def collection(self) -> Collection:
        """All that was answered, with the packs at hand now."""
        return self.workspace.collection()

    @property
    def workspace(self) -> Workspace:
        """What all of this was put together from, with the packs at hand now."""
        return replace(self.opened, library=self.library)

    @property
    def library(self) -> Library:
        """The packs at hand now."""
        return self.prober.library

    async def renew_library(self) -> Library:
        """Read the packs again, and use them from now on."""
        self.prober.library = await asyncio.to_thread(read_library, self.paths)
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
