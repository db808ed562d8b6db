"""The study card of a dataset: who asked whom, when and how, who they are, and what is known to be wrong."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins

from opinionscope.alignment.uncertainty import noise_floor
from opinionscope.report.as_json import question_shape
from opinionscope.report.caveats import SMALL_SAMPLE
from opinionscope.report.composition import Composition, compositions
from opinionscope.respondents.recorded import Recordings
from opinionscope.survey import Library, Pack, PackError, Question
from opinionscope.survey.answers import AnswerSheet
from opinionscope.survey.pack import dataset_of
from opinionscope.values import replace

if TYPE_CHECKING:
    from opinionscope.report.claims import Claim


class GroupSize(Struct, frozen=True):
    """How many questions a group answered, and with how many people.

    Attributes:
        fewest, most: None where not published.
    """

    name: str
    questions: int
    fewest: float | None
    most: float | None


class ItemGroup(Struct, frozen=True):
    """A group that answered the question in hand.

    Attributes:
        n: how many people; None where not published.
        floor_tv: the total variation that even a perfect answer scores on average; None without n.
    """

    name: str
    n: float | None
    floor_tv: float | None

    @property
    def too_small(self) -> bool:
        """Whether so few answered that chance decides much."""
        return self.n is not None and self.n < SMALL_SAMPLE


class StudyCardView(Struct, frozen=True):
    """All that a study card says, as data.

    Attributes:
        question: the item in hand; None for the card of a whole dataset.
        item_groups: who answered it.
        people: how many people's single answers are at hand; None if only the pack's own figures are.
        sheets: the recorded answers to the dataset.
        problems: what could not be read, in words.
        claims: what is said of the dataset; None while that is not worked out.
    """

    pack: Pack
    question: Question | None
    item_groups: tuple[ItemGroup, ...]
    sizes: tuple[GroupSize, ...]
    compositions: tuple[Composition, ...]
    people: int | None
    sheets: tuple[AnswerSheet, ...]
    problems: tuple[str, ...] = ()
    claims: "tuple[Claim, ...] | None" = None

    @property
    def wording(self) -> str:
        """How the questions are worded: one mark, or several with commas."""
        return ", ".join(dict.fromkeys(question.wording for question in self.pack.questions))


def study_card(library: Library, dataset: str, question: Question | None = None) -> StudyCardView:
    """Gather the card of a dataset, and of one of its questions; files of people and of answers are read for it.

    Raises:
        NotFoundError: if no such pack is installed.
    """
    pack = library.pack(dataset)
    problems: list[PackError] = []
    try:
        microdata = library.microdata(dataset)
    except PackError as problem:
        microdata = None
        problems.append(problem)
    recordings = Recordings.read(path for path in library.answer_files if dataset_of(path) == dataset)
    return StudyCardView(
        pack,
        question,
        tuple(_item_groups(pack, question)) if question else (),
        tuple(_sizes(pack)),
        compositions(pack.card, microdata),
        microdata.people if microdata else None,
        tuple({sheet.model: sheet for sheet in recordings.sheets}.values()),
        tuple(str(problem) for problem in (*problems, *recordings.problems)),
    )


def with_claims(view: StudyCardView, library: Library, readings: Path | None = None) -> StudyCardView:
    """The card with the claims about its dataset; that takes the tables, and seconds where all recorded answers are.

    Args:
        readings: the folder of stored readings; None to read every recorded answer anew.
    """
    from opinionscope.report.claims import claims_about

    try:
        return replace(view, claims=claims_about(view.pack.dataset, library, readings))
    except PackError as problem:
        return replace(view, claims=(), problems=(*view.problems, str(problem)))


def _item_groups(pack: Pack, question: Question) -> Iterator[ItemGroup]:
    for name, human in pack.humans.get(question.id, {}).items():
        floor = noise_floor(human.probabilities, human.n)
        yield ItemGroup(name, human.n, floor.tv if floor else None)


def _sizes(pack: Pack) -> Iterator[GroupSize]:
    for name in pack.groups:
        sizes = [humans.n(name) for humans in pack.humans.values() if name in humans]
        known = [n for n in sizes if n is not None]
        yield GroupSize(name, len(sizes), min(known, default=None), max(known, default=None))


def study_card_json(view: StudyCardView) -> dict[str, Any]:
    """What `data show --json` prints beside the pack's own line."""
    question = view.question
    return {
        "group_sizes": [
            {"name": s.name, "questions": s.questions, "smallest_n": s.fewest, "largest_n": s.most} for s in view.sizes
        ],
        "people": view.people,
        "composition": [_composition_json(each) for each in view.compositions],
        "question": question
        and question_shape(question)
        | {
            "title": question.title,
            "wording": question.wording,
            "source_key": question.source_key,
            "note": question.note,
            "groups": [
                {"name": g.name, "n": g.n, "noise_floor_tv": g.floor_tv, "too_small": g.too_small}
                for g in view.item_groups
            ],
        },
        "claims": [each.json for each in view.claims or ()],
        "recorded": [{"model": s.model, "recorded": s.recorded, "source": s.source} for s in view.sheets],
        "problems": list(view.problems),
    }


def _composition_json(composition: Composition) -> dict[str, Any]:
    return {
        "attribute": composition.attribute,
        "people": composition.people,
        "weighted": composition.weighted,
        "expected_of": composition.population,
        "expected_source": composition.source,
        "values": to_builtins(composition.portions),
    }
