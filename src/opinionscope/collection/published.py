"""A benchmark's published scores as items."""

from collections.abc import Iterator
from pathlib import Path

from opinionscope.collection.item import Item
from opinionscope.respondents.recorded import RECORDED_PREFIX
from opinionscope.survey import Distribution, Group, Library, Question
from opinionscope.survey.library import NotFoundError
from opinionscope.survey.published import PublishedFile, PublishedScore, read_published

COUNTED = "sequence"
"""The format whose figures are counts of answers."""


def published_items(path: Path, library: Library, *, compared: bool = False) -> Iterator[Item]:
    """The scores of a file as items; see `Collection.published`.

    Raises:
        PackError: if the file cannot be read.
    """
    file = read_published(path)
    questions, groups = _known(file, library)
    for block in file.blocks:
        model = block.model if block.format == "baseline" else RECORDED_PREFIX + block.model
        for source_key, score in block.scores.items():
            if compared and not score.human:
                continue
            question = questions.get(source_key)
            if question is None:
                question = questions[source_key] = Question(source_key, file.dataset, file.domain, "", "", ())
            human, answer = _sides(score, block.format)
            yield Item(
                question,
                groups.setdefault(block.group, Group(block.group)),
                block.steering,
                block.format,
                model,
                "recorded",
                human,
                answer,
                status="unread" if human and not answer else "done",
                replies=len(score.singles) or 1,
                scores={} if score.tv is None else {"tv": score.tv},
                singles=tuple(Distribution.from_weights(each).probabilities for each in score.singles),
            )


def _known(file: PublishedFile, library: Library) -> tuple[dict[str, Question], dict[str, Group]]:
    try:
        pack = library.pack(file.dataset)
    except NotFoundError:
        return {}, {}
    return {question.source_key: question for question in pack.questions}, dict(pack.groups)


def _sides(score: PublishedScore, format_name: str) -> tuple[Distribution | None, Distribution | None]:
    human = Distribution.from_weights(score.human, score.n) if sum(score.human) > 0 else None
    counted = sum(score.model) if format_name == COUNTED else None
    return human, Distribution.from_weights(score.model, counted) if sum(score.model) > 0 else None
