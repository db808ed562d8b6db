"""`opinionscope run`: one probe."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from opinionscope.commands.calibrating import ask_missing_first
from opinionscope.commands.figures_out import require_chart
from opinionscope.commands.output import print_json, warn
from opinionscope.commands.printing import tell
from opinionscope.commands.probing import Probe
from opinionscope.commands.prompt import print_prompt, prompt_json
from opinionscope.elicitation import OPTIONS, PLAIN, Recipe
from opinionscope.errors import OpinionscopeError
from opinionscope.respondents.catalog import local_base, recorded_problems
from opinionscope.respondents.recorded import RECORDED_PREFIX
from opinionscope.runs import RunError
from opinionscope.runs.prober import Choices
from opinionscope.runs.scheduler import NotAskedError
from opinionscope.runs.sweep_plan import SweepPlan, in_one_way
from opinionscope.workspace import Workspace

ONCE = "the answers of a recorded model are fixed; --repeats and similar options apply to live models only."


def run_probe(workspace: Workspace, *, as_json: bool, bits: bool, no_save: bool, **options: Any) -> int:
    """Probe, print, and return the exit code: 0 fine, 1 if the model or the answer failed, 3 if it was not saved."""
    require_chart(options["out"])
    workspace = workspace.without_cache() if options.get("no_cache") else workspace
    workspace = workspace.with_settings(timeout=options["timeout"], deadline=options["deadline"])
    choices = _choices(workspace, options)
    if choices.is_recorded:
        warn(recorded_problems(workspace.library, choices.model.removeprefix(RECORDED_PREFIX)))
        if choices.recipe != PLAIN:
            tell(f"Note: {ONCE}")
    prober = workspace.prober(save=not no_save)
    api_base, out, theme = options["api_base"], options["out"], options["theme"]
    probe = Probe(
        workspace,
        prober,
        choices.model,
        api_base,
        as_json=as_json,
        bits=bits,
        is_saved=not no_save,
        out=out,
        theme=theme,
    )
    if choices.is_recorded and (found := asyncio.run(prober.peek(choices))).status == "failed":
        return probe.refused(found)
    try:
        ask_missing_first(prober, choices, ask=options["ask_missing"], is_saved=not no_save)
        return probe.carried_out(lambda watch: prober.run(choices, watch))
    except NotAskedError as error:
        return probe.refused(prober.refused(choices, error))
    except RunError as error:
        raise RunError(f"{error.message}; `--no-save` asks without saving", title=error.title) from error


def run_many(
    workspace: Workspace, questions: Sequence[str], domain: str | None, *, is_all: bool, as_json: bool, **options: Any
) -> int:
    """Ask several questions as a small sweep, and return its exit code.

    Raises:
        OpinionscopeError: if an option goes with one question only, or nothing fits.
    """
    from opinionscope.commands.sweep_running import begin_sweep

    alone = {"--example-ids": "example_ids", "--no-save": "no_save", "--show-prompt": "show_prompt"}
    if given := [option for option, name in alone.items() if options[name]]:
        raise OpinionscopeError(
            f"{', '.join(given)} goes with a single question; leave it out", title="Several questions"
        )
    workspace = workspace.without_cache() if options["no_cache"] else workspace
    workspace = workspace.with_settings(
        timeout=options["timeout"], deadline=options["deadline"], drop_nonresponse=options["drop_refused"]
    )
    every = (each.key for each in workspace.library.search("", domain)) if is_all else ()
    model, recipe = options["model"] or workspace.default_model(), _recipe(options)
    plan = SweepPlan(
        models=(model,),
        questions=tuple(dict.fromkeys((*questions, *every))),
        groups=(options["group"],),
        steering=(options["steering"],),
        formats=(options["format_"],),
        **in_one_way(recipe),
        seed=options["seed"],
        api_base=options["api_base"] or (not workspace.server_for(model) and _found_here(workspace, model)) or "",
    )
    return begin_sweep(workspace, plan, as_json, ask_missing=options["ask_missing"], with_runs=True)


def show_prompt(workspace: Workspace, *, as_json: bool, **options: Any) -> int:
    """Print what would be sent, send nothing, and return 0."""
    choices = _choices(workspace, options)
    workspace.connect(choices.model, choices.api_base)
    draft = workspace.prober(save=False).draft(choices)
    if as_json:
        print_json(prompt_json(draft))
    else:
        print_prompt(draft)
    return 0


def _choices(workspace: Workspace, options: Mapping[str, Any]) -> Choices:
    settings, drop = workspace.settings, options["drop_refused"]
    model = options["model"] or workspace.default_model()
    return Choices(
        question=options["question"],
        group=options["group"],
        steering=options["steering"],
        format=options["format_"],
        model=model,
        api_base=options["api_base"] or workspace.server_for(model) or _found_here(workspace, model),
        seed=options["seed"],
        recipe=_recipe(options),
        epsilon=settings.epsilon,
        drop_nonresponse=settings.drop_nonresponse if drop is None else drop,
    )


def _recipe(options: Mapping[str, Any]) -> Recipe:
    """The recipe: how the question is asked.

    Raises:
        RecipeError: naming what is out of range.
    """
    ids = tuple(part.strip() for part in (options["example_ids"] or "").split(",") if part.strip())
    return Recipe(
        samples=options["samples"],
        repeats=options["repeats"],
        order=options["order"],
        reasoning=options["reasoning"],
        voice=options["voice"],
        examples=len(ids) or options["examples"],
        example_ids=ids,
        temperature=options["temperature"],
        **{option.name: options[option.name] for option in OPTIONS},
    )


def _found_here(workspace: Workspace, model: str) -> str | None:
    """The address of a server on this machine that has the model, also printed on stderr."""
    if model in workspace.settings.models:
        return None
    base = asyncio.run(local_base(model))
    if base:
        tell(f"{model} was found at {base} and is asked there; choose another server with --api-base.")
    return base
