"""Log-probs: the probabilities that the model gives to the option letters as its next token.

Which tokens stand for a letter is decided by one rule, stated in `LETTER_RULE` and kept with every reading.

An option that is not among the candidates was not measured: it has some probability too small to be listed. No
token that is not listed is likelier than the least likely one that is; an option has `SPELLINGS` of them, and all
together cannot have more than the listed ones leave over. The token that was drawn is no measure of this: servers
list it however unlikely it is. The distribution
states such an option as 0, for any other number would be made up, and the reading says beside it how large it can
be at most (`Reading.bounds`). KL puts its own floor under it.
"""

import math
import unicodedata
from collections.abc import Mapping, Sequence

from typing_extensions import override

from opinionscope.elicitation.expression.base import OneLetter, Request, normalised, read_figures
from opinionscope.elicitation.reply import ANYTHING, Expected, Reading, Reply, TokenLogprob
from opinionscope.regexes import regex
from opinionscope.survey.question import Question
from opinionscope.values import replace

LEAST_MASS = 0.01
LITTLE_MASS = 0.5
LARGEST_MASS = 1.05
LARGEST_LOGPROB = 1.0
TOKENS_SHOWN = 5
SPELLINGS = 4
"""Tokens of a letter that nearly every vocabulary has: large and small, with and without a blank before it."""
STRAYS_NAMED = 2
ROUNDING = 1e-4
"""Log-probs come rounded: what the candidates leave over is not known any better than this."""

ONE_TOKEN = (
    "the server gave the probability of one token alone, and one token is no distribution; ask a server that lists "
    "other candidates (top_logprobs), or choose verbalized, sequence or samples for this model"
)
LETTER_RULE = (
    "a token stands for a letter if nothing but that letter, large or small, is left of it without blanks, quotes, "
    "brackets, asterisks and the marks . , : ; at its ends; the tokens of a letter are added up"
)
_DECORATION = regex(r"^[\s\"'`*(\[{]+|[\s\"'`*)\]}.:,;]+$")
_BLANK_MARKS = str.maketrans({"▁": " ", "Ġ": " ", "Ċ": "\n", "ĉ": "\t", "č": "\r"})
_BYTES = regex(r"(?:<0x[0-9A-F]{2}>)+")


class LogProbs(OneLetter):
    """Asks for one letter, and reads the candidates for it."""

    name = "log-probs"
    title = "Log-probs"
    summary = "the probabilities of the option letters as next token"
    rule = (
        f"The probabilities of the candidates for the first token are added up by letter: {LETTER_RULE}. They are "
        "divided by their sum; an option that is not among the candidates is given 0. Not scored are answers with less "
        f"than {LEAST_MASS:.0%} of the probability on option letters, and those that list one token alone."
    )
    request = Request(max_tokens=1, top_logprobs=20)
    next_step = "choose verbalized, sequence or samples for this model"

    @override
    def read(self, reply: Reply, question: Question, expected: Expected = ANYTHING) -> Reading:
        if reply.figures is not None or reply.unread:
            reading = read_figures(reply, question, "probability of each letter")
            return _with_mass(reading.figures, reading.trace) if reading.distribution else reading
        if not reply.first_token:
            return Reading.unread(
                "the server gave no log-probabilities; choose verbalized, sequence or samples for this model"
            )
        return _read_tokens(reply.first_token, question, _drawn(reply))


def letter_of(token: str, letters: str) -> str | None:
    """The option letter that a token stands for by `LETTER_RULE`: " A", "a", "A.", "(A", "**A"; else None."""
    plain = unicodedata.normalize("NFKC", spelt_out(token))
    bare = _DECORATION.sub("", _DECORATION.sub("", plain)).upper()
    return bare if len(bare) == 1 and bare in letters else None


def spelt_out(token: str) -> str:
    """The text that a token stands for: "▁B" and "ĠB" are " B", "<0x42>" is "B"."""
    if _BYTES.fullmatch(token):
        token = bytes.fromhex(token.replace("<0x", "").replace(">", "")).decode(errors="replace")
    return token.translate(_BLANK_MARKS)


