"""The options of a recipe that `run` and `sweep plan` have alike."""

import click

from opinionscope.commands.grammar import Choice
from opinionscope.commands.opening import decorated

recipe_options = decorated(
    click.option(
        "--temperature", metavar="T", type=float, default=1.0, show_default=True, help="Sampling temperature."
    ),
    click.option(
        "--repair",
        metavar="N",
        type=int,
        default=0,
        show_default=True,
        help="Follow-ups where an answer cannot be read.",
    ),
    click.option(
        "--normalise",
        type=Choice(("near", "any")),
        default="near",
        show_default=True,
        help="Stated sums to scale to 100.",
    ),
    click.option("--place-and-time", is_flag=True, help="Tell the model the survey's population and year."),
    click.option(
        "--own-answers",
        metavar="N",
        type=int,
        default=0,
        show_default=True,
        help="With -s people: how many of a person's other answers to show.",
    ),
    click.option(
        "--check-text", is_flag=True, help="Log-probs, samples: compare the first token with what is written."
    ),
    click.option(
        "--completion", is_flag=True, help="For base models: send the prompt as a transcript to be continued."
    ),
)
"""Adds an option for the temperature, and one for each of `elicitation.OPTIONS`, with the recipe's defaults."""
