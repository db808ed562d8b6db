"""Questions to which people could give several answers: in one cell ("Bus,Train"), or in a column an option."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from opinionscope.importers.codebook import NO_ENTRY
from opinionscope.importers.figures import COMMA, any_number, code_text
from opinionscope.importers.people_tables import PeopleTable
from opinionscope.importers.person_column import NO_VALUE, PersonColumn
from opinionscope.importers.respondent_columns import names_somebody
from opinionscope.regexes import regex
from opinionscope.survey.pack import MAX_OPTIONS
from opinionscope.values import replace

CHOSEN, NOT_CHOSEN = "Chosen", "Not chosen"
MARKS = {
    ";": "a semicolon",
    "|": "a vertical bar",
    "\n": "a line break",
    ",": "a comma",
    "/": "a slash",
    "+": "a plus",
    "&": "an ampersand",
    " and ": '"and"',
    " ": "a blank",
}
"""What may part several answers in one cell, the surest first."""
SURELY = frozenset({";", "|"})
"""Labels hardly hold these, so answers given alone tell of parts as well."""
ONLY_IF_ALL = frozenset({"/", "+", "&", " and "})
"""These part answers only where every part of every such cell was given alone, and so were others."""
LEAST_ALONE = 3
"""Beside Men and Women alone, "Men and Women" is an option."""
RARE = 0.05
"""Where up to this share of people gave several answers, the question asked for one."""
MOST_SHOWN = 3
NOTE = "People could choose several answers: this question is about one of them, chosen or not."
TICKED = frozenset(
    {"1", "x", "X", "yes", "Yes", "YES", "true", "True", "TRUE", "y", "Y", "Checked", "checked", "Selected"}
)
"""What stands in a column of one option for everybody who chose it."""
NO_TICK = "0"
"""What some tools write in such a column for everybody else."""
_STEM = regex(r"(?P<stem>.*?[^\d\W].*?|.+?)(?:[_.\-–:/[ ]+[^_.\-–:/[ ]*|(?<=\D)\d+)")


class Several(Struct, frozen=True):
    """How several answers stand in the cells of a column.

    Attributes:
        mark: what parts them.
        answers: cell → the options in it, for each cell that holds anything.
    """

    mark: str
    answers: dict[str, tuple[str, ...]]

    @property
    def options(self) -> tuple[str, ...]:
        """All options, those that are often chosen alone before others that are not."""
        return tuple(dict.fromkeys(option for each in sorted(self.answers.values(), key=len) for option in each))


def take_apart(table: PeopleTable, attributes: Collection[str], weight: str) -> dict[str, tuple[str, ...]]:
    """Make a column for each option where people could choose several, and say so.

    Args:
        attributes: columns that cut groups; they are left whole, each combination a group of its own.

    Returns:
        The name of each column that was taken apart → the names of the columns that took its place.
    """
    apart: dict[str, tuple[str, ...]] = {}
    columns: dict[str, PersonColumn] = {}
    for name, column in table.columns.items():
        if name not in attributes and _has_columns(column, table.columns):
            column.unfit = column.unfit or f"its answers have columns of their own, {name}/…"
        alone = name == weight or bool(column.unfit or names_somebody(column))
        found = None if alone else several_in(column)
        made: tuple[PersonColumn, ...] = (column,)
        if found is not None and name in attributes:
            table.decisions.append(
                f"{name} holds several answers in one cell; it cuts groups, so each combination is a group of its own."
            )
        elif found is not None:
            made = _columns(table, column, found)
        elif name not in attributes and not alone:
            _say_kept_whole(table, column)
        if len(made) > 1:
            apart[name] = tuple(each.name for each in made)
        columns |= {each.name: each for each in made}
    for column in columns.values():
        column.cells = [code_text(cell) if "\n" in cell else cell for cell in column.cells]
    table.columns = columns
    _take_ticks(table, {*attributes, weight})
    return apart


def _has_columns(column: PersonColumn, others: Collection[str]) -> bool:
    """Whether each answer of a column has a column of its own beside it, as KoBo and ODK write them: use/bus."""
    own = {name.removeprefix(f"{column.name}/") for name in others if name.startswith(f"{column.name}/")}
    return bool(own) and {word for cell in column.cells for word in cell.split()} <= own


def several_in(column: PersonColumn) -> Several | None:
    """How several answers stand in the cells of a column; None where each cell holds one.

    A cell is a combination if all its parts are answers that somebody gave alone, so "Bus,Train" is one where others
    answered Bus and Train, and "Yes, definitely" is an answer by itself. Where nobody gave one answer alone, the parts
    of cells must come again in other cells, in other places.
    """
    labels = column.all_labels
    every = dict.fromkeys(column.cells)
    cells = [cell for cell in every if cell and cell not in NO_VALUE and cell not in column.missing]
    if not cells or {*cells} <= {*labels, *labels.values()}:
        return None
    if all(map(_is_number, cells)):
        column.doubt = "" if labels else _codes_or_decimals(cells)
        return None
    for mark in MARKS:
        if found := _by_mark(cells, mark, {*labels, *labels.values()}):
            return found if len(found.options) <= MAX_OPTIONS else None
    return None


def _codes_or_decimals(cells: Collection[str]) -> str:
    """Why numbers such as 1,3 may be several answers; "" if they are none."""
    joined = [tuple(cell.split(COMMA)) for cell in cells if COMMA in cell]
    alone = {cell for cell in cells if COMMA not in cell}
    codes = all(len(each) == 2 and {*each} <= alone and int(each[0]) < int(each[1]) for each in joined)
    if not joined or not codes or (len(joined) > 1 and {second for _, second in joined} == {"5"}):
        return ""
    one, two = joined[0]
    return f"{one},{two} could be the answers {one} and {two} or a decimal; write {one}.{two} or {one};{two}"


def _is_number(cell: str) -> bool:
    return any_number(cell) is not None


def _by_mark(cells: Sequence[str], mark: str, known: Collection[str]) -> Several | None:
    plain = {cell: text for cell in cells if (text := _normal(cell, mark))}
    is_list = mark == "," and all(cell[0] + cell[-1] == "[]" for cell in cells)
    alone = {text for cell, text in plain.items() if mark not in text or cell in known}
    alone |= {_normal(label, mark) for label in known}
    joined = [text for text in dict.fromkeys(plain.values()) if text not in alone]
    if not joined:
        return None
    whole = {text for text in joined if alone.isdisjoint(text.split(mark))} if alone else set()
    sure = {
        text: parts
        for text in joined
        if (parts := _parts(text, mark, alone) or _parts(text, mark, alone | whole - {text}))
    }
    if (mark == " " and not _blanks_part(joined, sure)) or (
        mark in ONLY_IF_ALL and (len(sure) < len(joined) or len(alone) < LEAST_ALONE)
    ):
        return None
    if not sure and not is_list and _two_sides(joined, mark, alone):
        return None
    if not sure and not _mixed([*joined, *(alone - whole if is_list or mark in SURELY else ())], mark):
        return None
    shown = {text: cell for cell, text in plain.items() if text in whole and text not in sure}
    answers = {}
    for cell, text in plain.items():
        parts = (text,) if text in alone else sure.get(text) or _runs(text, mark, alone, bool(sure))
        answers[cell] = tuple(shown.get(part, part) for part in parts)
    return Several(mark, answers) if any(len(each) > 1 for each in answers.values()) else None


def _normal(cell: str, mark: str) -> str:
    """A cell without brackets and quotes, without blanks round the marks, and with none but between answers."""
    text = cell.strip()
    if len(text) > 1 and text[0] + text[-1] in ("[]", "{}"):
        text = re.sub(r"[\"']", "", text[1:-1])
    if mark == " ":
        return " ".join(text.split())
    return mark.join(filter(None, map(str.strip, text.split(mark))))


def _parts(text: str, mark: str, alone: Collection[str]) -> tuple[str, ...]:
    """The answers in a cell, each given alone by somebody and none twice, long ones first; () if it is none such."""
    pieces = text.split(mark)
    dead: set[int] = set()

    def rest(start: int, before: tuple[str, ...]) -> tuple[str, ...]:
        if start == len(pieces):
            return before
        for end in range(len(pieces), start, -1) if start not in dead else ():
            answer = mark.join(pieces[start:end])
            if answer in alone and answer not in before and (found := rest(end, (*before, answer))):
                return found
        dead.add(start)
        return ()

    return rest(0, ()) if len(pieces) <= MAX_OPTIONS else ()


def _blanks_part(joined: Sequence[str], sure: Collection[str]) -> bool:
    """Whether blanks part answers: all cells are made of codes, or of words of which three stand together."""
    words = [text.split() for text in joined]
    codes = all(word.isdecimal() for each in words for word in each)
    return len(sure) == len(joined) and (codes or (len(joined) > 1 and max(map(len, words)) > 2))


def _two_sides(joined: Sequence[str], mark: str, alone: Collection[str]) -> bool:
    """Whether cells are labels of two parts each, as "Agree; strongly": the first parts are never second or alone."""
    cells = [text.split(mark) for text in joined]
    if any(len(each) != 2 for each in cells):
        return False
    firsts, seconds = ({each[at] for each in cells} for at in (0, 1))
    return firsts.isdisjoint(seconds) and firsts.isdisjoint(alone) and seconds.isdisjoint(alone)


def _mixed(joined: Sequence[str], mark: str) -> bool:
    """Whether parts that nobody gave alone come in several cells, and are joined as programs do it."""
    cells = [text.split(mark) for text in joined]
    often = Counter(part for each in cells for part in set(each))
    if mark == " " or any(part.startswith(" ") for each in cells for part in each) or max(often.values()) < 2:
        return False
    if sum(often[part] > 1 for part in often) * 2 < len(often):
        return False
    places: dict[str, set[int]] = {}
    for each in cells:
        for at, part in enumerate(each):
            places.setdefault(part, set()).add(at)
    return any(len(at) > 1 for at in places.values()) or len(set(map(len, cells))) > 1


def _runs(text: str, mark: str, alone: Collection[str], sure: bool) -> tuple[str, ...]:
    """A cell's answers where not all are known: what stands between known ones is one answer."""
    pieces = text.split(mark)
    if not sure:
        return tuple(dict.fromkeys(pieces))
    if not any(piece in alone for piece in pieces):
        return (text,)
    runs = groupby(pieces, key=lambda piece: piece in alone)
    return tuple(dict.fromkeys(answer for known, run in runs for answer in (run if known else [mark.join(run)])))


