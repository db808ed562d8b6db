"""What today's parsers make of the answers of a run."""

from opinionscope.alignment.temperature import FEWEST, Scaling, scaled
from opinionscope.elicitation import FORMATS, Reading, Reply
from opinionscope.elicitation.expression import ExpressionFormat
from opinionscope.runs.errors import RunError
from opinionscope.runs.run import Run
from opinionscope.survey import Distribution
from opinionscope.values import replace


def single_readings(run: Run) -> tuple[Reading, ...]:
    """What today's parser makes of each of a run's replies alone, at the temperature of the run where it has one.

    Raises:
        RunError: as `known_format`.
    """
    form, readings = known_format(run), [reply.reading for reply in read_replies_of(run)]
    return tuple(at_temperature(one, run.scaling) if form.scaled else one for one in readings if one)


def read_replies_of(run: Run) -> tuple[Reply, ...]:
    """The replies of a run, those read now that were not before."""
    return tuple(reply if reply.reading else run.cell.read(reply) for reply in run.replies)


def known_format(run: Run) -> ExpressionFormat:
    """The expression format of a run.

    Raises:
        RunError: if this version of the program does not know it.
    """
    name = run.cell.format
    if name not in FORMATS:
        raise RunError(f'the expression format "{name}" is not known; update the program to read this answer')
    return FORMATS[name]


def at_temperature(reading: Reading, scaling: Scaling | None) -> Reading:
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
