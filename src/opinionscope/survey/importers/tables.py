"""A plain table of one's own: how often each option was chosen, by group, as CSV, TSV or JSON."""

from pathlib import Path

from opinionscope.survey.importers.base import Gathered, ImportOptions, ImportRefusedError, refuse_options
from opinionscope.survey.importers.drafts import PackDraft, dataset_id
from opinionscope.survey.importers.reading import Table, glance, read_text, table_of
from opinionscope.survey.importers.tables_answers import NAMED, Answers
from opinionscope.survey.importers.tables_forms import (
    BY_GROUP,
    BY_OPTION,
    EXPECTED,
    LONG,
    ROLES,
    Form,
    FormReader,
    form_of,
    number,
    role_of,
)
from opinionscope.survey.importers.tables_json import parsed_json, read_nested
from opinionscope.survey.pack import StudyCard
from opinionscope.survey.text import clean_line

SUFFIXES = (".csv", ".tsv", ".tab", ".psv", ".txt")
ROWS_OF_A_GLANCE = 30


class TablesImporter:
    """Aggregated answers in a plain table: long, wide by option, wide by group, or JSON."""

    name = "table"
    reads = "a CSV, TSV or JSON of one's own: question, option, group and count or share, long or wide"

    def recognises(self, path: Path) -> bool:
        """Whether the header and the first rows are those of aggregated answers, and not one row a person."""
        if not path.is_file() or path.suffix.lower() not in (*SUFFIXES, ".json"):
            return False
        text = glance(path)
        if path.suffix.lower() == ".json":
            return _looks_like_json(text)
        try:
            table = table_of(text, ROLES)
            return _fits(table, form_of(table.columns))
        except ImportRefusedError:
            return False

    def gather(self, path: Path, options: ImportOptions) -> Gathered:
        """Read the table.

        Raises:
            ImportRefusedError: if its form cannot be told, nothing in it can be read, or an option does not fit.
        """
        refuse_options(options, self.name, "dataset", "title", "questions", "attributes")
        text = read_text(path)
        title = clean_line(options.title) or clean_line(path.stem.replace("_", " ").replace("-", " ")).capitalize()
        card = StudyCard(asked_by="Unknown: the table does not say", sample="Differs by question and group")
        draft = PackDraft(dataset_id(options, path), title or path.name, "own", card, clean_line(path.name))
        try:
            notes = _read(text, path, options, draft)
        except ImportRefusedError as error:
            raise ImportRefusedError(f"{clean_line(path.name)}: {error.message}") from error
        return draft.gathered(notes)


def _looks_like_json(text: str) -> bool:
    start = text.lstrip()[:1]
    if start == "[":
        return '"question"' in text and ('"option"' in text or '"groups"' in text)
    return start == "{" and '"groups"' in text and '"options"' in text and '"format"' not in text


def _fits(table: Table, form: Form) -> bool:
    """Whether the first rows hold figures where the form has them, and name nothing twice."""
    rows = table.rows[:ROWS_OF_A_GLANCE]
    if form.kind == LONG:
        return True
    cells = [row.cells[column] for row in rows for column in form.rest if row.cells[column].strip()]
    other = form.columns["option" if form.kind == BY_GROUP else "group"]
    named = [(row.cells[form.columns["question"]], row.cells[other]) for row in rows]
    good = 0
    for cell in cells:
        try:
            number(cell, table.separator)
        except ValueError:
            continue
        good += 1
    return 2 * good > len(cells) and len(set(named)) == len(named)


def _read(text: str, path: Path, options: ImportOptions, draft: PackDraft) -> list[str]:
    """Read the questions into the draft; returns what was assumed."""
    source = parsed_json(text) if path.suffix.lower() == ".json" else table_of(text, ROLES)
    if not isinstance(source, Table):
        if options.attributes:
            raise ImportRefusedError("--by has no meaning for groups named in JSON; leave it out")
        answers = Answers(draft, complete=False)
        notes = ["Read as JSON, a question with its groups at a time."]
        declared = read_nested(source, answers)
    else:
        form = form_of(source.columns)
        attributes = _attributes(source, form, options)
        declared = form.measure or _declared(source, form)
        answers = Answers(draft, complete=form.kind != LONG)
        FormReader(source, form, declared, attributes, answers).read()
        notes = [f"Form of the table: {form.kind}.", *_unused(form, attributes)]
        if source.separator == ";":
            notes.append("A comma in a figure was read as a decimal comma.")
    measure = declared or answers.measure()
    answers.add_to_pack(measure, options)
    how = "as the table says" if declared else "told by their sums, for the table does not say"
    return [*notes, f"Figures were read as {NAMED[measure]}, {how}.", *_of_sums(measure), *answers.assumed()]


def _of_sums(measure: str) -> list[str]:
    if measure == "count":
        return []
    return ["Figures that do not sum to the whole only because they are rounded are brought to it."]


def _declared(table: Table, form: Form) -> str:
    """The measure that a wide table names in a column of its own, or ""."""
    column = form.columns.get("measure")
    found = {role_of(row.cells[column]) for row in table.rows} if column else {""}
    if len(found) > 1 or not found <= {"", *NAMED} or (column and found == {""}):
        raise ImportRefusedError(f'expected count, share or percent under "{column}", the same in each row')
    return next(iter(found))


def _attributes(table: Table, form: Form, options: ImportOptions) -> tuple[str, ...]:
    """The columns of attributes of a long table.

    Raises:
        ImportRefusedError: if one that was asked for is not there, or one may be something else.
    """
    if form.kind != LONG:
        if options.attributes:
            raise ImportRefusedError("--by is for the long form, where columns name attributes; leave it out")
        return ()
    if missing := [name for name in options.attributes if name not in form.rest]:
        raise ImportRefusedError(f"there is no column {', '.join(missing)}; found {', '.join(table.columns)}")
    if options.attributes:
        return options.attributes
    for column in form.rest:
        cells = [row.cells[column] for row in table.rows if row.cells[column].strip()]
        if cells and all(cell.strip().replace(".", "", 1).isdecimal() for cell in cells):
            raise ImportRefusedError(
                f'the column "{clean_line(column)}" holds numbers only, so it may be no attribute of groups; name '
                f"those that are with --by, or leave the column out. {EXPECTED}"
            )
    return form.rest


def _unused(form: Form, attributes: tuple[str, ...]) -> list[str]:
    """Columns that were passed over, in words."""
    passed = [column for column in form.rest if form.kind == LONG and column not in attributes]
    if form.kind == LONG:
        used = {form.figures, form.size}
        passed += [form.columns[role] for role in (*NAMED, "n", "measure") if role in form.columns]
        passed = [column for column in passed if column not in used]
    elif form.kind == BY_OPTION:
        passed += [form.columns[role] for role in ("value",) if role in form.columns]
    return [f"Columns that were not used: {', '.join(passed)}."] if passed else []
