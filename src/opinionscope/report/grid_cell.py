"""One cell of a grid in words, for the space below the grid."""

from opinionscope.charts.bars import percent
from opinionscope.charts.lines import Line, Piece
from opinionscope.report.grid import ASKING, NOT_RECORDED, Grid, GridCell, Place
from opinionscope.report.grid_drawing import MARKS
from opinionscope.report.names import without_folders
from opinionscope.report.words import Unit, divergence, sample_size
from opinionscope.respondents.recorded import RECORDED_PREFIX


def cell_lines(grid: Grid, place: Place, unit: Unit) -> list[Line]:
    """What was asked, what was answered, how close it is, and where it comes from or what it would take."""
    cell, mark = grid[place], grid.mark(place)
    choices = cell.choices
    asked = f"{choices.steering} · {choices.format} · {without_folders(choices.model)} as {cell.group.name}"
    found: list[Line] = [[Piece(asked, "heading"), Piece(f"   {MARKS[mark]} {mark} here" if mark else "", "value")]]
    if cell.model:
        found.append([Piece(_shares(grid, cell), "label")])
    if cell.alignment:
        found.append([Piece(_measures(cell, unit), "value")])
    if cell.muted:
        found.append([Piece(f"not reliable: {cell.muted}", "warning")])
    return [*found, [Piece(_source(cell), "muted")]]


def _shares(grid: Grid, cell: GridCell) -> str:
    """People's and the model's share of each option: ``Yes 41 → 36 %``."""
    models = cell.model.probabilities if cell.model else ()
    humans = cell.human.probabilities if cell.human else (None,) * len(models)
    return " · ".join(
        f"{label} {'?' if human is None else percent(human).removesuffix(' %')} → {percent(model)}"
        for label, human, model in zip(grid.labels, humans, models, strict=True)
    )


def _measures(cell: GridCell, unit: Unit) -> str:
    assert cell.alignment is not None
    tv, kl = cell.alignment.scores["tv"], cell.alignment.scores["kl"]
    floor = f" (floor {tv.floor:.3f})" if tv.floor is not None else ""
    return f"TV {tv.value:.3f}{floor} · KL {divergence(kl.value, unit)} {unit} · {sample_size(cell.human)}"


def _source(cell: GridCell) -> str:
    if cell.waiting:
        far = "" if cell.waiting == ASKING else f", {cell.waiting} answers"
        return f"Being asked{far}; esc stops."
    why = " ".join(filter(None, (cell.word and f"{cell.word.capitalize()}:", cell.reason and f"{cell.reason}.")))
    if cell.run_id and cell.kind:
        return f"{why} Run {cell.run_id}; Enter opens it.".strip()
    if cell.kind:
        return f"{why} Recorded answer; Enter opens it in Explore.".strip()
    if cell.word == NOT_RECORDED:
        bare = cell.choices.model.removeprefix(RECORDED_PREFIX)
        return f"Nothing was recorded of {bare} for this, and recorded models cannot be asked."
    return f"Not asked yet: {cell.word}. a asks for all that is missing; Enter: Explore."
