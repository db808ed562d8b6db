"""Verbalized: the model states a percentage for every option, as a map from letter to percent."""

import json
import math
import random
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from opinionscope.elicitation.expression.base import (
    SEVERAL_RULE,
    ExpressionFormat,
    Request,
    both_ends,
    normalised,
    object_schema,
    read_figures,
)
from opinionscope.elicitation.expression.labels import letter_named
from opinionscope.elicitation.expression.written import PERCENT
from opinionscope.elicitation.reply import ANYTHING, Expected, Reading, Reply
from opinionscope.recipe import Recipe
from opinionscope.regexes import regex
from opinionscope.survey.distribution import whole_shares
from opinionscope.survey.question import EVERYONE, Group, Question
from opinionscope.values import replace

if TYPE_CHECKING:
    from opinionscope.elicitation.expression.pairs import StatedPairs

LONGEST_READ = 100_000
LONGEST_PREVIEWED = 8_000
LARGEST_DEVIATION = 0.5
LARGEST_GAP = 0.05
CUT_CORRECTION = "the answer was cut off behind numbers that it takes back, before it gave others"

NOT_TOLD = "it has a percentage for each option, but whose some of them are cannot be told"
_PARTS_OF_A_NUMBER = "0123456789.,"
"""What an answer that broke off may end with, and nobody can tell how the number would have gone on."""
_NAMED_NUMBER = regex(
    r"(?:^|[\n,;|])[ \t*-]{0,6}(?P<name>[^\W\d][^\n,;:|={}*]{0,80})\*{0,2}\s?(?:[:|=–—]|(?<= )-(?= ))\s?\*{0,2}\s?"
    r"(?P<number>\d{1,2}(?:\.\d{1,9})?)(?![\w.])"
)
_SIGNED = regex(rf"(?<![\w.,])(\d{{1,3}}(?:[.,]\d{{1,9}})?){PERCENT}", re.IGNORECASE)
_BARE = regex(r"(?<![\w.,])\d{1,3}(?:[.,]\d{1,9})?(?![\w.,]\d|\w)")
_RANGE = regex(r"\d[\d.,]*+(?:[^\w.,]+|[^\d.,]*\b(?:to|or|and|bis|à|vs)\b[^\w.,]*)\d")


