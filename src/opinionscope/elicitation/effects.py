"""What in a recipe has an effect with a steering method and a format."""

from collections.abc import Iterator, Sequence
from itertools import product

from opinionscope.elicitation.expression import FORMATS
from opinionscope.elicitation.steering import steering_of
from opinionscope.recipe import ALL_OPTIONS, Recipe, RecipeOption


def counts_people(steering: str, format_name: str) -> bool:
    """Whether single people are simulated, so that their number means something: drawn, or counted in an answer."""
    return steering_of(steering).draws_people or (format_name in FORMATS and FORMATS[format_name].counts_people)


def idle(option: RecipeOption, steering: str, format_name: str) -> str:
    """Why an option has no effect; "" where it has one, as is assumed of a format that is in no registry."""
    missing = {
        "people": not counts_people(steering, format_name) and f"{format_name} simulates no single people",
        "persona": not steering_of(steering).has_persona and f"steering {steering} has no persona",
        "examples": not steering_of(steering).has_real_examples and f"steering {steering} has no examples",
    }
    if reason := missing.get(option.needs):
        return f"No effect: {reason}."
    if option.steering not in ("", steering):
        return f"No effect: it goes with steering {option.steering}."
    if format_name in FORMATS and option.name in FORMATS[format_name].ignores:
        return f"No effect: {format_name} has no use for it."
    return ""


def without_effect(recipe: Recipe, steerings: Sequence[str], formats: Sequence[str]) -> Iterator[str]:
    """A sentence for each option that has no effect with any of these; an idle voice is noted by the plan."""
    for option in ALL_OPTIONS:
        reasons = [idle(option, *each) for each in product(steerings, formats)]
        if not option.is_usual(recipe) and option.needs != "persona" and all(reasons):
            yield f"--{option.name.replace('_', '-')}: {reasons[0][0].lower()}{reasons[0][1:]}"
