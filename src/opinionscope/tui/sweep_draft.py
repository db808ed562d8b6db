"""A sweep as it is typed into the form, and the plan it makes."""

from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec import Struct
from textual.suggester import Suggester
from typing_extensions import override

from opinionscope.elicitation import PLAIN, Recipe
from opinionscope.planning import chosen_questions, estimated, grid_of
from opinionscope.runs.estimating import ModelEstimate, total
from opinionscope.runs.prober import Choices
from opinionscope.runs.sweep_grid import SweepGrid
from opinionscope.runs.sweep_plan import PlanError, SweepPlan, in_one_way, parse_plan, plan_text, write_plan
from opinionscope.selection import parse
from opinionscope.survey.text import clean_line, fold
from opinionscope.workspace import Workspace


class SweepDraft(Struct, frozen=True):
    """The texts of the form.

    Attributes:
        questions: a selection.
        groups, steering, formats, models, repeats, voices: lists, see `listed`.
        server: the server of all models, or "".
        recipe: how it is asked beside that.
    """

    questions: str
    groups: str
    steering: str
    formats: str
    models: str
    server: str = ""
    repeats: str = "1"
    voices: str = PLAIN.voice
    name: str = ""
    budget: str = ""
    calls: str = ""
    recipe: Recipe = PLAIN
    seed: int | None = None

    @classmethod
    def of(cls, choices: Choices, server_for: Callable[[str], str | None]) -> "SweepDraft":
        """What is on screen in Explore, as a sweep of one cell."""
        dataset, _, question = choices.question.partition("/")
        wanted = f'"{question}"' if " " in question else question
        return cls(
            f"dataset:{dataset} question:{wanted}",
            choices.group + (";" if "," in choices.group else ""),
            choices.steering,
            choices.format,
            choices.model,
            "" if choices.api_base in (None, server_for(choices.model)) else choices.api_base or "",
            str(choices.recipe.repeats),
            choices.recipe.voice,
            recipe=choices.recipe,
            seed=choices.seed,
        )

    def plan(self, workspace: Workspace) -> SweepPlan:
        """The plan; blocks.

        Raises:
            OpinionscopeError: if something in it cannot be used.
        """
        selection = parse(self.questions)
        questions = tuple(each.key for each in chosen_questions(workspace, selection))
        try:
            plan = SweepPlan(
                name=clean_line(self.name).strip(),
                models=self._list("models"),
                steering=self._list("steering"),
                formats=self._list("formats"),
                groups=self._list("groups"),
                **in_one_way(self.recipe)
                | {
                    "voices": self._list("voices"),
                    "repeats": tuple(int(_number("repeats", each, int)) for each in self._list("repeats")),
                },
                seed=self.seed,
                api_base=self.server.strip(),
                questions=questions,
            )
        except ValueError as error:
            raise PlanError(str(error)) from error
        return parse_plan(plan_text(plan))

    def bounds(self) -> list[str]:
        """Options of `sweep start`.

        Raises:
            PlanError: if one is no number.
        """
        found = []
        if self.budget.strip():
            found += ["--budget", f"{_number('budget', self.budget.strip().lstrip('$'), float):g}"]
        if self.calls.strip():
            found += ["--calls", f"{_number('calls', self.calls.strip(), int):.0f}"]
        return found

    def _list(self, field: str) -> tuple[str, ...]:
        found = listed(getattr(self, field))
        if not found:
            raise PlanError(f"{field}: name at least one")
        return found


class Drafted(Struct, frozen=True):
    """What a draft comes to."""

    plan: SweepPlan
    grid: SweepGrid
    whole: ModelEstimate
    unpriced: tuple[str, ...]


def drafted(draft: SweepDraft, workspace: Workspace) -> Drafted:
    """The plan of a draft, and what it will take; blocks.

    Raises:
        OpinionscopeError: if something in it cannot be used.
    """
    draft.bounds()
    plan = draft.plan(workspace)
    grid = grid_of(workspace, plan)
    each = estimated(workspace, grid)
    return Drafted(
        plan,
        grid,
        total(each),
        tuple(one.model for one in each if one.cost_usd is None),
    )


def keep_plan(plan: SweepPlan, folder: Path) -> Path:
    """Write a plan into a folder under a name that is free; blocks.

    Raises:
        PlanError: if it cannot be written.
    """
    stem = "sweep-" + ("".join(c if c.isalnum() else "-" for c in plan.name)[:40].strip("-") or "plan")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PlanError(f"{folder} cannot be made ({error.strerror})") from error
    path, number = folder / f"{stem}.toml", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.toml"
    write_plan(plan, path)
    return path


def listed(text: str) -> tuple[str, ...]:
    """The parts of a list: between semicolons if there are any, else between commas; a composed group is one part."""
    parts = text.split(";") if ";" in text else [text] if "=" in text else text.split(",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _number(field: str, text: str, kind: type[int] | type[float]) -> float:
    try:
        found = kind(text)
    except ValueError:
        found = kind(-1)
    if not 0 < found < float("inf"):
        raise PlanError(f'{field}: expected a number above 0, got "{clean_line(text)}"')
    return found


class ListSuggester(Suggester):
    """Completes the last part of a list.

    Args:
        names: gives those at hand.
    """

    def __init__(self, names: Callable[[], Iterable[str]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._names = names

    @override
    async def get_suggestion(self, value: str) -> str | None:
        start = max(value.rfind(","), value.rfind(";")) + 1
        begun = value[start:].lstrip()
        if not begun:
            return None
        fitting = (each for each in self._names() if fold(each).startswith(fold(begun)) and each != begun)
        found = min(fitting, key=len, default=None)
        return None if found is None else value + found[len(begun) :]
