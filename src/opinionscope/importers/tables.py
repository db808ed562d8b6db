"""A plain table of one's own: how often each option was chosen, by group, as CSV, TSV or JSON."""

from itertools import pairwise
from pathlib import Path

from opinionscope.importers.base import Gathered, ImportOptions, ImportRefusedError, refuse_options
from opinionscope.importers.drafts import PackDraft, dataset_id
from opinionscope.importers.figures import (
    COMMA,
    MARK_NAMES,
    POINT,
    Notation,
    count_and_percent,
    has_blank_groups,
    is_blank,
    is_percent,
    notation_of,
    size_notation,
)
from opinionscope.importers.parquet import PARQUET_SUFFIXES, grid_of_parquet, parquet_columns
from opinionscope.importers.reading import (
    JSON_LINES,
    RawTable,
    ReadRow,
    ReadTable,
    glance,
    grid_of,
    grid_of_text,
    json_lines,
    named,
)
from opinionscope.importers.tables_answers import NAMED, SUMS, TableAnswers
from opinionscope.importers.tables_columns import WEIGHTED, counted, grouped, unused, weighted, weighted_cells
from opinionscope.importers.tables_forms import (
    BY_GROUP,
    BY_OPTION,
    LONG,
    ROLES,
    Form,
    FormReader,
    form_of,
    role_of,
)
from opinionscope.importers.tables_json import Nested, parsed_json, read_nested
from opinionscope.importers.tables_layout import laid_out, without_marks
from opinionscope.importers.tables_sums import are_letters
from opinionscope.importers.workbooks import NO_RESULT, WORKBOOK_SUFFIXES, grid_of_workbook, is_workbook
from opinionscope.regexes import regex
from opinionscope.survey.pack import StudyCard
from opinionscope.survey.text import clean_line
from opinionscope.values import replace

SUFFIXES = (".csv", ".tsv", ".tab", ".psv", ".txt")
ROWS_OF_A_GLANCE = 30
_PERCENT_OF = regex(r"\d\s?[%٪％﹪]")


class TablesImporter:
    """Aggregated answers in a plain table: long, wide by option, wide by group, or JSON."""

    name = "table"
    reads = (
        "a CSV, Excel workbook, parquet or JSON of one's own: question, option, group and count or share, long or wide"
    )

    def recognises(self, path: Path) -> bool:
        """Whether the header and the first rows are those of aggregated answers, and not one row a person."""
        suffix = path.suffix.lower()
        if not path.is_file():
            return False
        if suffix in (".json", *JSON_LINES):
            return _looks_like_json("[" * (suffix in JSON_LINES) + glance(path))
        try:
            if suffix in PARQUET_SUFFIXES:
                form_of(parquet_columns(path))
                table = laid_out(grid_of_parquet(path))
            elif suffix in WORKBOOK_SUFFIXES:
                table = laid_out(grid_of_workbook(path, ROLES))
            elif suffix in SUFFIXES:
                table = laid_out(grid_of(glance(path), ROLES))
            else:
                return False
            return _fits(table, _form(table))
        except ImportRefusedError:
            return False

    def gather(self, path: Path, options: ImportOptions) -> Gathered:
        """Read the table.

        Raises:
            ImportRefusedError: if its form cannot be told, nothing in it can be read, or an option does not fit.
        """
        refuse_options(options, self.name, "dataset", "title", "questions", "attributes", "sheet", "decimal")
        title = clean_line(options.title) or clean_line(path.stem.replace("_", " ").replace("-", " ")).capitalize()
        card = StudyCard(asked_by="Unknown: the table does not say", sample="Differs by question and group")
        draft = PackDraft(dataset_id(options, path), title or path.name, "own", card, clean_line(path.name))
        source = _source(path, options)
        with named(path):
            table = laid_out(source) if isinstance(source, RawTable) else source
            notes = _read(table, options, draft)
        gathered = draft.gathered(notes)
        gathered.decisions = notes
        return gathered


def _source(path: Path, options: ImportOptions) -> RawTable | ReadTable | Nested:
    """What the file holds, in the form that its ending tells."""
    if is_workbook(path, options.sheet):
        return grid_of_workbook(path, ROLES, options.sheet)
    if path.suffix.lower() in PARQUET_SUFFIXES:
        return grid_of_parquet(path)
    if path.suffix.lower() not in (".json", *JSON_LINES):
        return grid_of_text(path, ROLES)
    text = json_lines(path)
    with named(path):
        return parsed_json(text)


def _looks_like_json(text: str) -> bool:
    flat = '"question"' in text and '"option"' in text
    if text.lstrip().startswith("["):
        return flat or ('"question"' in text and '"groups"' in text)
    return (
        text.lstrip().startswith("{")
        and (flat or ('"groups"' in text and '"options"' in text))
        and '"format"' not in text
    )


