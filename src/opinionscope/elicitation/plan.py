"""From a Cell (what is asked) to its Plan: the calls that ask it."""

from collections.abc import Iterator, Sequence
from itertools import chain

from msgspec import Struct
from msgspec.structs import astuple

from opinionscope.elicitation.drawn_people import draw_people
from opinionscope.elicitation.expression import FORMATS, ExpressionFormat, Request
from opinionscope.elicitation.prompting import (
    ANSWER_MARK,
    MEND,
    NOW_ANSWER,
    TEMPLATE_VERSION,
    TRANSCRIPT,
    Prompt,
    PromptMaker,
    place_and_time,
)
from opinionscope.elicitation.reading import read_reply
from opinionscope.elicitation.reply import Expected, Reply
from opinionscope.elicitation.similarity import neighbours_in
from opinionscope.elicitation.steering import (
    OWN_VOICES,
    STEERINGS,
    SteeringMethod,
    Voice,
    Voices,
    steering_of,
)
from opinionscope.elicitation.thoughts import (
    NO_ANSWER_MARK,
    bare_answer,
    part_thoughts,
    parted,
    split_thought,
    why_no_answer,
    without_tags,
)
from opinionscope.recipe import MOST_CALLS, PLAIN, REASONING_TOKENS, Recipe, RecipeError, ordered
from opinionscope.survey.library import Library
from opinionscope.survey.microdata import Person
from opinionscope.survey.question import EVERYONE, Group, Question
from opinionscope.values import replace


class Cell(Struct, frozen=True):
    """What is asked: one question for a group of people, by a steering method, an expression format and a recipe."""

    question: Question
    group: Group
    steering: str
    format: str
    recipe: Recipe = PLAIN

    @property
    def expected(self) -> Expected:
        """What helps to read an answer; a model that was told no group answers for everyone."""
        group = self.group if steering_of(self.steering).names_group else EVERYONE
        return Expected(group, self.recipe.samples, any_sum=self.recipe.normalise == "any")

    def read(self, reply: Reply) -> Reply:
        """A reply with what today's parser makes of it; without where the format is not known."""
        if self.format not in FORMATS:
            return reply
        reading = read_reply(reply, self.format, self.question, self.expected)
        if reply.before:
            again = [f"asked again, for the answer before could not be read: {reason}" for _, reason in reply.before]
            reading = replace(reading, trace=(*again, *reading.trace))
        return replace(reply, reading=reading)

    @property
    def repairs(self) -> int:
        """How often it is asked again after an answer that cannot be read; a single letter is not worth it."""
        return 0 if "repair" in FORMATS[self.format].ignores else self.recipe.repair

    @property
    def needs_log_probs(self) -> bool:
        """Whether an answer is read from log-probs."""
        return FORMATS[self.format].request.top_logprobs > 0

    @property
    def reasons_in_a_call_before(self) -> bool:
        """Whether every call that answers continues one that only reasoned."""
        return _turns(FORMATS[self.format], self.recipe) > 1

    @property
    def reasons_in_the_answer(self) -> bool:
        """Whether an answer begins with what the model reasoned."""
        return self.recipe.reasoning and not self.needs_log_probs


class Call(Struct, frozen=True):
    """One message to a respondent, with everything that is needed to send it and to read its answer.

    Attributes:
        cell: what the call is made for.
        request: what is asked of the provider beside the prompt.
        offered: labels in the order of their letters A, B, C, …; () for survey order.
        seed: sent to providers that take one.
        thought: what the model reasoned in a call before this one, which continues it; "" if nothing.
        before: answers that could not be read, each with the reason, which this call asks to mend.
        number: its place among the calls of its plan, from 0, known when it is made.
    """

    cell: Cell
    prompt: Prompt
    request: Request
    offered: tuple[str, ...] = ()
    seed: int | None = None
    thought: str = ""
    before: tuple[tuple[str, str], ...] = ()
    number: int = 0

    def __eq__(self, other: object) -> bool:
        """Whether they ask the same, whatever their places."""
        if not isinstance(other, Call):
            return NotImplemented
        return astuple(replace(self, number=other.number)) == astuple(other)

    def __hash__(self) -> int:
        return hash((self.prompt, self.seed, self.thought, self.offered))

    @property
    def messages(self) -> list[dict[str, str]]:
        """What is sent, in the form chat completions take."""
        turns = [(self.thought, NOW_ANSWER)] if self.thought else []
        turns += [(answer, MEND.format(reason)) for answer, reason in self.before]
        said = [({"role": "assistant", "content": a}, {"role": "user", "content": b}) for a, b in turns]
        return [*self.prompt.messages, *chain.from_iterable(said)]

    @property
    def transcript(self) -> str:
        """What is sent to a base model: all messages as one text, which ends where the answer begins."""
        text = "\n\n".join((TRANSCRIPT, *(message["content"] for message in self.messages)))
        return text if text.endswith(ANSWER_MARK) else f"{text}\n{ANSWER_MARK}"

    @property
    def thinking(self) -> "Call":
        """The call that only reasons, where another one answers."""
        return replace(self, request=Request(max_tokens=REASONING_TOKENS, temperature=self.request.temperature))

    def split(self, reply: Reply) -> Reply:
        """A reply parted into what was reasoned and what was answered, where a model has done both.

        One in which nobody can tell the two apart has no text, but a reason why it is unread.
        """
        reply = without_tags(reply)
        if not self.cell.reasons_in_the_answer or reply.text is None:
            return reply
        thought, text = split_thought(reply.text, is_cut_off=reply.is_cut_off)
        return parted(reply, thought, text, why_no_answer(reply, NO_ANSWER_MARK))

    def preview(self, text: str) -> tuple[float, ...] | None:
        """What an answer shows while it arrives: shares in survey order, as the format's preview.

        None while the model still reasons.
        """
        text = part_thoughts(text)[1]
        if self.cell.reasons_in_the_answer:
            text = split_thought(text, is_cut_off=True)[1]
        question = self.cell.question
        shares = FORMATS[self.cell.format].preview(bare_answer(text), reordered(question, self.offered))
        if shares is None or not self.offered:
            return shares
        by_label = dict(zip(self.offered, shares, strict=True))
        return tuple(by_label[label] for label in question.labels)


