"""The measures, the noise floor and where an answer comes from, in words."""

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from opinionscope.alignment.alignment import Alignment
from opinionscope.alignment.divergences import NATS_PER_BIT
from opinionscope.alignment.measures import MEASURES, Measure
from opinionscope.elicitation import Recipe
from opinionscope.elicitation.effects import idle
from opinionscope.recipe import ALL_OPTIONS
from opinionscope.regexes import regex
from opinionscope.report.names import answered_as, without_folders
from opinionscope.respondents.price_map import FactsOf
from opinionscope.runs import Run
from opinionscope.runs.need import need_of
from opinionscope.survey import Distribution
from opinionscope.survey.text import counted

Unit = Literal["nats", "bits"]
_PUBLISHED = regex(r"published (\w{3})\w* (\d{4}) with ([^,]+),.*")
KL_NAME = "KL(human ‖ model)"
UNDEFINED = "–"
"""Stands for a measure that is not defined."""

MEANINGS: Mapping[str, str] = {
    **{measure.label: measure.meaning for measure in MEASURES.values()},
    "ε": "the floor put under the model's side before KL: q' = (1 − ε) q + ε / K",
    "noise floor": "what even a perfect answer scores on average, because n people are a sample",
}
"""One line on each number, for people who meet it for the first time."""


class Shown(Struct, frozen=True):
    """A measure of one run as shown.

    Attributes:
        label: a key of `MEANINGS`.
        value: the number as text, or `UNDEFINED`.
        interval: the 95 % interval as text, or "".
    """

    label: str
    value: str
    unit: str
    interval: str = ""

    @property
    def meaning(self) -> str:
        """One line for people who meet it for the first time."""
        return MEANINGS[self.label]


def in_unit(nats: float, unit: Unit) -> float:
    """Nats in the unit chosen."""
    return nats / NATS_PER_BIT if unit == "bits" else nats


def divergence(nats: float, unit: Unit) -> str:
    """A divergence as text; enough digits that a floor of 0.004 and a KL of 3.2 both read well."""
    value = in_unit(nats, unit)
    if 0 < value < 0.0005:
        return "<0.001"
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def other_measures(alignment: Alignment, unit: Unit) -> tuple[Shown, ...]:
    """The measures that stand beside KL."""
    return tuple(each for each in main_measures(alignment, unit) if each.label != MEASURES["kl"].label)


def main_measures(alignment: Alignment, unit: Unit) -> tuple[Shown, ...]:
    """The measures that stand on every screen with an answer, KL first."""
    return tuple(shown(measure, alignment, unit) for measure in MEASURES.values() if measure.is_main)


def shown(measure: Measure, alignment: Alignment, unit: Unit) -> Shown:
    """One measure of a run as text."""
    score = alignment.scores.get(measure.name)
    if score is None:
        return Shown(measure.label, UNDEFINED, "")
    interval = ""
    if score.low is not None and score.high is not None:
        interval = f"{number(measure, score.low, unit)} – {number(measure, score.high, unit)}"
    return Shown(
        measure.label, number(measure, score.value, unit), unit if measure.unit == "nats" else measure.unit, interval
    )


def number(measure: Measure, value: float, unit: Unit) -> str:
    """A value of a measure as text; nats in the unit chosen."""
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if measure.unit == "nats" and measure.low >= 0:
        return divergence(value, unit)
    shown = in_unit(value, unit) if measure.unit == "nats" else value
    text = f"{shown + 0.0:.{measure.decimals}f}" if measure.decimals else f"{round(shown):d}"
    return text.replace("-", "−")


def recipe_words(recipe: Recipe, steering: str, format_name: str) -> str:
    """What in a recipe differs from the paper's and matters here: "5 repeats · shuffled"; "" where nothing does."""
    words = []
    for option in ALL_OPTIONS:
        if not idle(option, steering, format_name):
            if option.name == "examples" and recipe.example_ids:
                words.append("chosen examples")
            elif not option.is_usual(recipe):
                said = option.of(recipe)
                words.append(option.words.format(f"{int(said):,}" if said.isdecimal() else said))
    return " · ".join(words)


def sample_size(human: Distribution | None) -> str:
    """How many people stand behind the human side."""
    if human is None:
        return "no human answer known"
    return "n not published" if human.n is None else f"n = {human.n:,.0f}"


def noise_sentence(alignment: Alignment, unit: Unit) -> str:
    """What a perfect answer would score on average, and whether the model does as well as that."""
    n, letters = alignment.human.n, alignment.model.n
    kl, tv = alignment.scores["kl"], alignment.scores["tv"]
    if kl.floor is None or tv.floor is None or n is None:
        return "no noise floor: the source gives shares without n"
    size = f"n = {n:,.0f}"
    if letters is not None:
        size += f" and {counted(round(letters), 'simulated answer')}"
    sentence = f"noise floor {divergence(kl.floor, unit)} {unit} (TV {tv.floor:.3f}) at {size}"
    verdict = noise_verdict(alignment, unit)
    return f"{sentence}; {verdict}" if verdict else sentence


