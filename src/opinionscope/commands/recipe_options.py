"""The options of a recipe that `run` and `sweep plan` have alike."""

from functools import cache
from typing import TYPE_CHECKING, Any

import click
from typing_extensions import override

from opinionscope.commands.grammar import Choice, Command, SelectionCommand

if TYPE_CHECKING:
    from opinionscope.recipe import RecipeOption

temperature_option = click.option(
    "--temperature", metavar="T", type=float, default=1.0, show_default=True, help="Sampling temperature."
)


class _Further(click.Command):
    """Has an option for each of `recipe.OPTIONS` behind --temperature; they are loaded when it is used."""

    @override
    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        own = super().get_params(ctx)
        behind = [each.name for each in own].index("temperature") + 1
        return [*own[:behind], *_further(), *own[behind:]]


class RecipeCommand(_Further, Command):
    """A command that takes a recipe."""


class RecipeSelectionCommand(_Further, SelectionCommand):
    """A command that takes a selection and a recipe."""


@cache
def _further() -> tuple[click.Option, ...]:
    from opinionscope.recipe import OPTIONS, PLAIN

    return tuple(_option(each, getattr(PLAIN, each.name)) for each in OPTIONS)


def _option(field: "RecipeOption", usual: Any) -> click.Option:
    """A flag for a switch, else an option that takes a whole number or one of the values."""
    names, meaning = [f"--{field.name.replace('_', '-')}"], f"{field.meaning}."
    if isinstance(usual, bool):
        return click.Option(names, is_flag=True, help=meaning)
    kind, metavar = (Choice(field.values), None) if field.values else (int, "N")
    return click.Option(names, type=kind, metavar=metavar, default=usual, show_default=True, help=meaning)
