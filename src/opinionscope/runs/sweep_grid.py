"""SweepGrid: the cells of a plan, made one by one as they are asked for."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product

from msgspec import Struct
from msgspec.structs import astuple

from opinionscope.alignment.divergences import EPSILON
from opinionscope.elicitation import FORMATS, OPTIONS, OWN_VOICES, PLAIN, STEERINGS, Recipe, Voices, requests_of, unfit
from opinionscope.elicitation.effects import counts_people, idle
from opinionscope.elicitation.prompting import TEMPLATE_VERSION
from opinionscope.elicitation.steering import steering_of
from opinionscope.errors import OpinionscopeError
from opinionscope.recipe import further, identified
from opinionscope.respondents.redaction import public_url
from opinionscope.runs.prober import Choices
from opinionscope.runs.sweep_plan import ALL_GROUPS, PlanError, SweepPlan
from opinionscope.suggesting import did_you_mean
from opinionscope.survey import Group, Library, Question
from opinionscope.survey.text import clean_line, fold


class Manner(Struct, frozen=True):
    """What decides how a cell is put, beside its question and its group; `further` as `identified` gives it."""

    steering: str
    format: str
    model: str
    api_base: str | None
    voice: str
    order: str
    reasoning: int
    samples: int
    repeats: int
    temperature: float
    examples: int
    seed: int | None
    further: tuple[str | int, ...]

    @property
    def encoded(self) -> bytes:
        """A part of the key of a cell, by which sweeps of earlier versions know theirs, too."""
        *first, further = astuple(self)
        return _encoded((*first, *further))


class Asked(Struct, frozen=True):
    """How a cell was put once; `version` is that of the template, `pack` that of the data."""

    dataset: str
    question: str
    group: str
    manner: Manner
    version: str
    pack: str


class Way(Struct, frozen=True):
    """How a question is put for a group, whoever is asked."""

    steering: str
    format: str
    recipe: Recipe

    @property
    def calls(self) -> int:
        """How many requests an answer takes."""
        return requests_of(self.steering, FORMATS[self.format], self.recipe)


class SweepCell(Struct, frozen=True):
    """One cell of a grid; `key` is the same for equal choices in any grid."""

    key: str
    question: Question
    group: Group
    way: Way
    model: str


class SweepGrid:
    """The cells of a plan over the questions at hand.

    Args:
        server_for: the server of a model where the plan names none.
        epsilon, drop_nonresponse: how the two sides are compared.

    Raises:
        PlanError: if a question, group or voice is not known, or no steering goes with any of the formats.
        RecipeError: if a number is out of range.
    """

    def __init__(
        self,
        plan: SweepPlan,
        library: Library,
        *,
        voices: Voices = OWN_VOICES,
        server_for: Callable[[str], str | None] = lambda _: None,
        epsilon: float = EPSILON,
        drop_nonresponse: bool = False,
    ) -> None:
        self.plan = plan
        self._library, self._voices = library, voices
        self._epsilon, self._drop = epsilon, drop_nonresponse
        self.questions: Sequence[Question] = list(dict.fromkeys(map(library.question, plan.questions)))
        self.models: Mapping[str, str | None] = {name: plan.api_base or server_for(name) for name in plan.models}
        self.ways: Sequence[Way] = list(dict.fromkeys(self._ways()))
        if not self.ways:
            raise PlanError(unfit(plan.steering[0], plan.formats[0]))
        self.groups: Mapping[Question, Sequence[Group]] = {each: self._groups(each) for each in self.questions}
        self._check_groups()

    @cached_property
    def pairs(self) -> int:
        """How many pairs of a question and a group."""
        return sum(map(len, self.groups.values()))

    @property
    def left_out(self) -> int:
        """How many pairs of a named group and a question whose answer by that group is not known."""
        named = [group for group in self.plan.groups if group != ALL_GROUPS]
        return 0 if ALL_GROUPS in self.plan.groups else len(named) * len(self.questions) - self.pairs

    def __len__(self) -> int:
        return self.pairs * len(self.ways) * len(self.models)

    @property
    def calls(self) -> int:
        """How many requests all cells take."""
        return self.pairs * len(self.models) * sum(way.calls for way in self.ways)

    def __iter__(self) -> Iterator[SweepCell]:
        """Every cell once, always in the same order; the models take turns."""
        return self._cells(list(self.models))

    def cells_of(self, model: str) -> Iterator[SweepCell]:
        """The cells of one model."""
        return self._cells([model])

    def _cells(self, models: Sequence[str]) -> Iterator[SweepCell]:
        tails = [(way, model, self._manner(way, model).encoded) for way in self.ways for model in models]
        for question, groups in self.groups.items():
            for group in groups:
                head = _encoded((question.dataset, question.id, group.name))
                for way, model, tail in tails:
                    yield SweepCell(_key(head, tail), question, group, way, model)

    def choices(self, cell: SweepCell) -> Choices:
        """What is chosen for a cell."""
        known = self._library.pack(cell.question.dataset).groups
        is_named = cell.group.name in known or not cell.group.attributes
        return Choices(
            question=cell.question.key,
            group=cell.group.name if is_named else cell.group.expression,
            steering=cell.way.steering,
            format=cell.way.format,
            model=cell.model,
            api_base=self.models[cell.model],
            seed=self.plan.seed,
            recipe=cell.way.recipe,
            epsilon=self._epsilon,
            drop_nonresponse=self._drop,
        )

    def _manner(self, way: Way, model: str) -> Manner:
        recipe, base = way.recipe, self.models[model]
        return Manner(
            way.steering, way.format, model, base and public_url(base), recipe.voice, recipe.order,
            int(recipe.reasoning), recipe.samples, recipe.repeats, recipe.temperature, recipe.examples, self.plan.seed,
            identified(further(recipe)),
        )  # fmt: skip

    def answered(self, runs: Mapping[Asked, str]) -> dict[str, str]:
        """Which cells were answered before: key → id of the run.

        Where people's own answers stand in the prompts, answers from before their data changed do not count.

        Args:
            runs: how it was put → id of the run.
        """
        groups = {(each.dataset, each.id): {g.name for g in groups} for each, groups in self.groups.items()}
        manners = {
            (manner, self._version(way)): manner.encoded
            for way in self.ways
            for manner in (self._manner(way, model) for model in self.models)
        }
        return {
            _key(_encoded((asked.dataset, asked.question, asked.group)), tail): run_id
            for asked, run_id in runs.items()
            if (tail := manners.get((asked.manner, asked.version)))
            and asked.group in groups.get((asked.dataset, asked.question), ())
            and (asked.pack == self._library.pack(asked.dataset).version or not _shows_people(asked.manner.steering))
        }

    def _version(self, way: Way) -> str:
        template = self._voices.named(way.recipe.voice).template
        return template.version if template and STEERINGS[way.steering].has_persona else TEMPLATE_VERSION

    def _ways(self) -> Iterator[Way]:
        plan = self.plan
        for voice in plan.voices:
            self._voices.named(voice)
        for steering, name in product(plan.steering, plan.formats):
            if unfit(steering, name):
                continue
            method = STEERINGS[steering]
            voices = plan.voices if method.has_persona else (PLAIN.voice,)
            samples = plan.samples if counts_people(steering, name) else (PLAIN.samples,)
            examples = plan.examples if method.has_real_examples else PLAIN.examples
            for voice, order, repeats, people in product(voices, plan.orders, plan.repeats, samples):
                recipe = Recipe(
                    samples=people,
                    repeats=repeats,
                    order=order,
                    reasoning=plan.reasoning,
                    voice=voice,
                    examples=examples,
                    temperature=plan.temperature,
                    **{each.name: getattr(plan, each.name) for each in OPTIONS if not idle(each, steering, name)},
                )
                yield Way(steering, name, recipe)

    def _groups(self, question: Question) -> Sequence[Group]:
        """The groups of the plan that a question is asked for, in the plan's order."""
        known = self._library.groups(question)
        if ALL_GROUPS in self.plan.groups:
            return known
        by_name = {fold(group.expression): group for group in known} | {fold(group.name): group for group in known}
        found = (
            by_name.get(fold(clean_line(wanted))) or self._composed(question, wanted) for wanted in self.plan.groups
        )
        return list(dict.fromkeys(group for group in found if group))

    def _composed(self, question: Question, wanted: str) -> Group | None:
        if "=" not in wanted:
            return None
        try:
            return self._library.group(question, wanted)
        except OpinionscopeError:
            return None

    def _check_groups(self) -> None:
        """Refuse a group that answered none of the questions.

        Raises:
            PlanError: with the nearest names.
        """
        if self.pairs and len(self.plan.groups) == 1:
            return
        found = {fold(name) for groups in self.groups.values() for g in groups for name in (g.name, g.expression)}
        for wanted in self.plan.groups:
            if (wanted != ALL_GROUPS and fold(clean_line(wanted)) not in found and "=" not in wanted) or not self.pairs:
                known = {group.name for question in self.questions for group in self._library.groups(question)}
                hint = did_you_mean(wanted, known, "`opinionscope groups` lists them")
                raise PlanError(f'no group "{clean_line(wanted)}" is known to have answered these questions; {hint}')


def _encoded(asked: tuple[object, ...]) -> bytes:
    return repr(asked).encode("utf-8", "replace")


def _key(head: bytes, tail: bytes) -> str:
    """A hash of how a cell is put, 20 hexadecimal digits."""
    return hashlib.blake2b(head + tail, digest_size=10).hexdigest()


def _shows_people(steering: str) -> bool:
    return steering_of(steering).has_real_examples or steering_of(steering).draws_people
