"""First token against text: how often the two disagree, as figures, as a sentence and as JSON.

Wang et al., "My Answer is C": First-Token Probabilities Do Not Match Text Answers, ACL Findings 2024, arXiv 2402.14499.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict

from opinionscope.alignment.spread import wilson_intervals
from opinionscope.elicitation import FORMATS, Reading, Reply, read_reply
from opinionscope.runs import Run
from opinionscope.runs.readings import read_replies_of
from opinionscope.values import replace

TEXT = "samples"
"""The format by whose rules a letter is found amid words."""


class TextCheck(Struct, frozen=True):
    """How often the two disagree.

    Attributes:
        compared: answers in which both give an option.
        disagree: those in which the options differ.
        low, high: 95 % interval of the share that disagrees (Wilson 1927).
        without: answers in which one of the two gives no option.
        tv: total variation between how often each option is first and how often it is written, from 0 to 1.
    """

    compared: int
    disagree: int
    low: float
    high: float
    without: int
    tv: float


def text_check(run: Run) -> TextCheck | None:
    """The check of a run that was asked for it; None for others, and where there is nothing to compare."""
    if not run.cell.recipe.check_text or run.cell.format not in FORMATS or not FORMATS[run.cell.format].one_letter:
        return None
    found = list(_both(run))
    pairs = [(first, text) for first, text in found if first is not None and text is not None]
    if not pairs:
        return None
    disagree = sum(first != text for first, text in pairs)
    low, high = map(float, wilson_intervals(disagree / len(pairs), len(pairs)))
    first, text = (Counter(side) for side in zip(*pairs, strict=True))
    tv = sum(abs(first[at] - text[at]) for at in {*first, *text}) / (2 * len(pairs))
    return TextCheck(len(pairs), disagree, low, high, len(found) - len(pairs), tv)


def _both(run: Run) -> Iterator[tuple[int | None, int | None]]:
    """Of each answer, the option that its first token gives and the one that its text gives, by place."""
    question, is_measured = run.cell.question, bool(FORMATS[run.cell.format].request.top_logprobs)
    for reply in read_replies_of(run):
        if reply.text is None:
            continue
        if is_measured:
            yield _option(reply.reading), _option(read_reply(reply, TEXT, question))
        else:
            yield _option(read_reply(_begun(reply), TEXT, question)), _option(reply.reading)


def _begun(reply: Reply) -> Reply:
    """An answer of which only the first word came."""
    return replace(reply, text=(reply.text or "").split(maxsplit=1)[0] if (reply.text or "").strip() else "")


def _option(reading: Reading | None) -> int | None:
    """The place of the option that is given, or is likeliest."""
    if reading is None or reading.distribution is None:
        return None
    return int(np.argmax(reading.distribution.probabilities))


def text_check_sentences(run: Run) -> Iterator[str]:
    """How often the first token and the written answer disagree; nothing where that was not asked for."""
    if not run.cell.recipe.check_text or not run.replies:
        return
    if (found := text_check(run)) is None:
        yield "first token against text: no answer gives an option by both, so that nothing can be compared"
        return
    share = found.disagree / found.compared
    interval = f"95 % interval {found.low * 100:.0f} % – {found.high * 100:.0f} %"
    without = f"; {found.without:,} more give no option by one of them" if found.without else ""
    far = f", TV {found.tv:.3f} between the two" if found.compared > 1 else ""
    yield (
        f"first token and text disagree in {found.disagree:,} of {found.compared:,} answers "
        f"({share * 100:.0f} %, {interval}){far}{without}"
    )


def text_check_json(run: Run) -> dict[str, Any] | None:
    """The same as `run --json` prints it; null where it was not asked for, or nothing can be compared."""
    found = text_check(run)
    return None if found is None else asdict(found)
