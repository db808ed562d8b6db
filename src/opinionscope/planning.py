"""What a sweep would ask and take: questions of a selection, the grid of a plan, and its estimates."""

from collections.abc import Collection, Mapping
from functools import partial

from opinionscope.respondents.price_map import price_map
from opinionscope.respondents.recorded import is_recorded
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


def chosen_questions(workspace: Workspace, selection: Selection) -> list[Question]:
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
    tags = workspace.history.question_tags() if has_tags else {}
    found = [each for each in workspace.library.questions if matches(selection, partial(_value, tags, each))]
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


def grid_of(workspace: Workspace, plan: SweepPlan) -> SweepGrid:
    """The cells of a plan over the questions at hand.

    Raises:
        OpinionscopeError: as `SweepGrid`, or if a model's name is none.
    """
    for model in plan.models:
        workspace.connect(model, plan.api_base or workspace.server_for(model))
    settings = workspace.settings
    return SweepGrid(
        plan,
        workspace.library,
        voices=workspace.voices,
        server_for=workspace.server_for,
        epsilon=settings.epsilon,
        drop_nonresponse=settings.drop_nonresponse,
    )


def estimated(workspace: Workspace, grid: SweepGrid) -> list[ModelEstimate]:
    """What the cells of each model will take, without those that the history has answers to."""
    answered = grid.answered(workspace.history.answered_cells(grid.questions))
    return estimate(
        grid, workspace.library, lambda name: _conditions(workspace, grid, name), answered, workspace.voices
    )


def is_priced(workspace: Workspace, grid: SweepGrid, model: str) -> bool:
    """Whether it is known what a call of a model costs."""
    return workspace.facts_of(model, grid.models[model]).price_of_call is not None


def _conditions(workspace: Workspace, grid: SweepGrid, model: str) -> Conditions:
    settings, asked = workspace.settings, workspace.settings.asked_as(model)
    provider = price_map().of(asked).litellm_provider or asked.partition("/")[0]
    return Conditions(
        workspace.facts_of(model, grid.models[model]),
        {name: settings.limits[name] for name in (provider, asked, model) if name in settings.limits},
        workspace.history.seconds_per_call(model),
        settings.concurrency,
        not is_recorded(model),
    )


def money(usd: float | None) -> str:
    """US dollars as people write them; what is not known is said."""
    if usd is None:
        return "unknown"
    return f"${usd:,.2f}" if usd >= 0.005 or not usd else f"${usd:.4f}"
