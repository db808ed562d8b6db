"""Answers that a temperature is fitted on: what is wanting is said before any call, and asked first if so wished."""

import asyncio
from collections.abc import Iterable, Iterator

from opinionscope.alignment.temperature import FEWEST
from opinionscope.commands.output import Narration
from opinionscope.commands.printing import tell
from opinionscope.elicitation import FORMATS
from opinionscope.report.words import calls_and_cost
from opinionscope.respondents.price_map import FactsOf
from opinionscope.respondents.recorded import is_recorded
from opinionscope.runs.calibration import Lacking, Pair
from opinionscope.runs.job import UNWATCHED
from opinionscope.runs.prober import Choices, Prober
from opinionscope.runs.scheduler import NotAskedError
from opinionscope.runs.sweep_grid import SweepGrid
from opinionscope.stopping import run_stoppable
from opinionscope.survey.text import counted

TITLE = "Other answers first"


def ask_missing_first(prober: Prober, facts_of: FactsOf, choices: Choices, *, ask: bool, is_saved: bool) -> None:
    """Make sure that a temperature can be fitted for one run.

    Raises:
        NotAskedError: if it cannot be; nobody was asked unless `ask`.
        OpinionscopeError: if the choices make no plan.
    """
    lacking = asyncio.run(prober.lacking(choices))
    if lacking is None:
        return
    if not lacking.suffices:
        raise NotAskedError(f"{lacking.words}; {lacking.advice}", title=TITLE)
    if not is_saved:
        raise NotAskedError(f"{lacking.words}; they are saved, so leave --no-save out", title=TITLE)
    cost = _cost_of(prober, facts_of, [(choices, lacking)])
    if not ask:
        more = f"--ask-missing asks {len(lacking.ask)} more first"
        raise NotAskedError(f"{lacking.words}; {more} ({cost}), or choose the format log-probs", title=TITLE)
    tell(f"{lacking.words}. Asking {len(lacking.ask)} more first: {cost}.")
    _ask(prober, [(choices, lacking)])
    if (left := asyncio.run(prober.lacking(choices))) is not None:
        raise NotAskedError(f"{left.words}; ask again, or choose the format log-probs", title=TITLE)


def lacking_in(prober: Prober, grid: SweepGrid) -> list[tuple[Choices, Lacking]]:
    """What the cells of a sweep lack that neither the history nor the sweep itself will have."""

    async def found() -> list[tuple[Choices, Lacking]]:
        every = [(choices, await prober.lacking(choices, promised)) for choices, promised in _scaled(grid)]
        return [(choices, lacking) for choices, lacking in every if lacking is not None]

    return asyncio.run(found())


def remarks(prober: Prober, facts_of: FactsOf, lacks: Iterable[tuple[Choices, Lacking]]) -> Iterator[str]:
    """What a sweep lacks, in sentences."""
    for choices, lacking in lacks:
        if lacking.suffices:
            cost = _cost_of(prober, facts_of, [(choices, lacking)])
            how = f"`sweep start --ask-missing` asks {len(lacking.ask)} more first ({cost})"
        else:
            how = lacking.advice
        yield f"{lacking.words}, those of the plan counted; {how}."


def ask_missing_of(prober: Prober, facts_of: FactsOf, grid: SweepGrid, *, ask: bool) -> None:
    """Say what the cells of a sweep lack for a temperature, and ask it if so wished; else the sweep goes on without."""
    lacks = lacking_in(prober, grid)
    if not ask:
        for sentence in remarks(prober, facts_of, lacks):
            tell(f"Warning: {sentence}")
    elif wanted := [(choices, lacking) for choices, lacking in lacks if lacking.suffices]:
        number = sum(len(lacking.ask) for _, lacking in wanted)
        cost = _cost_of(prober, facts_of, wanted)
        tell(f"Asking {counted(number, 'other answer')} with log-probs first, to fit temperatures on: {cost}.")
        _ask(prober, wanted)


def _cost_of(prober: Prober, facts_of: FactsOf, wanted: Iterable[tuple[Choices, Lacking]]) -> str:
    """What asking takes, in words."""
    drafts = [prober.draft(each) for choices, lacking in wanted for each in choices.asking(lacking)]
    return calls_and_cost(drafts, facts_of)


def _ask(prober: Prober, wanted: Iterable[tuple[Choices, Lacking]]) -> None:
    every = [each for choices, lacking in wanted for each in choices.asking(lacking)]
    narration = Narration()

    async def asked() -> None:
        ended = 0
        narration.show(f"0 of {len(every):,} other answers")
        async with narration.ticking():
            async for run in prober.runs((each, UNWATCHED) for each in every):
                ended += 1
                narration.show(f"{ended:,} of {len(every):,} other answers")
                if run.error:
                    narration.above(f"{run.cell.question.id}: {run.error_title}: {run.error}")

    try:
        run_stoppable(asked())
    finally:
        narration.end()


def _scaled(grid: SweepGrid) -> Iterator[tuple[Choices, set[Pair]]]:
    """For each model, dataset and way of the grid that wants a temperature: one cell, and the pairs asked anyway.

    The cell is of the question that takes most pairs away when it is left out.
    """
    for dataset in dict.fromkeys(question.dataset for question in grid.questions):
        groups = {each: of for each, of in grid.groups.items() if each.dataset == dataset and of}
        if not groups:
            continue
        most = max(groups, key=lambda each: len(groups[each]))
        pairs = {(each.id, group.name) for each, of in groups.items() for group in of}
        if len(pairs) - len(groups[most]) >= FEWEST:
            continue
        for model in grid.models:
            seen = set()
            for cell in grid.cells_of(model) if not is_recorded(model) else ():
                way = (cell.way.steering, cell.way.recipe)
                if cell.question == most and FORMATS[cell.way.format].scaled and way not in seen:
                    seen.add(way)
                    yield grid.choices(cell), pairs
