"""Recipe: how a question is put, beside the choice of group, steering method and expression format."""

import random
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from msgspec import Struct

from opinionscope.errors import OpinionscopeError
from opinionscope.values import replace

Order = Literal["survey", "reversed", "shuffled"]
ORDERS: tuple[Order, ...] = get_args(Order)
SAMPLES = 30
"""Simulated answers, as in the paper: letters of a sequence, or calls of one letter each."""
EXAMPLES = 5
MOST_SAMPLES = 1000
MOST_REPEATS = 100
MOST_EXAMPLES = 20
MOST_CALLS = 2000
MOST_REPAIRS = 5
SUMS = ("near", "any")
HOTTEST = 2.0
REASONING_TOKENS = 800
"""Room for what a model thinks aloud."""


class RecipeError(OpinionscopeError):
    """A recipe that cannot be followed."""

    title = "This cannot be asked"


class Further(Struct, frozen=True, kw_only=True):
    """What a recipe and the plan of a sweep have alike: a field for each of `OPTIONS`.

    Attributes:
        repair: how often the model is told what was wrong with an answer that could not be read, and asked again.
        normalise: which stated sums are scaled to 100: those "near" it, or "any".
        place_and_time: whether the model is told who was asked, and in which year, as the study card has it.
        completion: whether the prompt is sent as one text to be continued, as base models take it.
        own_answers: to how many other questions a drawn person's own answer is shown, the most similar first; with
            `example_ids`, to those.
        check_text: whether a model that is asked for one letter also writes its answer out, to be compared with it.
    """

    repair: int = 0
    normalise: str = "near"
    place_and_time: bool = False
    completion: bool = False
    own_answers: int = 0
    check_text: bool = False


class Recipe(Further, frozen=True):
    """How a question is put; the defaults are the paper's.

    Attributes:
        samples: simulated answers: letters of a sequence, or calls of `samples`.
        repeats: how often the whole is asked.
        order: how options are offered; "shuffled" draws an order for every call.
        reasoning: whether the model reasons first and answers last.
        voice: how a persona is put to the model: the name of a voice or of a template of the user's.
        examples: how many real questions few-shot shows.
        example_ids: which ones; () for those most similar in text.
        temperature: of the provider's sampling.

    Raises:
        RecipeError: naming what is out of range.
    """

    samples: int = SAMPLES
    repeats: int = 1
    order: Order = "survey"
    reasoning: bool = False
    voice: str = "instruction"
    examples: int = EXAMPLES
    example_ids: tuple[str, ...] = ()
    temperature: float = 1.0

    def __post_init__(self) -> None:
        for name, most in (("samples", MOST_SAMPLES), ("repeats", MOST_REPEATS), ("examples", MOST_EXAMPLES)):
            value = getattr(self, name)
            if not 1 <= value <= most:
                raise RecipeError(f"expected {name} from 1 to {most:,}, got {value}")
        if self.order not in ORDERS:
            raise RecipeError(f'expected one of {", ".join(ORDERS)} as order of the options, got "{self.order}"')
        if not 0 <= self.repair <= MOST_REPAIRS:
            raise RecipeError(f"expected repair from 0 to {MOST_REPAIRS}, got {self.repair}")
        if not 0 <= self.own_answers <= MOST_EXAMPLES:
            raise RecipeError(f"expected own_answers from 0 to {MOST_EXAMPLES}, got {self.own_answers}")
        if self.normalise not in SUMS:
            raise RecipeError(f'expected one of {", ".join(SUMS)} as sums to normalise, got "{self.normalise}"')
        if self.completion and self.reasoning:
            raise RecipeError("a base model continues a text and does not reason first; leave one of the two out")
        if not 0 <= self.temperature <= HOTTEST:
            raise RecipeError(f"expected a temperature from 0 to {HOTTEST:g}, got {self.temperature:g}")


PLAIN = Recipe()
"""As in the paper: one call, 30 letters, five examples, survey order, temperature 1."""


class RecipeOption(Struct, frozen=True):
    """A field of the recipe, as screens, sentences and commands have it.

    Attributes:
        name: of the field, of the selection, and in JSON; on the command line with hyphens.
        label, presets, meaning: what the screen shows: the line, the values it steps through, and what they do.
        words: how a value that is not the default is told, with {} for it.
        steering: the only steering method with which it has an effect; "" where it has with any.
        needs: what must be there for it to have one: single people, a persona, real examples; "" for nothing.
    """

    name: str
    label: str
    presets: tuple[str, ...]
    meaning: str
    words: str
    steering: str = ""
    needs: Literal["", "people", "persona", "examples"] = ""

    def of(self, recipe: Recipe) -> str:
        """The value in a recipe, as text: a number, a word, yes or no."""
        value = getattr(recipe, self.name)
        if isinstance(value, bool):
            return YES_NO[value]
        return f"{value:g}" if isinstance(value, float) else str(value)

    def value(self, text: str) -> Any:
        """The value that a text stands for; as it is where it is no such value, for the recipe to refuse."""
        usual = getattr(PLAIN, self.name)
        if isinstance(usual, bool):
            return text == YES_NO[True]
        if isinstance(usual, float):
            return float(text)
        return int(text) if isinstance(usual, int) and text.isdecimal() else text

    @property
    def values(self) -> tuple[str, ...]:
        """All the values there are; () where any number is one."""
        return self.presets if isinstance(getattr(PLAIN, self.name), bool | str) else ()

    def is_usual(self, recipe: Recipe) -> bool:
        """Whether a recipe has the default."""
        return bool(getattr(recipe, self.name) == getattr(PLAIN, self.name))


