"""The order of answers that are words: of scales that surveys share, which stand in ``scales.toml``."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import msgspec

from opinionscope.survey.text import clean_line, fold

LEAST_LABELS = 3
"""Fewer stand in any order as well."""


class Scales(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds; it says what is what."""

    degrees: list[list[str]]
    sides: list[tuple[str, str]]
    between: list[str]
    behind: list[str]
    listed: list[list[list[str]]]


def in_scale_order(labels: Iterable[str]) -> list[str]:
    """Labels in the order of the scale that they are of; [] if they are of none, or two have the same place."""
    plain = {label: fold(clean_line(label)).replace("\u2019", "'") for label in labels}
    scales = _scales()
    if len(plain) < LEAST_LABELS:
        return []
    last = [label for label, text in plain.items() if text in scales.behind]
    for rest in ([], last) if last else ([],):
        found = {label: text for label, text in plain.items() if label not in rest}
        for places in _possible(list(found.values()), scales):
            if len({*places}) == len(found) and None not in places:
                by_place = dict(zip(found, places, strict=True))
                return [*sorted(found, key=lambda label: by_place[label] or 0), *sorted(rest)]
    return []


def is_on_scale(label: str) -> bool:
    """Whether a label is one of a scale, such as "Strongly agree", "Sometimes" or "Good"."""
    plain, scales = fold(clean_line(label)).replace("\u2019", "'"), _scales()
    if (
        plain in scales.between
        or plain in scales.behind
        or any(plain in same for each in scales.listed for same in each)
    ):
        return True
    return any(_degree(plain, side, scales) is not None for sides in scales.sides for side in sides)


def _possible(labels: Sequence[str], scales: Scales) -> Iterable[list[int | None]]:
    """The places of labels on each scale that they could be of; None for a label that is not on it."""
    for scale in scales.listed:
        at = {label: place for place, same in enumerate(scale) for label in same}
        yield [at.get(label) for label in labels]
    for first, second in scales.sides:
        yield [_on_side(label, first, second, scales) for label in labels]
    for said_of in {label.removeprefix(word).strip() for label in labels[:1] for word in _words(scales)}:
        yield [_degree(label, said_of, scales) for label in labels]


def _on_side(label: str, first: str, second: str, scales: Scales) -> int | None:
    """The place of a label on a scale with two sides, 0 in the middle."""
    if label in scales.between or label == f"neither {first} nor {second}":
        return 0
    if (place := _degree(label, first, scales)) is not None:
        return place - len(scales.degrees)
    place = _degree(label, second, scales)
    return None if place is None else len(scales.degrees) - place


def _degree(label: str, said_of: str, scales: Scales) -> int | None:
    """How strongly a label says something, 0 for most; None if it does not say it."""
    for place, words in enumerate(scales.degrees):
        if any(label in (f"{word} {said_of}".strip(), f"{said_of} {word}".strip()) for word in words):
            return place
    return None


def _words(scales: Scales) -> Iterable[str]:
    return (word for words in scales.degrees for word in words)


@cache
def _scales() -> Scales:
    return msgspec.toml.decode(Path(__file__).with_suffix(".toml").read_bytes(), type=Scales)
