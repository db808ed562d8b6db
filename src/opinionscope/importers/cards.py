"""The study cards of the sources that the importers know, which stand in ``cards.toml``."""

from functools import cache
from pathlib import Path

import msgspec

from opinionscope.survey.pack import StudyCard


def study_card(name: str) -> StudyCard:
    """The card under that name.

    Raises:
        KeyError: if there is none.
    """
    return _cards()[name]


@cache
def _cards() -> dict[str, StudyCard]:
    return msgspec.toml.decode(Path(__file__).with_suffix(".toml").read_bytes(), type=dict[str, StudyCard])
