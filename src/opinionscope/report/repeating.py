"""A run as the command that repeats it."""

import shlex
from collections.abc import Iterator

from opinionscope.recipe import ALL_OPTIONS
from opinionscope.respondents.redaction import public_url
from opinionscope.runs import Run
from opinionscope.survey.answers import PERSON_PREFIX


def run_command(run: Run) -> str:
    """``opinionscope run …``, quoted for a shell, with what differs from the defaults.

    The same question, group, choices and seed; the model that a provider serves under a name may have changed since.
    """
    if run.kind == "person":
        return shlex.join(["opinionscope", "play", "--name", run.model.removeprefix(PERSON_PREFIX)])
    cell = run.cell
    parts = ["opinionscope", "run", "-q", cell.question.key]
    parts += ["-g", cell.group.expression or cell.group.name, "-s", cell.steering, "-f", cell.format, "-m", run.model]
    if run.api_base:
        parts += ["--api-base", public_url(run.api_base)]
    if run.is_live:
        parts += _asked(run)
    if run.drop_nonresponse:
        parts.append("--drop-refused")
    return shlex.join(parts)


def _asked(run: Run) -> Iterator[str]:
    """What differs from the defaults in how a live model is asked."""
    recipe = run.cell.recipe
    if run.plan.first.seed is not None:
        yield from ("--seed", str(run.plan.first.seed))
    for option in ALL_OPTIONS:
        if option.name == "examples" and recipe.example_ids:
            yield from ("--example-ids", ",".join(recipe.example_ids))
        elif not option.is_usual(recipe):
            yield f"--{option.name.replace('_', '-')}"
            if not isinstance(getattr(recipe, option.name), bool):
                yield option.of(recipe)
