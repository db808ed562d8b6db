"""What stands below or beside the people of a table, and is of none of them: nameless averages, a second table."""

from collections.abc import Sequence

from opinionscope.importers.figures import number_in
from opinionscope.importers.reading import RawTable
from opinionscope.survey.text import clean_line, some_of

LEAST_PEOPLE = 3
"""Of fewer people, one may have answered the average of the others."""
MOST_BESIDE = 0.5
"""A table beside that of the people has at most so many rows for each of theirs."""


def averages_in(row: Sequence[str], people: Sequence[Sequence[str]]) -> str:
    """The cells of a row that holds averages of whole numbers, and lacks what others have; "" of any other."""
    filled = {at: cell.strip() for at, cell in enumerate(row) if cell.strip()}
    lacking = [at for at in range(len(row)) if at not in filled]
    if len(people) < LEAST_PEOPLE or not any(
        all("".join(cells[at : at + 1]).strip() for cells in people) for at in lacking
    ):
        return ""
    is_between = (_is_between(cell, [cells[at] for cells in people if at < len(cells)]) for at, cell in filled.items())
    return ", ".join(filled.values()) if any("." in cell for cell in filled.values()) and all(is_between) else ""


def _is_between(cell: str, above: Sequence[str]) -> bool:
    """Whether a cell is a number, and those above it are whole, some smaller and some larger."""
    number, numbers = number_in(cell), [number_in(each) for each in above if each.strip()]
    known = [each for each in numbers if each is not None and not each % 1]
    return number is not None and len(known) == len(numbers) > 0 and min(known) < number < max(known)


def leave_out_beside(grid: RawTable) -> None:
    """Leave out a smaller table that stands to the right of the people, parted from them by an empty column."""
    for gap in range(2, len(grid.header) - 1):
        if grid.header[gap] or any("".join(cells[gap : gap + 1]).strip() for _, cells in grid.rows):
            continue
        beside = [any(cell.strip() for cell in cells[gap + 1 :]) for _, cells in grid.rows]
        used = sum(beside)
        if any(beside[:used]) and all(beside[:used]) and used <= MOST_BESIDE * len(grid.rows):
            names = [clean_line(name) for name in grid.header[gap + 1 :] if name]
            grid.notes.append(f"{some_of(names)} stand beside the people, behind an empty column, and were left out.")
            grid.header = grid.header[:gap]
            grid.rows = [(place, cells[:gap]) for place, cells in grid.rows]
            return
