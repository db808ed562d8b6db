"""What a benchmark's authors scored: their total variation of each answer, and answers that no pack has a question for.

One file a data set (``NAME.published.json``), written by an import beside the pack. It lets a table reproduce published
numbers exactly, faults included. It holds figures only: no wording, no answer text.
"""

from pathlib import Path

import msgspec

from opinionscope.survey.pack import PackError, decode_file
from opinionscope.survey.text import clean_line

PUBLISHED_FORMAT = "opinionscope-published/1"
PUBLISHED_SUFFIX = ".published.json"


class PublishedScore(msgspec.Struct, array_like=True, omit_defaults=True, gc=False, frozen=True):
    """One answer as it was scored.

    Attributes:
        tv: as the authors compared the two sides; None where they compared none.
        human, model: the two sides by option label, not normalised, shape (K,) each, for an answer whose question is
            in no pack because its list of options is damaged; [] otherwise, and `model` where it could not be read.
        n: how many people `human` was counted from; None where that is not known.
        singles: the several answers that `model` is the sum of, shape (R, K); [] where it is one.
    """

    tv: float | None
    human: list[float] = []
    model: list[float] = []
    n: float | None = None
    singles: list[list[float]] = []


class PublishedBlock(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Scores of one model, format, steering method and group.

    Attributes:
        group: as the pack names it.
        slot: what the authors average within before they average over slots: the group, or a country's position.
        scores: the question's key in the source → its score.
    """

    model: str
    format: str
    steering: str
    group: str
    slot: str
    scores: dict[str, PublishedScore]


class PublishedFile(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The scores of one data set."""

    format: str
    dataset: str
    domain: str
    blocks: list[PublishedBlock]


def read_published(path: Path) -> PublishedFile:
    """Read a file of published scores, whole or not at all.

    Raises:
        PackError: naming the file and what was expected.
    """
    file = decode_file(path, PublishedFile)
    if file.format != PUBLISHED_FORMAT:
        raise PackError(path, "format", f'expected "{PUBLISHED_FORMAT}", got "{clean_line(file.format)}"')
    return file


def published_text(file: PublishedFile) -> str:
    """The file as the JSON it is kept in, a line a block."""
    return msgspec.json.encode(file).decode() + "\n"
