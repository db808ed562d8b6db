"""ShareBars: a bar for each option, to be drawn by hand; they always sum to 100."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from typing_extensions import override

from opinionscope.charts.bars import BLOCKS, bar
from opinionscope.charts.chart import BESIDE, heightened, highest
from opinionscope.charts.lines import Line, Piece, fit, shorten_apart
from opinionscope.play.bars import Percents, equal, with_percent
from opinionscope.tui.styles import MUTED, to_content

MARK, NO_MARK = "▸ ", "  "
FIGURE = 6
SHORTEST_BAR = 10


class ShareBars(Widget, can_focus=True):
    """Options with a percent each; the chosen one is changed by keys, any of them by the mouse.

    While one option is changed, the others keep their proportions as they were when it was chosen.
    """

    class Changed(Message):
        """Another option is chosen, or the percents are others."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._labels: Sequence[str] = ("",)
        self.percents: Percents = (100,)
        self._before: Percents = self.percents
        self.cursor = 0
        self._typed = ""
        self._is_dragged = False

    def begin(self, labels: Sequence[str]) -> None:
        """Show these options, all equal."""
        self._labels = labels
        self.styles.max_height = len(labels) * sum(BESIDE[0])
        self._place(equal(len(labels)), 0)

    def make_equal(self) -> None:
        """Give all options the same again."""
        self._place(equal(len(self._labels)), self.cursor)

    def move(self, by: int) -> None:
        """Choose another option."""
        self._place(self.percents, min(max(self.cursor + by, 0), len(self._labels) - 1))

    def change(self, by: int) -> None:
        """Give the chosen option so many percentage points more."""
        self._typed = ""
        self._give(self.percents[self.cursor] + by)

    @property
    def chosen_label(self) -> str:
        """The label of the chosen option, where there is no room for all of it in its row; else ""."""
        label = self._labels[self.cursor]
        return label if self.content_size.width and cell_len(label) > self._label_width else ""

    def on_resize(self) -> None:
        """There may be room for other labels now."""
        self.post_message(self.Changed())

    def on_key(self, event: events.Key) -> None:
        """Digits set the percent of the chosen option; backspace takes the last one back."""
        if event.key == "backspace" and self._typed:
            typed = self._typed[:-1]
        elif event.character and event.character in "0123456789":
            typed = self._typed + event.character
            typed = event.character if int(typed) > 100 else typed.lstrip("0") or "0"
        else:
            return
        event.stop()
        self._typed = typed
        self._give(int(typed) if typed else self._before[self.cursor])

    def _place(self, percents: Percents, cursor: int) -> None:
        self.percents = self._before = percents
        self.cursor, self._typed = cursor, ""
        self.refresh()
        self.post_message(self.Changed())

    def _give(self, wanted: int) -> None:
        self.percents = with_percent(self._before, self.cursor, wanted)
        self.refresh()
        self.post_message(self.Changed())

    # Drawing

    @property
    def _label_width(self) -> int:
        room = self.content_size.width - len(MARK) - FIGURE - SHORTEST_BAR - 1
        longest = max(map(cell_len, self._labels))
        return max(8, min(longest, room, max(28, self.content_size.width // 3)))

    @property
    def _bar_at(self) -> tuple[int, int]:
        """Where bars begin, and how wide they are, in cells."""
        start = len(MARK) + self._label_width + 1
        return start, max(1, self.content_size.width - start - FIGURE)

    @property
    def _step(self) -> int:
        """Rows from one option to the next."""
        return sum(highest(BESIDE, len(self._labels), self.content_size.height))

    @property
    def _shown(self) -> range:
        """The options in sight, around the chosen one."""
        number, room = len(self._labels), max(1, self.content_size.height)
        if number <= room:
            return range(number)
        room = max(1, room - 1)
        first = min(max(0, self.cursor - room // 2), number - room)
        return range(first, first + room)

    @override
    def render(self) -> RenderResult:
        if not self.content_size.width:
            return ""
        labels = shorten_apart(self._labels, self._label_width)
        shown = self._shown
        rows = [self._row(at, labels[at]) for at in shown]
        if len(shown) == len(self._labels):
            return to_content(heightened(rows, self.content_size.height))
        drawn = to_content(rows)
        above, below = shown.start, len(self._labels) - shown.stop
        words = " · ".join(f"{number} more {where}" for number, where in ((above, "above"), (below, "below")) if number)
        return Content("\n").join([drawn, Content.styled(f"{NO_MARK}… {words}", MUTED)])

    def _row(self, at: int, label: str) -> Line:
        is_chosen = at == self.cursor
        width = self._bar_at[1]
        drawn = bar(self.percents[at] / 100, width, BLOCKS)
        return [
            Piece(MARK if is_chosen else NO_MARK, "heading"),
            Piece(fit(label, self._label_width), "value" if is_chosen else "label"),
            Piece(" ", "label"),
            Piece(drawn, "model-bar"),
            Piece(" " * (width - cell_len(drawn)), "track"),
            Piece(f"{self.percents[at]:>4} %", "value"),
        ]

    # The mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Choose the option under the mouse; on its bar, set it to there, and follow while the button is held."""
        at = event.get_content_offset_capture(self)
        shown = self._shown
        row = at.y // self._step
        if not 0 <= row < len(shown):
            return
        self._place(self.percents, shown[row])
        start, width = self._bar_at
        if start - 1 <= at.x < start + width + FIGURE:
            self._is_dragged = True
            self.capture_mouse()
            self._drag(at.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse."""
        if self._is_dragged:
            self._drag(event.get_content_offset_capture(self).x)

    def on_mouse_up(self) -> None:
        """Leave the bar as it is."""
        if self._is_dragged:
            self._is_dragged = False
            self.release_mouse()

    def _drag(self, x: int) -> None:
        start, width = self._bar_at
        self._give(round(100 * (x + 1 - start) / width))
