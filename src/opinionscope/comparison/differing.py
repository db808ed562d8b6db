"""What differs between runs: the fields of the cell, the recipe and the comparison that are not the same in all."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from opinionscope.elicitation import OPTIONS
from opinionscope.elicitation.effects import counts_people, idle
from opinionscope.elicitation.steering import steering_of
from opinionscope.recipe import RecipeOption
from opinionscope.runs import Run


def _further(option: RecipeOption) -> Callable[[Run], Any]:
    def value(run: Run) -> str | None:
        has_effect = run.is_live and not idle(option, run.cell.steering, run.cell.format)
        return option.of(run.cell.recipe) if has_effect else None

    return value


FIELDS: Mapping[str, Callable[[Run], Any]] = {
    "question": lambda run: (run.cell.question.dataset, run.cell.question.id),
    "group": lambda run: run.cell.group.name,
    "steering": lambda run: run.cell.steering,
    "format": lambda run: run.cell.format,
    "model": lambda run: run.model,
    "api_base": lambda run: run.api_base,
    "voice": lambda run: run.cell.recipe.voice if steering_of(run.cell.steering).has_persona else None,
    "examples": lambda run: (
        (run.cell.recipe.examples, run.cell.recipe.example_ids)
        if steering_of(run.cell.steering).has_real_examples
        else None
    ),
    "order": lambda run: run.cell.recipe.order,
    "reasoning": lambda run: run.cell.recipe.reasoning,
    "repeats": lambda run: run.cell.recipe.repeats,
    "samples": lambda run: run.cell.recipe.samples if counts_people(run.cell.steering, run.cell.format) else None,
    "temperature": lambda run: run.cell.recipe.temperature if run.is_live else None,
    **{option.name: _further(option) for option in OPTIONS},
    "seed": lambda run: run.plan.first.seed,
    "epsilon": lambda run: run.epsilon,
    "drop_nonresponse": lambda run: run.drop_nonresponse,
    "human": lambda run: run.human,
    "pack_version": lambda run: run.pack_version,
}
"""Name → what of a run is compared; what has no effect on a run is None in it."""

MINOR = ("seed", "pack_version")
"""What is named only where nothing else differs."""


def differing(runs: Sequence[Run]) -> tuple[str, ...]:
    """The names of the fields that differ, those that matter most first; () where all runs were asked alike.

    A field that plays no part in a run differs from no other.
    """
    found = []
    for name, value_of in FIELDS.items():
        values = [value_of(run) for run in runs]
        known = values if name in ("api_base", "seed", "human") else [value for value in values if value is not None]
        if any(value != known[0] for value in known):
            found.append(name)
    return tuple(name for name in found if name not in MINOR) or tuple(found)
