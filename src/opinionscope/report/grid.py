"""A grid: one question asked in many ways, each way a cell with the answer that is known, if any.

Rows are steering methods and columns formats or models; of a grid by group, rows are the groups that answered the
question and columns steering methods.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any, Literal, get_args

from msgspec import Struct, structs

from opinionscope.alignment.alignment import Alignment, align, restricted
from opinionscope.collection import Collection, Item
from opinionscope.collection.item import told
from opinionscope.elicitation import FORMATS, STEERINGS, refusal, requests_of
from opinionscope.elicitation.effects import idle
from opinionscope.errors import OpinionscopeError
from opinionscope.recipe import ALL_OPTIONS
from opinionscope.report.names import without_folders
from opinionscope.respondents.recorded import RECORDED_PREFIX
from opinionscope.respondents.redaction import public_url
from opinionscope.runs import Run
from opinionscope.runs.prober import Choices, Prober
from opinionscope.selection import Selection, Term
from opinionscope.survey import Distribution, DistributionError, Group, Library, Question
from opinionscope.survey.text import counted, fold
from opinionscope.values import replace

Axis = Literal["format", "model", "group"]
AXES: tuple[Axis, ...] = get_args(Axis)
AXIS_TITLES: Mapping[Axis, str] = {
    "format": "Steering × format", "model": "Steering × model", "group": "Group × steering"
}  # fmt: skip
NOT_RECORDED = "unrecorded"
NOT_ASKED = "–"
ASKING = "asking"
"""How far calls are of which nothing has come yet."""
Place = tuple[int, int]
"""Row and column of a cell, from 0."""


class GridCell(Struct, frozen=True):
    """One way of asking.

    Attributes:
        choices, group: what is asked there.
        human: over the options that are compared; None where that is not known.
        model: likewise; None where there is no answer that could be read.
        alignment: None where a side is missing.
        kind: "live" or "recorded"; "" where nobody answered.
        run_id: of the history; "" for a recorded answer.
        word: stands in the cell where there are no measures: "unrecorded", "30 calls", "unread", "failed".
        reason: why there are none, in full, where that takes more than the word.
        muted: why its measures are not reliable, or "".
        is_missing: whether a live model can be asked for it.
        waiting: how far its calls are, while they are made, or "".
    """

    choices: Choices
    group: Group
    human: Distribution | None
    model: Distribution | None = None
    alignment: Alignment | None = None
    kind: str = ""
    run_id: str = ""
    word: str = ""
    reason: str = ""
    muted: str = ""
    is_missing: bool = False
    waiting: str = ""

    def __getitem__(self, measure: str) -> float | None:
        """The value of a measure; None where it is not defined."""
        return self.alignment[measure] if self.alignment else None


class Grid(Struct, frozen=True, dict=True):
    """Cells of one question.

    Attributes:
        chosen: the choices on screen, which the cells vary.
        positions: the options that are compared.
        rows, columns: names of steering methods, formats, models or groups.
        cells: shape (rows, columns).
        left_out: names of rows and columns in which nothing was recorded and nobody can be asked.
    """

    question: Question
    chosen: Choices
    by: Axis
    positions: tuple[int, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[GridCell, ...], ...]
    left_out: tuple[str, ...] = ()

    def __getitem__(self, place: Place) -> GridCell:
        return self.cells[place[0]][place[1]]

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the options that are compared."""
        return tuple(self.question.labels[at] for at in self.positions)

    @property
    def places(self) -> Iterator[Place]:
        """All cells, row by row."""
        return ((row, column) for row in range(len(self.rows)) for column in range(len(self.columns)))

    @property
    def missing(self) -> list[Place]:
        """The cells that a live model can be asked for."""
        return [place for place in self.places if self[place].is_missing]

    @cached_property
    def ends(self) -> tuple[Place, Place] | None:
        """The best and the worst cell by TV; None unless two reliable ones differ."""
        scored = [(self[place]["tv"] or 0.0, place) for place in self.reliable]
        if not scored:
            return None
        best, worst = min(scored), max(scored)
        return (best[1], worst[1]) if best[0] < worst[0] else None

    @property
    def reliable(self) -> list[Place]:
        """The cells with measures that are reliable and no longer change."""
        cells = ((place, self[place]) for place in self.places)
        return [place for place, cell in cells if cell.alignment and not cell.muted and not cell.waiting]

    def mark(self, place: Place) -> str:
        """``best``, ``worst`` or ""."""
        return ("best", "worst")[self.ends.index(place)] if self.ends and place in self.ends else ""

    def place_of(self, run: Run) -> Place | None:
        """The cell that a run answers; None if there is none."""
        asked = (run.cell.steering, run.cell.format, run.model, run.cell.group.name)
        for place in self.places:
            choices = self[place].choices
            if asked == (choices.steering, choices.format, choices.model, self[place].group.name):
                return place
        return None

    @property
    def start(self) -> Place:
        """The cell of the choices on screen; the first where that is left out."""
        return next((place for place in self.places if self[place].choices == self.chosen), (0, 0))

    def with_cell(self, place: Place, cell: GridCell) -> "Grid":
        """The grid with another cell."""
        row, column = place
        cells = (*self.cells[row][:column], cell, *self.cells[row][column + 1 :])
        return replace(self, cells=(*self.cells[:row], cells, *self.cells[row + 1 :]))