def _columns(table: PeopleTable, column: PersonColumn, found: Several) -> tuple[PersonColumn, ...]:
    """The columns that take the place of one with several answers."""
    answered = [cell for cell in column.cells if cell in found.answers]
    several = sum(len(found.answers[cell]) > 1 for cell in answered)
    how = f"parted by {MARKS[found.mark]}"
    if several <= RARE * len(answered):
        column.cells = ["" if len(found.answers.get(cell, ())) > 1 else cell for cell in column.cells]
        table.decisions.append(
            f"{column.name}: {several} of {len(answered)} people gave several answers ({how}); they count as no answer."
        )
        return (column,)
    labels = column.all_labels
    text = column.entry.text.strip() or column.wording or column.name
    known = [code for code in labels if code in found.options]
    options = [*known, *(option for option in found.options if option not in known)]
    if not labels and all(option.isdecimal() for option in options):
        options.sort(key=int)
    table.decisions.append(
        f"{column.name} holds several answers in one cell, {how} ({several} of {len(answered)} people): it was taken "
        f'as {len(options)} questions, one for each option, with the answers "{CHOSEN}" and "{NOT_CHOSEN}".'
    )
    made = []
    for option in options:
        label = labels.get(option, option)
        cells = [
            (CHOSEN if option in found.answers[cell] else NOT_CHOSEN) if cell in found.answers else ""
            for cell in column.cells
        ]
        made.append(_binary(column, f"{column.name} {label}", f"{text} – {label}", cells))
    return tuple(made)


