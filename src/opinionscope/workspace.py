"""Workspace: settings, packs, history and prober, put together once for the TUI and for every command."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from opinionscope.collection import Collection
from opinionscope.elicitation import Voices, voices
from opinionscope.elicitation.stored import stored_under
from opinionscope.history import History, HistoryWriter
from opinionscope.local.models import LOCAL_PREFIX
from opinionscope.respondents.base import Respondent
from opinionscope.respondents.choosing import default_live_model, needs_litellm, respondent_for
from opinionscope.respondents.limits import LimitBook
from opinionscope.respondents.price_map import ModelFacts, facts_of
from opinionscope.respondents.recorded import RECORDED_PREFIX
from opinionscope.respondents.remembered import StateError, StateFile
from opinionscope.runs.prober import Choices, Prober
from opinionscope.runs.read_only import ReadOnlyProber
from opinionscope.settings import LimitSettings, Paths, Settings, bundled, changed, read_settings
from opinionscope.survey import Library
from opinionscope.survey.library import NotFoundError
from opinionscope.values import replace

DEFAULT_RECORDED = "recorded/gpt-4"


def read_library(paths: Paths) -> Library:
    """The bundled packs and the user's, read from disk; for a visitor, the host's between them."""
    return Library.load([bundled("data"), *filter(None, [paths.host]), paths.data])


class Workspace(Struct, frozen=True):
    """Everything that one start of the program works with.

    Attributes:
        history: opened when it is first used.
        limits: the rate limits of the settings, shared by all calls.
        voices: the ways to put a persona, templates of the user's among them.
    """

    paths: Paths
    settings: Settings
    library: Library
    history: History
    limits: LimitBook
    voices: Voices

    @classmethod
    def open(cls, db: Path | None = None) -> "Workspace":
        """Read settings, packs and templates; the history is opened when it is first needed.

        Raises:
            SettingsError: if the settings file cannot be used.
        """
        paths = Paths.find()
        settings = read_settings(paths.settings)
        library = read_library(paths)
        history = History(db or paths.history, is_read_only=paths.is_read_only)
        limits = LimitBook(settings.limits)
        return cls(paths, settings, library, history, limits, voices(paths.templates))

    @property
    def state(self) -> StateFile:
        """Where favourite and last used models are remembered."""
        return StateFile(self.paths.state)

    def note_use(self, model: str, api_base: str | None) -> None:
        """Remember that a model was used now, and the server named with it; ignored if the file cannot be written."""
        with suppress(StateError):
            self.state.note_use(model, datetime.now(UTC), api_base)

    def with_settings(self, **changes: Any) -> "Workspace":
        """The same workspace with other settings; None keeps a value.

        Raises:
            SettingsError: if a value is out of range.
        """
        given = {name: value for name, value in changes.items() if value is not None}
        return replace(self, settings=changed(self.settings, **given))

    def server_for(self, model: str) -> str | None:
        """The server of a model in the settings: its own, or the one for all models; None for none."""
        if model.startswith((RECORDED_PREFIX, LOCAL_PREFIX)):
            return None
        return self.settings.models.get(model, self.settings).api_base or None

    def prober(self, *, save: bool = True, writer: HistoryWriter | None = None) -> Prober:
        """A prober; `save` says whether its runs are saved to the history, by `writer` or one of its own."""
        return (ReadOnlyProber if self.paths.is_read_only else Prober)(
            self.library,
            self.connect if writer is None else cache(self.connect),
            (writer or HistoryWriter(self.history)) if save else None,
            concurrency=self.settings.concurrency,
            deadline=self.settings.deadline or None,
            voices=self.voices,
            earlier=self.history.earlier if self.settings.cache else None,
        )

    def facts_of(self, model: str, api_base: str | None) -> ModelFacts:
        """What is known of a model, under whatever name the settings give it."""
        return facts_of(model, api_base, self.settings)

    def needs_litellm(self, model: str, api_base: str | None) -> bool:
        """Whether a model is asked through litellm, which loads slowly."""
        return needs_litellm(model, api_base, self.settings)

    def with_limit(self, models: Iterable[str], calls_per_minute: int) -> "Workspace":
        """The same workspace with another limit on the calls of each of these models."""
        limits = dict(self.settings.limits)
        for name in models:
            known = limits.get(name, LimitSettings())
            limits[name] = msgspec.structs.replace(known, calls_per_minute=calls_per_minute)
        return replace(self, settings=changed(self.settings, limits=limits), limits=LimitBook(limits))

    def collection(self) -> Collection:
        """All that was answered: saved runs, bundled recorded answers and imported ones."""
        return Collection(self.library, self.history, stored_under(self.paths.cache))

    def default_model(self) -> str:
        """The model of the settings, else a live one whose key is set, else a recorded one."""
        return self.settings.model or default_live_model() or DEFAULT_RECORDED

    def first_choices(self) -> Choices:
        """The choices at the start of the program."""
        if not self.library.questions:
            raise NotFoundError(f"no survey pack could be read; put one into {self.paths.data}", title="No questions")
        question = self.library.questions[0]
        return Choices(
            question=question.key,
            group=self.library.groups(question)[0].name,
            steering="persona",
            format="verbalized",
            model=self.default_model(),
            api_base=self.server_for(self.default_model()),
            epsilon=self.settings.epsilon,
            drop_nonresponse=self.settings.drop_nonresponse,
        )

    def connect(self, model: str, api_base: str | None) -> Respondent:
        """The respondent of that name, with the time-out and attempts of the settings."""
        return respondent_for(
            model,
            self.library,
            api_base,
            settings=self.settings,
            limits=self.limits,
        )
