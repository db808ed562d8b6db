"""The demo: the program shows itself on recorded answers, for a booth or a lecture hall, until somebody takes over."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from typing_extensions import override

from opinionscope.tui.app import OpinionscopeApp
from opinionscope.tui.messages import ExploreWanted, GridWanted
from opinionscope.tui.widgets.caption import Caption, caption_on
from opinionscope.tui.working import work
from opinionscope.values import replace

if TYPE_CHECKING:
    from opinionscope.runs.prober import Choices

Step = tuple[str, Callable[[], Awaitable[None]]]


class DemoApp(OpinionscopeApp):
    """Goes from step to step, round and round. Any key or click stops that; nothing it shows was asked live."""

    REMEMBERS = False
    SECONDS: ClassVar[float] = 7.0
    """How long each step is shown."""

    is_touring = True
    """Whether nobody has taken over yet."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._captions: set[Caption] = set()

    @override
    def opened(self) -> None:
        if self._explore is not None:
            self.call_after_refresh(self._tour, self._explore.choices)

    @work(group="demo")
    async def _tour(self, first: "Choices") -> None:
        while True:
            for caption, act in self._steps(first):
                await act()
                shown = caption_on(self.screen)
                self._captions.add(shown)
                shown.say("Demo", caption, "any key takes over")
                await asyncio.sleep(self.SECONDS)

    @override
    async def on_event(self, event: events.Event) -> None:
        if self.is_touring and isinstance(event, events.Key | events.MouseDown):
            self.is_touring = False
            self.workers.cancel_group(self, "demo")
            for caption in self._captions:
                caption.remove()
            self.notify("The keyboard is yours; ? explains the keys.", timeout=4)
            return
        await super().on_event(event)

    def _steps(self, first: "Choices") -> Iterator[Step]:
        def show(**changes: str) -> Callable[[], Awaitable[None]]:
            return partial(self._explored, replace(first, **changes))  # type: ignore[arg-type]

        yield "How this group really answered, and how a model said it would. KL says how far apart they are.", show()
        yield "The same question for another group: the model moves, but by how much?", show(group="Republican")
        yield "Thirty simulated answers in a row, in place of percentages.", show(format="sequence")
        yield "A few of the group's other answers as examples.", show(steering="few-shot")
        yield "Another model, asked the same.", show(model="recorded/anthropic_opus")
        yield (
            "Every steering method and format side by side; the best and the worst are marked.",
            partial(self._gridded, first),
        )
        yield (
            "Who comes closest over all questions, with 95 % intervals and baselines.",
            partial(self.action_show_mode, "tables"),
        )

    async def _explored(self, choices: "Choices") -> None:
        if self.current_mode != "explore" or len(self.screen_stack) > 2:
            await self.action_show_mode("explore")
        self.post_message(ExploreWanted(choices))

    async def _gridded(self, choices: "Choices") -> None:
        await self.action_show_mode("explore")
        self.post_message(GridWanted(choices))
