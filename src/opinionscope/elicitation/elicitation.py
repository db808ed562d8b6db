"""Elicitation: Question × Group × SteeringMethod × ExpressionFormat, and the prompts that it makes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from opinionscope.elicitation.answer import Answer, Expected
from opinionscope.elicitation.expression import FORMATS, Request
from opinionscope.elicitation.markers import bare_answer, part_thoughts
from opinionscope.elicitation.prompting import NOW_ANSWER, TEMPLATE_VERSION, Prompt, PromptMaker
from opinionscope.elicitation.recipe import MOST_CALLS, PLAIN, REASONING_TOKENS, Recipe, RecipeError, ordered
from opinionscope.elicitation.similarity import neighbours_in
from opinionscope.elicitation.steering import (
    OWN_VOICES,
    STEERINGS,
    SteeringMethod,
    Voice,
    Voices,
    names_group,
)
from opinionscope.elicitation.thoughts import (
    CUT_BEFORE_ANSWER,
    NO_ANSWER_MARK,
    parted,
    split_thought,
    without_tags,
)
from opinionscope.survey.library import Library
from opinionscope.survey.question import EVERYONE, Group, Question


@dataclass(frozen=True, slots=True)
class Call:
    """One message to the model, of the several that an elicitation may need.

    Attributes:
        offered: labels in the order of their letters A, B, C, …; () for survey order.
        seed: sent to providers that take one.
    """

    prompt: Prompt
    offered: tuple[str, ...] = ()
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Elicitation:
    """One question put to a model on behalf of a group, ready to be sent.

    Attributes:
        prompt, offered, seed: those of the first call.
        more: the other calls, where there are several: simulated people, or repeats.
        seed: decides which letters worked examples show, and in which order; sent to providers that take one.
            None: unset.
        example_ids: ids of the real questions shown as examples.
        notes: what a reader should know about how the prompt was made.
        thought: what the model reasoned in a call before this one, which goes on from there; "" if nothing.
    """

    question: Question
    group: Group
    steering: str
    format: str
    prompt: Prompt
    request: Request
    seed: int | None = None
    example_ids: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    template_version: str = TEMPLATE_VERSION
    recipe: Recipe = PLAIN
    offered: tuple[str, ...] = ()
    more: tuple[Call, ...] = ()
    thought: str = ""

    @property
    def calls(self) -> tuple[Call, ...]:
        """All calls, in order; most often one."""
        return (Call(self.prompt, self.offered, self.seed), *self.more)

    @property
    def asked(self) -> Question:
        """The question with its options in the order in which the first call offers them."""
        return reordered(self.question, self.offered)

    @property
    def expected(self) -> Expected:
        """What helps to read an answer; a model that was told no group answers for everyone."""
        return Expected(self.group if names_group(self.steering) else EVERYONE, self.recipe.samples)

    @property
    def messages(self) -> list[dict[str, str]]:
        """What is sent, in the form chat completions take."""
        if not self.thought:
            return self.prompt.messages
        thought = [{"role": "assistant", "content": self.thought}, {"role": "user", "content": NOW_ANSWER}]
        return [*self.prompt.messages, *thought]

    def thinking(self) -> "Elicitation":
        """The call that only reasons, where another one answers."""
        return replace(self, request=Request(max_tokens=REASONING_TOKENS, temperature=self.request.temperature))

    def after(self, thought: str) -> "Elicitation":
        """The call that answers after the model has reasoned in another."""
        return replace(self, thought=thought)

    def split(self, answer: Answer) -> Answer:
        """An answer parted into what was reasoned and what was answered, where a model has done both.

        One in which nobody can tell the two apart has no text, but a reason why it is unread.
        """
        answer = without_tags(answer)
        if not self._reasons_in_the_answer or answer.text is None:
            return answer
        thought, text = split_thought(answer.text, is_cut_off=answer.is_cut_off)
        return parted(answer, thought, text, CUT_BEFORE_ANSWER if answer.is_cut_off else NO_ANSWER_MARK)

    def preview(self, text: str) -> tuple[float, ...] | None:
        """What an answer to the first call shows while it arrives: shares in survey order, as the format's preview.

        None while the model still reasons.
        """
        text = part_thoughts(text)[1]
        if self._reasons_in_the_answer:
            text = split_thought(text, is_cut_off=True)[1]
        shares = FORMATS[self.format].preview(bare_answer(text), self.asked)
        if shares is None or not self.offered:
            return shares
        by_label = dict(zip(self.offered, shares, strict=True))
        return tuple(by_label[label] for label in self.question.labels)

    @property
    def needs_log_probs(self) -> bool:
        """Whether the answer is read from log-probs, even where this call only reasons."""
        return FORMATS[self.format].request.top_logprobs > 0

    @property
    def reasons_in_a_call_before(self) -> bool:
        """Whether every call that answers goes on from one that only reasoned."""
        return self.recipe.reasoning and self.needs_log_probs

    @property
    def _reasons_in_the_answer(self) -> bool:
        return self.recipe.reasoning and not self.needs_log_probs

    def single(self, call: Call) -> "Elicitation":
        """The elicitation of one of the calls alone."""
        return replace(self, prompt=call.prompt, offered=call.offered, seed=call.seed, more=())


def reordered(question: Question, offered: tuple[str, ...]) -> Question:
    """The question with its options in another order; () for the one they have."""
    if not offered or offered == question.labels:
        return question
    by_label = {option.label: option for option in question.options}
    return replace(question, options=tuple(by_label[label] for label in offered))


def elicit(
    library: Library,
    question: Question,
    group: Group,
    steering: str,
    format_name: str,
    seed: int | None = None,
    recipe: Recipe = PLAIN,
    voices: Voices = OWN_VOICES,
) -> Elicitation:
    """Make the elicitation of these choices; the same choices make the same prompt.

    Args:
        voices: those that the recipe may name.

    Raises:
        KeyError: for a steering method or format that is in no registry.
        RecipeError: for more calls than `MOST_CALLS`.
        SteeringError: if the method cannot be used for this question and group.
        VoiceError: if the recipe names a voice that is not among `voices`.
        NotFoundError: if the recipe names an example that no pack has.
    """
    form, method, voice = FORMATS[format_name], STEERINGS[steering], voices.named(recipe.voice)
    planned = form.calls(recipe) * recipe.repeats
    if planned > MOST_CALLS:
        raise RecipeError(f"expected at most {MOST_CALLS:,} calls a run, got {planned:,}; lower samples or repeats")
    steered = method.steer(question, group, neighbours_in(library), recipe, voice)
    maker = PromptMaker(group, steered, form, recipe, voice.template if method.has_persona else None, seed)
    first, *more = _planned(maker, question, planned)
    return Elicitation(
        question,
        group,
        steering,
        format_name,
        first.prompt,
        form.request_for(question, recipe),
        first.seed,
        tuple(example.question_id for example in steered.examples if example.question_id),
        (*steered.notes, *_voice_notes(voice, method), *form.notes(recipe)),
        maker.version,
        recipe=recipe,
        offered=first.offered,
        more=tuple(more),
    )


def _planned(maker: PromptMaker, question: Question, number: int) -> Iterator[Call]:
    """So many calls, each with the options in its order, and a seed of its own where there is one."""
    prompts: dict[tuple[str, ...], Prompt] = {}
    for at in range(number):
        labels = ordered(question.labels, maker.recipe.order, maker.seed, at)
        if labels not in prompts:
            prompts[labels] = maker.prompt(reordered(question, labels))
        offered = () if labels == question.labels else labels
        yield Call(prompts[labels], offered, None if maker.seed is None else maker.seed + at)


def _voice_notes(voice: Voice, method: SteeringMethod) -> tuple[str, ...]:
    if voice.name != PLAIN.voice and not method.has_persona:
        return (f"steering {method.name} has no persona, so the voice {voice.name} plays no part",)
    return (f"prompt made from the user's template {voice.template.version}",) if voice.template else ()