def _binary(column: PersonColumn, name: str, wording: str, cells: list[str]) -> PersonColumn:
    return PersonColumn(name, cells, wording=wording, order=(CHOSEN, NOT_CHOSEN), unfit=column.unfit, note=NOTE)


def _say_kept_whole(table: PeopleTable, column: PersonColumn) -> None:
    """Say that labels with a comma or semicolon in them are one answer each."""
    counts = Counter(cell for cell in column.cells if "," in cell or ";" in cell or "|" in cell)
    shown = [cell for cell, often in counts.items() if often > 1 and not _is_number(cell)]
    if shown and len(set(column.cells)) <= MAX_OPTIONS:
        table.decisions.append(
            f'{column.name}: cells such as "{shown[0]}" are one answer each, for their parts do not stand alone.'
        )


def _take_ticks(table: PeopleTable, others: Collection[str]) -> None:
    """Questions in a column an option: where a cell is empty for whoever did not choose it, say so in it."""
    binary: list[str] = []
    free = {name for name, column in table.columns.items() if column.entry is NO_ENTRY and not column.note}
    names = [name for name in table.columns if name in free and name not in others]
    own = {name for name in names if _holds_its_name(table.columns[name])}
    for stem, group in _stems(names, own):
        members = [table.columns[name] for name in group]
        given = [["" if cell in NO_VALUE else cell for cell in each.cells] for each in members]
        every = [{*cells} - {""} for cells in given]
        found = [
            cells if any(map(_is_number, cells - {NO_TICK})) and cells != {"1"} else cells - {NO_TICK}
            for cells in every
        ]
        has_zeros = any(NO_TICK in each for each in every)
        if has_zeros and set().union(*every) == {"0", "1"}:
            binary.append(f"{members[0].name} to {members[-1].name}")
            continue
        ticks = {at: next(iter(each)) for at, each in enumerate(found) if len(each) == 1}
        columns, values = [members[at] for at in ticks], [*ticks.values()]
        texts = [each for at, each in enumerate(members) if len(found[at]) > 1]
        is_tick = set(values) <= TICKED or (len(set(values)) == 1 and not _is_number(values[0]))
        if len(columns) < 2 or not (is_tick or len(set(values)) == len(values)):
            continue
        if texts and not (len(texts) == 1 and _is_free_text(texts[0], values)):
            continue
        for each in texts:
            each.unfit = each.unfit or "free text beside the options of a question with several answers"
        left_blank = [not has_zeros and any(row) for row in zip(*given, strict=True)]
        for at, value in ticks.items():
            each = members[at]
            label = each.wording or each.name if is_tick else value
            cells = [
                NOT_CHOSEN if cell == NO_TICK or (not cell and is_left) else CHOSEN if cell else ""
                for cell, is_left in zip(given[at], left_blank, strict=True)
            ]
            wording = each.wording or (label if label.startswith(stem) else f"{stem} – {label}")
            table.columns[each.name] = replace(_binary(each, each.name, wording, cells))
        empty = f'an empty cell is "{NOT_CHOSEN}" for whoever chose another, and no answer for whoever chose none'
        zero = f'{NO_TICK} is "{NOT_CHOSEN}", and an empty cell no answer'
        table.decisions.append(
            f"{columns[0].name} to {columns[-1].name} hold one question with several answers, a column an option: "
            f"{zero if has_zeros else empty}."
        )
    if binary:
        named = "; ".join(binary[:MOST_SHOWN]) + ("; …" if len(binary) > MOST_SHOWN else "")
        table.decisions.append(
            f"{named} hold 0 and 1 only and may be several answers to one question: each column is a question with the "
            "options 0 and 1; a codebook gives them labels."
        )