YES_NO = ("no", "yes")
OPTIONS: tuple[RecipeOption, ...] = (
    RecipeOption(
        "repair",
        "Repair",
        ("0", "1", "2", "3"),
        "Ask again so often after an answer that cannot be read, saying what was wrong",
        "follow-ups: up to {}",
    ),
    RecipeOption(
        "normalise",
        "Normalise",
        SUMS,
        "Which stated sums are scaled to 100: those near it, or any",
        "{} sum normalised",
    ),
    RecipeOption(
        "place_and_time",
        "Place, time",
        YES_NO,
        "Tell the model the survey's population and year, from its study card",
        "place and time told",
    ),
    RecipeOption(
        "completion",
        "Completion",
        YES_NO,
        "For base models: the prompt goes out as a transcript to be continued",
        "as a transcript",
    ),
    RecipeOption(
        "own_answers",
        "Own answers",
        ("0", "3", "5", "10"),
        "People: each person's own answers to so many other questions are shown, never to the one asked",
        "{} of their own answers shown",
        "people",
    ),
    RecipeOption(
        "check_text",
        "Check text",
        YES_NO,
        "Log-probs, samples: the model also writes its answer out, and how often first token and text disagree is said",
        "first token against text",
    ),
)
"""The further fields; the history keeps those that are not the default."""

ALL_OPTIONS: tuple[RecipeOption, ...] = (
    RecipeOption(
        "samples",
        "Samples",
        ("10", "30", "50", "100", "200"),
        "N simulated people: letters, or calls of one",
        "N = {}",
        needs="people",
    ),
    RecipeOption(
        "repeats", "Repeats", ("1", "3", "5", "10", "20"), "Repeat everything R times: mean and interval", "{} repeats"
    ),
    RecipeOption("order", "Order", ORDERS, "Order of the options; shuffled draws one for every call", "options {}"),
    RecipeOption("reasoning", "Reasoning", YES_NO, "The model reasons first, then answers", "reasoning first"),
    RecipeOption("voice", "Voice", (), "Wording of the persona", "voice {}", needs="persona"),
    RecipeOption(
        "examples",
        "Examples",
        ("1", "3", "5", "8", "10"),
        "Few-shot examples, the most similar questions first",
        "{} examples",
        needs="examples",
    ),
    RecipeOption(
        "temperature",
        "Temperature",
        ("0", "0.5", "0.7", "1", "1.5"),
        "Sampling temperature; 1 in the paper",
        "temperature {}",
    ),
    *OPTIONS,
)
"""All fields but the named examples, in the order in which they are shown."""


def further(recipe: Recipe) -> dict[str, str]:
    """Field → value as text, of the `OPTIONS` that are not the default."""
    return {option.name: option.of(recipe) for option in OPTIONS if not option.is_usual(recipe)}


def identified(values: Mapping[str, str]) -> tuple[str | int, ...]:
    """What `further` gives, as a part of what a cell of a sweep is known by.

    Own answers stand first and alone: sweeps of earlier versions know their cells by that.
    """
    shown = (int(values["own_answers"]),) if "own_answers" in values else ()
    return (*shown, *(f"{name}={value}" for name, value in sorted(values.items()) if name != "own_answers"))


def with_further(recipe: Recipe, values: Mapping[str, str]) -> Recipe:
    """The recipe with values as `further` gives them; the others of the `OPTIONS` stay.

    Raises:
        RecipeError: for a value out of range.
    """
    given = {option.name: option.value(values[option.name]) for option in OPTIONS if option.name in values}
    return replace(recipe, **given)


def ordered(labels: Sequence[str], order: Order, seed: int | None, call: int) -> tuple[str, ...]:
    """The labels in the order in which a call offers them; the same seed and call give the same order."""
    if order == "survey":
        return tuple(labels)
    if order == "reversed":
        return tuple(reversed(labels))
    shuffled = list(labels)
    random.Random(f"{seed or 0}/{call}").shuffle(shuffled)
    return tuple(shuffled)
