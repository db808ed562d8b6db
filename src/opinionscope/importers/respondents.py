"""Tables with one row a person made into a pack and microdata: groups of any attributes, weighted if the table is.

The file may be CSV, TSV, a workbook, parquet, or of SPSS, Stata or SAS; `codebook` says how codes get their
meaning where the file itself does not bring it. What could tell who somebody is, is not read.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from opinionscope.importers.base import (
    MOST_REASONS,
    Gathered,
    ImportOptions,
    ImportRefusedError,
    SetAside,
    first_reasons,
    refuse_options,
)
from opinionscope.importers.codebook import Codebook, read_codebook
from opinionscope.importers.drafts import dataset_id
from opinionscope.importers.figures import number_in
from opinionscope.importers.frequencies import count_rows
from opinionscope.importers.labels import without_html
from opinionscope.importers.missing_codes import mark_beside_a_scale, mark_missing, mark_not_asked
from opinionscope.importers.people_numbers import plain_numbers
from opinionscope.importers.people_pack import people_pack, weight_in
from opinionscope.importers.people_tables import (
    PEOPLE_SUFFIXES,
    STATISTICS,
    PeopleTable,
    read_people_table,
)
from opinionscope.importers.person_column import NO_VALUE, PersonColumn
from opinionscope.importers.reading import JSON_SUFFIXES, glance
from opinionscope.importers.respondent_columns import (
    BY_ALPHABET,
    BY_CATEGORY,
    BY_LABELS,
    BY_NUMBER,
    BY_SCALE,
    FEW_NUMBERS,
    Scale,
    are_codes,
    attribute_entry,
    days_among,
    is_called_weight,
    looks_like_attribute,
    looks_like_id,
    refuse_single_answers,
    repeated_ids,
    scale_of,
    unfit,
)
from opinionscope.importers.several_answers import take_apart
from opinionscope.importers.tables_forms import EXPECTED
from opinionscope.survey.microdata import NOT_KNOWN, AttributeEntry
from opinionscope.survey.pack import PACK_FORMAT, PackFile, QuestionEntry, StudyCard
from opinionscope.survey.text import clean_line, first_of, fold, some_of
from opinionscope.survey.titles import Names, cut, short_title
from opinionscope.values import replace

NO_WORDING = "The table has no wording of this question, only the name of its column."
ORDERS: Mapping[str, str] = {
    BY_LABELS: "Options stand in the order of the codebook or of the file's own labels",
    BY_CATEGORY: "Options stand in the order of the file's categories",
    BY_NUMBER: "Options that are numbers, or begin with one, stand upwards",
}
ORDERS_NAMED: Mapping[str, str] = {
    BY_SCALE: "options that are words of a scale that surveys share stand in its order",
    BY_ALPHABET: "options stand in alphabetical order, because nothing in the source gives another; --codebook can",
}
"""Orders that may not be meant: told with the questions that have them."""
PLACES = "numbers without labels are places on a scale, which W₁ needs; where they are not, --codebook has labels"
_NO_RANGES = "no ranges were given (--cut {}=…, if it measures something)"
OF_STATISTICS = "Codes that the file declares missing count as no answer, even those with a label such as Refused."

_SAME_MARKS = str.maketrans(dict.fromkeys("’‘´`", "'") | dict.fromkeys("“”„", '"') | dict.fromkeys("–—−", "-"))

Attribute = tuple[str, str]
"""Column, and our name of the attribute."""


class RespondentsImporter:
    """A table with one row a person."""

    name = "respondents"
    reads = (
        "a table with one row a person (.csv, .xlsx, .ods, .parquet, .sav, .dta …), with --by and the columns of groups"
    )

    def recognises(self, path: Path) -> bool:
        """Whether the file is of a format that holds tables."""
        if path.suffix.lower() in JSON_SUFFIXES and path.is_file():
            return re.match(r"\s*(\[\s*)?\{", glance(path)) is not None
        return path.suffix.lower() in PEOPLE_SUFFIXES and path.is_file()

    def gather(self, path: Path, options: ImportOptions) -> Gathered:
        """Read the table; `attributes` (or the codebook's) are needed.

        Raises:
            ImportRefusedError: if the file cannot be read, a named column is not there, or no question is sound.
        """
        used = ("dataset", "title", "attributes", "questions", "weight", "cuts", "codebook", "sheet", "decimal")
        refuse_options(options, self.name, *used)
        book = read_codebook(options.codebook)
        named = (*options.attributes, *options.questions, options.weight, *book.columns)
        known = {clean_line(part).casefold() for each in named for part in (each, each.rpartition(":")[0]) if part}
        table = read_people_table(path, options.sheet, known)
        table.file = options.place(path)
        table.describe(book)
        if not table.rows:
            raise ImportRefusedError(f"{table.file} has no row of a person{first_reasons(table.set_aside)}")
        return _Reader(path, table, book, options).gathered()


class _Reader:
    """Reads one table; collects what is set aside on the way."""

    def __init__(self, path: Path, table: PeopleTable, book: Codebook, options: ImportOptions) -> None:
        self._path, self._table, self._book, self._options = path, table, book, options
        self._dataset = dataset_id(options, path)
        self._weight = self._column(options.weight or book.weight) if options.weight or book.weight else ""
        self._apart: dict[str, tuple[str, ...]] = {}

    def gathered(self) -> Gathered:
        by = self._attributes()
        if not self._options.questions:
            refuse_single_answers(self._table)
        self._check_cuts(by)
        self._note_unused_codebook()
        self._note_repeated()
        self._apart = take_apart(self._table, {column for column, _ in by}, self._weight)
        self._table.describe(self._book)
        plain_numbers(self._table, self._weight, self._options.decimal)
        taken = {column for column, _ in by}
        self._weight = count_rows(self._table, {*taken, *map(clean_line, self._options.questions)}, self._weight)
        asked = self._asked([column for column, _ in by])
        weights = self._weights()
        self._mark_missing()
        attributes = {name: self._attribute(self._table.columns[column], name) for column, name in by}
        self._refuse_without_groups(attributes)
        questions = self._questions(asked)
        if not questions:
            reasons = first_reasons(self._table.set_aside[-MOST_REASONS:])
            raise ImportRefusedError(f"{self._table.file} has no question that can be read{reasons}")
        for order, sentence in ORDERS_NAMED.items():
            if names := [entry.source_key for entry, scale in questions if scale.order == order]:
                self._table.decisions.append(f"{some_of(names)}: {sentence}.")
        by_number = [(entry, scale.options[0]) for entry, scale in questions if scale.order == BY_NUMBER]
        if numbers := [entry.source_key for entry, first in by_number if first.value is not None]:
            self._table.decisions.append(f"{some_of(numbers)}: {PLACES}.")
        frame = self._frame(by, [scale for _, scale in questions])
        if any(entry.note for entry, _ in questions):
            frame.wording = "abridged"
        answered = [(entry, scale.codes) for entry, scale in questions]
        pack, people, aside = people_pack(frame, answered, attributes, weights, [*attributes], self._table.file)
        gathered = Gathered(self._dataset)
        gathered.add_pack(pack)
        gathered.add_microdata(people)
        gathered.decisions = self._table.decisions
        gathered.put_aside([*self._table.set_aside, *aside], self._dataset)
        return gathered

    def _attributes(self) -> list[Attribute]:
        """The columns that cut groups, and what we call the attributes."""
        named = self._options.attributes or self._book.attributes
        if not named:
            self._refuse_without_attributes()
        found: list[Attribute] = []
        for each in named:
            column, _, name = each.rpartition(":") if each not in self._table.columns else (each, "", "")
            column = self._column(column or each)
            own = clean_line(name if column != each else self._table.columns[column].entry.attribute) or column
            if "=" in own or "," in own:
                raise ImportRefusedError(f'expected a name without "=" and "," for {own}, as in --by "{column}:sex"')
            if any(fold(own) == fold(other) for _, other in found):
                raise ImportRefusedError(f"two attributes would be called {own}; name one as in --by {column}:other")
            found.append((column, own))
        return found

    def _check_cuts(self, by: Sequence[Attribute]) -> None:
        known = {name for attribute in by for name in attribute}
        if unknown := [name for name in self._options.cuts if name not in known]:
            names = ", ".join(name for _, name in by)
            raise ImportRefusedError(f"--cut {clean_line(unknown[0])} is of no attribute; those after --by are {names}")

    def _note_unused_codebook(self) -> None:
        file = self._options.codebook
        for name in self._book.columns:
            if file is not None and name not in self._table.columns:
                place = f"{clean_line(file.name)}, columns.{name}"
                self._table.set_aside.append(SetAside(place, "the table has no such column"))

    def _refuse_without_attributes(self) -> None:
        columns = [name for name in self._table.columns if name != self._weight]
        if not columns and self._table.twice:
            self._column(min(self._table.twice))
        likely = [name for name in columns if looks_like_attribute(name)]
        shown = (
            f"columns that look like attributes: {', '.join(likely)}"
            if likely
            else f"the columns are {first_of(columns, 12)}"
        )
        example = ",".join((likely or columns)[:2])
        raise ImportRefusedError(
            f"{self._table.file} needs --by and the columns that cut groups, as in --by {example}; {shown}. "
            f"That is for a row a person; of a table of figures, {EXPECTED}"
        )

    def _asked(self, taken: Sequence[str]) -> list[str]:
        """The columns of questions: those named, else all that are nothing else."""
        if self._options.questions:
            named = dict.fromkeys(map(clean_line, self._options.questions))
            return [each for name in named for each in self._apart.get(name) or (self._column(name),)]
        others = {*taken, self._weight, *(each.rpartition(":")[0] for each in self._book.attributes)}
        return [name for name in self._table.columns if name not in others]

    def _weights(self) -> list[float]:
        """The column of weights; people without one leave the table."""
        if not self._weight:
            self._note_no_weights()
            return []
        numbers = [weight_in(cell) for cell in self._table.columns[self._weight].cells]
        kept = [at for at, number in enumerate(numbers) if number is not None]
        if lost := [row for row, number in zip(self._table.rows, numbers, strict=True) if number is None]:
            reason = f"no weight that can be used, so these people are left out: {len(lost)} ({first_of(lost, 3)})"
            self._table.aside(self._weight, reason)
            self._table.decisions.append(
                f"{_people(len(lost), 'was', 'were')} left out: their {self._weight} is missing, negative or no number."
            )
        if not any(numbers):
            shown = ", ".join(f'"{cell}"' for cell in dict.fromkeys(self._table.columns[self._weight].cells))[:60]
            raise ImportRefusedError(
                f"{self._weight} has no weight above 0 (it holds {shown}); write numbers, or name another column"
            )
        if silent := numbers.count(0):
            self._table.decisions.append(f"{_people(silent, 'has', 'have')} the weight 0: no part in any figure.")
        self._table.keep(kept)
        return [number for number in numbers if number is not None]

    def _note_no_weights(self) -> None:
        for name, column in self._table.columns.items():
            if is_called_weight(name) and any(map(weight_in, column.cells)):
                self._table.decisions.append(f"No weights were applied; --weight {name} applies those in that column.")
                return

    def _mark_missing(self) -> None:
        told: dict[str, list[str]] = {}
        for name, column in self._table.columns.items():
            if name != self._weight:
                for mark in (mark_not_asked, mark_beside_a_scale, mark_missing):
                    sentence, people = mark(column)
                    if sentence:
                        told.setdefault(sentence, []).append(f"{name} ({_people(people)})")
        for sentence, names in told.items():
            self._table.decisions.append(f"{some_of(names)}: {sentence}.")

    def _note_repeated(self) -> None:
        """Say that ids of people come twice, or that columns seem to have had one name."""
        for name, column in self._table.columns.items():
            if looks_like_id(name) and (told := repeated_ids(name, Counter(filter(None, column.cells)))):
                self._table.decisions.append(told)
            first, point, number = name.rpartition(".")
            if point and number.isdecimal() and first in self._table.columns:
                self._table.decisions.append(
                    f"{first} and {name} look like two columns of the same name; they were kept apart."
                )

    def _attribute(self, column: PersonColumn, name: str) -> AttributeEntry:
        cuts = self._options.cuts.get(name) or self._options.cuts.get(column.name) or tuple(column.entry.cuts)
        if any(cut < 0 or cut != int(cut) for cut in cuts) or list(cuts) != sorted(set(cuts)):
            raise ImportRefusedError(f"expected whole numbers that rise after --cut {name}=, got {cuts}")
        found, strange = attribute_entry(column, cuts)
        self._note_strange(column.name, strange, "no numbers or labels, taken as not known")
        self._note_labels(column, found.values)
        numbers = [number for value in found.values if (number := number_in(value)) is not None]
        if not cuts and len(numbers) > FEW_NUMBERS and are_codes(numbers) and not column.known_labels:
            self._table.decisions.append(
                f"{column.name}: the numbers 1 to {len(numbers)} were taken as codes, a group each; --cut {name}=… "
                "makes ranges of what is measured."
            )
        if found.numbers and not found.cuts:
            reason = f"{_NO_RANGES.format(name)}, so it makes no groups by itself; compose them"
            self._table.aside(column.name, reason)
        return found

    def _refuse_without_groups(self, attributes: Mapping[str, AttributeEntry]) -> None:
        """Refuse numbers that nothing parts: a pack without groups has no figures."""
        if any(not entry.numbers or entry.cuts for entry in attributes.values()):
            return
        name, numbers = next((name, len({*entry.numbers} - {NOT_KNOWN})) for name, entry in attributes.items())
        raise ImportRefusedError(
            f"{name} makes no groups, having {numbers} different numbers: {_NO_RANGES.format(name)}; if they are "
            "codes, as of regions or parties, give them names with --codebook"
        )

    def _questions(self, asked: Sequence[str]) -> list[tuple[QuestionEntry, Scale]]:
        questions = []
        ids, titles = Names(()), Names(())
        for name in asked:
            column = self._table.columns[name]
            if reason := unfit(column):
                self._table.aside(name, reason)
                continue
            scale, entry = scale_of(column), column.entry
            self._note_strange(name, scale.strange, "not in the codebook, left out")
            self._note_labels(column, [option.label for option in scale.options])
            text = entry.text.strip() or column.wording or name
            title = cut(clean_line(entry.title)) or (short_title(text) if text != name else cut(name))
            question = QuestionEntry(
                id=ids.slug("-".join(name.split()), "2", as_is=True),
                title=titles.title(title),
                text=text,
                context=entry.context,
                topics=entry.topics,
                options=list(scale.options),
                source_key=name,
                note=column.note or ("" if text != name else NO_WORDING),
            )
            questions.append((question, scale))
        return questions

    def _note_strange(self, column: str, strange: Mapping[str, int], what: str) -> None:
        if strange:
            shown = first_of([f'"{cell}"' for cell in strange], 3)
            reason = f"cells that are {what}: {sum(strange.values())} ({shown})"
            self._table.aside(column, reason)

    def _note_labels(self, column: PersonColumn, labels: Sequence[str]) -> None:
        """Say what was taken for no answer, which labels may be the same, and which may have been ranges."""
        written = Counter(column.cells)
        taken = {cell: written[cell] for cell in sorted(NO_VALUE) if cell in written and cell not in labels}
        self._note_strange(column.name, taken, "taken as no answer")
        self._note_alike(column.name, labels)
        if days := days_among(labels):
            shown = ", ".join(days[:3])
            reason = f"{shown} may be ranges such as 3-4 that a spreadsheet took for dates; mend them there"
            self._table.aside(column.name, reason)

    def _note_alike(self, column: str, labels: Sequence[str]) -> None:
        """Say that labels differ in nothing but case, accents and marks; which was meant is not for us to tell."""
        by_fold: dict[str, list[str]] = {}
        for label in dict.fromkeys(labels):
            by_fold.setdefault(fold(label.translate(_SAME_MARKS)).rstrip(" ."), []).append(label)
        for alike in by_fold.values():
            if len(alike) > 1:
                how = "in case only" if len({fold(label) for label in alike}) == 1 else "in quotes, dashes or dots only"
                reason = f"{' and '.join(alike)} differ {how} and are kept apart; make them one if they are"
                self._table.aside(column, reason)

    def _frame(self, by: Sequence[Attribute], scales: Sequence[Scale]) -> PackFile:
        """The pack without questions and groups."""
        people = len(self._table.rows)
        weighted = f"Weighted by the column {self._weight}; n is the effective number of people (Kish 1965)"
        orders = dict.fromkeys(scale.order for scale in scales)
        card = StudyCard(
            sample=f"{people:,} people, one row each; groups by {', '.join(name for _, name in by)}",
            weights=weighted if self._weight else "None applied",
            notes=[
                f"Imported from {self._table.file}: who asked whom, when and how is not in it.",
                *(f"{ORDERS[order]}." for order in orders if order in ORDERS),
                *((OF_STATISTICS,) if self._path.suffix.lower() in STATISTICS else ()),
                *self._table.decisions,
                "Columns that could tell who somebody is were not read.",
            ],
        )
        title = clean_line(self._options.title or self._book.title) or self._dataset
        return replace(PackFile(PACK_FORMAT, self._dataset, title), card=card)

    def _column(self, wanted: str) -> str:
        """The column of that name.

        Raises:
            ImportRefusedError: with the nearest names.
        """
        name = clean_line(without_html(wanted))
        if name in self._table.columns:
            return name
        if name in self._table.twice:
            raise ImportRefusedError(f'{self._table.file} names the column "{name}" twice; give each a name of its own')
        near = get_close_matches(name, self._table.columns, n=3, cutoff=0.5) or list(self._table.columns)[:8]
        raise ImportRefusedError(f"{self._table.file} has no usable column {name}; there is {', '.join(near)}")


def _people(number: int, one: str = "", more: str = "") -> str:
    """``1 person has``, ``2 people have``."""
    return f"1 person {one}".rstrip() if number == 1 else f"{number} people {more}".rstrip()
