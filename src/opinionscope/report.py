"""What a run says, in words and as JSON: the same for the TUI, the command line and scripts."""

from dataclasses import dataclass
from typing import Any, Literal

from opinionscope.alignment import NATS_PER_BIT, Alignment
from opinionscope.charts import ChartData
from opinionscope.history import Run, RunRow
from opinionscope.survey import Distribution, Group, Library, Question

Unit = Literal["nats", "bits"]
KL_NAME = "KL(human ‖ model)"
SMALL_SAMPLE = 30


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure as shown.

    Attributes:
        value: the number as text, or "–" where it is not defined.
        meaning: one line for people who meet it for the first time.
    """

    name: str
    value: str
    unit: str
    meaning: str


def in_unit(nats: float, unit: Unit) -> float:
    """Nats in the unit chosen."""
    return nats / NATS_PER_BIT if unit == "bits" else nats


def divergence(nats: float, unit: Unit) -> str:
    """A divergence as text; enough digits that a floor of 0.004 and a KL of 3.2 both read well."""
    value = in_unit(nats, unit)
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def other_measures(alignment: Alignment, unit: Unit) -> tuple[Measure, ...]:
    """The measures beside KL."""
    wasserstein, score = alignment.wasserstein, alignment.score
    return (
        Measure("TV", f"{alignment.tv:.3f}", "", "total variation: share of answers that would have to move, 0 to 1"),
        Measure("JS", divergence(alignment.js, unit), unit, "Jensen–Shannon divergence: symmetric, never infinite"),
        Measure(
            "W₁",
            "–" if wasserstein is None else f"{wasserstein:.2f}",
            "" if wasserstein is None else "scale points",
            "1-Wasserstein: how far answers would have to move along the scale",
        ),
        Measure(
            "score",
            "–" if score is None else f"{score:.0f}",
            "" if score is None else "of 100",
            "100 · (1 − TV / TV of uniform): 100 is perfect, 0 no better than uniform",
        ),
    )


def sample_size(human: Distribution | None) -> str:
    """How many people stand behind the human side."""
    if human is None:
        return "no human answer known"
    return "n not published" if human.n is None else f"n = {human.n:,.0f}"


def noise_sentence(alignment: Alignment, unit: Unit) -> str:
    """What chance alone would give, and whether the model does better than that."""
    floor, n = alignment.floor, alignment.human.n
    if floor is None or n is None:
        return "no noise floor: the source gives shares without n"
    sentence = f"noise floor {divergence(floor.kl, unit)} {unit} (TV {floor.tv:.3f}) at n = {n:,.0f}"
    return f"{sentence}; within the noise" if alignment.within_noise else sentence


def infinity_sentence(run: Run) -> str:
    """Which option makes the unsmoothed KL infinite, or ""."""
    alignment = run.alignment
    if alignment is None or alignment.kl_infinite_at is None:
        return ""
    label = run.elicitation.question.labels[alignment.kl_infinite_at]
    return f"unsmoothed it is infinite: the model gives nothing to “{label}”"


def caveats(run: Run) -> tuple[str, ...]:
    """What must be known to read the numbers rightly."""
    found = []
    if run.alignment:
        found.append(f"ε = {run.alignment.epsilon:g}")
        if infinite := infinity_sentence(run):
            found.append(infinite)
        if run.drop_nonresponse:
            found.append("refusals dropped on both sides")
    if run.human is not None and run.human.n is not None and run.human.n < SMALL_SAMPLE:
        found.append(f"only {run.human.n:,.0f} people answered: read with care")
    if run.elicitation.steering == "none":
        found.append("no group was named to the model")
    return (*found, *run.elicitation.notes)


def provenance(run: Run) -> str:
    """Live or recorded, by which model, when."""
    response = run.response
    if response is None:
        return f"{run.model} · not asked yet" if run.status == "running" else f"{run.model} · no answer"
    if response.kind == "recorded":
        return f"{response.model} · {response.recorded}"
    when = f" · {response.answered:%Y-%m-%d %H:%M} UTC" if response.answered else ""
    return f"{response.model}{when}"


def cost(run: Run) -> str:
    """Tokens, price and time of a live answer; "" for a recorded one."""
    if run.response is None or run.response.kind == "recorded":
        return ""
    usage = run.response.usage
    tokens = [
        f"{count:,} {name}"
        for count, name in ((usage.prompt_tokens, "in"), (usage.completion_tokens, "out"))
        if count is not None
    ]
    price = "price unknown" if usage.cost_usd is None else f"${usage.cost_usd:.4f}"
    return " · ".join([" + ".join(tokens) + " tokens" if tokens else "tokens unknown", price, f"{usage.seconds:.1f} s"])


def chart_data(run: Run, partial: tuple[float, ...] | None = None) -> ChartData:
    """What the chart of a run shows; `partial` are the shares, shape (K,), in an answer that is still arriving."""
    alignment = run.alignment
    positions = alignment.positions if alignment else tuple(range(len(run.elicitation.question.options)))
    human = alignment.human if alignment else run.human
    read = run.reading.distribution if run.reading else None
    model = alignment.model if alignment else read
    kind = run.response.kind if run.response else ""
    name = run.response.model if run.response else run.model
    return ChartData(
        labels=tuple(run.elicitation.question.labels[position] for position in positions),
        human=human.probabilities if human else None,
        model=model.probabilities if model else partial,
        model_name=f"{name}, {kind}" if kind else name,
        partial=read is None and partial is not None,
    )


def run_json(run: Run) -> dict[str, Any]:
    """A run as `run --json` and `history show --json` print it; probabilities in survey order."""
    elicitation, question, alignment = run.elicitation, run.elicitation.question, run.alignment
    response, reading = run.response, run.reading
    floor = alignment.floor if alignment else None
    read = reading.distribution if reading else None
    return {
        "run_id": run.id,
        "created": run.created.isoformat(),
        "status": run.status,
        "error": {"title": run.error_title, "message": run.error} if run.error else None,
        "question": {
            "id": question.id,
            "dataset": question.dataset,
            "domain": question.domain,
            "text": question.text,
            "options": list(question.labels),
        },
        "group": elicitation.group.name,
        "steering": elicitation.steering,
        "format": elicitation.format,
        "model": run.model,
        "kind": response.kind if response else None,
        "resolved_model": response.model if response else None,
        "recorded": (response.recorded or None) if response else None,
        "human": {"probabilities": list(run.human.probabilities), "n": run.human.n} if run.human else None,
        "answer": {
            "probabilities": list(read.probabilities) if read else None,
            "raw": response.answer.text if response else None,
            "coverage": reading.coverage if reading else None,
            "trace": list(reading.trace) if reading else [],
        },
        "measures": _measures_json(run),
        "epsilon": run.epsilon,
        "noise_floor": {"kl": floor.kl, "tv": floor.tv} if floor else None,
        "usage": {
            "prompt_tokens": response.usage.prompt_tokens if response else None,
            "completion_tokens": response.usage.completion_tokens if response else None,
            "cost_usd": response.usage.cost_usd if response else None,
            "seconds": response.usage.seconds if response else None,
        },
    }


def _measures_json(run: Run) -> dict[str, Any]:
    alignment = run.alignment
    names = ("kl", "kl_unsmoothed", "tv", "js", "wasserstein", "score")
    measures: dict[str, Any] = {name: getattr(alignment, name) if alignment else None for name in names}
    at = alignment.kl_infinite_at if alignment else None
    measures["kl_infinite_at"] = None if at is None else run.elicitation.question.labels[at]
    return measures


def row_json(row: RunRow) -> dict[str, Any]:
    """A run as `history list --json` prints it."""
    return {
        "run_id": row.id,
        "created": row.created.isoformat(),
        "question": row.question_id,
        "group": row.group,
        "steering": row.steering,
        "format": row.format,
        "model": row.model,
        "status": row.status,
        "kl": row.kl,
        "tv": row.tv,
    }


def question_json(question: Question, library: Library) -> dict[str, Any]:
    """A question as `questions --json` prints it."""
    return {
        "id": question.id,
        "dataset": question.dataset,
        "domain": question.domain,
        "title": question.title,
        "text": question.text,
        "wording": question.wording,
        "topics": list(question.topics),
        "options": list(question.labels),
        "groups": [group.name for group in library.groups(question)],
    }


def group_json(group: Group, dataset: str, questions: int, smallest_n: float | None) -> dict[str, Any]:
    """A group as `groups --json` prints it."""
    return {
        "name": group.name,
        "dataset": dataset,
        "expression": group.expression,
        "questions": questions,
        "smallest_n": smallest_n,
    }