def make_grid(
    collection: Collection, chosen: Choices, by: Axis, server_for: Callable[[str], str | None] = lambda _: None
) -> Grid:
    """The grid around some choices, with every answer that is known; nobody is asked.

    Args:
        server_for: gives the server at which another model is asked, if not at its provider's own.

    Raises:
        NotFoundError: if the question or the group is not there.
        RunError: if the history cannot be read.
    """
    library = collection.library
    question = library.question(chosen.question)
    group = library.group(question, chosen.group)
    items = _known(collection, question, chosen, by)
    steerings, groups = tuple(STEERINGS), _groups(library, question, group)
    if by == "group":
        rows, columns = tuple(groups), steerings
    else:
        models = sorted({item.model for item in items.values() if item.format == chosen.format} - {chosen.model})
        rows, columns = steerings, tuple(FORMATS) if by == "format" else (chosen.model, *models)
    positions = tuple(
        at for at, option in enumerate(question.options) if not (chosen.drop_nonresponse and option.nonresponse)
    )

    def cell(row: str, column: str) -> GridCell:
        people = groups[row] if by == "group" else group
        if by == "group":
            choices = replace(chosen, group=library.key_of(question, people), steering=column)
        elif by == "format":
            choices = replace(chosen, steering=row, format=column)
        elif column == chosen.model:
            choices = replace(chosen, steering=row)
        else:
            choices = replace(chosen, steering=row, model=column, api_base=server_for(column))
        item = items.get((choices.steering, choices.format, choices.model, people.name))
        reason = refusal(library, question, people, choices.steering, choices.format)
        return _cell(choices, people, question, library.human(question, people), item, positions, reason)

    cells = tuple(tuple(cell(row, column) for column in columns) for row in rows)
    return _without_empty(Grid(question, chosen, by, positions, rows, columns, cells))


def _without_empty(grid: Grid) -> Grid:
    """The grid without rows and columns in which nothing was recorded, unless that is all of it."""
    known = {(cell.choices.steering, cell.choices.format) for row in grid.cells for cell in row if cell.kind}

    def has_something(cells: Sequence[GridCell]) -> bool:
        asked = [(cell.choices.steering, FORMATS[cell.choices.format].recorded_as) for cell in cells]
        return any(cell.word not in (NOT_RECORDED, NOT_ASKED) for cell in cells) or not known.isdisjoint(asked)

    rows = [at for at, cells in enumerate(grid.cells) if has_something(cells)]
    columns = [at for at in range(len(grid.columns)) if has_something([row[at] for row in grid.cells])]
    if not rows or not columns:
        return grid
    out = [name for at, name in enumerate(grid.rows) if at not in rows]
    out += [name for at, name in enumerate(grid.columns) if at not in columns]
    return replace(
        grid,
        rows=tuple(grid.rows[at] for at in rows),
        columns=tuple(grid.columns[at] for at in columns),
        cells=tuple(tuple(grid.cells[row][column] for column in columns) for row in rows),
        left_out=tuple(out),
    )


def with_run(grid: Grid, run: Run) -> Grid:
    """The grid with what came of a run, or what has come of it so far, in its cell."""
    place = grid.place_of(run)
    if place is None:
        return grid
    cell = replace(grid[place], kind=run.reply.kind if run.reply else "live", run_id=run.id)
    if run.status == "running":
        waiting = f"{len(run.replies):,} of {len(run.plan.calls):,}"
        return grid.with_cell(place, replace(cell, waiting=waiting, alignment=run.alignment, model=_model(run)))
    ended = replace(
        cell,
        waiting="",
        alignment=run.alignment,
        model=_model(run),
        muted=run.measures_muted,
        word="" if run.alignment else run.status,
        reason="" if run.alignment else run.error,
        is_missing=run.status in ("failed", "cancelled"),
    )
    return grid.with_cell(place, ended)


async def with_scaled(grid: Grid, prober: Prober) -> Grid:
    """The grid with what recorded log-probs come to at the temperature that is fitted on other questions."""
    for place in grid.places:
        cell = grid[place]
        if cell.word == NOT_RECORDED and FORMATS[cell.choices.format].scaled:
            with suppress(OpinionscopeError):
                run = await prober.peek(cell.choices)
                grid = with_run(grid, run) if run.alignment else grid
    return grid


