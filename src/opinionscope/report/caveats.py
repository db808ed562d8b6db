"""What must be known to read the numbers of a run rightly."""

import re
from collections import Counter
from collections.abc import Iterator

from opinionscope.alignment.temperature import Scaling
from opinionscope.charts.bars import percent
from opinionscope.elicitation import FORMATS, Prompt, Reading, Reply, read_reply
from opinionscope.elicitation.expression.sequence import ONLY_THE_FIRST
from opinionscope.elicitation.reply import BROKEN_OFF, CUT_HERE
from opinionscope.regexes import regex
from opinionscope.report.details import below
from opinionscope.report.names import given
from opinionscope.runs import Run, single_readings
from opinionscope.survey import Question
from opinionscope.survey.text import counted

SMALL_SAMPLE = 30
BENCHMARK_PAPER = "2411.05403"
NOTABLE_SHARE = 0.005
LARGEST_FLAT_DIFFERENCE = 0.01
"""Shares of whole percents that are as equal as can be differ by one: 33, 33, 34."""
_EXAMPLE_ANSWER = regex(r"^Answer: (.+)$", re.MULTILINE)


def caveats(run: Run) -> tuple[str, ...]:
    """Short sentences, the most general first."""
    return (*_of_the_comparison(run), *_of_the_answer(run), *_of_the_plan(run))


def infinity_sentence(run: Run) -> str:
    """Which option makes the unsmoothed KL infinite, and why, or ""."""
    alignment = run.alignment
    if alignment is None or alignment.kl_infinite_at is None:
        return ""
    label = run.cell.question.labels[alignment.kl_infinite_at]
    figures = run.reply.figures if run.reply else None
    if figures and figures[alignment.kl_infinite_at] is None:
        if run.is_estimated:
            return f"unsmoothed it is infinite: those who estimated were not offered “{label}”"
        return f"unsmoothed it is infinite: the model was not offered “{label}” when it was asked"
    bounds = run.reading.bounds if run.reading else ()
    if bounds and (bound := bounds[alignment.kl_infinite_at]) is not None:
        return f"unsmoothed it is infinite: “{label}” was not listed among the likeliest tokens ({below(bound)})"
    who = "the model gives"
    if run.is_estimated:
        who = "the guess gives" if run.kind == "person" else "those who estimated give"
    return f"unsmoothed it is infinite: {who} nothing to “{label}”"


def _of_the_comparison(run: Run) -> Iterator[str]:
    if run.alignment:
        yield f"ε = {run.alignment.epsilon:g}"
        if infinite := infinity_sentence(run):
            yield infinite
        if run.drop_nonresponse:
            yield "refusals dropped on both sides"
    yield from _of_the_people(run)


def _of_the_people(run: Run) -> Iterator[str]:
    """Whether enough people answered to tell a difference from chance."""
    if run.human is None and run.cell.group.attributes:
        yield "nobody in this group is known to have answered this question"
    if run.human is None or run.human.n is None or run.human.n >= SMALL_SAMPLE:
        return
    if run.human.n == round(run.human.n):
        few = "only 1 person answered" if run.human.n == 1 else f"only {run.human.n:,.0f} people answered"
        yield f"{few}: read with care"
    else:
        yield f"effective n only {run.human.n:,.1f}, people being weighted: read with care"


def _of_the_answer(run: Run) -> Iterator[str]:
    request, reading, recipe = run.plan.first.request, run.reading, run.cell.recipe
    if not request.top_logprobs:
        yield from _cut_off(run)
    if reading is None or reading.distribution is None:
        return
    yield from says_nothing(run)
    yield from (step for step in reading.trace if step.startswith(ONLY_THE_FIRST))
    if run.scaling:
        yield _temperature(run.scaling)
    stopped = len(run.plan.calls) > len(run.replies)
    if stopped and run.status != "running":
        yield f"stopped after {len(run.replies):,} of {len(run.plan.calls):,} calls"
    failed = [reply for reply in run.replies if reply.is_failure]
    if failed:
        why = Counter(reply.unread.partition(":")[0] for reply in failed).most_common(1)[0][0]
        yield f"{len(failed):,} of {len(run.replies):,} calls failed ({why})"
    unread = _unread(run, reading)
    if unread > len(failed):
        came = len(run.replies) - len(failed)
        yield f"{unread - len(failed):,} of {came:,} {given(run)}s could not be read"
    outside_share = _outside(reading, len(run.replies), unread)
    if outside_share >= NOTABLE_SHARE:
        outside = percent(outside_share)
        what = "probability fell outside the options" if request.top_logprobs else "answer went to what was not offered"
        yield f"{outside} of the {what}"
    wanted = recipe.samples * recipe.repeats
    if reading.sample_size is not None and reading.sample_size != wanted and not stopped:
        yield f"{counted(reading.sample_size, 'simulated answer')} counted, {wanted:,} asked for"


def _temperature(scaling: Scaling) -> str:
    bound = ", the end of the range searched" if scaling.at_bound else ""
    answers = f"{scaling.answers:,} held-out answers to {scaling.questions:,} other questions"
    return f"temperature τ = {scaling.tau:.3g}{bound}, fitted on {answers}"


def _cut_off(run: Run) -> Iterator[str]:
    endings = [reply.finish_reason for reply in run.replies if reply.is_cut_off]
    ours = endings.count(CUT_HERE)
    broken = sum(ending.lower() in BROKEN_OFF for ending in endings)
    limit = f"cut off at {run.plan.first.request.max_tokens:,} tokens"
    ends = ((len(endings) - ours - broken, limit), (ours, CUT_HERE), (broken, "broken off by the provider"))
    for number, how in ends:
        if number:
            which = "the answer was" if len(run.replies) == 1 else f"{number} of {len(run.replies)} answers were"
            yield f"{which} {how}"


def _unread(run: Run, reading: Reading) -> int:
    """How many of a run's answers count in no mean; where there are any, they lower the coverage."""
    if len(run.replies) == 1 or reading.coverage in (None, 1):
        return 0
    return sum(one.distribution is None for one in single_readings(run))


def _outside(reading: Reading, answers: int, unread: int) -> float:
    """The share of the answers that could be read which went to what was not offered; coverage counts all answers."""
    if reading.coverage is None:
        return 0.0
    return 1 - min(1.0, reading.coverage * answers / (answers - unread))


def _of_the_plan(run: Run) -> Iterator[str]:
    steering = run.cell.steering
    if steering == "none":
        yield f"no group was named to {'those who estimated' if run.is_estimated else 'the model'}"
    if run.is_live:
        yield from run.plan.notes
    elif steering == "few-shot" and run.reply and run.is_recorded:
        yield _recorded_examples(run)


def _recorded_examples(run: Run) -> str:
    """Which examples a recorded model, or people who estimated, saw; the benchmark's: Meister et al. 2025, few-shot."""
    if run.is_estimated:
        return "shown the authors' own examples, chosen with a look at the target's answer"
    if run.reply and BENCHMARK_PAPER in run.reply.recorded:
        return "asked with the authors' own examples, chosen with a look at the target's answer"
    return "asked with examples of whoever recorded it"


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
