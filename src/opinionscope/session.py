"""Session: settings, packs, history and prober, put together once for the TUI and for every command."""

from dataclasses import dataclass
from pathlib import Path

from opinionscope.history import History
from opinionscope.probe import Choices, Prober
from opinionscope.respondents import Respondent, default_live_model, respondent_for
from opinionscope.settings import Paths, Settings, bundled, read_settings
from opinionscope.survey import Library
from opinionscope.survey.library import NotFoundError

DEFAULT_RECORDED = "recorded/gpt-4"


def read_library(paths: Paths) -> Library:
    """The bundled packs and the user's, as they are on disk now."""
    return Library.load([bundled("data"), paths.data])


@dataclass(frozen=True, slots=True)
class Session:
    """What one start of the program works with.

    Attributes:
        history: opened when it is first used.
    """

    paths: Paths
    settings: Settings
    library: Library
    history: History

    @classmethod
    def open(cls, db: Path | None = None) -> "Session":
        """Read settings and packs; the history is opened when it is first needed.

        Raises:
            SettingsError: if the settings file cannot be used.
        """
        paths = Paths.find()
        settings = read_settings(paths.settings)
        return cls(paths, settings, read_library(paths), History(db or paths.history))

    def prober(self, *, save: bool = True) -> Prober:
        """A prober that keeps its runs, or one that does not."""
        return Prober(self.library, self.connect, self.history if save else None)

    def default_model(self) -> str:
        """The model of the settings, else a live one whose key is set, else a recorded one."""
        return self.settings.model or default_live_model() or DEFAULT_RECORDED

    def first_choices(self) -> Choices:
        """What is chosen when the program opens."""
        if not self.library.questions:
            raise NotFoundError(f"no survey pack could be read; put one into {self.paths.data}", title="No questions")
        question = self.library.questions[0]
        return Choices(
            question=f"{question.dataset}/{question.id}",
            group=self.library.groups(question)[0].name,
            steering="persona",
            format="verbalized",
            model=self.default_model(),
            api_base=self.settings.api_base or None,
            epsilon=self.settings.epsilon,
            drop_nonresponse=self.settings.drop_nonresponse,
        )

    def connect(self, model: str, api_base: str | None) -> Respondent:
        """The respondent of that name, with the time-out and attempts of the settings."""
        return respondent_for(
            model, self.library, api_base, timeout=self.settings.timeout, attempts=self.settings.attempts
        )
