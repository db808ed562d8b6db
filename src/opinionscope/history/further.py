"""The further fields of a recipe in SQL: the history keeps those that are not the default."""

from opinionscope.elicitation import OPTIONS, PLAIN
from opinionscope.recipe import RecipeOption


def value_of(option: RecipeOption) -> str:
    """The value in the recipe of a row of `runs`, as text."""
    kept = f"SELECT value FROM recipe_options WHERE run_id = runs.id AND name = '{option.name}'"
    return f"coalesce(({kept}), '{option.of(PLAIN)}')"


def columns() -> str:
    """A column for each option."""
    return ",\n  ".join(f"{value_of(option)} AS {option.name}" for option in OPTIONS)
