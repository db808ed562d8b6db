"""A plain table of one's own: how often each option was chosen, by group, as CSV, workbook, parquet or JSON."""

from pathlib import Path

from opinionscope.importers.base import Gathered, ImportOptions, ImportRefusedError, refuse_options
from opinionscope.importers.crosstabs import CrosstabError
from opinionscope.importers.drafts import PackDraft, dataset_id
from opinionscope.importers.figures import NO_RESULT
from opinionscope.importers.parquet import PARQUET_SUFFIXES, grid_of_parquet, parquet_columns
from opinionscope.importers.reading import (
    JSON_LINES,
    JSON_SUFFIXES,
    TEXT_SUFFIXES,
    RawTable,
    ReadTable,
    glance,
    grid_of,
    grid_of_text,
    json_lines,
    named,
)
from opinionscope.importers.tables_answers import NAMED, SUMS, TableAnswers
from opinionscope.importers.tables_asides import without_asides
from opinionscope.importers.tables_forms import (
    BY_GROUP,
    LONG,
    Form,
    FormReader,
    form_of,
)
from opinionscope.importers.tables_groups import grouped, unused
from opinionscope.importers.tables_json import Nested, parsed_json, read_nested
from opinionscope.importers.tables_layout import fill_down, laid_out, without_marks
from opinionscope.importers.tables_measures import measured, written
from opinionscope.importers.tables_sides import turned
from opinionscope.importers.tables_sums import are_letters
from opinionscope.importers.words import roles
from opinionscope.importers.workbooks import WORKBOOK_SUFFIXES, grid_of_workbook, is_workbook
from opinionscope.survey.pack import StudyCard
from opinionscope.survey.text import clean_line
from opinionscope.values import replace

SUFFIXES = JSON_SUFFIXES | PARQUET_SUFFIXES | WORKBOOK_SUFFIXES | TEXT_SUFFIXES
ROWS_OF_A_GLANCE = 30
ROUNDED = "Figures that do not sum to the whole only because they are rounded are brought to it."


class TablesImporter:
    """Aggregated answers in a plain table: long, wide by option, wide by group, or JSON."""

    name = "table"
    reads = (
        "a CSV, workbook, parquet or JSON of one's own: question, option, group and figures, long, wide or as crosstabs"
    )

    def recognises(self, path: Path) -> bool:
        """Whether the header and the first rows are those of aggregated answers, and not one row a person."""
        suffix = path.suffix.lower()
        if suffix not in SUFFIXES or not path.is_file():
            return False
        if suffix in JSON_SUFFIXES:
            return _looks_like_json("[" * (suffix in JSON_LINES) + glance(path))
        try:
            table = laid_out(_grid(path, at_a_glance=True))
            return _fits(table, _form(table))
        except CrosstabError:
            return True
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
        draft = PackDraft(dataset_id(options, path), title or path.name, "own", card, options.place(path))
        source = _source(path, options)
        with named(path):
            table = laid_out(source) if isinstance(source, RawTable) else source
            notes = _read(table, options, draft)
        gathered = draft.gathered(notes)
        gathered.decisions = notes
        return gathered


def _source(path: Path, options: ImportOptions) -> RawTable | ReadTable | Nested:
    """What the file holds, in the form that its ending tells."""
    if path.suffix.lower() not in JSON_SUFFIXES or options.sheet:
        return _grid(path, options.sheet)
    text = json_lines(path)
    with named(path):
        return parsed_json(text)


def _grid(path: Path, sheet: str = "", *, at_a_glance: bool = False) -> RawTable:
    """The grid of a workbook, of parquet or of text.

    Args:
        at_a_glance: whether the beginning of a text will do, and parquet whose columns do not fit is refused unread.
    """
    if is_workbook(path, sheet):
        return grid_of_workbook(path, roles(), sheet)
    if path.suffix.lower() in PARQUET_SUFFIXES:
        if at_a_glance:
            form_of(parquet_columns(path))
        return grid_of_parquet(path)
    return grid_of(glance(path), roles()) if at_a_glance else grid_of_text(path, roles())


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
    fill_down(table, form)
    rows = table.rows[:ROWS_OF_A_GLANCE]
    if form.kind == LONG:
        return True
    cells = [row.cells[column] for row in rows for column in form.rest if row.cells[column].strip()]
    other = form.columns["option" if form.kind == BY_GROUP else "group"]
    named = [
        (row.cells[form.columns["question"]], row.cells[other]) for row in rows if not form.is_total(form.option(row))
    ]
    good = sum(cell == NO_RESULT or any(map(str.isdigit, cell)) for cell in cells)
    return 2 * good > len(cells) and len(set(named)) == len(named)


def _read(source: ReadTable | Nested, options: ImportOptions, draft: PackDraft) -> list[str]:
    """Read the questions into the draft; returns what was decided, a sentence each."""
    answers = TableAnswers(draft)
    if isinstance(source, ReadTable):
        declared, notes = _read_table(source, options, answers)
    elif options.attributes:
        raise ImportRefusedError("--by has no meaning for groups named in JSON; leave it out")
    else:
        declared, notes = read_nested(source, answers), ["Read as JSON, a question with its groups at a time."]
    answers.leave_out_sums(declared)
    measure, how = declared, "as the table says"
    if not declared or (declared in SUMS and {declared, answers.measure()} == {*SUMS}):
        measure = answers.measure()
        how = "told by their sums" + (", for the table does not say" if not declared else "")
        answers.expect_sizes(measure)
        if measure == "count" and answers.below_100():
            how += "; if they are percents, say so in a column measure"
    answers.add_to_pack(measure, options)
    rounded = [] if measure == "count" else [ROUNDED]
    return [*notes, f"Figures were read as {NAMED[measure]}, {how}.", *rounded, *answers.assumed()]


def _read_table(table: ReadTable, options: ImportOptions, answers: TableAnswers) -> tuple[str, list[str]]:
    """Take in all rows of a table; returns the measure that it names, or "", and what was decided."""
    table, form = without_marks(table, _form(table))
    filled = fill_down(table, form)
    table, form, sides = turned(table, form)
    table, asides = without_asides(table, form)
    for place, reason in asides:
        answers.skip(place, reason)
    form, declared, by_weight = measured(table, form)
    form, attributes = grouped(table, form, options)
    notations, how_written = written(table, form, declared, options.decimal)
    if form.kind != LONG:
        answers.distrust_gaps()
    FormReader(table, form, declared, attributes, answers, notations).read()
    layout = [*table.notes, *filled, *sides, f"Form of the table: {form.kind}."]
    return declared, [*layout, *unused(form, attributes), *how_written, *by_weight]


def _form(table: ReadTable) -> Form:
    """The form of a table; errors as in `form_of`."""
    form = form_of(table.columns)
    if "option" not in form.columns:
        return form
    return replace(form, letters=are_letters(row.cells[form.columns["option"]] for row in table.rows))
