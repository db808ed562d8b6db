"""Rows below the header that hold question texts or the marks of a survey tool, and no person."""

import re
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct, field

from opinionscope.importers.labels import is_nonresponse, without_html
from opinionscope.importers.reading import RawTable, places_of
from opinionscope.importers.scales import in_scale_order
from opinionscope.importers.words import known_words
from opinionscope.regexes import regex
from opinionscope.survey.text import clean, clean_line, fold

MOST_LABEL_ROWS = 3
LEAST_PEOPLE = 3
"""With fewer rows below it, a row of labels cannot be told from a person."""
MANY_PEOPLE = 20
"""Among so many, somebody shares an answer with one person at least in one of several columns."""
FEW_VALUES = 0.5
"""Where people give at most so many different values for each of them, the values repeat."""
WORDS_OF_A_TEXT = 4

_BESIDE_QUESTIONS = regex(
    r".*(?:[\dQ]_DO|(?<!TO)_DO_\d+)|.*_(?:First Click|Last Click|Page Submit|Click Count|TEXT)|SC\d+"
)
"""What Qualtrics adds to single questions: the order on the screen, times, clicks, text beside an option, scores."""
PROGRESS = frozenset({"", "0", "1", "2", "incomplete", "unverified", "complete"})
RESPONSE = frozenset({"response", "openendedresponse"})

_NUMBER = regex(r"[+-]?\d+(?:[.,]\d+)?")
_ID = regex(r"[A-Z]{0,4}[-_.]?\d+[a-z]?")
_BETWEEN = regex(r"[\W_]+")


class Labels(Struct, frozen=True):
    """What rows of labels say of each column.

    Attributes:
        texts: a wording a column, "" where there is none.
        tool: positions of columns that the survey tool adds by itself.
        previews: the column by which test answers are told, or "".
    """

    texts: Sequence[str] = ()
    tool: frozenset[int] = field(default_factory=frozenset)
    previews: str = ""

    def wording(self, at: int) -> str:
        """The wording of the question in a column, "" where none is known."""
        return self.texts[at] if at < len(self.texts) else ""

    def unfit(self, at: int) -> str:
        """Why a column is no question, "" if it may be one."""
        return "the survey tool adds it to every export, it is no question" if at in self.tool else ""


def take_label_rows(grid: RawTable) -> Labels:
    """Remove rows of labels from below the header, and note that; the header gets names from SurveyMonkey's."""
    plain = [_plain(name) for name in grid.header]
    if _is_surveymonkey(grid, plain):
        return _take_surveymonkey(grid)
    qualtrics = len(known_words().qualtrics.intersection(plain)) > 2 or "durationinseconds" in plain
    import_id = next((at for at, (_, row) in enumerate(grid.rows[:MOST_LABEL_ROWS]) if _has_import_ids(row)), -1)
    ids = grid.rows[import_id][1] if import_id >= 0 else []
    count = import_id + 1
    while count < min(MOST_LABEL_ROWS, len(grid.rows)) and _is_label_row(grid, count):
        count += 1
    texts = next((row for _, row in grid.rows[:count] if _has_wordings(row)), [])
    if count:
        grid.notes.append(_told([place for place, _ in grid.rows[:count]], bool(texts), qualtrics or import_id >= 0))
        del grid.rows[:count]
    wordings = [_wording(text, name) for text, name in zip(texts, grid.header, strict=False)]
    if not qualtrics and import_id < 0:
        return Labels(wordings, _added(grid))
    of_tool = _added_by_qualtrics(grid.header, ids)
    previews = next((grid.header[at] for at in of_tool if plain[at] == "status"), "")
    return Labels(wordings, of_tool, previews)


def _told(places: Sequence[str], texts: bool, qualtrics: bool) -> str:
    """What was left out, in a sentence."""
    many = len(places) > 1
    of_tool = "are Qualtrics headers" if many else "is a Qualtrics header"
    what = of_tool if qualtrics else f"hold{'' if many else 's'} labels of the columns"
    taken = f"; {'their' if many else 'its'} texts were taken as the wordings of the questions" if texts else ""
    word = places[0].partition(" ")[0]
    lines = places_of([int(place.rpartition(" ")[2]) for place in places], word)
    return f"{lines} {what} and {'were' if many else 'was'} left out{taken}."


def _added_by_qualtrics(header: Sequence[str], ids: Sequence[str]) -> frozenset[int]:
    """Positions of the columns that Qualtrics adds by itself; the id of a question begins with QID."""
    asked = {at for at, cell in enumerate(ids) if "QID" in cell}
    named = (at for at, name in enumerate(header) if _plain(name) in known_words().qualtrics and at not in asked)
    return frozenset((*named, *(at for at, name in enumerate(header) if _BESIDE_QUESTIONS.fullmatch(name))))