def noise_verdict(alignment: Alignment, unit: Unit) -> str:
    """Says that the model does as well as a perfect answer; "" where it does not, or where that is not known."""
    kl, unsmoothed = alignment.scores["kl"], alignment["kl_unsmoothed"]
    if not alignment.within_noise:
        return ""
    if unsmoothed is None or math.isinf(unsmoothed) or divergence(unsmoothed, unit) == divergence(kl.value, unit):
        compared = "KL"
    else:
        compared = f"KL {divergence(unsmoothed, unit)} unsmoothed"
    return f"{compared}, at or below what a perfect answer scores on average"


def knowing_sentence(alignment: Alignment) -> str:
    """Whether the model is closer than somebody who does not know the group, and how many people it is worth.

    "" where neither is known.
    """
    parts = []
    if (added := alignment["added_value"]) is not None:
        far = f"{abs(added):.2f}".removeprefix("0")
        where = "about as close as" if far == ".00" else "closer than" if added > 0 else "further off than"
        parts.append(f"{where} not knowing the group{'' if far == '.00' else f', by TV {far}'}")
    if (worth := alignment["worth_people"]) is not None and math.isfinite(worth):
        people = f"{worth:,.0f} people" if worth >= 1.5 else "one person"
        parts.append(f"worth the answers of about {people}")
    return "; ".join(parts)


def muted_sentence(run: Run) -> str:
    """That the measures are not to be relied on, and why; "" where they are."""
    return f"not reliable: {run.measures_muted}" if run.measures_muted else ""


def provenance(run: Run) -> str:
    """Live or recorded, by which model, when."""
    reply = run.reply
    if reply is None:
        return f"{without_folders(run.model)} · {'not asked here yet' if run.status == 'running' else 'no answer'}"
    if reply.kind == "person":
        return f"{reply.model}'s guess" + (f" · {reply.answered:%Y-%m-%d %H:%M} UTC" if reply.answered else "")
    if reply.kind == "recorded":
        who = f"{reply.model}' estimates" if run.is_estimated else reply.model
        return " · ".join(filter(None, (who, reply.recorded)))
    who = answering(run)
    if reply.recorded:
        return f"{who} · {_from_cache(run)}"
    when = next((f" · {each.answered:%Y-%m-%d %H:%M} UTC" for each in run.replies if each.answered), "")
    return f"{who}{when}"


def brief_provenance(run: Run) -> str:
    """The same for one short line: of a recorded answer, the source with month and year; the Answer tab has it all."""
    return _PUBLISHED.sub(r"\3, \1 \2", provenance(run))


def answering(run: Run) -> str:
    """The model that really answered; of several, each with its number of answers."""
    if len(run.models) > 1:
        return ", ".join(f"{answered_as(model, run.model)} ({number:,})" for model, number in run.models.items())
    return answered_as(next(iter(run.models), run.reply.model if run.reply else run.model), run.model)


def _from_cache(run: Run) -> str:
    """How much of a live run was not asked anew, and when it was asked."""
    assert run.reply is not None
    cached = sum(bool(reply.recorded) for reply in run.replies)
    share = "" if len(run.replies) == 1 else f"{cached} of {len(run.replies)} answers "
    return f"{share}{run.reply.recorded}"


def cost(run: Run) -> str:
    """Tokens, price and time of a live answer, the time of a guess; "" for a recorded answer."""
    if run.reply is None or run.reply.kind == "recorded":
        return ""
    if run.reply.kind == "person":
        return f"{run.seconds:.0f} s to guess"
    usage = run.usage
    tokens = [
        f"{count:,} {name}"
        for count, name in ((usage.prompt_tokens, "in"), (usage.completion_tokens, "out"))
        if count is not None
    ]
    dollars = usage.cost_usd
    price = "price unknown" if dollars is None else f"${dollars:.4f}" if dollars else "free"
    return " · ".join([" + ".join(tokens) + " tokens" if tokens else "tokens unknown", price, f"{run.seconds:.1f} s"])


def calls_and_cost(drafts: Sequence[Run], facts_of: FactsOf) -> str:
    """How many calls asking drafts takes, and about what they cost: ``12 calls, about $0.02``."""
    needs = [need_of(draft.plan) for draft in drafts]
    facts = [facts_of(draft.model, draft.api_base) for draft in drafts]
    calls = counted(sum(need.requests for need in needs), "call")
    if all(each.costs_nothing for each in facts):
        return f"{calls} on this machine"
    prices = [each.price(need.prompt_tokens, need.completion_tokens) for each, need in zip(facts, needs, strict=True)]
    known = [price for price in prices if price is not None]
    if len(known) < len(prices):
        return f"{calls}, cost unknown"
    cost = math.fsum(known)
    return f"{calls}, about ${cost:.2f}" if cost >= 0.01 else f"{calls}, less than $0.01"


def plan_words(draft: Run) -> str:
    """What asking a draft takes: its calls, and about how many tokens go into them and at most come out."""
    calls, need = draft.plan.calls, need_of(draft.plan)
    orders, longest = len({call.offered for call in calls}), calls[0].request.max_tokens
    if draft.cell.reasons_in_a_call_before:
        longest += calls[0].thinking.request.max_tokens
    words = [counted(need.requests, "call")]
    if orders > 1:
        words.append(f"{orders:,} orders of the options")
    words.append(f"about {round(need.prompt_tokens):,} tokens in")
    words.append(f"up to {len(calls) * longest:,} out")
    return " · ".join(words)