def _model(run: Run) -> Distribution | None:
    return run.alignment.model if run.alignment else None


def shown_model(model: str, others: Sequence[str] = ()) -> str:
    """A model's name for a heading; ``recorded/`` only where a live one of that name stands beside it."""
    bare = model.removeprefix(RECORDED_PREFIX)
    return without_folders(model if bare in others and bare != model else bare)


def selection_of(**fields: str) -> Selection:
    """The answers whose fields have these values; names are also found by their last part."""
    return Selection("", tuple(Term("is", name, (fold(value),)) for name, value in fields.items()))


def asked_alike(item: Item, chosen: Choices) -> bool:
    """Whether an answer was asked for as chosen, at the same server if it is the same model.

    Recorded answers were asked in their own way.
    """
    if not item.recipe:
        return True
    if item.model == chosen.model and item.server != (public_url(chosen.api_base) if chosen.api_base else ""):
        return False
    expected = told(chosen.recipe)
    at_work = (option.name for option in ALL_OPTIONS if not idle(option, item.steering, item.format))
    return all(item.recipe.get(name) == expected[name] for name in at_work)


_Key = tuple[str, str, str, str]


def _known(collection: Collection, question: Question, chosen: Choices, by: Axis) -> dict[_Key, Item]:
    """What answers the question: the newest answer of each cell that could be read, else the newest that could not."""
    fields = {"dataset": question.dataset, "question": question.id}
    fields |= {} if by == "model" else {"model": chosen.model}
    found: dict[_Key, Item] = {}
    for item in collection.items(selection_of(**fields)):
        if (item.question.id, item.question.labels) != (question.id, question.labels):
            continue
        key = (item.steering, item.format, item.model, item.group.name)
        is_better = key not in found or (found[key].answer is None and item.answer is not None)
        if is_better and asked_alike(item, chosen):
            found[key] = item
    return found


def _groups(library: Library, question: Question, chosen: Group) -> dict[str, Group]:
    """The groups that answered the question, and the chosen one, by their names."""
    return {group.name: group for group in (*library.groups(question), chosen)}


def _cell(
    choices: Choices,
    group: Group,
    question: Question,
    human: Distribution | None,
    item: Item | None,
    positions: tuple[int, ...],
    reason: str,
) -> GridCell:
    """The cell of an item, or of none; `reason` is why nobody can be asked for one, or ""."""
    cell = GridCell(choices, group, restricted(human, positions))
    if item is None:
        if choices.is_recorded:
            return replace(cell, word=NOT_RECORDED)
        if reason:
            return replace(cell, word=NOT_ASKED, reason=reason)
        calls = requests_of(choices.steering, FORMATS[choices.format], choices.recipe)
        return replace(cell, word=counted(calls, "call"), is_missing=True)
    cell = replace(cell, kind=item.kind, run_id=item.run_id)
    if item.answer is None:
        return replace(cell, word="unread", reason=item.reason)
    cell = replace(cell, model=restricted(item.answer, positions))
    if human is None:
        return replace(cell, word="no humans", reason="It is not known how people answered")
    try:
        alignment = align(
            human,
            item.answer,
            question.options,
            epsilon=choices.epsilon,
            drop_nonresponse=choices.drop_nonresponse,
            sample_size=item.answer.n,
        )
    except DistributionError as error:
        return replace(cell, word="no measure", reason=error.message)
    return replace(cell, alignment=alignment, muted=structs.replace(item, human=human).muted)


COLUMNS = (
    "steering", "format", "model", "group", "n", "kind", "run_id", "tv", "kl", "tv_floor", "mark", "reason", "muted",
    "options", "human_shares", "model_shares",
)  # fmt: skip


def grid_rows(grid: Grid) -> list[dict[str, Any]]:
    """A row a cell, empty ones among them; KL in nats."""
    return [_row(grid, place) for place in grid.places]


def _row(grid: Grid, place: Place) -> dict[str, Any]:
    cell, floor = grid[place], None
    if cell.alignment and "tv" in cell.alignment.scores:
        floor = cell.alignment.scores["tv"].floor
    return {
        "steering": cell.choices.steering,
        "format": cell.choices.format,
        "model": cell.choices.model,
        "group": cell.group.name,
        "n": cell.human.n if cell.human else None,
        "kind": cell.kind or None,
        "run_id": cell.run_id or None,
        "tv": cell["tv"],
        "kl": cell["kl"],
        "tv_floor": floor,
        "mark": grid.mark(place) or None,
        "reason": cell.reason or cell.word or None,
        "muted": cell.muted or None,
        "options": list(grid.labels),
        "human_shares": list(cell.human.probabilities) if cell.human else None,
        "model_shares": list(cell.model.probabilities) if cell.model else None,
    }
