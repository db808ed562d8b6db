"""Reading a reply by the letters it was given in, which for a recorded one need not be those of today.

Option letters may be written in another way than asked for: full-width or circled, or as a letter that looks the same.
"""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from opinionscope.elicitation.expression import FORMATS
from opinionscope.elicitation.expression.base import normalised
from opinionscope.elicitation.expression.several import without_other_questions
from opinionscope.elicitation.reply import ANYTHING, Expected, Reading, Reply
from opinionscope.elicitation.thoughts import bare_answer, without_tags
from opinionscope.regexes import regex
from opinionscope.survey.answers import CROWDWORKERS
from opinionscope.survey.question import Option, Question
from opinionscope.values import replace

_ALIKE = str.maketrans(
    "\u0410\u0412\u0421\u0415\u041d\u041a\u041c\u041e\u0420\u0422\u0425\u0405\u0406\u0408"
    "\u0391\u0392\u0395\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a7\u0396",
    "ABCEHKMOPTXSIJABEHIKMNOPTXZ",
)
"""Cyrillic and Greek capitals → the Latin ones that look the same."""
_ESCAPES = regex(r"\\u([0-9A-Fa-f]{4})")
_ENTITY = regex(r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8});", re.IGNORECASE)
_BREAK = regex(r"<br ?/?>\n?", re.IGNORECASE)
_STRUCK = regex(r"~~[^~\n]{1,80}~~|<(del|strike)>[^<\n]{1,80}</\1>", re.IGNORECASE)
_FOREIGN = regex(r"[^\x00-\x7f]")
_INVISIBLE = regex("[\u200b\u200e\u200f\u2060\ufeff]")
_AMID_SYLLABLES = regex(
    "(?<=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?=[A-Z](?![A-Za-z]))|"
    "(?<![A-Za-z][A-Z])(?<=[A-Z%])(?=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
)
"""Where a letter stands in Chinese, Japanese or Korean, which put no blanks around it."""
_PARTICLE = regex(
    r"(?<![A-Za-z])([A-Z])(?: (?:[选選]?[项項]\s?[是占为為]?|[はが是占为為이가은는])|、)\s?:?\s?(?=[约約약]?\s?\d)"
)
_OF_THOSE_SCRIPTS = regex(r"[\u0370-\u03ff\u0400-\u04ff]")
_WORD = regex(r"[^\W\d_]+")
_OF_THEIR_ORDER = regex(r"\b[\u0411\u0413\u0414\u0393\u0394]\b")
"""Cyrillic and Greek capitals that stand for options in the order of their own alphabet, and look like no Latin one."""


def plain_letters(text: str, letters: str) -> str:
    """A text with the option letters in Latin script, as words of their own.

    Letters that only look like Latin ones are replaced where no other ones of their script are in the text, or where
    they name every option together with the Latin ones beside them: in А, Б, В the third is no B.
    """
    if text.isascii():
        return text
    text = _AMID_SYLLABLES.sub(" ", _FOREIGN.sub(_plain, _INVISIBLE.sub("", text)))
    text = _PARTICLE.sub(r"\1: ", text)
    latin = text.translate(_ALIKE)
    named = {letter for word in _WORD.findall(latin) if set(word) <= set(letters) for letter in word}
    names_all = named == set(letters) and not _OF_THEIR_ORDER.search(text)
    are_alike = all(character.translate(_ALIKE) in letters for character in _OF_THOSE_SCRIPTS.findall(text))
    return latin if names_all or are_alike else text


def _unescaped(text: str) -> str:
    """A text with what escapes of JSON and entities of HTML stand for, without what is struck out.

    JSON's quotes and the like stay escaped; beside them, HTML's become single ones, which end no string.
    """
    text = _ESCAPES.sub(_character, text) if "\\u" in text else text
    if "&" in text:
        quote = "'" if '"' in text else '"'
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]).replace('"', quote), text)
    return _BREAK.sub("\n", _STRUCK.sub("", text))


