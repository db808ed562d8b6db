"""What a sweep would ask and take: questions of a selection, the grid of a plan, and its estimates."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from opinionscope.local.models import is_local
from opinionscope.respondents import is_recorded
from opinionscope.respondents.price_map import NOTHING_KNOWN, ModelFacts, price_map
from opinionscope.runs.estimating import Conditions, ModelEstimate, estimate
from opinionscope.runs.sweep_grid import SweepGrid
from opinionscope.runs.sweep_plan import SweepPlan
from opinionscope.selection import Selection, SelectionError, matches
from opinionscope.selection.matching import Value
from opinionscope.survey import Question
from opinionscope.survey.library import NotFoundError
from opinionscope.workspace import Workspace

QUESTION_FIELDS = ("question", "dataset", "domain", "topic", "tag")
"""Fields of a selection that say something of a question; its tags are those of its runs in the history."""


def chosen_questions(session: Workspace, selection: Selection) -> list[Question]:
    """The questions that a selection fits, by words, question, dataset, domain, topic, quoted text, or tags of runs.

    Raises:
        SelectionError: if the selection names something that only runs have.
        NotFoundError: if no question fits.
    """
    for term in selection.terms:
        if term.field and term.field not in QUESTION_FIELDS:
            reason = f"a question has no {term.field}; expected words or {', '.join(QUESTION_FIELDS)}"
            raise SelectionError(f"{reason}, and -g, -s, -f, -m for the rest", term.start, term.end)
    has_tags = any(term.field == "tag" for term in selection.terms)
    tags = session.history.question_tags() if has_tags else {}
    found = [each for each in session.library.questions if matches(selection, partial(_value, tags, each))]
    if not found:
        hint = "`opinionscope questions` lists them"
        raise NotFoundError(f'no question fits "{selection.text}"; {hint}', title="No such question")
    return found


def _value(tags: Mapping[tuple[str, str], Collection[str]], question: Question, name: str) -> Value:
    values: dict[str, Value] = {
        "words": (f"{question.id} {question.dataset} {question.title} {question.text} {' '.join(question.topics)}",),
        "text": (question.text, question.context),
        "question": f"{question.id} {question.title}",
        "dataset": question.dataset,
        "domain": question.domain,
        "topic": question.topics,
        "tag": tags.get((question.dataset, question.id), ()),
    }
    return values.get(name)


def grid_of(session: Workspace, plan: SweepPlan) -> SweepGrid:
    """The cells of a plan over the questions at hand.

    Raises:
        OpinionscopeError: as `SweepGrid`, or if a model's name is none.
    """
    for model in plan.models:
        session.connect(model, plan.api_base or session.server_for(model))
    settings = session.settings
    return SweepGrid(
        plan,
        session.library,
        voices=session.voices,
        server_for=session.server_for,
        epsilon=settings.epsilon,
        drop_nonresponse=settings.drop_nonresponse,
    )


def estimated(session: Workspace, grid: SweepGrid) -> list[ModelEstimate]:
    """What the cells of each model will take, without those that the history has answers to."""
    answered = grid.answered(session.history.answered_cells(grid.questions))
    return estimate(grid, session.library, lambda name: _conditions(session, grid, name), answered, session.voices)


def facts_of(session: Workspace, grid: SweepGrid, model: str) -> ModelFacts:
    """The prices of a model; nothing where a server of one's own is asked."""
    return price_map().of(_asked_as(session, model)) if grid.models[model] is None else NOTHING_KNOWN


def is_priced(session: Workspace, grid: SweepGrid, model: str) -> bool:
    """Whether it is known what a call of a model costs."""
    return costs_nothing(session, model) or facts_of(session, grid, model).price_of_call is not None


def costs_nothing(session: Workspace, model: str) -> bool:
    """Whether nobody is paid: recorded answers, and models on this machine."""
    return is_recorded(model) or is_local(_asked_as(session, model))


def _asked_as(session: Workspace, model: str) -> str:
    named = session.settings.models.get(model)
    return named.model if named else model


def _conditions(session: Workspace, grid: SweepGrid, model: str) -> Conditions:
    settings, asked, facts = session.settings, _asked_as(session, model), facts_of(session, grid, model)
    provider = facts.litellm_provider or asked.partition("/")[0]
    limits = [settings.limits[name] for name in {model, asked, provider} if name in settings.limits]
    seconds, is_asked = session.history.seconds_per_call(model), not is_recorded(model)
    return Conditions(facts, limits, seconds, settings.concurrency, is_asked, costs_nothing(session, model))


@dataclass(frozen=True, slots=True)
class WholeEstimate:
    """What all models together will take; all but cells and calls are estimates.

    Attributes:
        cost_usd: None where a price is not known.
    """

    cells: int
    answered: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None
    seconds: float

    @classmethod
    def of(cls, estimates: Sequence[ModelEstimate]) -> "WholeEstimate":
        """The sums; the time is that of models asked side by side, which share the calls at a time."""
        costs = [each.cost_usd for each in estimates]
        together = sum(each.seconds for each in estimates if each.slowed_by.endswith("at a time"))
        return cls(
            sum(each.cells for each in estimates),
            sum(each.answered for each in estimates),
            sum(each.calls for each in estimates),
            sum(each.prompt_tokens for each in estimates),
            sum(each.completion_tokens for each in estimates),
            None if None in costs else sum(cost or 0.0 for cost in costs),
            max([together, *(each.seconds for each in estimates)]),
        )


def money(usd: float | None) -> str:
    """US dollars as people write them; what is not known is said."""
    if usd is None:
        return "unknown"
    return f"${usd:,.2f}" if usd >= 0.005 or not usd else f"${usd:.4f}"
