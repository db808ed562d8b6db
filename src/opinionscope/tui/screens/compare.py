"""CompareScreen: two to eight runs of one question and group beside each other, on one page."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static
from typing_extensions import override

from opinionscope.charts.lines import Line, Piece
from opinionscope.comparison.comparing import Comparison
from opinionscope.report.comparing import (
    comparison_lines,
    differs_sentence,
    letters,
    measure_rows,
    prompt_difference,
    run_name,
    verdict_mark,
    verdict_sentence,
)
from opinionscope.report.figure import comparison_figure
from opinionscope.report.listing import tab_separated
from opinionscope.report.names import without_folders
from opinionscope.report.tables import aligned
from opinionscope.report.words import Unit
from opinionscope.runs import Run
from opinionscope.tui.actions import Scope, bindings_in
from opinionscope.tui.items import PickerItem, search_in
from opinionscope.tui.messages import ChartWanted, CopyWanted, SavedRunWanted
from opinionscope.tui.screens.layout import HIGH
from opinionscope.tui.screens.window import Above
from opinionscope.tui.styles import MUTED
from opinionscope.tui.widgets.detail_tabs import LINE_STYLES, styled_text
from opinionscope.tui.widgets.drawing import Drawing
from opinionscope.tui.widgets.key_footer import KeyFooter
from opinionscope.tui.widgets.top_bar import TopBar

ROWS_AROUND, ROWS_AROUND_IF_BROAD = 26, 16
"""Rows of a high screen that are not for bars; on a broad one the measures stand beside them."""
PARTS = (
    "#compare-first",
    "#compare-bars",
    "#compare-measures",
    "#compare-verdicts",
    "#compare-prompts",
    "#compare-answers",
)


class CompareScreen(Above):
    """What differs first, then the verdicts, the bars, the measures, the prompts and the answers.

    Args:
        comparison: as `compare` gives it.
        mode: the main screen it stands above.
    """

    CSS_PATH = "compare.tcss"
    AUTO_FOCUS = "#compare"
    SCOPE: ClassVar[Scope] = "compare"
    BINDINGS = bindings_in(SCOPE)

    def __init__(self, comparison: Comparison, mode: str, unit: Unit = "nats") -> None:
        super().__init__()
        self._comparison = comparison
        self._mode = mode
        self._unit: Unit = unit
        self._pair = (0, 1)

    def _bars(self, width: int) -> list[Line]:
        rows, around = self.app.size.height, ROWS_AROUND_IF_BROAD if self.has_class("-broad") else ROWS_AROUND
        height, is_brief = rows - around if rows >= HIGH else 0, len(self._runs) > 2
        return comparison_lines(self._comparison, width, height, is_brief=is_brief)

    @override
    def compose(self) -> ComposeResult:
        yield TopBar(self._mode)
        with VerticalScroll(id="compare"):
            yield Static(self._first(), id="compare-first", markup=False)
            with Container(id="compare-both"):
                yield Drawing(self._bars, id="compare-bars")
                with Container(id="compare-words"):
                    yield Drawing(self._table, id="compare-measures")
                    if len(self._runs) > 2:
                        yield Static(self._verdicts(), id="compare-verdicts", markup=False)
                    yield Static(self._prompts(), id="compare-prompts", markup=False)
                    yield Static(self._answers(), id="compare-answers", markup=False)
        yield KeyFooter()

    @property
    def _runs(self) -> tuple[Run, ...]:
        return self._comparison.runs

    def _first(self) -> Content:
        """What differs, the verdict, and the question; of more than two runs, their order instead of all verdicts."""
        run = self._runs[0]
        lines = [
            Content.styled(differs_sentence(self._comparison.differs), "bold $primary"),
            self._ranking() if len(self._runs) > 2 else self._verdict(0),
            Content(""),
            Content.styled(run.cell.question.text, "bold"),
            Content.assemble((run.cell.group.name, "bold $chart-human"), (f" · {run.cell.question.dataset}", MUTED)),
        ]
        return Content("\n").join(lines)

    def _ranking(self) -> Content:
        """The runs from the closest on, and how many pairs are told apart."""
        named = [
            (run.alignment["tv"] or 0.0, name)
            for name, run in zip(letters(self._runs), self._runs, strict=True)
            if run.alignment
        ]
        verdicts = self._comparison.verdicts
        settled = sum(verdict.closer is not None for verdict in verdicts)
        order = " · ".join(f"{name} {tv:.3f}" for tv, name in sorted(named))
        told = f"{settled} of {len(verdicts)} pairs differ for certain; the verdicts stand below"
        return Content.assemble(("By TV, the closest first: ", ""), (order, "bold"), (f"   {told}.", MUTED))

    def _verdicts(self) -> Content:
        """The verdict on each pair."""
        verdicts = (self._verdict(at) for at in range(len(self._comparison.verdicts)))
        return Content("\n").join([Content.styled("Verdicts", "bold $primary"), *verdicts])

    def _verdict(self, at: int) -> Content:
        verdict = self._comparison.verdicts[at]
        style = "bold $success" if verdict.closer else ""
        return Content.styled(f"{verdict_mark(verdict)} {verdict_sentence(verdict, self._comparison)}", style)

    def _table(self, width: int) -> list[Line]:
        """The measures of all runs; and of more than two, the differences of the pair chosen."""
        names = letters(self._runs)
        lines = [[Piece("Measures", "heading")], *_aligned(measure_rows(self._comparison, self._unit), width)]
        for name, run in zip(names, self._runs, strict=True):
            if run.measures_muted:
                lines.append([Piece(f"{name}  not reliable: {run.measures_muted}", "warning")])
        if len(self._runs) > 2:
            a, b = (names[at] for at in self._pair)
            lines += [[], [Piece(f"{a} against {b}", "heading"), Piece("   [ and ] choose another pair", "muted")]]
            rows = self._pair_rows()
            none = [[Piece(f"Neither {a} nor {b} has an answer that can be compared.", "muted")]]
            lines += _aligned(rows, width) if len(rows) > 1 else none
        return lines

    def _pair_rows(self) -> list[list[str]]:
        one, other = (self._runs[at] for at in self._pair)
        found = tuple(each for each in self._comparison.differences if (each.a, each.b) == (one.id, other.id))
        pair = Comparison((one, other), self._comparison.differs, found, ())
        rows = measure_rows(pair, self._unit)
        names = letters(self._runs)
        a, b = (names[at] for at in self._pair)
        return [["measure", a, b, f"{a} − {b}", "95 % interval"], *rows[1:]]

    def _prompts(self) -> Content:
        names = letters(self._runs)
        a, b = self._pair
        parts = [Content.styled(f"Prompts, {names[a]} to {names[b]}", "bold $primary")]
        for text, role in prompt_difference(self._runs[a], self._runs[b]):
            style = {"+": "$success", "-": "$error"}.get(text[:1], LINE_STYLES[role])
            parts.append(Content.styled(text, style))
        parts += [Content(""), Content.styled("Runs", "bold $primary")]
        for name, run in zip(names, self._runs, strict=True):
            shown = f"{run.cell.steering} · {run.cell.format} · {without_folders(run.model)}"
            parts.append(Content.assemble((f"{name}  ", "bold $chart-model"), shown, (f"  {run.id}", MUTED)))
        return Content("\n").join(parts)

    def _answers(self) -> Content:
        """What each run answered, word for word."""
        parts = []
        for name, run in zip(letters(self._runs), self._runs, strict=True):
            parts += [Content.styled(f"Answer of {name}", "bold $primary"), styled_text("answer", run), Content("")]
        return Content("\n").join(parts[:-1])

    # Doing

    def action_copy(self) -> None:
        """Copy the table of measures."""
        name = comparison_figure(self._comparison).name
        table = tab_separated(measure_rows(self._comparison, self._unit))
        self.post_message(CopyWanted(table, "the measures", name, ".tsv"))

    def action_write_chart(self) -> None:
        """Draw the bars into files."""
        self.post_message(ChartWanted(comparison_figure(self._comparison)))

    def action_toggle_unit(self) -> None:
        """Nats or bits."""
        self._unit = "bits" if self._unit == "nats" else "nats"
        self.query_one("#compare-measures", Drawing).show(self._table)

    def action_scroll(self, by: int) -> None:
        """Scroll by a line."""
        page = self.query_one("#compare", VerticalScroll)
        page.scroll_relative(y=by, animate=False)

    def action_next_part(self) -> None:
        """Scroll to the next part; from the last one back to the first."""
        page = self.query_one("#compare", VerticalScroll)
        top = page.region.y - page.scroll_offset.y
        tops = sorted({part.region.y - top for part in self.query(", ".join(PARTS))})
        now = round(page.scroll_target_y)
        later = [top for top in tops if now < min(top, page.max_scroll_y)]
        page.scroll_to(y=later[0] if later else 0, animate=False)

    def action_pair(self, by: int) -> None:
        """Choose another pair, of more than two runs."""
        number = len(self._runs)
        pairs = [(a, b) for a in range(number) for b in range(a + 1, number)]
        self._pair = pairs[(pairs.index(self._pair) + by) % len(pairs)]
        self.query_one("#compare-measures", Drawing).show(self._table)
        self.query_one("#compare-prompts", Static).update(self._prompts())

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "pair" or len(self._runs) > 2

    def action_open_run(self) -> None:
        """Choose one of the runs, and open it."""
        from opinionscope.tui.screens.picker import PickerScreen

        names = letters(self._runs)
        saved = {run.id: run for run in self._runs if run.status != "running"}
        items = [
            PickerItem(run.id, f"{name}  {run_name(run, self._comparison.differs)}", run.id)
            for name, run in zip(names, self._runs, strict=True)
        ]

        def picked(run_id: str) -> None:
            if run_id in saved:
                self.post_message(SavedRunWanted(saved[run_id]))

        PickerScreen("Open which run?", search_in(items)).ask(self.app, picked)


def _aligned(rows: Sequence[Sequence[str]], width: int) -> list[Line]:
    """A table with its first row as the heading, numbers to the right; the names give way first."""
    return [
        [Piece(text, "label" if at else "muted")] for block in aligned(rows, width) for at, text in enumerate(block)
    ]
