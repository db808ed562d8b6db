"""Log-probs: the probabilities that the model gives to the option letters as its next token."""

import math
import random
import re
from collections.abc import Sequence

from typing_extensions import override

from opinionscope.elicitation.answer import Answer, Reading, TokenLogprob
from opinionscope.elicitation.expression.base import ExpressionFormat, Request, normalised, read_figures
from opinionscope.elicitation.recipe import Recipe
from opinionscope.survey.question import Question

LEAST_MASS = 0.01
LITTLE_MASS = 0.5
LARGEST_MASS = 1.05
LARGEST_LOGPROB = 1.0
TOKENS_SHOWN = 5

_DECORATION = re.compile(r"^[\s\"'`*(\[{▁Ġ]+|[\s\"'`*)\]}.:,;]+$")


class LogProbs(ExpressionFormat):
    """Asks for one letter, and reads the candidates for it."""

    name = "log-probs"
    title = "Log-probs"
    summary = "the probabilities of the option letters as next token"
    request = Request(max_tokens=1, top_logprobs=20)

    @override
    def instruction(self, question: Question, recipe: Recipe) -> str:
        return "Answer as one of them, drawn at random: the letter of the option chosen, and nothing else."

    @override
    def express(self, probabilities: Sequence[float], letters: str, rng: random.Random, recipe: Recipe) -> str:
        return rng.choices(letters, weights=probabilities)[0]

    @override
    def read(self, answer: Answer, question: Question) -> Reading:
        if answer.figures is not None or answer.unread:
            reading = read_figures(answer, question, "probability of each letter")
            return _with_mass(reading.figures, reading.trace) if reading.distribution else reading
        if not answer.first_token:
            return Reading.unread("the server gave no log-probabilities; choose another format for this model")
        return _read_tokens(answer.first_token, question)


def letter_of(token: str, letters: str) -> str | None:
    """The option letter that a token spells, its variants merged: " A", "a", "A.", "(A", "**A"; else None."""
    bare = _DECORATION.sub("", _DECORATION.sub("", token)).upper()
    return bare if len(bare) == 1 and bare in letters else None


def _read_tokens(candidates: Sequence[TokenLogprob], question: Question) -> Reading:
    masses = dict.fromkeys(question.letters, 0.0)
    variants: dict[str, set[str]] = {}
    strays: list[str] = []
    by_token = _mass_by_token(candidates)
    for token, mass in by_token.items():
        letter = letter_of(token, question.letters)
        if letter is None:
            strays.append(f"{token!r} {mass:.1%}")
        else:
            masses[letter] += mass
            variants.setdefault(letter, set()).add(token)
    trace = [f"{len(candidates)} candidates for the first token"]
    merged = [
        f"{letter} ← {' '.join(map(repr, sorted(found)))}" for letter, found in variants.items() if len(found) > 1
    ]
    if merged:
        trace.append("merged " + "; ".join(merged))
    unseen = [letter for letter in question.letters if letter not in variants]
    if unseen:
        trace.append(f"not among the candidates, so 0: {', '.join(unseen)}")
    if strays:
        trace.append("not an option letter: " + ", ".join(strays[:TOKENS_SHOWN]))
    if (total := math.fsum(by_token.values())) > LARGEST_MASS:
        return Reading.unread(f"the candidates' probabilities sum to {total:.3g}, not to 1 or less", tuple(trace))
    return _with_mass(tuple(masses.values()), trace)


def _mass_by_token(candidates: Sequence[TokenLogprob]) -> dict[str, float]:
    """The probability of each token: the larger where one is listed twice, 0 where it is no number."""
    masses: dict[str, float] = {}
    for candidate in candidates:
        mass = math.exp(min(candidate.logprob, LARGEST_LOGPROB)) if math.isfinite(candidate.logprob) else 0.0
        masses[candidate.token] = max(mass, masses.get(candidate.token, 0.0))
    return masses


def _with_mass(masses: Sequence[float], trace: Sequence[str]) -> Reading:
    """Renormalise over the options, stating the mass that fell outside."""
    mass = min(1.0, math.fsum(masses))
    if mass < LEAST_MASS:
        return Reading.unread(f"only {mass:.2%} of the probability fell on the option letters", tuple(trace))
    steps = [*trace, f"{1 - mass:.1%} of the probability fell outside the options; renormalised"]
    if mass < LITTLE_MASS:
        steps.append("the model mostly wanted to say something else: read this distribution with care")
    return normalised(masses, steps, mass)
