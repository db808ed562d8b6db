"""Group shift of one question, in a sentence."""

from itertools import combinations

import numpy as np

from opinionscope.alignment.pairs import Pairs
from opinionscope.elicitation.steering import steering_of
from opinionscope.report.grid import Grid, GridCell
from opinionscope.survey.text import counted
from opinionscope.tables.group_shift import gaps_of
from opinionscope.tables.words import number


def shift_sentence(grid: Grid, steering: str) -> str:
    """How far the model moves from group to group where people differ, over all pairs of groups of one attribute.

    The figure is the slope of the model's differences on the people's, over options and pairs; see
    `tables.group_shift`. One question has no interval, for intervals there are clustered by question.
    """
    if not steering_of(steering).names_group:
        return f"Group shift: with steering {steering} the model is told of no group, so it cannot tell them apart."
    column = grid.columns.index(steering)
    cells = [row[column] for row in grid.cells if _counts(row[column])]
    pairs = [(a, b) for a, b in combinations(range(len(cells)), 2) if _attributes(cells[a]) == _attributes(cells[b])]
    if not pairs:
        return f"Group shift, {steering}: not known before two groups of one attribute have answers."
    gaps = gaps_of(_arrays(cells), [a for a, _ in pairs], [b for _, b in pairs])
    if (gaps.human_squares - gaps.noise).sum() <= 0:
        return f"Group shift, {steering}: the groups differ by no more than sampling does, so there is none to measure."
    slope = float(gaps.products.sum() / gaps.human_squares.sum())
    direction = gaps.direction[np.isfinite(gaps.direction)]
    cosine = f", cosine {number(float(direction.mean()), 2)}" if direction.size else ""
    return (
        f"Group shift, {steering}: slope {number(slope, 2)}{cosine}. 10 points between groups of people are "
        f"{number(slope * 10, 1)} in the model ({counted(len(pairs), 'pair')}; one question has no interval)."
    )


def _counts(cell: GridCell) -> bool:
    return cell.alignment is not None and not cell.muted and not cell.waiting and bool(cell.group.attributes)


def _attributes(cell: GridCell) -> frozenset[str]:
    return frozenset(name for name, _ in cell.group.attributes)


def _arrays(cells: list[GridCell]) -> Pairs:
    sides = [(cell.alignment.human, cell.alignment.model) for cell in cells if cell.alignment]
    human = np.array([people.probabilities for people, _ in sides])
    return Pairs(
        human=human,
        model=np.array([model.probabilities for _, model in sides]),
        options=np.full(human.shape, True),
        values=np.full(human.shape, np.nan),
        n=np.array([people.n or np.nan for people, _ in sides], dtype=float),
        m=np.array([model.n or np.nan for _, model in sides], dtype=float),
    )
