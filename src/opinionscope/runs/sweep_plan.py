"""The plan of a sweep: a small TOML file that can be kept, shared and run again."""

import json
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from opinionscope.elicitation import FORMATS, OPTIONS, ORDERS, PLAIN, STEERINGS, Order, Recipe
from opinionscope.files import write_whole
from opinionscope.recipe import Further
from opinionscope.runs.errors import RunError
from opinionscope.suggesting import did_you_mean
from opinionscope.survey.text import clean_line, not_utf8

ALL_GROUPS = "all"
"""In place of a group: every group whose answer to a question is known."""

ALIKE = ("examples", "temperature", "reasoning", *(option.name for option in OPTIONS))
"""The fields of a recipe that are the same for all cells."""

Names = Annotated[tuple[str, ...], Meta(min_length=1, description="a list with at least one name")]
Numbers = Annotated[tuple[int, ...], Meta(min_length=1, description="a list with at least one number")]

HEAD = """\
# A plan for `opinionscope sweep start`: every question is asked for every group, in every way that is listed here.
# questions are DATASET/ID; groups are names or attribute=value, and "all" stands for every group with known answers.
"""


class PlanError(RunError):
    """A plan that cannot be used."""

    title = "Plan"


class SweepPlan(Further, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a sweep asks: the cells are all combinations of the lists.

    A list plays no part where the others leave it nothing to say: voices without a persona, samples without simulated
    people. Steering people is asked in those of the formats only that it goes with.
    """

    name: str = ""
    models: Names
    steering: Names = ("persona",)
    formats: Names = ("verbalized",)
    groups: Names = (ALL_GROUPS,)
    voices: Names = (PLAIN.voice,)
    orders: Annotated[tuple[Order, ...], Meta(min_length=1)] = (PLAIN.order,)
    repeats: Numbers = (PLAIN.repeats,)
    samples: Numbers = (PLAIN.samples,)
    examples: int = PLAIN.examples
    temperature: float = PLAIN.temperature
    reasoning: bool = PLAIN.reasoning
    seed: int | None = None
    api_base: str = ""
    questions: Names

    def __post_init__(self) -> None:
        """Check names that registries know.

        Raises:
            ValueError: naming the wrong one.
        """
        for field, names, known in (
            ("steering", self.steering, STEERINGS),
            ("formats", self.formats, FORMATS),
            ("orders", self.orders, ORDERS),
        ):
            for name in names:
                if name not in known:
                    meant = did_you_mean(name, known, f"expected {', '.join(known)}")
                    raise ValueError(f'{field}: there is no "{clean_line(name)}"; {meant}')


def in_one_way(recipe: Recipe) -> dict[str, Any]:
    """The fields of a plan that asks as a recipe does, but for named examples, which go with a single question."""
    listed = {"voices": recipe.voice, "orders": recipe.order, "repeats": recipe.repeats, "samples": recipe.samples}
    return {name: (value,) for name, value in listed.items()} | {name: getattr(recipe, name) for name in ALIKE}


def read_plan(path: Path) -> SweepPlan:
    """Read a plan file.

    Raises:
        PlanError: naming what is wrong in it.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PlanError(f"{path} cannot be read ({error.strerror}); `opinionscope sweep plan` makes one") from error
    if wrong := not_utf8(content):
        raise PlanError(f"{path}: {wrong}")
    try:
        return parse_plan(content.decode())
    except PlanError as error:
        raise PlanError(f"{path}: {error.message}") from error


def parse_plan(text: str) -> SweepPlan:
    """A plan from its text.

    Raises:
        PlanError: naming what is wrong in it.
    """
    try:
        return msgspec.toml.decode(text, type=SweepPlan)
    except (msgspec.DecodeError, ValueError) as error:
        raise PlanError(f"{clean_line(str(error))}; `opinionscope sweep plan --example` shows a plan") from error


def plan_text(plan: SweepPlan) -> str:
    """The plan as a TOML file; fields that have their usual value are left out."""
    fields = msgspec.structs.asdict(plan)
    usual = {each.name: each.default for each in msgspec.structs.fields(SweepPlan)}
    lines = [f"{name} = {_value(value)}" for name, value in fields.items() if value != usual[name]]
    return HEAD + "\n".join(lines) + "\n"


def write_plan(plan: SweepPlan, path: Path) -> None:
    """Write a plan file.

    Raises:
        PlanError: if it is there already, or cannot be written.
    """
    if path.exists():
        raise PlanError(f"{path} is there already; name another file")
    try:
        write_whole(path, plan_text(plan).encode())
    except OSError as error:
        raise PlanError(f"{path} cannot be written ({error.strerror}); check the path and its rights") from error


def _value(value: Any) -> str:
    """A value in TOML, whose texts, numbers and lists are those of JSON."""
    if not isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    whole = f"[{', '.join(map(_value, value))}]"
    return whole if len(whole) < 100 else "[\n" + "".join(f"  {_value(each)},\n" for each in value) + "]"
