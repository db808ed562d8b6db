"""TouringScreen: the part of Explore that shows newcomers three things to do; doing one brings the next."""

from collections.abc import Iterator

from textual.binding import ActiveBinding
from typing_extensions import override

from opinionscope.local.models import SMALL, to_fetch
from opinionscope.report.names import without_folders
from opinionscope.runs.prober import Choices
from opinionscope.settings import Paths
from opinionscope.tui.actions import ACTIONS
from opinionscope.tui.calls import CallUnderWay
from opinionscope.tui.keymap import keys_of
from opinionscope.tui.screens.sorting import SortingScreen
from opinionscope.tui.widgets.caption import Caption, caption_on
from opinionscope.tui.widgets.chooser import Chooser
from opinionscope.values import replace

ENDED = "That is all: ? explains what you are on, ^p lists every action."


class TouringScreen(SortingScreen):
    """Has a tour, which takes no key away: whoever knows a step already has done it.

    Attributes:
        has_toured: whether the tour has been shown since the start.
    """

    has_toured = False
    _begun_with: Choices | None = None
    _has_asked = False

    @property
    def likeliest(self) -> str:
        """Id of the action that leads to a live answer, with what is installed; "" if nobody may be asked."""
        from opinionscope.local.serving import has_llama

        if self._prober.refusal is not None:
            return ""
        return "explore.run" if not self._choices.is_recorded else f"explore.{'local' if has_llama() else 'model'}"

    @property
    def is_touring(self) -> bool:
        """Whether the tour is on screen."""
        return self._begun_with is not None

    @property
    def has_more_to_cancel(self) -> bool:
        """Whether Escape would end something else than the tour."""
        return self._call is not None or any(chooser.has_search_focus for chooser in self.query(Chooser))

    @property
    @override
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys; the footer leaves Escape to the caption of the tour while that is all that it would end."""
        active = super().active_bindings
        if self.has_more_to_cancel:
            return active
        hidden = {
            key: ActiveBinding(node, replace(binding, show=False), enabled, tooltip)
            for key, (node, binding, enabled, tooltip) in active.items()
            if binding.action == "cancel"
        }
        return {**active, **hidden}

    def show_tour(self) -> None:
        """Begin the tour, or begin it again."""
        self.has_toured = True
        self._begun_with, self._has_asked = self._choices, False
        self._go_on()

    def skip_tour(self) -> None:
        """Show no more of the tour."""
        self._begun_with = None
        self.query(Caption).remove()
        self.refresh_bindings()

    @override
    def _look_up(self) -> None:
        super()._look_up()
        self._go_on()

    @override
    def _begin(self, call: CallUnderWay) -> None:
        super()._begin(call)
        self._has_asked = self._has_asked or not call.draft.is_recorded
        self._go_on()

    def _go_on(self) -> None:
        """Show the first step that has not been done."""
        if self._begun_with is None:
            return
        steps = list(self._steps(self._begun_with))
        ahead = [(number, words) for number, (is_done, words) in enumerate(steps, 1) if not is_done]
        if ahead:
            number, words = ahead[0]
            caption_on(self).say(f"Tour {number} of {len(steps)}", words, "esc skips")
            self.refresh_bindings()
        else:
            self.skip_tour()
            self.notify(ENDED, timeout=6)

    def _steps(self, first: Choices) -> Iterator[tuple[bool, str]]:
        """Whether each is done, and what there is to do."""
        now = self._choices
        is_elsewhere = now.question != first.question
        yield is_elsewhere, f"{self._key('explore.next')} or the arrows go through the questions."
        yield now.group != first.group, f"{self._key('explore.group')} changes the group; does the model follow?"
        if way := self.likeliest:
            yield self._has_asked, f"{self._key(way)} {self._live_words(way)}"

    def _live_words(self, way: str) -> str:
        if way == "explore.run":
            return f"asks {without_folders(self._choices.model)}, live."
        if way == "explore.model":
            return f"chooses a model; {self._key('explore.run')} then asks it, live."
        known = to_fetch(SMALL.model, Paths.find())
        return f"asks a small model here, live{f' ({known.megabytes} MB, fetched once)' if known else ''}."

    def _key(self, name: str) -> str:
        """The first key of an action."""
        action = next(each for each in ACTIONS if each.id == name)
        return keys_of(action, getattr(self.app, "chosen_keys", {})).split()[0]
