"""What a sweep will take: tokens, money and time, estimated from the prompts of a few of its cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from opinionscope.elicitation import FORMATS, OWN_VOICES, Voices, make_plan
from opinionscope.elicitation.steering import SteeringError
from opinionscope.respondents.limits import CHARACTERS_PER_TOKEN
from opinionscope.respondents.price_map import ModelFacts
from opinionscope.runs.sweep_grid import SweepGrid, Way
from opinionscope.settings import LimitSettings
from opinionscope.survey import Group, Library, Question

SECONDS_A_CALL = 2.0
"""Assumed where the history knows no call of a model."""
LOOKED_UP = "recorded answers are looked up"
PAIRS_LOOKED_AT = 12
THOUGHT_TOKENS = 250
TOKENS_AN_OPTION = 8
TOKENS_A_LETTER = 2


@dataclass(frozen=True, slots=True)
class ModelEstimate:
    """What the cells of one model will take; all but cells and calls are estimates.

    Attributes:
        calls: requests that are left to make.
        answered: cells that the history has answers to.
        cost_usd: None where the price is not known.
        seconds: at the limits.
        slowed_by: the limit that decides the time, in words.
        is_assumed: whether the time of a call is assumed, for want of calls in the history.
    """

    model: str
    cells: int
    answered: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None
    seconds: float
    slowed_by: str
    is_assumed: bool


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under what conditions a model is asked.

    Attributes:
        facts: its prices.
        limits: those that hold for it.
        seconds: what a call of it took so far, on average; None where that is not known.
        concurrency: calls under way at the same time.
        is_asked: False for recorded answers, which are looked up.
        is_free: whether it is asked on this machine.
    """

    facts: ModelFacts
    limits: Sequence[LimitSettings]
    seconds: float | None
    concurrency: int
    is_asked: bool = True
    is_free: bool = False


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
        return ModelEstimate(model, cells, answered, 0, 0, 0, 0.0, 0.0, LOOKED_UP, False)
    facts, cost = under.facts, 0.0 if under.is_free else None
    if facts.input_cost_per_token is not None and facts.output_cost_per_token is not None:
        cost = prompt * facts.input_cost_per_token + completion * facts.output_cost_per_token
        cost = cost or (None if calls else 0.0)
    seconds = calls * (under.seconds or SECONDS_A_CALL) / under.concurrency
    times = [(seconds, f"{under.concurrency} calls at a time")]
    for limit in under.limits:
        if limit.concurrency:
            times.append((seconds * under.concurrency / limit.concurrency, f"{limit.concurrency} calls at a time"))
        if limit.calls_per_minute:
            times.append((calls * 60 / limit.calls_per_minute, f"{limit.calls_per_minute:,} calls a minute"))
        if limit.tokens_per_minute:
            tokens = prompt + completion
            times.append((tokens * 60 / limit.tokens_per_minute, f"{limit.tokens_per_minute:,} tokens a minute"))
    slowest, why = max(times)
    return ModelEstimate(model, cells, answered, calls, prompt, completion, cost, slowest, why, under.seconds is None)


def _size(way: Way, grid: SweepGrid, library: Library, voices: Voices) -> tuple[float, float]:
    """Tokens of the prompt and of the answer to one request, on average over a few cells."""
    prompts, options = [], []
    for question, group in _some_pairs(grid):
        try:
            plan = make_plan(library, question, group, way.steering, way.format, 0, way.recipe, voices)
        except SteeringError:
            continue
        prompts.append(sum(len(message["content"]) for message in plan.first.messages) / CHARACTERS_PER_TOKEN)
        options.append(len(question.options))
    if not prompts:
        return 0.0, 0.0
    return sum(prompts) / len(prompts), _answer_tokens(way, sum(options) / len(options))


def _some_pairs(grid: SweepGrid) -> list[tuple[Question, Group]]:
    step = max(1, len(grid.questions) // PAIRS_LOOKED_AT)
    chosen = [(each, grid.groups[each]) for each in grid.questions[::step] if grid.groups[each]]
    return list(islice(((each, groups[at % len(groups)]) for at, (each, groups) in enumerate(chosen)), PAIRS_LOOKED_AT))


def _answer_tokens(way: Way, options: float) -> float:
    form, thought = FORMATS[way.format], THOUGHT_TOKENS if way.recipe.reasoning else 0
    if form.request.top_logprobs or form.one_letter:
        return 1 + thought / (2 if form.request.top_logprobs else 1)
    return thought + (way.recipe.samples * TOKENS_A_LETTER if form.counts_people else options * TOKENS_AN_OPTION)