class Verbalized(ExpressionFormat):
    """Asks for percents, reads maps in all the shapes models give them."""

    name = "verbalized"
    title = "Verbalized"
    summary = "the model states a percentage for every option"
    rule = (
        "Numbers are taken by option letter or label, from JSON, tables or sentences; a list of as many numbers as "
        "options, three or more, is taken in their order. Percents or fractions of 1, they "
        f"are divided by their sum. {SEVERAL_RULE} Not scored are numbers whose sum is off by more than "
        f"{LARGEST_DEVIATION:.0%} (by more than {LARGEST_GAP:.0%} where options are missing, which else are given 0), "
        "and numbers of which most went to letters that were never offered."
    )
    ignores = ("check_text",)
    request = Request(max_tokens=600)
    held_to = "a whole percentage from 0 to 100 for every letter"
    next_step = "ask again, or choose samples or sequence for this model"

    @override
    def request_for(self, question: Question, recipe: Recipe) -> Request:
        numbered = "" if recipe.reasoning or recipe.completion else question.letters
        return replace(super().request_for(question, recipe), numbered=numbered)

    @override
    def held(self, question: Question, recipe: Recipe) -> dict[str, Any] | None:
        if recipe.reasoning or recipe.completion:
            return None
        return object_schema(question.letters, {"type": "integer", "minimum": 0, "maximum": 100})

    @override
    def instruction(self, question: Question, recipe: Recipe) -> str:
        letters = question.letters
        return (
            "Answer for all of them: estimate what percentage chose each option, as one JSON object from option letter "
            f"to whole percentage, every letter from {letters[0]} to {letters[-1]} exactly once, the percentages "
            "adding up to 100. Write the object and nothing else."
        )

    @override
    def express(self, probabilities: Sequence[float], letters: str, rng: random.Random, recipe: Recipe) -> str:
        shares = whole_shares(probabilities)
        return json.dumps(dict(zip(letters, shares, strict=True)))

    @override
    def read(self, reply: Reply, question: Question, expected: Expected = ANYTHING) -> Reading:
        if reply.text is None or reply.figures is not None:
            return read_figures(reply, question, "percents as stated")
        if not reply.text.strip():
            return Reading.unread("the answer is empty")
        whole = reply.text.rstrip(_PARTS_OF_A_NUMBER) if reply.is_cut_off else reply.text
        text, cut = both_ends(whole, LONGEST_READ)
        pairs = _pairs_in(text, question, expected.group, is_cut_off=reply.is_cut_off)
        if len(pairs.values) < len(question.letters):
            pairs = replace(pairs, words=pairs.words | _fills_the_gap(text, pairs, question))
        is_open = text.rfind("{") > text.rfind("}")
        reading = _judge(pairs, question, cut, any_sum=expected.any_sum, is_cut_off=reply.is_cut_off, is_open=is_open)
        if reading.distribution is None or not _leaves_over(text, pairs, question):
            return reading
        return Reading.unread(NOT_TOLD, reading.trace, tuple(map(pairs.values.get, question.letters)))

    @override
    def preview(self, text: str, question: Question) -> tuple[float, ...] | None:
        arriving, _ = both_ends(text, LONGEST_PREVIEWED)
        values = _pairs_in(arriving.rstrip(_PARTS_OF_A_NUMBER), question).values
        total = math.fsum(values.values())
        if total <= 0:
            return None
        fractions = total <= 1 + LARGEST_DEVIATION and any(value % 1 for value in values.values())
        whole = max(total, 1.0 if fractions else 100.0)
        return tuple(values.get(letter, 0.0) / whole for letter in question.letters)


def _pairs_in(text: str, question: Question, group: Group = EVERYONE, *, is_cut_off: bool = False) -> "StatedPairs":
    """Loaded when there is text: its patterns take 7 ms to compile, and recorded figures need none of them."""
    from opinionscope.elicitation.expression.pairs import StatedPairs, find_pairs
    from opinionscope.elicitation.expression.several import before_further_questions, takes_back

    text = before_further_questions(text, question)
    if is_cut_off and takes_back(text):
        return StatedPairs("", doubt=CUT_CORRECTION)
    return find_pairs(text, question, group)


def _fills_the_gap(text: str, pairs: "StatedPairs", question: Question) -> dict[str, float]:
    """What a text gives, outside of braces, to a name that is none of the options, if just that is missing to 100."""
    inside = math.fsum(pairs.values.values())
    gap = _scale(inside) - inside
    if pairs.words or pairs.strays or inside <= 0 or gap <= 0:
        return {}
    numbers = {match["name"].strip(): float(match["number"]) for match in _NAMED_NUMBER.finditer(text)}
    return {
        name: number
        for name, number in numbers.items()
        if math.isclose(number, gap, rel_tol=1e-6) and not letter_named(name, question)
    }


def _leaves_over(text: str, pairs: "StatedPairs", question: Question) -> bool:
    """Whether those that found an option are some of a row of numbers, one for each option, which make 100."""
    size, given = len(question.letters), {*pairs.values.values()} - {0}
    if len(pairs.values) == size:
        return False
    found = [float(number.replace(",", ".")) for number in _SIGNED.findall(text) or _BARE.findall(text)]
    rows = [found[at : at + size] for at in range(len(found) - size + 1)]
    return any(math.isclose(math.fsum(row), 100) and given < {*row} - {0} for row in rows)


