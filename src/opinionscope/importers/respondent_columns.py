"""What the columns of a table of people are: questions with options, attributes of people, or neither.

What could tell who somebody is (ids, names, e-mail, addresses, free text) is never taken.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache

from msgspec import Struct

from opinionscope.importers.base import ImportRefusedError
from opinionscope.importers.figures import number_in
from opinionscope.importers.labels import whole
from opinionscope.importers.people_tables import PeopleTable
from opinionscope.importers.person_column import PersonColumn
from opinionscope.importers.scales import in_scale_order
from opinionscope.importers.words import known_words
from opinionscope.regexes import regex
from opinionscope.survey.microdata import NOT_KNOWN, AttributeEntry
from opinionscope.survey.pack import MAX_OPTIONS, OptionEntry
from opinionscope.survey.text import fold

ASKED = ("question", "question_id", "question_text", "item", "variable", "qid")
ANSWERED = ("answer", "response", "value", "answer_text", "choice", "option")
"""Names, folded, of columns that a table with a row an answer has."""
FEW_PEOPLE = 5
"""So many people may all differ without that making a column one of ids."""
LONG_ANSWER = 25
"""Characters; answers longer than this that mostly differ are free text."""
WORDS_OF_A_NAME = 3
"""Names of columns with more words than that are wordings of questions."""
FEW_IDS = 5
"""So many values that come equally often may be anything."""
FEW_NUMBERS = 12
"""So many different numbers make groups of their own; more need ranges, unless they are codes."""
MOST_CODES = 60
"""So many numbers from 1 on without a gap are codes, as of regions or parties."""
MOST_NUMBERS = 120
"""So many different numbers, such as ages, are kept one by one; of more only the ranges are, so that no exact income
or year and day names anybody."""

BY_LABELS, BY_CATEGORY, BY_NUMBER = "labels", "category", "number"
BY_SCALE, BY_ALPHABET = "scale", "alphabet"
"""Where the order of options came from."""

_WEIGHT = regex(
    r"(?!newt|(?:over|under|body|light|heavy)w).*w(?:gh?|eigh)?t|weights|weighting|wts|wtss|wtssall"
    r"|gewicht(?:en|ung)?|poids|peso|ponderacion|vikt"
)
_DATE = regex(
    r"\d{4}[-/.]\d\d?[-/.]\d\d?|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d\d?:\d\d(:\d\d)?|(19|20)\d\d(0[1-9]|1[0-2])[0-3]\d$"
    r"|\d{1,2}\.?[ -][^\W\d_]{3,9}\.?[ -]\d{2,4}$|[^\W\d_]{3,9} \d{1,2}, \d{4}"
)
_MONTH = r"(?:jan|feb|mar|m[äa]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-zä]{0,6}"
_DAY = regex(
    rf"\d{{1,2}}[-. ]{{1,2}}{_MONTH}\.?|{_MONTH}\.?[-. ]{{1,2}}\d{{1,2}}|\d{{4}}-\d\d-\d\d(?:[T ]00:00:00)?",
    re.IGNORECASE,
)
_WORD = regex(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_NAMES_SOMEBODY = regex(r"[^\s@]+@[^\s@]+\.\w{2,}|\b(?:\d{1,3}\.){3}\d{1,3}\b|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-")
_LEADING_NUMBER = regex(
    r"(?:(?P<below><|under |below |less than |up to |unter |bis )"
    r"|(?P<above>>|over |above |more than |über |mehr als ))?"
    r"\s*[(\[]?[$€£]?\s?(?P<number>-?(?:[1-9]\d{0,2}(?:[.,' \u00a0\u202f’]\d{3}(?!\d))+|\d+)(?:\.\d+)?)(?=\D|$)",
    re.IGNORECASE,
)
"""The number at the beginning of a label, thousands parted or not, and words that put it below or above others."""
_FREE_TEXT = regex(r".*(?:_TEXT|\[other\]|specify\W*)")
"""Names of columns with what people wrote beside an option."""


class Scale(Struct, frozen=True):
    """The answers of a column: options in order, and a position in them for each person.

    Attributes:
        codes: one a person, −1 where nobody answered.
        order: where the order of options came from.
        strange: answers that the codebook does not have, and how often.
    """

    options: tuple[OptionEntry, ...]
    codes: list[int]
    order: str
    strange: Mapping[str, int]


def scale_of(column: PersonColumn) -> Scale:
    """The options of a column, in the order of its labels, else of its categories, else of numbers, else of letters."""
    labels = column.entry.labels or {code: x for code, x in column.labels.items() if not column.is_missing(code)}
    by_label = {label: code for code, label in reversed(labels.items())}
    counts = Counter(column.cells)
    known: dict[str, str] = {}
    strange: dict[str, int] = {}
    for cell in counts:
        if cell in labels or cell in by_label:
            known[cell] = cell if cell in labels else by_label[cell]
        elif not column.is_missing(cell):
            if column.entry.labels:
                strange[cell] = counts[cell]
            else:
                known[cell] = cell
    ordered, order = _ordered(column, labels, dict.fromkeys(known.values()))
    place = {code: at for at, code in enumerate(ordered)}
    at = {cell: place[code] for cell, code in known.items()}
    options = tuple(_option(code, labels, column) for code in ordered)
    return Scale(options, [at.get(cell, NOT_KNOWN) for cell in column.cells], order, strange)


def unfit(column: PersonColumn) -> str:
    """Why a column is no question; "" if it is one."""
    found = column.answers
    if not found:
        return "nobody answered it"
    if reason := column.unfit or column.doubt or identifies(column):
        return reason
    labels = column.known_labels
    numbers = all(number_in(cell) is not None for cell in found)
    if not labels and all(map(_DATE.match, found)):
        return "dates"
    if not labels and not numbers and (reason := _written(column)):
        return reason
    if not labels and numbers and not known_words().days.isdisjoint(words_of(column.name)):
        return "by its name it holds dates or times, written as numbers"
    if not labels and numbers and is_called_weight(column.name):
        return "by its name it holds weights; name it after --weight if it does, rename it if it does not"
    if not labels and _are_measured(found):
        return "numbers with decimals, weights or measurements; labels in a codebook make options of them"
    if len(found) > MAX_OPTIONS:
        return f"{len(found)} different answers, free text or plain numbers; a question has 2 to {MAX_OPTIONS} options"
    if len(found) < 2 and not labels:
        return "everybody gave the same answer"
    return ""


def _written(column: PersonColumn) -> str:
    """Why a column holds what people wrote: by its name beside an option, or comments that are not all shared."""
    if _FREE_TEXT.fullmatch(column.name):
        return "by its name it holds what people wrote beside an option"
    often = Counter(cell for cell in column.cells if not column.is_missing(cell))
    if 1 in often.values() and not known_words().comments.isdisjoint(words_of(column.name)):
        return "by its name it holds comments; rename it if it does not"
    return ""


def _are_measured(found: Iterable[str]) -> bool:
    """Whether all cells are numbers and some of them no halves, as no scale has them."""
    numbers = [number_in(cell) for cell in found]
    return all(number is not None for number in numbers) and any(number and (2 * number) % 1 for number in numbers)


def days_among(cells: Iterable[str]) -> list[str]:
    """Cells that are days where others are none: ranges such as 3-4 that a spreadsheet took for dates."""
    found = [cell for cell in cells if cell]
    days = [cell for cell in found if _DAY.fullmatch(cell)]
    return days if 2 * len(days) < len(found) else []


def identifies(column: PersonColumn) -> str:
    """Why a column could tell who somebody is; "" if it could not. Labels say that cells are codes and no names."""
    distinct = column.answers
    answers = sum(cell in distinct for cell in column.cells)
    if reason := names_somebody(column):
        return reason
    if answers <= FEW_PEOPLE or column.is_coded(distinct):
        return ""
    if len(distinct) == answers:
        return "every answer differs: ids, exact figures or free text"
    if len(distinct) * 2 > answers and sum(map(len, distinct)) > LONG_ANSWER * len(distinct):
        return "free text"
    return ""


def names_somebody(column: PersonColumn) -> str:
    """Why a column could tell who somebody is by its name or by what its cells look like; "" if it could not."""
    if any(_NAMES_SOMEBODY.search(cell) for cell in column.answers):
        return "e-mail or network addresses or ids, which could tell who somebody is"
    words = words_of(column.name)
    if (
        not column.is_coded(column.answers)
        and len(words) <= WORDS_OF_A_NAME
        and not known_words().identifying.isdisjoint(words)
    ):
        return "by its name it could tell who somebody is; rename it if it does not"
    return ""


def refuse_single_answers(table: PeopleTable) -> None:
    """Refuse a table with a row an answer, whose answers to different questions stand in one column.

    Raises:
        ImportRefusedError: if it is one.
    """
    names = {fold(name): name for name in table.columns}
    asked, answered = ([names[each] for each in words if each in names] for words in (ASKED, ANSWERED))
    ids = [name for name in table.columns if looks_like_id(name) and name not in (*asked, *answered)]
    often = [Counter(filter(None, table.columns[name].cells)) for name in ids]
    if asked and answered and (not often or any(each and max(each.values()) > 1 for each in often)):
        raise ImportRefusedError(
            f"{table.file} seems to have a row an answer: {asked[0]} names the question, {answered[0]} has "
            "the answers; bring it into the form of a row a person and a column a question (pivot_wider in R, "
            "pivot in pandas), or name the columns of questions with --questions"
        )


def looks_like_attribute(name: str) -> bool:
    """Whether a column is named like something that cuts groups."""
    return not known_words().attributes.isdisjoint(words_of(name))


def is_called_weight(name: str) -> bool:
    """Whether a column is named like one of weights."""
    return any(map(_WEIGHT.fullmatch, words_of(name)))


def looks_like_id(name: str) -> bool:
    """Whether a column is named like one of ids of people."""
    words = words_of(name)
    return len(words) <= WORDS_OF_A_NAME and not known_words().ids.isdisjoint(words)


def repeated_ids(name: str, often: Mapping[str, int]) -> str:
    """What a user should know of ids that come several times; "" if none does, or they are no ids of people."""
    twice = sum(count > 1 for count in often.values())
    if twice and 2 * len(often) > sum(often.values()):
        return (
            f"{name} holds {twice} ids more than once: every row counts as a person, so take out what is there twice "
            "if it is the same person's."
        )
    if twice == len(often) > FEW_IDS and len(set(often.values())) == 1:
        return (
            f"{name} holds each of {len(often)} ids {next(iter(often.values()))} times: every row counts as a person, "
            "so bring the table into the form of a row a person if a row is one answer."
        )
    return ""


def attribute_entry(column: PersonColumn, cuts: Sequence[float]) -> tuple[AttributeEntry, dict[str, int]]:
    """An attribute of all people, and which cells could not be made sense of, with how often.

    Raises:
        ImportRefusedError: if it could tell who somebody is, or nothing is known of anybody.
    """
    if column.doubt:
        raise ImportRefusedError(f"{column.name} cannot cut groups: {column.doubt}")
    numbers = [in_range(cell, cuts) for cell in column.cells]
    spoken = {cell for cell in column.answers if not column.says_nothing(cell)}
    known = [at for at, cell in enumerate(column.cells) if cell in spoken]
    if not known:
        raise ImportRefusedError(f"nobody's {column.name} is known, so it cuts no groups; leave it out of --by")
    figures = {number for at in known if (number := numbers[at]) is not None and number >= 0}
    all_numbers = all((number := numbers[at]) is not None and number >= 0 for at in known)
    if cuts:
        strange = Counter(column.cells[at] for at in known if numbers[at] not in figures)
        if not figures:
            raise ImportRefusedError(
                f'{column.name} holds no numbers that --cut could part (it holds "{next(iter(strange))}"); write plain '
                "numbers, or leave out its --cut"
            )
        if len(figures) > MOST_NUMBERS:
            return _coarse(numbers, known, cuts), strange
        return _numbered(numbers, known, figures, cuts), strange
    if all_numbers and not column.known_labels and len(figures) > FEW_NUMBERS and not are_codes(figures):
        if len(figures) > MOST_NUMBERS:
            raise ImportRefusedError(
                f"{column.name} has {len(figures)} different numbers, which could tell who somebody is; "
                f"say where ranges begin, as in --cut {column.name}=0,30000,100000"
            )
        return _numbered(numbers, known, figures, cuts), {}
    if reason := identifies(column):
        raise ImportRefusedError(f"{column.name} cannot cut groups: {reason}")
    scale = scale_of(column)
    used = set(scale.codes)
    kept = [at for at in range(len(scale.options)) if at in used]
    place = {at: new for new, at in enumerate(kept)}
    values = [scale.options[at].label for at in kept]
    if len(set(values)) < len(values):
        raise ImportRefusedError(f"{column.name} has one label for two codes; expected a label for each")
    return AttributeEntry(values=values, codes=[place.get(code, NOT_KNOWN) for code in scale.codes]), dict(
        scale.strange
    )


def are_codes(figures: Collection[float]) -> bool:
    """Whether numbers are all from 1 on without a gap, as codes of regions are, and ages and years are not."""
    return len(figures) <= MOST_CODES and {*figures} == {*range(1, len(figures) + 1)}


def in_range(cell: str, cuts: Sequence[float]) -> float | None:
    """The number a cell holds; of "65+", "89 or older" or "18-24" the lower end, if no cut parts those; else None."""
    if (number := number_in(cell)) is not None or not cuts:
        return number
    found = _range().fullmatch(cell)
    if found is None:
        return None
    low, high = float(found["low"]), float(found["high"] or "inf")
    return None if any(low < cut <= high for cut in cuts) else low


@cache
def _range() -> re.Pattern[str]:
    more = "|".join(known_words().labels.and_more)
    return re.compile(rf"(?P<low>\d{{1,3}})\s*(?:{more}|[-–]\s*(?P<high>\d{{1,3}}))", re.IGNORECASE)


def _numbered(
    numbers: Sequence[float | None], known: Iterable[int], figures: set[float], cuts: Sequence[float]
) -> AttributeEntry:
    column: list[float] = [NOT_KNOWN] * len(numbers)
    for at in known:
        if (number := numbers[at]) is not None and number in figures:
            column[at] = whole(number)
    return AttributeEntry(numbers=column, cuts=[whole(cut) for cut in cuts])


def _coarse(numbers: Sequence[float | None], known: Iterable[int], cuts: Sequence[float]) -> AttributeEntry:
    """Ranges in place of numbers."""
    highs = [f"-{above - 1:g}" for above in cuts[1:]] + ["+"]
    values = [f"under {cuts[0]:g}", *(f"{low:g}{high}" for low, high in zip(cuts, highs, strict=True))]
    codes = [NOT_KNOWN] * len(numbers)
    for at in known:
        if (number := numbers[at]) is not None and number >= 0:
            codes[at] = bisect_right(cuts, number)
    return AttributeEntry(values=values, codes=codes)


def _ordered(column: PersonColumn, labels: Mapping[str, str], found: Mapping[str, None]) -> tuple[list[str], str]:
    extra = [code for code in found if code not in labels]
    if labels and not extra:
        return list(labels), BY_LABELS
    if not labels and column.order and set(found) <= set(column.order):
        return [code for code in column.order if not column.is_missing(code)], BY_CATEGORY
    codes = [*labels, *extra]
    silent = [code for code in codes if column.is_silent(code)]
    spoken = [code for code in codes if code not in silent]
    numbers = {code: number_in(code) for code in spoken}
    if all(number is not None for number in numbers.values()):
        return [*sorted(spoken, key=lambda code: (numbers[code] or 0.0, code)), *silent], BY_NUMBER
    leading = {code: place for code in spoken if (place := _leading(code))}
    if not labels and len(leading) == len(spoken):
        return [*sorted(spoken, key=lambda code: (leading[code], code)), *sorted(silent)], BY_NUMBER
    if labels:
        return [*labels, *sorted(extra, key=lambda code: (fold(code), code))], BY_LABELS
    if known := in_scale_order(spoken):
        return [*known, *sorted(silent)], BY_SCALE
    return [*sorted(spoken, key=lambda code: (fold(code), code)), *sorted(silent)], BY_ALPHABET


def _leading(label: str) -> tuple[float, int] | None:
    """The number that a label begins with, and −1 or 1 if it is below or above that; None if it begins with none."""
    found = _LEADING_NUMBER.match(label)
    if found is None:
        return None
    number = re.sub(r"[.,' \u00a0\u202f’](?=\d{3})", "", found["number"])
    return float(number), bool(found["above"]) - bool(found["below"])


def _option(code: str, labels: Mapping[str, str], column: PersonColumn) -> OptionEntry:
    if column.is_silent(code):
        return OptionEntry(labels.get(code, code), None, True)
    value = column.entry.values.get(code)
    if value is None and not column.entry.labels and (not labels or column.ordinal):
        value = number_in(code)
    return OptionEntry(labels.get(code, code), None if value is None else whole(value))


def words_of(name: str) -> list[str]:
    """The words that the name of a column is made of, folded."""
    return [fold(word) for word in _WORD.findall(name)]