def _fits(table: ReadTable, form: Form) -> bool:
    """Whether the first rows hold figures where the form has them, and name nothing twice."""
    _fill_down(table, form)
    rows = table.rows[:ROWS_OF_A_GLANCE]
    if form.kind == LONG:
        return True
    cells = [row.cells[column] for row in rows for column in form.rest if row.cells[column].strip()]
    other = form.columns["option" if form.kind == BY_GROUP else "group"]
    named = [(row.cells[form.columns["question"]], row.cells[other]) for row in rows]
    good = sum(cell == NO_RESULT or any(map(str.isdigit, cell)) for cell in cells)
    return 2 * good > len(cells) and len(set(named)) == len(named)


def _read(source: ReadTable | Nested, options: ImportOptions, draft: PackDraft) -> list[str]:
    """Read the questions into the draft; returns what was decided, a sentence each."""
    if not isinstance(source, ReadTable):
        if options.attributes:
            raise ImportRefusedError("--by has no meaning for groups named in JSON; leave it out")
        answers = TableAnswers(draft, complete=False)
        notes = ["Read as JSON, a question with its groups at a time."]
        declared = read_nested(source, answers)
    else:
        source, form = without_marks(source, _form(source))
        filled = _fill_down(source, form)
        whole = counted(source, form)
        form, attributes = grouped(source, weighted(source, whole), options)
        declared = form.measure or _declared(source, form) or _marked(source, form)
        by_weight = "count" in whole.columns and "count" not in form.columns
        if not declared and weighted_cells(source, form):
            declared, by_weight = "percent", True
        notation, how_written = _notation(source, form, declared, options.decimal)
        sizes = Notation(options.decimal) if options.decimal else size_notation(_sizes(source, form), notation)
        answers = TableAnswers(draft, complete=form.kind != LONG)
        FormReader(source, form, declared, attributes, answers, (notation, sizes)).read()
        notes = [*source.notes, *filled, f"Form of the table: {form.kind}.", *unused(form, attributes), *how_written]
        notes += [WEIGHTED] if by_weight else []
    answers.leave_out_sums()
    measure, how = declared, "as the table says"
    if not declared or (declared in SUMS and {declared, answers.measure()} == {*SUMS}):
        measure = answers.measure()
        how = "told by their sums" + (", for the table does not say" if not declared else "")
        answers.expect_sizes(measure)
        if measure == "count" and answers.below_100():
            how += "; if they are percents, say so in a column measure"
    answers.add_to_pack(measure, options)
    return [*notes, f"Figures were read as {NAMED[measure]}, {how}.", *_of_sums(measure), *answers.assumed()]


def _form(table: ReadTable) -> Form:
    """The form of a table; errors as in `form_of`."""
    form = form_of(table.columns)
    if "option" not in form.columns:
        return form
    return replace(form, letters=are_letters(row.cells[form.columns["option"]] for row in table.rows))


def _fill_down(table: ReadTable, form: Form) -> list[str]:
    """Give a question to the rows below it that name none, as merged cells leave them; returns a note.

    That is done only where no question stands twice: else an empty cell is damage.
    """
    column = form.columns["question"]
    named = [row.cells[column] for row in table.rows if row.cells[column].strip()]
    if len(named) == len(table.rows) or len(set(named)) < len(named) or not named:
        return []
    first = next(row for row in table.rows if row.cells[column].strip() or not form.is_total(_option(row, form)))
    if not first.cells[column].strip():
        return []
    roles = [form.columns[role] for role in ("question", "id", "title", "topic") if role in form.columns]
    groups = [form.columns["group"]] if "group" in form.columns and not form.rest else []
    for above, row in pairwise(table.rows):
        if not row.cells[column].strip() and any(cell.strip() for cell in row.cells.values()):
            for each in (*roles, *groups):
                row.cells[each] = row.cells[each] if row.cells[each].strip() else above.cells[each]
    return ["An empty cell was read as the question above it, for each question is named once only."]


def _figure_columns(form: Form) -> list[str]:
    return [form.figures] if form.kind == LONG else list(form.rest)


def _counts_people(row: ReadRow, form: Form) -> bool:
    """Whether a row has the numbers of people of its groups, and no answers."""
    return form.is_size(_option(row, form))


def _option(row: ReadRow, form: Form) -> str:
    return row.cells[form.columns["option"]] if "option" in form.columns else ""


def _sizes(table: ReadTable, form: Form) -> list[str]:
    """The numbers of people in each group, as they are written."""
    column = [row.cells[form.size] for row in table.rows] if form.size else []
    rows = [row.cells[each] for row in table.rows if _counts_people(row, form) for each in _figure_columns(form)]
    return [*column, *rows]