def _judge(
    pairs: "StatedPairs", question: Question, cut: tuple[str, ...], *, any_sum: bool, is_cut_off: bool, is_open: bool
) -> Reading:
    """Decide whether the pairs are a distribution a careful person would accept, and say why."""
    letters, trace = question.letters, [*cut, *(f"stated: {one}" for one in pairs.several)]
    stated = tuple(pairs.values.get(letter) for letter in letters)
    if pairs.values:
        trace.append(pairs.where)
    if doubt := _doubt(pairs):
        return Reading.unread(doubt, tuple(trace), stated)
    inside = math.fsum(pairs.values.values())
    outside = _outside(pairs, inside)
    total = inside + math.fsum(outside.values())
    scale = _scale(total)
    trace.append("fractions of 1" if scale == 1 else "percents")
    if outside:
        names = ", ".join(f"{key} ({value:g})" for key, value in outside.items())
        trace.append(f"set aside what was never offered: {names}")
    missing = ", ".join(letter for letter in letters if letter not in pairs.values)
    named = ", ".join(f"“{word}”" for word in outside if outside[word])
    if missing and named and _gap(total) < min(_gap(inside), LARGEST_GAP):
        return Reading.unread(f"{named} is none of the options, and {missing} has no number", tuple(trace), stated)
    if missing and (is_open or (is_cut_off and _gap(total))):
        return Reading.unread(f"the answer was cut off before it gave {missing} a number", tuple(trace), stated)
    if fault := _fault(total, inside, missing, any_sum=any_sum):
        return Reading.unread(fault, tuple(trace), stated)
    if missing:
        trace.append(f"not named, so 0: {missing}")
    if abs(total - scale) > 1e-6 * scale:
        trace.append(f"summed to {total:g}, not {scale:g}; normalised")
    return normalised([pairs.values.get(letter, 0.0) for letter in letters], trace, inside / total)


def _fault(total: float, inside: float, missing: str, *, any_sum: bool) -> str:
    """What keeps numbers from being a distribution, or ""."""
    if total <= 0:
        return "every percentage is 0"
    scale = _scale(total)
    if missing and _gap(total) > LARGEST_GAP and not any_sum:
        return f"{missing} missing, and the rest sums to {total:g}, not {scale:g}"
    if _gap(total) > LARGEST_DEVIATION and not any_sum:
        return f"the numbers sum to {total:g}, far from {scale:g}"
    return "most of it went to letters that were never offered" if inside < total / 2 else ""


def _doubt(pairs: "StatedPairs") -> str:
    """Why the pairs leave open what was meant, or ""."""
    if pairs.several:
        return f"the answer states {len(pairs.several)} different distributions, and nothing says which one counts"
    if pairs.doubt:
        return pairs.doubt
    if pairs.conflicts:
        letter, (first, second) = next(iter(pairs.conflicts.items()))
        return f"{letter} is given two different values, {first:g} and {second:g}"
    if pairs.unclear:
        letter, words = next(iter(pairs.unclear.items()))
        kind = "a range" if _RANGE.search(words) else "no percentage"
        return f"{letter} is given {kind}" + (f": “{words}”" if words else "")
    bare = [letter for letter, value in pairs.values.items() if 0 < value < 1 and letter not in pairs.signed]
    percents = pairs.signed or max(pairs.values.values(), default=0) > 1
    if bare and percents and _gap(math.fsum(pairs.values.values())) > LARGEST_GAP:
        return f"{bare[0]} is given {pairs.values[bare[0]]:g} and others percents, so it may be a fraction"
    return "" if pairs.values else "the answer has no letter with a percentage in it"


def _outside(pairs: "StatedPairs", inside: float) -> Mapping[str, float]:
    """What was given to others than the options; words such as a total only where they make the sum no worse."""
    letters = inside + math.fsum(pairs.strays.values())
    worse = _gap(letters + math.fsum(pairs.words.values())) > _gap(letters)
    return pairs.strays if worse else pairs.strays | pairs.words


def _scale(total: float) -> float:
    return 1.0 if total <= 1 + LARGEST_DEVIATION else 100.0


def _gap(total: float) -> float:
    """How far a sum is from the whole, as a share of it; rounded, so that 105 is 5 % off and not a trifle more."""
    return round(abs(total / _scale(total) - 1), 9)
