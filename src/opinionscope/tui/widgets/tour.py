"""Tour: three things for newcomers to do on Explore; doing one brings the next."""

from collections.abc import Iterator

from opinionscope.local.models import SMALL, to_fetch
from opinionscope.report.names import without_folders
from opinionscope.runs.prober import Choices
from opinionscope.settings import Paths
from opinionscope.tui.actions import ACTIONS
from opinionscope.tui.keymap import keys_of
from opinionscope.tui.widgets.caption import Caption

ENDED = "That is all: ? explains what you are on, ^p lists every action."


class Tour(Caption):
    """The next step, in one sentence above the footer. It takes no key away: who does a step knows it already.

    Args:
        first: the choices at its beginning.

    Attributes:
        has_asked: whether a live model has been asked since.
    """

    def __init__(self, first: Choices) -> None:
        super().__init__()
        self.has_asked = False
        self._first = first
        self._done: set[int] = set()

    def go_on(self, now: Choices, way: str) -> bool:
        """Show the first step that has not been done; False if there is none. A step that is undone stays done.

        Args:
            now: what is chosen now.
            way: id of the action that leads to a live answer; "" where nobody may be asked.
        """
        steps = list(self._steps(now, way))
        self._done |= {number for number, (is_done, _) in enumerate(steps, 1) if is_done}
        for number, (_, words) in enumerate(steps, 1):
            if number not in self._done:
                self.say(f"Tour {number} of {len(steps)}", words, "esc skips")
                return True
        return False

    def _steps(self, now: Choices, way: str) -> Iterator[tuple[bool, str]]:
        """Whether each stands done now, and what there is to do."""
        first = self._first
        yield now.question != first.question, f"{self._key('explore.next')} or the arrows go through the questions."
        yield now.group != first.group, f"{self._key('explore.group')} changes the group; does the model follow?"
        if way:
            yield self.has_asked, f"{self._key(way)} {self._live_words(now, way)}"

    def _live_words(self, now: Choices, way: str) -> str:
        if way == "explore.run":
            return f"asks {without_folders(now.model)}, live."
        if way == "explore.model":
            return f"chooses a model; {self._key('explore.run')} then asks it, live."
        known = to_fetch(SMALL.model, Paths.find())
        return f"asks a small model here, live{f' ({known.megabytes} MB, fetched once)' if known else ''}."

    def _key(self, name: str) -> str:
        """The first key of an action."""
        action = next(each for each in ACTIONS if each.id == name)
        return keys_of(action, getattr(self.app, "chosen_keys", {})).split()[0]
