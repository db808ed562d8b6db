"""Scoring a stored answer again, offline: old runs gain from a better parser or another choice of measure."""

from opinionscope.alignment.alignment import align
from opinionscope.elicitation import reading_of_all
from opinionscope.elicitation.expression import ExpressionFormat
from opinionscope.regexes import regex
from opinionscope.runs.errors import RunError
from opinionscope.runs.readings import at_temperature, known_format, read_replies_of
from opinionscope.runs.run import Run
from opinionscope.runs.spread import scored_with_intervals
from opinionscope.survey import DistributionError
from opinionscope.values import replace

NEXT_IF_RECORDED = "choose another format, question or model"
_QUOTED = regex("“[^”]*”")


def rescore(run: Run) -> Run:
    """The run as today's parser and measures see its stored answer; nobody is asked, nothing is written.

    A run without an answer, or that was cancelled or failed, comes back as it was.

    Raises:
        RunError: if this version of the program does not know the run's expression format.
    """
    return run if not run.replies or run.is_interrupted else _scored(run)


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
    return _scored(run)


def _scored(run: Run) -> Run:
    form = known_format(run)
    replies = read_replies_of(run)
    reading = reading_of_all([reply.reading for reply in replies if reply.reading], form.name, run.cell.question)
    if form.scaled:
        reading = at_temperature(reading, run.scaling)
    again = replace(run, replies=replies, reading=reading, alignment=None, status="done", error_title="", error="")
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
            epsilon=run.epsilon,
            drop_nonresponse=run.drop_nonresponse,
            sample_size=reading.sample_size,
            pooled=run.pooled,
        )
    except DistributionError as error:
        return replace(again, status="unread", error_title="Nothing left to compare", error=error.message)
    return scored_with_intervals(replace(again, alignment=alignment))


def _with_next_step(reason: str, form: ExpressionFormat, *, is_recorded: bool) -> str:
    """The reason, and what to do next where it does not say so itself; what the model said is no advice."""
    if ";" in _QUOTED.sub("", reason):
        return reason
    return f"{reason}; {NEXT_IF_RECORDED if is_recorded else form.next_step}"