def _drawn(reply: Reply) -> str:
    """The first token of the text, without blanks: the longest candidate with which the text begins."""
    text = spelt_out(reply.text or "").strip()
    tokens = (spelt_out(candidate.token).strip() for candidate in reply.first_token or ())
    return max((token for token in tokens if text.startswith(token)), key=len, default=text) if text else ""


def _read_tokens(candidates: Sequence[TokenLogprob], question: Question, drawn: str) -> Reading:
    masses = dict.fromkeys(question.letters, 0.0)
    variants: dict[str, set[str]] = {}
    strays: list[str] = []
    by_token = _mass_by_token(candidates)
    for token, mass in by_token.items():
        letter = letter_of(token, question.letters)
        if letter is None:
            strays.append(f"{token!r} {mass:.1%}")
        elif mass > 0:
            masses[letter] += mass
            variants.setdefault(letter, set()).add(token)
    trace = [f"{len(candidates)} candidates for the first token", LETTER_RULE]
    merged = [
        f"{letter} ← {' '.join(map(repr, sorted(found)))}" for letter, found in variants.items() if len(found) > 1
    ]
    if merged:
        trace.append("merged " + "; ".join(merged))
    unseen = [letter for letter in question.letters if letter not in variants]
    most = _most_unseen(by_token, drawn)
    if unseen:
        trace.append(f"not among the candidates, in {SPELLINGS} spellings at most {most:.2g} each: {', '.join(unseen)}")
    if strays:
        trace.append("not an option letter: " + ", ".join(strays[:TOKENS_SHOWN]))
    if (total := math.fsum(by_token.values())) > LARGEST_MASS:
        return Reading.unread(f"the candidates' probabilities sum to {total:.3g}, not to 1 or less", tuple(trace))
    reading = _with_mass(tuple(masses.values()), trace, strays)
    if reading.distribution and len({token.strip() for token, mass in by_token.items() if mass > 0}) == 1:
        return Reading.unread(ONE_TOKEN, tuple(trace), tuple(mass or None for mass in masses.values()))
    if not unseen or reading.distribution is None:
        return reading
    share = most / (most + math.fsum(masses.values()))
    return replace(reading, bounds=tuple(None if letter in variants else share for letter in question.letters))


def _most_unseen(by_token: Mapping[str, float], drawn: str) -> float:
    """The highest probability that an option can have in all its spellings, none of them among the candidates.

    Args:
        by_token: token → probability, of all candidates.
        drawn: the token that was drawn, or "" where that is not known.
    """
    left_over = max(ROUNDING, 1 - math.fsum(by_token.values()))
    listed = [mass for token, mass in by_token.items() if mass > 0 and (not drawn or token.strip() != drawn)]
    return min([left_over, *(SPELLINGS * mass for mass in listed)])


def _mass_by_token(candidates: Sequence[TokenLogprob]) -> dict[str, float]:
    """The probability of each token: the larger where one is listed twice, 0 where it is no number."""
    masses: dict[str, float] = {}
    for candidate in candidates:
        mass = math.exp(min(candidate.logprob, LARGEST_LOGPROB)) if math.isfinite(candidate.logprob) else 0.0
        token = spelt_out(candidate.token)
        masses[token] = max(mass, masses.get(token, 0.0))
    return masses


def _with_mass(masses: Sequence[float], trace: Sequence[str], strays: Sequence[str] = ()) -> Reading:
    """Renormalise over the options, stating the mass that fell outside; `strays` is what the model said instead."""
    mass = min(1.0, math.fsum(masses))
    if mass < LEAST_MASS:
        instead = f"; the model would begin with {', '.join(strays[:STRAYS_NAMED])}" if strays else ""
        reason = f"only {mass:.2%} of the probability fell on the option letters{instead}"
        return Reading.unread(f"{reason}; choose verbalized, sequence or samples for this model", tuple(trace))
    steps = [*trace, f"{1 - mass:.1%} of the probability fell outside the options; renormalised"]
    if mass < LITTLE_MASS:
        steps.append("the model mostly wanted to say something else: read this distribution with care")
    return normalised(masses, steps, mass)