def _notation(table: ReadTable, form: Form, declared: str, decimal: str) -> tuple[Notation, list[str]]:
    """How the figures are written, and what was decided about it.

    Raises:
        ImportRefusedError: if they could be thousands or decimals, and nothing decides which.
    """
    rows = [row for row in table.rows if not _counts_people(row, form)]
    written = [row.cells[column].strip() for row in rows for column in _figure_columns(form)]
    pairs = [cell for cell in written if count_and_percent(cell)]
    cells = [part for cell in written for part in (count_and_percent(cell) or (cell,)) if not is_blank(part)]
    notes = []
    if pairs:
        which = "percent" if declared == "percent" else "count"
        notes.append(f'Of cells such as "{clean_line(pairs[0])}" the {which} was read.')
    if grouped := next(filter(has_blank_groups, cells), ""):
        notes.append(
            f'In figures such as "{clean_line(grouped)}" the blank or apostrophe was read as parting thousands.'
        )
    if decimal:
        return Notation(decimal), [
            *notes,
            f"The {MARK_NAMES[decimal]} was read as the decimal mark, as --decimal says.",
        ]
    notation = notation_of(cells)
    if notation.doubtful:
        notation = _decided(table, form, declared, notation, cells)
    if notation.told and any(mark in cell for cell in cells for mark in (COMMA, POINT)):
        other = COMMA if notation.decimal == POINT else POINT
        notes.append(f"In figures the {MARK_NAMES[notation.decimal]} was read as the decimal mark.")
        if any(other in cell for cell in cells):
            notes.append(f"In figures the {MARK_NAMES[other]} was read as parting thousands.")
    return notation, notes


def _decided(table: ReadTable, form: Form, declared: str, notation: Notation, cells: list[str]) -> Notation:
    """What figures such as 1.234 are, told by what they count and by how the file is written.

    Shares and percents are no thousands. Programs that part cells by commas write decimals with a point and may part
    thousands by a comma; but thousands are likely, too, where some figures are whole numbers below 1,000 and others
    have three digits behind a point.
    """
    shares = declared in SUMS or (not declared and _sums_to_whole(table, form, notation))
    marks = {mark for mark in MARK_NAMES for cell in notation.doubtful if mark in cell}
    if shares and len(marks) == 1:
        return notation
    if table.separator == COMMA and len(marks) == 1:
        if marks == {COMMA}:
            return Notation(POINT, told=True)
        if all(not cell.isdecimal() or cell == "0" for cell in cells):
            return notation
    example = notation.doubtful[0]
    raise ImportRefusedError(
        f"{example} is ambiguous: it could be {example.replace(',', '').replace('.', '')}, with a thousands separator, "
        f"or {example.replace(',', '.')}, with a decimal mark; write the figures without a thousands separator, "
        "or say --decimal comma or --decimal point"
    )


def _sums_to_whole(table: ReadTable, form: Form, notation: Notation) -> bool:
    """Whether the figures of a wide table sum to 1 or 100 for each question and group."""
    questions = {row.cells[form.columns["question"]] for row in table.rows}
    wholes = len(table.rows) if form.kind == BY_OPTION else len(questions) * len(form.rest)
    figures = [notation.number(row.cells[column]) or 0.0 for row in table.rows for column in form.rest]
    return any(abs(sum(figures) / (whole * wholes) - 1) < 0.02 for whole in SUMS.values()) if wholes else False


def _of_sums(measure: str) -> list[str]:
    if measure == "count":
        return []
    return ["Figures that do not sum to the whole only because they are rounded are brought to it."]


def _declared(table: ReadTable, form: Form) -> str:
    """The measure that a wide table names in a column of its own, or ""."""
    column = form.columns.get("measure")
    found = {role_of(row.cells[column]) for row in table.rows} if column else {""}
    if len(found) > 1 or not found <= {"", *NAMED} or (column and found == {""}):
        raise ImportRefusedError(f'expected count, share or percent under "{column}", the same in each row')
    return next(iter(found))


def _says_percent(name: str) -> bool:
    """Whether a name has a percent sign, and not one of a number, as "Below 50%" has."""
    return is_percent(name) and _PERCENT_OF.search(name) is None


def _marked(table: ReadTable, form: Form) -> str:
    """The measure of a wide table of which most cells, or all names of columns, have a percent sign; else ""."""
    cells = [row.cells[each].strip() for row in table.rows if not _counts_people(row, form) for each in form.rest]
    figures = [cell for cell in cells if not is_blank(cell) and not count_and_percent(cell)]
    signed = sum(is_percent(cell) for cell in figures)
    return "percent" if 2 * signed > len(figures) or all(map(_says_percent, form.rest)) else ""
