"""What a sweep will take: tokens, money and time, estimated from the prompts of a few of its cells."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, islice

from msgspec import Struct

from opinionscope.elicitation import OWN_VOICES, Voices, make_plan
from opinionscope.elicitation.steering import SteeringError
from opinionscope.respondents.price_map import ModelFacts
from opinionscope.runs.need import need_of
from opinionscope.runs.sweep_grid import SweepGrid, Way
from opinionscope.settings import LimitSettings
from opinionscope.survey import Group, Library, Question

SECONDS_A_CALL = 2.0
"""Assumed where the history knows no call of a model."""
LOOKED_UP = "recorded answers are looked up"
PAIRS_LOOKED_AT = 12

Limit = tuple[str, str]
"""Whose limit, "" for the program's own; and the limit in words."""


class ModelEstimate(Struct, frozen=True):
    """What the cells of one model, or of all, will take; all but cells and calls are estimates.

    Attributes:
        model: "" for all of them.
        calls: requests that are left to make.
        answered: cells that the history has answers to.
        cost_usd: None where the price is not known.
        times: seconds that the calls take at each limit, were it the only one.
        is_assumed: whether the time of a call is assumed, for want of calls in the history.
    """

    model: str
    cells: int
    answered: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None
    times: Mapping[Limit, float]
    is_assumed: bool

    @property
    def seconds(self) -> float:
        """At all limits."""
        return max(self.times.values(), default=0.0)

    @property
    def slowed_by(self) -> str:
        """The limit that decides the time, in words."""
        return max(self.times, key=lambda limit: self.times[limit], default=("", LOOKED_UP))[1]


class Conditions(Struct, frozen=True):
    """Under what conditions a model is asked.

    Attributes:
        facts: its prices.
        limits: those that hold for it, by whose they are.
        seconds: what a call of it took so far, on average; None where that is not known.
        concurrency: calls under way at the same time.
        is_asked: False for recorded answers, which are looked up.
    """

    facts: ModelFacts
    limits: Mapping[str, LimitSettings]
    seconds: float | None
    concurrency: int
    is_asked: bool = True


def estimate(
    grid: SweepGrid,
    library: Library,
    conditions: Callable[[str], Conditions],
    answered: Mapping[str, str],
    voices: Voices = OWN_VOICES,
) -> list[ModelEstimate]:
    """One estimate a model.

    No more than a few prompts are made for each way of asking, however many cells there are.

    Args:
        answered: cells that need no call, as `SweepGrid.answered`.
    """
    sizes = {way: _size(way, grid, library, voices) for way in grid.ways}
    found = []
    for model in grid.models:
        known = _answered_calls(grid, model, answered) if answered else {}
        left = {way: grid.pairs * way.calls - known.get(way, (0, 0))[1] for way in grid.ways}
        prompt, completion = (round(sum(left[way] * sizes[way][side] for way in grid.ways)) for side in (0, 1))
        found.append(
            _estimate(
                grid,
                model,
                conditions(model),
                sum(n for n, _ in known.values()),
                sum(left.values()),
                prompt,
                completion,
            )
        )
    return found


def _answered_calls(grid: SweepGrid, model: str, answered: Mapping[str, str]) -> dict[Way, tuple[int, int]]:
    """How many cells of a model were answered, and how many requests they took, by way."""
    found: dict[Way, tuple[int, int]] = {}
    for cell in grid.cells_of(model):
        if cell.key in answered:
            cells, calls = found.get(cell.way, (0, 0))
            found[cell.way] = cells + 1, calls + cell.way.calls
    return found


def _estimate(
    grid: SweepGrid, model: str, under: Conditions, answered: int, calls: int, prompt: int, completion: int
) -> ModelEstimate:
    cells = grid.pairs * len(grid.ways)
    if not under.is_asked:
        return ModelEstimate(model, cells, answered, 0, 0, 0, 0.0, {}, False)
    cost, asked = under.facts.price(prompt, completion), calls * (under.seconds or SECONDS_A_CALL)
    times = {("", f"{under.concurrency} calls at a time"): asked / max(1, min(under.concurrency, calls))}
    for whose, limit in under.limits.items():
        if limit.concurrency:
            times[whose, f"{limit.concurrency} calls at a time"] = asked / max(1, min(limit.concurrency, calls))
        if limit.calls_per_minute:
            times[whose, f"{limit.calls_per_minute:,} calls a minute"] = calls * 60 / limit.calls_per_minute
        if limit.tokens_per_minute:
            tokens = prompt + completion
            times[whose, f"{limit.tokens_per_minute:,} tokens a minute"] = tokens * 60 / limit.tokens_per_minute
    return ModelEstimate(
        model, cells, answered, calls, prompt, completion, cost, times, under.seconds is None and calls > 0
    )


def total(estimates: Sequence[ModelEstimate]) -> ModelEstimate:
    """What all models together will take: they are asked side by side, and share a limit that holds for several."""
    costs = [each.cost_usd for each in estimates]
    limits = dict.fromkeys(chain.from_iterable(each.times for each in estimates))
    return ModelEstimate(
        "",
        sum(each.cells for each in estimates),
        sum(each.answered for each in estimates),
        sum(each.calls for each in estimates),
        sum(each.prompt_tokens for each in estimates),
        sum(each.completion_tokens for each in estimates),
        None if None in costs else sum(cost or 0.0 for cost in costs),
        {limit: sum(each.times.get(limit, 0.0) for each in estimates) for limit in limits},
        any(each.is_assumed for each in estimates),
    )


def _size(way: Way, grid: SweepGrid, library: Library, voices: Voices) -> tuple[float, float]:
    """Tokens of the prompt and of the answer to one request, on average over a few cells."""
    needs = []
    for question, group in _some_pairs(grid):
        try:
            plan = make_plan(library, question, group, way.steering, way.format, 0, way.recipe, voices)
        except SteeringError:
            continue
        needs.append(need_of(plan))
    requests = sum(need.requests for need in needs) or 1
    prompts, answers = sum(need.prompt_tokens for need in needs), sum(need.completion_tokens for need in needs)
    return prompts / requests, answers / requests


def _some_pairs(grid: SweepGrid) -> list[tuple[Question, Group]]:
    step = max(1, len(grid.questions) // PAIRS_LOOKED_AT)
    chosen = [(each, grid.groups[each]) for each in grid.questions[::step] if grid.groups[each]]
    return list(islice(((each, groups[at % len(groups)]) for at, (each, groups) in enumerate(chosen)), PAIRS_LOOKED_AT))