def _added(grid: RawTable) -> frozenset[int]:
    """Positions of the columns that LimeSurvey, KoBo, SoSci Survey, Unipark or REDCap add by themselves."""
    folded = [fold(name) for name in grid.header]
    tools = [tool for tool in known_words().tools if any(each <= {*folded} for each in tool.told_by)]
    added = [each for tool in tools for each in tool.adds]
    found = [at for at, name in enumerate(folded) if any(re.fullmatch(each, name) for each in added)]
    return frozenset(at for at in found if not folded[at].endswith("_complete") or _tells_progress(grid, at))


def _tells_progress(grid: RawTable, at: int) -> bool:
    """Whether a column holds how far each form is, as REDCap writes it."""
    return {fold(cells[at]) for _, cells in grid.rows if at < len(cells)} <= PROGRESS


def _wording(text: str, name: str) -> str:
    """The text of a question; "" where it only repeats the name of the column."""
    return "" if _plain(text) == _plain(name) else clean(without_html(text)).strip()


def _plain(text: str) -> str:
    return _BETWEEN.sub("", fold(text))


def _has_import_ids(row: Sequence[str]) -> bool:
    return any('"ImportId"' in cell or "'ImportId'" in cell for cell in row)


def _has_wordings(row: Sequence[str]) -> bool:
    """Whether cells of a row are texts, neither one type of data all along nor ids of questions."""
    texts = [*filter(None, map(str.strip, row))]
    is_type = len(texts) > 1 == len({*texts})
    return not (is_type or _has_import_ids(row) or all(map(_ID.fullmatch, texts)))


def _is_label_row(grid: RawTable, at: int) -> bool:
    """Whether a row names columns: none of its cells comes again below it, and some are of another kind than those.

    Of another kind is a text above numbers, a text of several words or with a question mark above values that
    repeat, and a text that says the same as the header. Where all values of several columns recur, and this row alone
    has others in each of them, that tells as well.
    """
    row, below = grid.rows[at][1], [cells for _, cells in grid.rows[at + 1 :]]
    if len(below) < LEAST_PEOPLE:
        return False
    telling = alone = repeating = 0
    for column, cell in enumerate(cells.strip() for cells in row):
        rest = [cells[column].strip() for cells in below if column < len(cells) and cells[column].strip()]
        repeating += _repeat(rest)
        if not cell:
            continue
        if cell in rest:
            return False
        telling += _of_another_kind(cell, rest, grid.header[column] if column < len(grid.header) else "")
        alone += _is_alone(cell, rest)
    return telling > 0 or 1 < alone == repeating


def _repeat(rest: Sequence[str]) -> bool:
    return len({*rest}) <= FEW_VALUES * len(rest)


def _is_alone(cell: str, rest: Sequence[str]) -> bool:
    """Whether all others recur, and a cell is none that a person among them might have."""
    often = Counter(rest)
    if len(rest) < MANY_PEOPLE or len(often) < 2 or min(often.values()) < 2 or is_nonresponse(cell):
        return False
    return not (cell[0].isdecimal() and any(each[0].isdecimal() for each in often)) and not in_scale_order(
        [cell, *often]
    )


def _of_another_kind(cell: str, rest: Sequence[str], name: str) -> bool:
    if len(rest) < LEAST_PEOPLE or _NUMBER.fullmatch(cell) or is_nonresponse(cell):
        return False
    if all(map(_NUMBER.fullmatch, rest)) or (cell != name and len(_plain(cell)) > 1 and _plain(cell) == _plain(name)):
        return True
    longest = max(len(each.split()) for each in rest)
    return _repeat(rest) and (cell.endswith(("?", ":")) or len(cell.split()) > max(WORDS_OF_A_TEXT, longest))


def _is_surveymonkey(grid: RawTable, plain: Sequence[str]) -> bool:
    if not grid.rows:
        return False
    first = grid.rows[0][1]
    known = {at for at, name in enumerate(plain) if name in known_words().surveymonkey}
    return any(_plain(cell) in RESPONSE for cell in first) and not any(
        cell.strip() for at, cell in enumerate(first) if at in known
    )


def _take_surveymonkey(grid: RawTable) -> Labels:
    """Give options of a question, which stand in the second row, to the columns below it."""
    place, labels = grid.rows.pop(0)
    base, names, texts = "", [], []
    width = max(len(grid.header), len(labels))
    header = [*grid.header, *[""] * (width - len(grid.header))]
    for at, name in enumerate(header):
        label = clean_line(labels[at]) if at < len(labels) else ""
        base = name or base
        own = not label or _plain(label) in RESPONSE
        names.append(name if own else f"{base}: {label}")
        texts.append("")
    grid.header = names
    grid.notes.append(f"{place.capitalize()} is SurveyMonkey's second header and was left out.")
    known = frozenset(at for at, name in enumerate(names) if _plain(name) in known_words().surveymonkey)
    return Labels(texts, known)
