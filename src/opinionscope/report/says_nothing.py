"""Answers that can be scored and yet say nothing of the group: flat ones, and worked examples that were repeated."""

import re
from collections.abc import Iterator

from opinionscope.elicitation import FORMATS, Prompt, Reading, Reply, read_reply
from opinionscope.regexes import regex
from opinionscope.report.names import given
from opinionscope.runs import Run, single_readings
from opinionscope.survey import Question

LARGEST_FLAT_DIFFERENCE = 0.01
"""Shares of whole percents that are as equal as can be differ by one: 33, 33, 34."""
_EXAMPLE_ANSWER = regex(r"^Answer: (.+)$", re.MULTILINE)


def says_nothing(run: Run) -> Iterator[str]:
    """A sentence if the answer is flat, and one if it repeats a worked example of its prompt."""
    if run.reading is None or run.reading.distribution is None:
        return
    form = FORMATS.get(run.cell.format)
    if form is None or (form.one_letter and form.counts_people):
        return
    if _is_flat(run.reading, run.cell.question):
        yield _flat(run, sum(share > 0 for share in run.reading.distribution.probabilities))
    if not run.is_live or form.one_letter:
        return
    repeats = sum(_repeats_example(run, at, reading) for at, reading in enumerate(single_readings(run)))
    if repeats:
        which = "the answer repeats" if len(run.replies) == 1 else f"{repeats} of {len(run.replies)} answers repeat"
        yield f"{which} a worked example of the prompt figure for figure: it says nothing of the group"


def _is_flat(reading: Reading, question: Question) -> bool:
    """Whether all options got the same; refusals and their like may have nothing."""
    assert reading.distribution is not None
    options = zip(question.options, reading.distribution.probabilities, reading.figures, strict=True)
    kept = [(share, figure) for option, share, figure in options if share > 0 or not option.nonresponse]
    shares, figures = zip(*kept, strict=True)
    if reading.sample_size is not None:
        return len(shares) > 1 and max(figures) - min(figures) <= (0 if len(shares) == 2 else 1)
    return len(shares) > 1 and max(shares) - min(shares) <= LARGEST_FLAT_DIFFERENCE + 1e-9


def _flat(run: Run, options: int) -> str:
    what, who = given(run), "people know" if run.is_estimated else "a model knows"
    if options == 2:
        return f"the {what} is flat, half and half: it may be meant, but looks the same where {who} nothing"
    return f"the {what} is flat, as much for every option: it says nothing of the group"


def _repeats_example(run: Run, at: int, reading: Reading) -> bool:
    reply = run.replies[at]
    calls, question = run.plan.calls, run.cell.question
    if reading.distribution is None or reply.call >= len(calls):
        return False
    said = _in_order(reply, reading, question)
    return any(said == shown for shown in _examples(calls[reply.call].prompt, run.cell.format, question))


def _in_order(reply: Reply, reading: Reading, question: Question) -> tuple[str, ...] | tuple[float, ...]:
    """What an answer says, in the order of the letters it was given in: its row of letters, or its shares."""
    if reading.sample_size is not None:
        return tuple(character for character in reply.text or "" if character in question.letters)
    assert reading.distribution is not None
    share_of = dict(zip(question.labels, reading.distribution.probabilities, strict=True))
    shares = [round(share_of.get(label, 0.0), 3) for label in reply.offered or question.labels]
    while shares and not shares[-1]:  # an example may have fewer options than the question
        shares.pop()
    return tuple(shares)


def _examples(prompt: Prompt, format_name: str, question: Question) -> Iterator[tuple[str, ...] | tuple[float, ...]]:
    """What the worked examples of a prompt say, each in the same form."""
    for text in _EXAMPLE_ANSWER.findall(prompt.user):
        reading = read_reply(Reply(text), format_name, question)
        if reading.distribution is not None:
            yield _in_order(Reply(text), reading, question)
