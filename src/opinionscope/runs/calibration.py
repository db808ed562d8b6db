"""Held-out answers to fit a temperature on: other questions that the same model answered with log-probs."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec import Struct

from opinionscope.alignment.temperature import FEWEST, Scaling, fit
from opinionscope.elicitation import FORMATS, Cell, Recipe, Reply, read_reply, reading_of_all
from opinionscope.elicitation.similarity import is_twin
from opinionscope.respondents.recorded import RECORDED_PREFIX, Recordings, is_recorded, recorded_reply
from opinionscope.respondents.redaction import public_url
from opinionscope.runs.keeping import AnsweredBy
from opinionscope.runs.run import Run
from opinionscope.survey import Distribution, Group, Library, Question
from opinionscope.survey.answers import AnswerSheet
from opinionscope.values import replace

LOG_PROBS = tuple(name for name, form in FORMATS.items() if form.request.top_logprobs)
MOST_RUNS = 300


Pair = tuple[str, str]
"""Id of a question, and name of a group."""


class _HeldOut(Struct, frozen=True):
    question: str
    group: str
    human: Distribution
    model: Distribution


class Lacking(Struct, frozen=True):
    """Answers that are wanting before a temperature can be fitted for a live model.

    Attributes:
        have: how many answers with log-probs to other questions there are, or are to be asked anyway.
        ask: which questions and groups could be asked; fewer than are wanting where not more are known.
    """

    model: str
    dataset: str
    steering: str
    have: int
    ask: tuple[tuple[Question, Group], ...]

    @property
    def suffices(self) -> bool:
        """Whether asking makes enough."""
        return self.have + len(self.ask) >= FEWEST

    @property
    def words(self) -> str:
        """What is needed, and how much of it there is."""
        return (
            f"scaled-log-probs needs {FEWEST} answers of {self.model} with log-probs to other questions of "
            f"{self.dataset}, steering {self.steering}, and there {'is' if self.have == 1 else 'are'} {self.have}"
        )

    @property
    def advice(self) -> str:
        """What to do where even asking does not make enough."""
        return f"{self.dataset} has answers of people to {len(self.ask)} more; choose the format log-probs"


def lacking_for(
    run: Run, library: Library, earlier: AnsweredBy | None, promised: Collection[Pair] = ()
) -> Lacking | None:
    """What a run of a live model lacks for a temperature to be fitted; None where it lacks nothing.

    Those for the group of the run come first, then those for other groups.

    Args:
        promised: pairs of the dataset that are asked with log-probs anyway.
    """
    if not FORMATS[run.cell.format].scaled or is_recorded(run.model):
        return None
    shown, group, dataset = run.cell.question, run.cell.group, _dataset(run)
    others = list(_others(shown, library.pack(dataset).questions))
    ids = {each.id for each in others}
    seen = {(each.question, each.group) for each in _asked(run, earlier)}
    seen |= {pair for pair in promised if pair[0] in ids}
    if len(seen) >= FEWEST:
        return None
    pairs = [(each, one) for each in others for one in library.groups(each) if (each.id, one.name) not in seen]
    pairs.sort(key=lambda pair: pair[1].name != group.name)
    return Lacking(run.model, dataset, run.cell.steering, len(seen), tuple(pairs[: FEWEST - len(seen)]))


def scaling_for(run: Run, library: Library, earlier: AnsweredBy | None) -> Scaling | None:
    """The temperature for a run, fitted on other questions of its dataset, under its steering; None for too few.

    The question shown takes no part, nor does one that asks the same under another id.
    """
    recorded = is_recorded(run.model)
    found = list(_recorded(run, library) if recorded else _asked(run, earlier))
    if len(found) < FEWEST:
        return None
    questions = len({each.question for each in found})
    what = "recorded answers" if recorded else "earlier runs"
    source = f"{what} of {run.model} to {run.cell.question.dataset}, steering {run.cell.steering}"
    return fit([(each.human.probabilities, each.model.probabilities) for each in found], questions, source)


def _recorded(run: Run, library: Library) -> Iterator[_HeldOut]:
    cell = run.cell
    name = run.model.removeprefix(RECORDED_PREFIX)
    kept_as = FORMATS[cell.format].recorded_as
    newest_first = reversed(Recordings.read(library.answer_files, name).of(name))
    sheets = [sheet for sheet in newest_first if sheet.dataset == _dataset(run)]
    for question in _others(cell.question, library.pack(_dataset(run)).questions):
        for group in library.groups(question):
            human = library.human(question, group)
            found = _newest(sheets, question, replace(cell, group=group))
            if human is None or found is None:
                continue
            model = read_reply(found, kept_as, question).distribution
            if model is not None:
                yield _HeldOut(question.id, group.name, human, model)


def _newest(sheets: Sequence[AnswerSheet], question: Question, cell: Cell) -> Reply | None:
    """The newest recorded answer to another question, asked as a cell is."""
    kept_as = FORMATS[cell.format].recorded_as
    answers = ((sheet, sheet.answer(question, kept_as, cell.steering, cell.group.name)) for sheet in sheets)
    return next((recorded_reply(sheet, found) for sheet, found in answers if found is not None), None)


def _asked(run: Run, earlier: AnsweredBy | None) -> Iterator[_HeldOut]:
    """The newest runs of the model in the history, one a question and group, that were put as the run is."""
    if earlier is None:
        return
    place = None if run.api_base is None else public_url(run.api_base)
    seen: set[tuple[str, str]] = set()
    for other in earlier(run.model, run.cell.steering, LOG_PROBS, MOST_RUNS):
        cell = other.cell
        key = (cell.question.id, cell.group.name)
        same_place = cell.question.dataset == _dataset(run) and other.api_base == place
        if key in seen or not (same_place and _put_alike(cell.recipe, run.cell.recipe)):
            continue
        if not list(_others(run.cell.question, [cell.question])):
            continue
        readings = [reply.reading or read_reply(reply, cell.format, cell.question) for reply in other.replies]
        model = reading_of_all(readings, cell.format, cell.question).distribution
        if other.human is not None and model is not None:
            seen.add(key)
            yield _HeldOut(cell.question.id, cell.group.name, other.human, model)


def _others(shown: Question, questions: Iterable[Question]) -> Iterator[Question]:
    return (q for q in questions if q.id != shown.id and not is_twin(shown, q))


def _put_alike(one: Recipe, other: Recipe) -> bool:
    """Whether two recipes leave a model equally sure: some servers give log-probs after their own temperature."""
    return (one.reasoning, one.temperature) == (other.reasoning, other.temperature)


def _dataset(run: Run) -> str:
    return run.cell.question.dataset
