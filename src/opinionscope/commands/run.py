"""`opinionscope run`: one probe."""

import asyncio
from pathlib import Path
from typing import Any

from msgspec import Struct

from opinionscope.commands.calibrating import ask_missing_first
from opinionscope.commands.figures_out import require_chart
from opinionscope.commands.output import print_json, warn
from opinionscope.commands.printing import tell
from opinionscope.commands.probing import Probe
from opinionscope.commands.prompt import print_prompt, prompt_json
from opinionscope.elicitation import PLAIN, Recipe
from opinionscope.elicitation.effects import without_effect
from opinionscope.errors import OpinionscopeError
from opinionscope.respondents.catalog import local_base, recorded_problems
from opinionscope.respondents.recorded import RECORDED_PREFIX, is_recorded
from opinionscope.runs import RunError
from opinionscope.runs.prober import Choices
from opinionscope.runs.scheduler import NotAskedError
from opinionscope.runs.sweep_plan import SweepPlan, in_one_way
from opinionscope.workspace import Workspace

ONCE = "the answers of a recorded model are fixed; --repeats and similar options apply to live models only."


class Asked(Struct, frozen=True, kw_only=True):
    """What `run` was given, each under the name that click gives it; `recipe` is what its options say of one.

    Attributes:
        drop_refused: None for what the settings say.
        out: a file for the chart, in place of the run in words; None for none.
    """

    questions: tuple[str, ...]
    all_: bool
    domain: str | None
    group: str
    steering: str
    format_: str
    model: str | None
    api_base: str | None
    seed: int | None
    recipe: Recipe
    ask_missing: bool
    timeout: float | None
    deadline: float | None
    drop_refused: bool | None
    no_cache: bool
    no_save: bool
    show_prompt: bool
    as_json: bool
    out: Path | None

    @classmethod
    def of(cls, **options: Any) -> "Asked":
        """The options of the command.

        Raises:
            RecipeError: naming what is out of range.
        """
        recipe = {name: options.pop(name) for name in Recipe.__struct_fields__}
        ids = tuple(filter(None, map(str.strip, (recipe["example_ids"] or "").split(","))))
        recipe |= {"example_ids": ids, "examples": len(ids) or recipe["examples"]}
        return cls(recipe=Recipe(**recipe), **options)


def run(workspace: Workspace, asked: Asked) -> int:
    """Do what was asked for, and return the exit code.

    Raises:
        OpinionscopeError: if nobody can be asked.
    """
    if not is_recorded(asked.model or workspace.default_model()):
        for sentence in without_effect(asked.recipe, (asked.steering,), (asked.format_,)):
            tell(f"Note: {sentence}")
    if asked.all_ or len(asked.questions) > 1:
        return _run_many(workspace, asked)
    return (_show_prompt if asked.show_prompt else _run_probe)(workspace, asked)


def _run_probe(workspace: Workspace, asked: Asked) -> int:
    """Probe, print, and return the exit code: 0 fine, 1 if the model or the answer failed, 3 if it was not saved."""
    require_chart(asked.out)
    workspace, is_saved = _adjusted(workspace, asked), not asked.no_save
    choices = _choices(workspace, asked)
    if choices.is_recorded:
        warn(recorded_problems(workspace.library, choices.model.removeprefix(RECORDED_PREFIX)))
        if choices.recipe != PLAIN:
            tell(f"Note: {ONCE}")
    prober = workspace.prober(save=is_saved)
    probe = Probe(
        workspace,
        prober,
        choices.model,
        asked.api_base,
        as_json=asked.as_json,
        is_saved=is_saved,
        out=asked.out,
    )
    if choices.is_recorded and (found := asyncio.run(prober.peek(choices))).status == "failed":
        return probe.refused(found)
    try:
        ask_missing_first(prober, workspace.facts_of, choices, ask=asked.ask_missing, is_saved=is_saved)
        return probe.carried_out(lambda watch: prober.run(choices, watch))
    except NotAskedError as error:
        return probe.refused(prober.refused(choices, error))
    except RunError as error:
        raise RunError(f"{error.message}; `--no-save` asks without saving", title=error.title) from error


def _run_many(workspace: Workspace, asked: Asked) -> int:
    """Ask several questions as a small sweep, and return its exit code.

    Raises:
        OpinionscopeError: if an option goes with one question only, or nothing fits.
    """
    from opinionscope.commands.sweep_running import begin_sweep

    alone = {
        "--example-ids": asked.recipe.example_ids,
        "--no-save": asked.no_save,
        "--show-prompt": asked.show_prompt,
        "--output": asked.out,
    }
    if given := [option for option, value in alone.items() if value]:
        raise OpinionscopeError(
            f"{', '.join(given)} goes with a single question; leave it out", title="Several questions"
        )
    workspace = _adjusted(workspace, asked).with_settings(drop_nonresponse=asked.drop_refused)
    every = (each.key for each in workspace.library.search("", asked.domain)) if asked.all_ else ()
    model = asked.model or workspace.default_model()
    plan = SweepPlan(
        models=(model,),
        questions=tuple(dict.fromkeys((*asked.questions, *every))),
        groups=(asked.group,),
        steering=(asked.steering,),
        formats=(asked.format_,),
        **in_one_way(asked.recipe),
        seed=asked.seed,
        api_base=asked.api_base or (not workspace.server_for(model) and _found_here(workspace, model)) or "",
    )
    return begin_sweep(workspace, plan, asked.as_json, ask_missing=asked.ask_missing, with_runs=True)


def _show_prompt(workspace: Workspace, asked: Asked) -> int:
    """Print what would be sent, send nothing, and return 0."""
    choices = _choices(workspace, asked)
    workspace.connect(choices.model, choices.api_base)
    draft = workspace.prober(save=False).draft(choices)
    if asked.as_json:
        print_json(prompt_json(draft))
    else:
        print_prompt(draft)
    return 0


def _adjusted(workspace: Workspace, asked: Asked) -> Workspace:
    cache = False if asked.no_cache else None
    return workspace.with_settings(timeout=asked.timeout, deadline=asked.deadline, cache=cache)


def _choices(workspace: Workspace, asked: Asked) -> Choices:
    settings, drop = workspace.settings, asked.drop_refused
    model = asked.model or workspace.default_model()
    return Choices(
        question=asked.questions[0],
        group=asked.group,
        steering=asked.steering,
        format=asked.format_,
        model=model,
        api_base=asked.api_base or workspace.server_for(model) or _found_here(workspace, model),
        seed=asked.seed,
        recipe=asked.recipe,
        epsilon=settings.epsilon,
        drop_nonresponse=settings.drop_nonresponse if drop is None else drop,
    )


def _found_here(workspace: Workspace, model: str) -> str | None:
    """The address of a server on this machine that has the model, also printed on stderr."""
    if model in workspace.settings.models:
        return None
    base = asyncio.run(local_base(model))
    if base:
        tell(f"{model} was found at {base} and is asked there; choose another server with --api-base.")
    return base
