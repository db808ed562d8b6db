"""Sequence: the model simulates a sample of people in one completion, a letter a person."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from collections.abc import Sequence as SequenceOf
from itertools import pairwise
from typing import Any

from typing_extensions import override

from opinionscope.elicitation.expression.base import (
    ONE_LETTER,
    SEVERAL_RULE,
    ExpressionFormat,
    Request,
    both_ends,
    normalised,
    read_figures,
)
from opinionscope.elicitation.expression.persons import contradiction, find_entries, find_persons, people_in
from opinionscope.elicitation.expression.rows import (
    FEWEST_AMID_PROSE,
    FEWEST_IN_SMALL_GROUPS,
    LetterRow,
    LetterRows,
    find_rows,
)
from opinionscope.elicitation.expression.several import (
    OF_ANOTHER,
    Stated,
    before_further_questions,
    choose,
    heads_another,
)
from opinionscope.elicitation.expression.tables import own_column
from opinionscope.elicitation.reply import ANYTHING, Expected, Reading, Reply
from opinionscope.recipe import SAMPLES, Recipe
from opinionscope.regexes import regex
from opinionscope.survey.distribution import whole_shares
from opinionscope.survey.question import Group, Question
from opinionscope.values import replace

TOKENS_A_LETTER = 3
"""Enough for letters with commas; 1,000 of them, and a thought before them, stay below 4,096, which many allow."""
LONGEST_READ = 100_000
LONGEST_PREVIEWED = 8_000
LONGEST_SHOWN = 60
_FIRST_NUMBER = " \t\r\n|:.-*#_()[{\"'0123456789"
"""What may stand between a heading and the first letter."""
ONLY_THE_FIRST = "only the first"
MOST_TOO_MANY = 2.5
"""A row more than this many times as long as asked for is a loop; in a shorter one all letters count."""

_COUNT_BEHIND = regex(r"(?<!\w)([A-Z])[\"'*]{0,4}\s{0,4}(?:[:=]|(?<=\s)[-–—]\s|[x×])\s{0,4}[\"']?\d")
_COUNT_BEFORE = regex(r"(?<![\w.])(\d{1,4})(?: ?[x×])? ?[A-Z](?!\w)")

_FIRST_PERSON = regex(r"[^\w\n]{0,8}[^\W\d_]{4,20}(?= ?#?\d)")
"""What the first of several persons is called: “Republican 1: B”."""
_NUMBERED_ROW = regex(
    r"\W*(?:row|line|part|batch|block|set|people|persons|respondents|participants|answers|responses)?\W{0,3}\d{1,4}(?:\s?[-–]\s?\d{1,4})?\W*$",
    re.I,
)


class Sequence(ExpressionFormat):
    """Asks for simulated answers as letters, and counts them."""

    name = "sequence"
    title = "Sequence"
    summary = "the model simulates people one after the other, a letter each"
    rule = (
        "The letters in a row of option letters are counted; where far more came than were asked for, the first ones. "
        f"{SEVERAL_RULE} Not scored are tallies of numbers, prose with no row of {FEWEST_AMID_PROSE} letters or more, "
        "less than half the letters asked for, and rows of which most letters were never offered."
    )
    request = Request(max_tokens=240)
    held_to = "an array of exactly {} letters"
    next_step = "ask again, or choose verbalized or samples for this model"
    counts_people = True

    @override
    def request_for(self, question: Question, recipe: Recipe) -> Request:
        request = super().request_for(question, recipe)
        room = TOKENS_A_LETTER * max(0, recipe.samples - SAMPLES)
        return replace(request, max_tokens=request.max_tokens + room)

    @override
    def held(self, question: Question, recipe: Recipe) -> dict[str, Any] | None:
        if recipe.reasoning or recipe.completion or recipe.samples == 1:
            return None
        letter = {"type": "string", "enum": list(question.letters)}
        return {"type": "array", "items": letter, "minItems": recipe.samples, "maxItems": recipe.samples}

    @override
    def instruction(self, question: Question, recipe: Recipe) -> str:
        number = recipe.samples
        if number == 1:
            return ONE_LETTER
        return (
            f"Answer as {number} of them, drawn at random: write down the option letter that each would choose, "
            f"{number} letters in one row, without spaces or commas, and nothing else."
        )

    @override
    def express(self, probabilities: SequenceOf[float], letters: str, rng: random.Random, recipe: Recipe) -> str:
        counts = whole_shares(probabilities, recipe.samples)
        row = [letter for letter, count in zip(letters, counts, strict=True) for _ in range(count)]
        rng.shuffle(row)
        return "".join(row)

    @override
    def read(self, reply: Reply, question: Question, expected: Expected = ANYTHING) -> Reading:
        if reply.text is None or reply.figures is not None:
            reading = read_figures(reply, question, "letters counted")
            if reading.distribution is None:
                return reading
            return _count_recorded(reading, expected.letters)
        if not reply.text.strip():
            return Reading.unread("the answer is empty")
        text, cut = both_ends(reply.text, LONGEST_READ)
        text = own_column(before_further_questions(text, question), expected.group)
        found = find_rows(text, question.letters)
        rows = _full([part for row in found.answers for part in _samples(row, text, expected.letters)])
        persons = find_persons(text, question, expected.letters)
        if not rows and not persons:
            persons = find_entries(text, question, expected.letters)
        persons = _full(persons)
        rows = [row for row in rows if not _is_several(row, persons, expected.letters)]
        if _longest(persons) > _longest(rows):
            rows, found = persons, replace(found, rows=persons, prose=False)
        else:
            apart = (one for one in persons if all(one.end <= row.start or row.end <= one.start for row in rows))
            rows = _full(sorted([*rows, *apart], key=lambda row: row.start))
        if reason := _no_sample(text, question, found, rows, expected.letters):
            return Reading.unread(reason, cut)
        best = _whole(rows, text, expected.letters) or _chosen(rows, text, expected.group)
        if best is None:
            trace = (*cut, *(f"stated: {_shown(row)}" for row in rows))
            return Reading.unread(
                f"the answer has {len(rows)} different rows, and nothing says which one counts", trace
            )
        named = _FIRST_PERSON.match(text, best.start)
        heading = text[: named.end() if named else best.start]
        if heads_another(heading.rstrip(_FIRST_NUMBER), expected.group):
            return Reading.unread(OF_ANOTHER, cut)
        most = expected.letters * (1 if reply.is_cut_off else MOST_TOO_MANY)
        return _count(best, question, expected.letters, most, [*cut, *_set_aside(found, best)])

    @override
    def preview(self, text: str, question: Question) -> tuple[float, ...] | None:
        arriving, _ = both_ends(text, LONGEST_PREVIEWED)
        found = find_rows(arriving, question.letters)
        row = _largest(found.answers or found.beginning)
        if row is None:
            return None
        counts = Counter(letter for letter in row.letters if letter in question.letters)
        return tuple(counts[letter] / counts.total() for letter in question.letters)


def _is_several(row: LetterRow, persons: SequenceOf[LetterRow], wanted: int) -> bool:
    """Whether a row holds several lists, each of as many people as wanted."""
    inside = [one for one in persons if row.start < one.end <= row.end]
    return sum(len(one.letters) == wanted for one in inside) > 1


def _count_recorded(reading: Reading, wanted: int) -> Reading:
    """Recorded counts, judged as a row would be; which letters of a loop came first is not recorded."""
    size = round(sum(reading.figures))
    if not all(figure == round(figure) for figure in reading.figures):
        return replace(reading, sample_size=size)
    if 2 * size < wanted:
        return Reading.unread(_too_few(size, wanted), reading.trace, reading.figures)
    if wanted and size > MOST_TOO_MANY * wanted:
        step = f"{size:,} letters counted, {wanted} asked for: they say no more than {wanted} would"
        return replace(reading, trace=(*reading.trace, step), sample_size=wanted)
    return replace(reading, sample_size=size)


def _too_few(size: int, wanted: int) -> str:
    came = "1 letter came" if size == 1 else f"{size} letters came"
    return f"only {came} of the {wanted} asked for"


def _samples(row: LetterRow, text: str, wanted: int) -> list[LetterRow]:
    """A row as it is, or each word or paragraph where every one has as many letters as one answer is to have."""
    paragraphs = ["".join(filter(str.isupper, part)) for part in re.split(r"\n\s*\n", text[row.start : row.end])]
    for parts in (row.words, paragraphs):
        if min(len(parts), wanted) > 1 and all(len(part) == wanted for part in parts):
            return [LetterRow(row.folded, [part], wanted, row.start, row.end) for part in parts]
    return [row]


def _no_sample(text: str, question: Question, found: LetterRows, rows: SequenceOf[LetterRow], wanted: int) -> str:
    """Why none of the rows can be counted, or ""."""
    if said := contradiction(text, question):
        return f"a letter stands beside the label of another option: “{said[:LONGEST_SHOWN]}”"
    if _longest(rows) < min(FEWEST_IN_SMALL_GROUPS, wanted or FEWEST_IN_SMALL_GROUPS) and _is_tally(text):
        return "the answer is a tally of numbers, not a row of letters"
    if not found.rows:
        return "the answer has no row of option letters"
    for row in rows:
        offered = sum(letter in question.letters for letter in row.letters)
        if row.longest > 1 or offered == wanted:
            continue
        people = people_in(row, text)
        if FEWEST_AMID_PROSE <= people < offered < FEWEST_AMID_PROSE * (people - 1):
            return f"{people:,} people are numbered, and {offered:,} letters stand beside them"
    return "" if rows else f"prose with no row of at least {FEWEST_AMID_PROSE} option letters in it"


def _is_tally(text: str) -> bool:
    """Whether letters are given numbers (“A: 9, B: 15”, “9 A, 15 B”) that do not merely count the answers up."""
    before = [int(number) for number in _COUNT_BEFORE.findall(text)]
    counted_up = all(after == number + 1 for number, after in pairwise(before))
    return len(set(_COUNT_BEHIND.findall(text))) > 1 or not counted_up


def _largest(rows: SequenceOf[LetterRow]) -> LetterRow | None:
    """The row of the most letters, the last of equals."""
    return max(reversed(rows), key=lambda row: len(row.letters), default=None)


def _longest(rows: SequenceOf[LetterRow]) -> int:
    return max((len(row.letters) for row in rows), default=0)


def _full(rows: SequenceOf[LetterRow]) -> list[LetterRow]:
    """The rows of at least half as many letters as the longest."""
    return [row for row in rows if 2 * len(row.letters) >= _longest(rows)]


def _whole(rows: SequenceOf[LetterRow], text: str, wanted: int) -> LetterRow | None:
    """Rows that are numbered ("Row 1:", "11-20:") and have as many letters together as asked for, as one; else None."""
    starts = [0, *(row.end for row in rows)]
    heads = [text[start : row.start].rpartition("\n")[2] for start, row in zip(starts, rows, strict=False)]
    if len(rows) < 2 or sum(len(row.letters) for row in rows) != wanted or not all(map(_NUMBERED_ROW.match, heads)):
        return None
    return LetterRow(rows[0].folded, [word for row in rows for word in row.words], 0, rows[0].start, rows[-1].end)


def _chosen(rows: SequenceOf[LetterRow], text: str, group: Group) -> LetterRow | None:
    """The row that counts, as `choose` decides; of those that are no more than parts of it, the longest."""
    starts = [0, *(row.end for row in rows)]
    stated = [
        Stated(row.letters, text[start : row.start], len(row.letters)) for start, row in zip(starts, rows, strict=False)
    ]
    at = choose(stated, text[starts[-1] :], group)
    return None if at is None else rows[at]


def _shown(row: LetterRow) -> str:
    return row.letters if len(row.letters) <= LONGEST_SHOWN else row.letters[:LONGEST_SHOWN] + "…"


def _set_aside(found: LetterRows, row: LetterRow) -> Iterator[str]:
    """For the trace, what was not counted around a row."""
    if row.folded:
        yield "lower-case letters taken as capitals"
    if found.prose:
        yield "set aside the words around the row of letters"
    if others := len(found.rows) - 1:
        yield f"other rows of letters set aside: {others}"


def _count(row: LetterRow, question: Question, wanted: int, most: float, trace: SequenceOf[str]) -> Reading:
    """Count a row; of more letters than `most` the first ones that were wanted count, too few are no sample."""
    letters, steps = row.letters, list(trace)
    if wanted and len(letters) > most:
        steps.append(f"{ONLY_THE_FIRST} {wanted} of {len(letters):,} letters counted, for {wanted} were asked for")
        letters = letters[:wanted]
    counts = Counter(letters)
    figures = [counts[letter] for letter in question.letters]
    size = sum(figures)
    steps.insert(0, f"counted {size} letters")
    if strays := sorted(set(letters) - set(question.letters)):
        steps.append(f"letters set aside that were never offered ({len(letters) - size}): {', '.join(strays)}")
    if size < len(letters) / 2:
        return Reading.unread("most of the letters were never offered", tuple(steps), tuple(figures))
    if 2 * size < wanted:
        return Reading.unread(_too_few(size, wanted), tuple(steps), tuple(figures))
    return normalised(figures, steps, size / len(letters), size)
