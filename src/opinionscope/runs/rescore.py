"""Scoring a stored answer again, offline: old runs gain from a better parser or another choice of measure."""

import re
from dataclasses import replace

from opinionscope.alignment import Scaling, align
from opinionscope.alignment.temperature import FEWEST, scaled
from opinionscope.elicitation import FORMATS, Reading, Reply, read_replies
from opinionscope.elicitation.expression import ExpressionFormat
from opinionscope.runs.errors import RunError
from opinionscope.runs.run import Run
from opinionscope.survey import Distribution, DistributionError

NEXT_IF_RECORDED = "choose another format, question or model"
_QUOTED = re.compile("“[^”]*”")


def rescore(run: Run, *, epsilon: float | None = None, drop_nonresponse: bool | None = None) -> Run:
    """The run as today's parser and measures see its stored answer; nobody is asked, nothing is written.

    A run without an answer, or that was cancelled or failed, comes back as it was.

    Args:
        epsilon, drop_nonresponse: how to compare; None for the run's own.

    Raises:
        RunError: if this version of the program does not know the run's expression format.
    """
    if not run.replies or run.is_interrupted:
        return run
    return _scored(run, epsilon, drop_nonresponse)


def score(run: Run) -> Run:
    """The run scored by the answers that it has, however it ended; nobody is asked, nothing is written.

    Raises:
        RunError: if no call was answered, or this version does not know the run's expression format.
    """
    if not run.whole:
        raise RunError(
            f"no answer of run {run.id} came to its end, so there is nothing to score; "
            f"`opinionscope history resume {run.id}` asks again",
            title="Nothing to score",
        )
    return _scored(run, None, None)


def _scored(run: Run, epsilon: float | None, drop_nonresponse: bool | None) -> Run:
    form = _known_format(run)
    replies = _read(run)
    reading = read_replies(replies, form.name, run.cell.question, run.cell.expected)
    if form.scaled:
        reading = _scaled(reading, run.scaling)
    again = replace(
        run,
        epsilon=run.epsilon if epsilon is None else epsilon,
        drop_nonresponse=run.drop_nonresponse if drop_nonresponse is None else drop_nonresponse,
        replies=replies,
        reading=reading,
        alignment=None,
        status="done",
        error_title="",
        error="",
    )
    if reading.distribution is None:
        error = _with_next_step(reading.reason, form, is_recorded=run.is_recorded)
        return replace(again, status="unread", error_title="The answer could not be read", error=error)
    if run.human is None:
        return again
    try:
        alignment = align(
            run.human,
            reading.distribution,
            run.cell.question.options,
            epsilon=again.epsilon,
            drop_nonresponse=again.drop_nonresponse,
            sample_size=reading.sample_size,
        )
    except DistributionError as error:
        return replace(again, status="unread", error_title="Nothing left to compare", error=error.message)
    return replace(again, alignment=alignment)


def single_readings(run: Run) -> tuple[Reading, ...]:
    """What today's parser makes of each of a run's replies alone, at the temperature of the run where it has one.

    Raises:
        RunError: as `rescore`.
    """
    form, readings = _known_format(run), [reply.reading for reply in _read(run)]
    return tuple(_scaled(one, run.scaling) if form.scaled else one for one in readings if one)


def _read(run: Run) -> tuple[Reply, ...]:
    """The replies of a run, those read now that were not before."""
    return tuple(reply if reply.reading else run.cell.read(reply) for reply in run.replies)


def _with_next_step(reason: str, form: ExpressionFormat, *, is_recorded: bool) -> str:
    """The reason, and what to do next where it does not say so itself; what the model said is no advice."""
    if ";" in _QUOTED.sub("", reason):
        return reason
    return f"{reason}; {NEXT_IF_RECORDED if is_recorded else form.next_step}"


def _known_format(run: Run) -> ExpressionFormat:
    name = run.cell.format
    if name not in FORMATS:
        raise RunError(f'the expression format "{name}" is not known; update the program to read this answer')
    return FORMATS[name]


def _scaled(reading: Reading, scaling: Scaling | None) -> Reading:
    """A reading at the temperature that was fitted; unread where there was nothing to fit on."""
    if reading.distribution is None:
        return reading
    if scaling is None:
        return Reading.unread(
            f"a temperature is fitted on at least {FEWEST} other questions that this model has answered with "
            "log-probs; ask those first",
            reading.trace,
        )
    flattened = Distribution.from_weights(scaled(reading.distribution.probabilities, scaling.tau))
    bound = ", the end of the range searched" if scaling.at_bound else ""
    steps = (
        f"τ = {scaling.tau:.3g}{bound}, fitted on {scaling.answers} held-out answers to {scaling.questions} other "
        f"questions: {scaling.source}",
        f"their mean KL went from {scaling.kl_before:.3f} to {scaling.kl_after:.3f} nats",
    )
    return replace(
        reading, distribution=flattened, trace=(*reading.trace, *steps), bounds=_scaled_bounds(reading, scaling.tau)
    )


def _scaled_bounds(reading: Reading, tau: float) -> tuple[float | None, ...]:
    """What the bounds of options that were not measured become at a temperature: each as if it were reached."""
    assert reading.distribution is not None
    shares = reading.distribution.probabilities

    def at_most(position: int, bound: float) -> float:
        reached = [bound if at == position else share * (1 - bound) for at, share in enumerate(shares)]
        return scaled(reached, tau)[position]

    return tuple(None if bound is None else at_most(at, bound) for at, bound in enumerate(reading.bounds))