def _is_free_text(column: PersonColumn, ticks: Sequence[str]) -> bool:
    """Whether few people wrote something into a column, mostly each something else, and no tick of its neighbours."""
    filled = [cell for cell in column.cells if cell]
    distinct = set(filled)
    few = 2 * len(filled) < len(column.cells) and len(filled) < 2 * len(distinct)
    return few and not distinct & {*ticks} and not all(map(_is_number, filled))


def _holds_its_name(column: PersonColumn) -> bool:
    """Whether a column is called like the one answer in it, alone or before a colon, as Typeform and Alchemer do it."""
    answers = {cell for cell in column.cells if cell and cell not in NO_VALUE}
    return len(answers) == 1 and column.name.partition(":")[0].strip() in answers


def _stems(names: Iterable[str], named: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """Neighbouring columns whose names differ in their end only: what they share, and the names.

    Those that are called like their answer share what stands behind a colon.
    """
    stems = {name: name.partition(":")[2] if name in named else _stem(name) or None for name in names}
    for stem, group in groupby(stems, key=lambda name: (stems[name], name in named)):
        members = list(group)
        if stem[0] is not None and len(members) > 1:
            yield stem[0], members


def _stem(name: str) -> str:
    head, colon, _ = name.partition(": ")
    if colon:
        return head
    found = _STEM.fullmatch(name)
    return found["stem"] if found else ""