class Plan(Struct, frozen=True):
    """The calls that a cell needs, ready to be sent.

    Attributes:
        calls: at least one; several for simulated people and for repeats.
        example_ids: ids of the real questions shown as examples.
        notes: what a reader should know about how the prompts were made.
        people: whom the calls are about, by turns, where they are about single people; else ().
    """

    cell: Cell
    calls: tuple[Call, ...]
    example_ids: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    template_version: str = TEMPLATE_VERSION
    people: tuple[Person, ...] = ()

    def person(self, call: int) -> Person:
        """Whom a call is about, where it is about one person."""
        return self.people[call % len(self.people)]

    @property
    def requests(self) -> int:
        """How many requests the calls take, as `requests_of`."""
        return len(self.calls) * _turns(FORMATS[self.cell.format], self.cell.recipe)

    @property
    def first(self) -> Call:
        """The first call; the others differ from it in seed, order of the options and prompt at most."""
        return self.calls[0]


def reordered(question: Question, offered: tuple[str, ...]) -> Question:
    """The question with its options in another order; () for the one they have."""
    if not offered or offered == question.labels:
        return question
    by_label = {option.label: option for option in question.options}
    return replace(question, options=tuple(by_label[label] for label in offered))


def make_plan(
    library: Library,
    question: Question,
    group: Group,
    steering: str,
    format_name: str,
    seed: int | None = None,
    recipe: Recipe = PLAIN,
    voices: Voices = OWN_VOICES,
) -> Plan:
    """The plan of a cell; the same choices make the same prompts.

    Args:
        voices: those that the recipe may name.

    Raises:
        KeyError: for a steering method or format that is in no registry.
        RecipeError: for more calls than `MOST_CALLS`, and where place and time are not known.
        SteeringError: if the method cannot be used for this question and group.
        VoiceError: if the recipe names a voice that is not among `voices`.
        NotFoundError: if the recipe names an example that no pack has.
    """
    form, method, voice = FORMATS[format_name], STEERINGS[steering], voices.named(recipe.voice)
    planned = calls_of(steering, form, recipe)
    if planned > MOST_CALLS:
        raise RecipeError(f"expected at most {MOST_CALLS:,} calls a run, got {planned:,}; lower samples or repeats")
    template = voice.template if method.has_persona else None
    setting = place_and_time(library.pack(question.dataset).card, question.dataset) if recipe.place_and_time else ""
    people: tuple[Person, ...] = ()
    if method.draws_people:
        found = draw_people(library, question, group, form, recipe, seed)
        people, notes = found.people, found.notes
        asked = [(found.persona(person), found.own_answers(person)) for person in people]
    else:
        notes, asked = (), [(group, neighbours_in(library))]
    makers = [
        PromptMaker(who, method.steer(question, who, near, recipe, voice), form, recipe, template, seed, setting)
        for who, near in asked
    ]
    steered = [maker.steering for maker in makers]
    shown = dict.fromkeys(each.question_id for one in steered for each in one.examples if each.question_id)
    said = dict.fromkeys(note for one in steered for note in one.notes)
    cell = Cell(question, group, steering, format_name, recipe)
    return Plan(
        cell,
        tuple(_calls(cell, makers, form.request_for(question, recipe), planned)),
        recipe.example_ids if people and recipe.example_ids else tuple(shown),
        (*notes, *said, *_voice_notes(voice, method), *form.notes(recipe)),
        makers[0].version,
        people,
    )


def calls_of(steering: str, form: ExpressionFormat, recipe: Recipe) -> int:
    """How many calls a cell takes: where people are drawn, one for each of them, whatever the format."""
    return (recipe.samples if steering_of(steering).draws_people else form.calls(recipe)) * recipe.repeats


def requests_of(steering: str, form: ExpressionFormat, recipe: Recipe) -> int:
    """How many requests the calls of a cell take."""
    return calls_of(steering, form, recipe) * _turns(form, recipe)


def _turns(form: ExpressionFormat, recipe: Recipe) -> int:
    """How many requests a call takes: before an answer by log-probs, one more in which the model reasons."""
    return 2 if recipe.reasoning and form.request.top_logprobs else 1


def _calls(cell: Cell, makers: Sequence[PromptMaker], request: Request, number: int) -> Iterator[Call]:
    """So many calls, each with the options in its order, and a seed of its own where there is one.

    The makers take turns. A prompt is made once for all calls of a maker that offer the options in the same order.
    """
    question, prompts = cell.question, dict[tuple[int, tuple[str, ...]], Prompt]()
    for at in range(number):
        turn = at % len(makers)
        maker = makers[turn]
        labels = ordered(question.labels, maker.recipe.order, maker.seed, at)
        if (turn, labels) not in prompts:
            prompts[turn, labels] = maker.prompt(reordered(question, labels))
        offered = () if labels == question.labels else labels
        yield Call(cell, prompts[turn, labels], request, offered, None if maker.seed is None else maker.seed + at)


def _voice_notes(voice: Voice, method: SteeringMethod) -> tuple[str, ...]:
    if voice.name != PLAIN.voice and not method.has_persona:
        return (f"steering {method.name} has no persona, so the voice {voice.name} plays no part",)
    return (f"prompt made from the user's template {voice.template.version}",) if voice.template else ()
