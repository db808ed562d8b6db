"""The choices behind a saved run, to make them again."""

from opinionscope.errors import OpinionscopeError
from opinionscope.runs import Run
from opinionscope.runs.prober import Choices
from opinionscope.survey import Library


def choices_of(run: Run, library: Library) -> Choices:
    """What would have to be chosen today to ask what a run asked.

    Raises:
        OpinionscopeError: if the question or the group is not at hand any more.
    """
    cell = run.cell
    question = library.question(cell.question.key)
    try:
        group = library.group(question, cell.group.name).name
    except OpinionscopeError:
        group = cell.group.expression
        library.group(question, group)
    return Choices(
        question=question.key,
        group=group,
        steering=cell.steering,
        format=cell.format,
        model=run.model,
        api_base=run.api_base,
        seed=run.plan.first.seed,
        recipe=cell.recipe,
        epsilon=run.epsilon,
        drop_nonresponse=run.drop_nonresponse,
    )
