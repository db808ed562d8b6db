"""Readings of recorded answers, stored so that opening a file of answers again parses nothing.

A stored file belongs to one file of answers. It is made anew when the answers, the options or groups of the survey
pack, or `READER_VERSION` change, and when it is damaged. It holds nothing that cannot be made again, so faults in
reading or writing it are passed over.
"""

import hashlib
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec

from opinionscope.elicitation.expression import FORMATS
from opinionscope.elicitation.reading import READER_VERSION, read_reply, reading_of_all
from opinionscope.elicitation.reply import Expected, Reply
from opinionscope.elicitation.steering import steering_of
from opinionscope.files import write_whole
from opinionscope.recipe import SAMPLES
from opinionscope.survey.answers import AnswersFile, AnswerSheet, read_answers
from opinionscope.survey.distribution import Distribution, DistributionError
from opinionscope.survey.pack import Pack, read_bytes
from opinionscope.survey.question import EVERYONE, Group

_SUFFIX = ".readings"
_FASTEST = 1
"""The level of zlib; its checksum is what tells a damaged file."""

Numbers = tuple[int | float, ...]


class _Row(msgspec.Struct, array_like=True, gc=False, frozen=True):
    """One reading; question, group, steering, format and reason are positions in the words."""

    question: int
    group: int
    steering: int
    format: int
    probabilities: Numbers
    reason: int
    figures: Numbers
    coverage: int | float | None
    sample_size: int | None
    singles: tuple[Numbers, ...] = ()


class _Stored(msgspec.Struct, array_like=True):
    key: str
    words: list[str]
    rows: list[_Row]


class RecordedFigures(msgspec.Struct, frozen=True, gc=False):
    """What the parser made of one recorded answer, or of several to the same together; how it was read is left out.

    Attributes:
        group: "" without steering, where nobody was named.
        probabilities: shape (K,); () for an answer that could not be read.
        reason: why it could not be read, or "".
        singles: the distribution of each of several that could be read, shape (R, K); () where there is one answer.
    """

    question_id: str
    group: str
    steering: str
    format: str
    probabilities: Numbers
    reason: str
    figures: Numbers
    coverage: float | None
    sample_size: int | None
    singles: tuple[Numbers, ...]

    @property
    def answer(self) -> Distribution | None:
        """The distribution, its n how many answers it was counted from; None for an answer that could not be read."""
        return Distribution(self.probabilities, self.sample_size or None) if self.probabilities else None


class Readings:
    """The readings of one file of recorded answers, in its order, over the options of the survey pack."""

    def __init__(self, stored: _Stored) -> None:
        self._stored = stored

    def __len__(self) -> int:
        return len(self._stored.rows)

    def __iter__(self) -> Iterator[RecordedFigures]:
        return self.where(lambda _: True, lambda *_: True)

    def where(self, question: Callable[[str], bool], how: Callable[[str, str], bool]) -> Iterator[RecordedFigures]:
        """The figures of those whose question id fits, and whose steering method and format do."""
        words = self._stored.words
        fits_question = cache(lambda at: question(words[at]))
        fits_how = cache(lambda steering, format_name: how(words[steering], words[format_name]))
        for row in self._stored.rows:
            if fits_how(row.steering, row.format) and fits_question(row.question):
                yield RecordedFigures(
                    words[row.question],
                    words[row.group],
                    words[row.steering],
                    words[row.format],
                    row.probabilities,
                    words[row.reason],
                    row.figures,
                    row.coverage,
                    row.sample_size,
                    row.singles,
                )

    def store(self, path: Path, folder: Path) -> None:
        """Store them as those of a file of answers, if they can be stored.

        Args:
            folder: where readings are stored.
        """
        with suppress(OSError):
            write_whole(_place(path, folder), zlib.compress(msgspec.msgpack.encode(self._stored), _FASTEST))


def readings_of(path: Path, pack: Pack, folder: Path | None = None) -> Readings:
    """The readings of all answers in a file to questions of the pack, from store where they are there.

    Args:
        folder: where readings are stored; None to store nothing.

    Raises:
        PackError: if the file of answers cannot be read.
    """
    key = _key(read_bytes(path), pack)
    stored = folder and _load(_place(path, folder), key)
    if stored:
        return Readings(stored)
    readings = Readings(_read(read_answers(path), pack, key))
    if folder:
        readings.store(path, folder)
    return readings


def read_all(content: bytes, pack: Pack) -> Readings:
    """The readings of all answers in what is to become a file of answers, known to be sound."""
    sheet = AnswerSheet(msgspec.json.decode(content, type=AnswersFile))
    return Readings(_read(sheet, pack, _key(content, pack)))


def _place(path: Path, folder: Path) -> Path:
    return folder / f"{path.name}-{_digest(os.fsencode(path.resolve()))[:8]}{_SUFFIX}"


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _key(content: bytes, pack: Pack) -> str:
    """All that a reading depends on."""
    questions = [(question.id, question.labels) for question in pack.questions]
    groups = [(name, group.attributes) for name, group in pack.groups.items()]
    return _digest(msgspec.msgpack.encode((READER_VERSION, SAMPLES, content, questions, groups)))


def _load(place: Path, key: str) -> _Stored | None:
    with suppress(OSError, zlib.error, msgspec.DecodeError, DistributionError):
        stored = msgspec.msgpack.decode(zlib.decompress(place.read_bytes()), type=_Stored)
        if stored.key == key:
            return stored
    return None


def _read(sheet: AnswerSheet, pack: Pack, key: str) -> _Stored:
    questions = {question.id: question for question in pack.questions}
    words: dict[str, int] = {}
    rows: list[_Row] = []
    for question_id, group, steering, format_name in sheet.cells():
        question = questions.get(question_id)
        found = question and format_name in FORMATS and sheet.answers(question, format_name, steering, group)
        if not question or not found:
            continue
        replies = [Reply(each.text, figures=each.figures, unread=each.unread, offered=each.offered) for each in found]
        asked = pack.groups.get(group, Group(group)) if steering_of(steering).names_group else EVERYONE
        each = [read_reply(reply, format_name, question, Expected(asked, SAMPLES)) for reply in replies]
        reading, singles = each[0], tuple[Numbers, ...]()
        if len(each) > 1:
            reading = reading_of_all(each, format_name, question)
            singles = tuple(one.distribution.probabilities for one in each if one.distribution)
        rows.append(
            _Row(
                question=words.setdefault(question_id, len(words)),
                group=words.setdefault(group, len(words)),
                steering=words.setdefault(steering, len(words)),
                format=words.setdefault(format_name, len(words)),
                probabilities=reading.distribution.probabilities if reading.distribution else (),
                reason=words.setdefault(reading.reason, len(words)),
                figures=reading.figures,
                coverage=reading.coverage,
                sample_size=reading.sample_size,
                singles=singles,
            )
        )
    return _Stored(key, list(words), rows)


def stored_under(cache: Path) -> Path:
    """The folder of stored readings in the user's cache folder."""
    return cache / "readings"