def _character(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    is_plain = character.isalnum() or unicodedata.category(character) in ("Pd", "Pf", "Pi", "Mn")
    return character if is_plain else escape[0]


def _plain(character: re.Match[str]) -> str:
    """One character at a time: many combining marks in a row take quadratic time together."""
    return unicodedata.normalize("NFKC", character[0])


READER_VERSION = 12
"""To be raised with every change of what `read_reply` makes of a recorded answer: stored readings are then renewed."""
LONGEST_REMEMBERED = 1_000
"""Characters of a text whose reading is remembered: of a thousand letters most were read before."""
ANOTHER_QUESTION = "the answer is one to another question, which it quotes with its options; none to the one asked"
LEAKED = "set aside special tokens or tags that leaked into the text"


def read_reply(reply: Reply, format_name: str, question: Question, expected: Expected = ANYTHING) -> Reading:
    """What today's parser makes of an answer, over the question's options in survey order.

    Recorded text is read against the options as they were lettered then, and matched to the question by label.
    Recorded figures have been matched already, and go before the text where there are both. A thought in tags is no
    part of the text, nor are special tokens that leaked into it.

    Args:
        expected: what was asked for; it decides between several answers in one text, and how few letters are too few.

    Raises:
        KeyError: for a format that is in no registry.
    """
    said = Reply(reply.text, reply.first_token, reply.figures, reply.unread, reply.finish_reason, reply.offered)
    if reply.model == CROWDWORKERS:
        said = replace(said, model=CROWDWORKERS)
    if reply.kind == "person":
        said = replace(said, kind=reply.kind)
    is_remembered = reply.figures is None and len(reply.text or "") <= LONGEST_REMEMBERED
    return (_read_once if is_remembered else _read)(said, format_name, question, expected)


def _read(reply: Reply, format_name: str, question: Question, expected: Expected) -> Reading:
    reply = without_tags(reply)
    if not reply.offered or reply.figures is not None:
        return _read_text(reply, format_name, question, expected)
    then = replace(question, options=tuple(Option(label) for label in reply.offered))
    reading = _read_text(reply, format_name, then, expected)
    trace = (*_differences(then, question), *reading.trace)
    if reading.distribution is None:
        said = dict(zip(then.labels, reading.stated, strict=bool(reading.stated)))
        return Reading.unread(reading.reason, trace, tuple(said.get(label) for label in question.labels))
    by_label = dict(zip(then.labels, reading.figures, strict=True))
    foreign = [label for label, figure in by_label.items() if figure and label not in question.labels]
    if foreign:
        return Reading.unread(f"recorded for an option that the question lacks: {', '.join(foreign)}", trace)
    figures = [by_label.get(label, 0.0) for label in question.labels]
    bounds = dict(zip(then.labels, reading.bounds, strict=bool(reading.bounds)))
    return replace(
        normalised(figures, trace, reading.coverage, reading.sample_size),
        bounds=tuple(bounds.get(label) for label in question.labels) if bounds else (),
    )


def _read_text(reply: Reply, format_name: str, question: Question, expected: Expected) -> Reading:
    """The reading of an answer that has no thoughts in it, without what leaked into its text."""
    form = FORMATS[format_name]
    if reply.text is None or reply.first_token is not None:
        return form.read(reply, question, expected)
    text = bare_answer(reply.text)
    own = without_other_questions(_unescaped(text), question)
    if text.strip() and not own.strip():
        return Reading.unread(ANOTHER_QUESTION)
    reading = form.read(replace(reply, text=plain_letters(own, question.letters)), question, expected)
    if reading.distribution is None and reply.is_broken_off:
        reason = f"the provider ended the answer ({reply.finish_reason}), and {reading.reason}"
        reading = replace(reading, reason=reason)
    return reading if text == reply.text else replace(reading, trace=(LEAKED, *reading.trace))


_read_once = lru_cache(maxsize=8_192)(_read)


def reading_of_all(readings: Sequence[Reading], format_name: str, question: Question) -> Reading:
    """The readings of several replies to the same question, taken together.

    Raises:
        KeyError: for a format that is in no registry.
    """
    if len(readings) == 1:
        return readings[0]
    readable = [reading for reading in readings if reading.distribution is not None]
    reasons = Counter(reading.reason for reading in readings if reading.distribution is None)
    lost = tuple(f"{count} of {len(readings)} could not be read: {reason}" for reason, count in reasons.most_common())
    if not readable:
        return Reading.unread(f"none of {len(readings)} answers could be read: {next(iter(reasons))}", lost)
    together = FORMATS[format_name].combined(readable, question)
    covered = [reading.coverage for reading in readable if reading.coverage is not None]
    coverage = sum(covered) / len(readings) if len(covered) == len(readable) else None
    return replace(together, trace=(*together.trace, *lost), coverage=coverage)


def _differences(then: Question, now: Question) -> Iterator[str]:
    """For the trace, how the options differed when the answer was recorded."""
    if then.labels == now.labels:
        return
    lettered = ", ".join(f"{letter} = {label}" for letter, label in zip(then.letters, then.labels, strict=True))
    yield f"letters as offered then, matched by label: {lettered}"
    if missing := [label for label in now.labels if label not in then.labels]:
        yield "not offered to the model when it was asked: " + ", ".join(missing)
