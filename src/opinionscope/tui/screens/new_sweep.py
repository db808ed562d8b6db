"""NewSweepScreen: a form for a sweep, with what it would ask and take below, live."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any, ClassVar

from msgspec import Struct
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Label, Static
from typing_extensions import override

from opinionscope.elicitation import FORMATS, PLAIN, STEERINGS
from opinionscope.errors import OpinionscopeError
from opinionscope.planning import money
from opinionscope.report.words import recipe_words
from opinionscope.respondents.retries import in_words
from opinionscope.runs.sweep_grid import SweepGrid
from opinionscope.runs.sweep_plan import ALL_GROUPS
from opinionscope.survey.text import counted
from opinionscope.tui.actions import Scope, bindings_in
from opinionscope.tui.arrangement import Arrangement
from opinionscope.tui.completing import values_of
from opinionscope.tui.launching import Launch
from opinionscope.tui.pace import A_MOMENT
from opinionscope.tui.screens.confirm import ConfirmScreen
from opinionscope.tui.screens.window import Window
from opinionscope.tui.styles import MUTED
from opinionscope.tui.sweep_draft import Drafted, ListSuggester, SweepDraft, drafted, keep_plan
from opinionscope.tui.widgets.detail_tabs import styled_text
from opinionscope.tui.widgets.filter_line import FilterLine
from opinionscope.tui.widgets.form_field import CleanInput
from opinionscope.tui.widgets.key_footer import KeyFooter
from opinionscope.tui.working import work
from opinionscope.values import replace

ROWS: tuple[tuple[str, ...], ...] = (
    ("groups",), ("steering",), ("formats",), ("models",), ("server", "name"), ("repeats", "voices"),
    ("budget", "calls"),
)  # fmt: skip
HINTS: Mapping[str, str] = {
    "questions": "words, domain:political, topic:…, dataset:nytimes, tag:… of saved runs, question:ID; tab completes",
    "groups": f'names between commas, "{ALL_GROUPS}" for every one; between ; if one is party=Democrat,sex=Female',
    "steering": f"{', '.join(STEERINGS)}; → takes what is offered",
    "formats": f"{', '.join(FORMATS)}; → takes what is offered",
    "models": "names between commas, as for m in Explore; → takes what is offered",
    "server": "address of the server that is asked for all models; empty for each model's own",
    "name": "by which it is found: sweep:NAME; may stay empty",
    "repeats": "how often each is asked; several numbers between commas ask in several ways",
    "voices": "how a persona is put; several between commas",
    "budget": "US dollars after which it stops; empty for no bound",
    "calls": "requests after which it stops; empty for no bound",
}

MOST_LISTED = 12
"""How many questions are named."""


class Started(Struct, frozen=True):
    """A process that was started, and what was typed for it."""

    launch: Launch
    draft: SweepDraft


class NewSweepScreen(Window[Started]):
    """Returns what was started, or None.

    Args:
        draft: what stands in the form at first.
    """

    CSS_PATH = "new_sweep.tcss"
    AUTO_FOCUS = "#filter"
    SCOPE: ClassVar[Scope] = "new sweep"
    BINDINGS = bindings_in(SCOPE)

    def __init__(self, arrangement: Arrangement, draft: SweepDraft) -> None:
        super().__init__()
        self._arrangement = arrangement
        self._first = draft
        self._drafted: tuple[SweepDraft, Drafted] | None = None
        self._is_wanted = False
        self._is_starting = False

    @override
    def compose(self) -> ComposeResult:
        yield Static(
            Content.assemble(("A new sweep", "bold $primary"), ("   every combination is asked once", MUTED)),
            id="new-title",
            markup=False,
        )
        with Container(id="new-both"):
            with VerticalScroll(id="new", can_focus=False):
                with Horizontal(id="new-questions"):
                    yield Label("questions", markup=False)
                    values, saved = values_of(self._arrangement.library), self._arrangement.history.selections
                    yield FilterLine(values, self._first.questions, saved=saved, leaves_by_tab=True)
                for row in ROWS:
                    with Horizontal(classes="new-row"):
                        for name in row:
                            yield Label("budget $" if name == "budget" else name, markup=False)
                            first, names = getattr(self._first, name), self._names(name)
                            suggester = ListSuggester(names) if names else None
                            yield CleanInput(first, suggester=suggester, compact=True, id=f"new-{name}")
                yield Static("", id="new-hint", markup=False)
                yield Static("", id="new-estimate", markup=False)
            with VerticalScroll(id="new-preview"):
                yield Static("", id="new-asked", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Say what the first draft takes."""
        self._estimate(0)

    def _names(self, field: str) -> Callable[[], Iterable[str]] | None:
        arranged = self._arrangement
        known: Mapping[str, Callable[[], Iterable[str]]] = {
            "groups": lambda: (ALL_GROUPS, *(name for pack in arranged.library.packs for name in pack.groups)),
            "steering": lambda: STEERINGS,
            "formats": lambda: FORMATS,
            "models": lambda: (item.key for item in arranged.shelf.items() if item.key),
            "voices": lambda: (voice.name for voice in arranged.prober.voices),
        }
        return known.get(field)

    @property
    def draft(self) -> SweepDraft:
        """What is typed."""
        texts: dict[str, Any] = {name: self.query_one(f"#new-{name}", Input).value for row in ROWS for name in row}
        return replace(self._first, questions=self.query_one(FilterLine).field.value, **texts)

    # Typing

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Say what belongs into the field."""
        name = (event.widget.id or "").removeprefix("new-")
        hint = HINTS.get("questions" if name == "filter" else name, "")
        self.query_one("#new-hint", Static).update(Content.styled(hint, MUTED))

    @on(Input.Submitted)
    @on(FilterLine.Done)
    def _typed_out(self) -> None:
        self.focus_next()

    @on(Input.Changed)
    @on(FilterLine.Changed)
    def _typed(self) -> None:
        self._is_wanted = False
        self._estimate(A_MOMENT)

    @work(group="estimate", exclusive=True)
    async def _estimate(self, pause: float) -> None:
        """Say what it takes, in a thread; what is typed next takes over."""
        await asyncio.sleep(pause)
        draft, said = self.draft, self.query_one("#new-estimate", Static)
        said.add_class("-old")
        try:
            found = await asyncio.to_thread(drafted, draft, self._arrangement.workspace)
        except OpinionscopeError as error:
            self._drafted, self._is_wanted = None, False
            said.update(Content.styled(f"✗ {error.message}", "$error"))
        else:
            self._drafted = draft, found
            said.update(self._words(draft, found))
        said.remove_class("-old")
        self.query_one("#new-asked", Static).update(self._asked(self._drafted[1].grid) if self._drafted else "")
        if self._is_wanted:
            self._is_wanted = False
            self.action_start()

    def _words(self, draft: SweepDraft, found: Drafted) -> Content:
        whole, grid = found.whole, found.grid
        figures = {
            "cells": f"{whole.cells:,}: {counted(len(grid.questions), 'question')}, {grid.pairs:,} with their groups, "
            f"{counted(len(grid.ways), 'way')} of asking, {counted(len(grid.models), 'model')}",
            "answered": f"{whole.answered:,} in the history already, not asked again",
            "calls": f"{whole.calls:,} to make" if whole.calls else f"none: {whole.slowed_by}",
            "tokens": f"about {whole.prompt_tokens:,} in, {whole.completion_tokens:,} out",
            "cost": (f"about {money(whole.cost_usd)}" if whole.cost_usd else "nothing")
            if whole.cost_usd is not None
            else f"unknown: no price is known for {', '.join(found.unpriced)}",
            "time": f"about {in_words(whole.seconds)} at {whole.slowed_by}"
            + (", 2 s a call assumed" if whole.is_assumed else ""),
        }
        if not whole.calls:
            del figures["tokens"], figures["time"]
        parts: list[str | tuple[str, str]] = []
        for name, words in figures.items():
            parts += [(f"{name:<11}", "bold"), f"{words}\n"]
        if grid.left_out:
            parts.append((f"{grid.left_out:,} pairs are left out: that group's answer is not known.\n", MUTED))
        if draft.budget.strip() and whole.cost_usd is None:
            parts.append(("A budget cannot be kept without prices; bound the calls instead.\n", "$warning"))
        if also := self._also(draft):
            parts.append((also, MUTED))
        return Content.assemble(*parts).rstrip()

    def _asked(self, grid: SweepGrid) -> Content:
        """The first questions by name, and the first prompt in full."""
        lines = [Content.styled("What is asked", "bold $primary")]
        lines += [Content(question.title) for question in grid.questions[:MOST_LISTED]]
        if len(grid.questions) > MOST_LISTED:
            lines.append(Content.styled(f"… and {len(grid.questions) - MOST_LISTED:,} more", MUTED))
        for cell in islice(grid, 1):
            with suppress(OpinionscopeError):
                prompt = styled_text("prompt", self._arrangement.prober.draft(grid.choices(cell)))
                lines += [Content(""), Content.styled("The first prompt", "bold $primary"), prompt]
        return Content("\n").join(lines)

    def _also(self, draft: SweepDraft) -> str:
        """What else of Explore's recipe holds, and what a plan has no word for."""
        recipe, words = replace(draft.recipe, repeats=PLAIN.repeats, voice=PLAIN.voice), ""
        kept = replace(
            PLAIN, samples=recipe.samples, order=recipe.order, reasoning=recipe.reasoning, examples=recipe.examples,
            temperature=recipe.temperature,
        )  # fmt: skip
        way = self._first.steering, self._first.formats
        if told := recipe_words(kept, *way) if way[0] in STEERINGS and way[1] in FORMATS else "":
            words = f"As in Explore: {told}.\n"
        if replace(kept, own_answers=recipe.own_answers) != recipe:
            words += "Further options of Explore's recipe are not part of a sweep.\n"
        return words

    # Starting

    def action_start(self) -> None:
        """Say what it takes, and start if that is meant."""
        if self._is_starting or not self.is_active:
            return
        if self._drafted is None or self._drafted[0] != self.draft:
            self._is_wanted = True
            self._estimate(0)
            return
        draft, found = self._drafted
        whole, models = found.whole, ", ".join(found.plan.models)
        cost = f"about {money(whole.cost_usd)}" if whole.cost_usd is not None else "price unknown"
        cells, calls = counted(whole.cells - whole.answered, "cell"), counted(whole.calls, "call")
        question = (
            f"Ask {models} for {cells}: {calls}, {cost}? "
            f"The plan and a log go to {self._arrangement.paths.exports}; leaving the program does not stop it."
        )
        ConfirmScreen(question, "start", "not now").ask(self.app, lambda _: self._start(draft, found))

    @work(group="start")
    async def _start(self, draft: SweepDraft, found: Drafted) -> None:
        if self._is_starting:
            return
        self._is_starting = True
        try:
            path = await asyncio.to_thread(keep_plan, found.plan, self._arrangement.paths.exports)
            launch = await asyncio.to_thread(self._arrangement.launcher.start, path, draft.bounds())
        except Exception:
            self._is_starting = False
            raise
        self.notify(f"Plan: {path}", timeout=6, markup=False)
        self.pop_until_active()
        self.close_with(Started(launch, draft))
