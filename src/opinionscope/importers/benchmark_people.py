"""The people who rated the benchmark's books: who rated what, and what is known of them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from opinionscope.importers.base import ImportRefusedError, SetAside
from opinionscope.importers.benchmark_humans import BOOK_GROUPS, Record, each_record, read_field, read_records
from opinionscope.importers.reading import read_text, table_of
from opinionscope.survey.microdata import MICRODATA_FORMAT, NOT_KNOWN, AttributeEntry, MicrodataFile
from opinionscope.survey.pack import OptionEntry, PackError, PackFile
from opinionscope.survey.text import clean_line

FOLDER = "nytimes/individual_annotations"
RATINGS_FILE = f"{FOLDER}/NYTIMES_proportions_ID.json"
PEOPLE_FILE = f"{FOLDER}/nytimes_annotator_demographics.csv"
ID_COLUMN = "Q84"
COLUMNS: Mapping[str, str] = {
    "QDem_Gend": "sex",
    "QDem_Race": "race",
    "Q_DemRepub": "party",
    "QDem_Income": "income",
    "QDem_Age": "age",
}
"""The survey's own names of its columns, and ours."""

ATTRIBUTES = ("party", "sex", "race", "income", "age")
VALUES: Mapping[str, str] = {
    "White or Caucasian American": "White",
    "Black or African American": "Black",
    "Hispanic or Latino": "Hispanic",
    "Asian or Asian American": "Asian",
    "Native American or Alaskan Native": "Native American",
    "Other (please specify)": "Other",
}
INCOMES = ("Less than $30,000", "$30,000 - $99,999", "$100,000 or more")
AGE_CUTS = (18.0, 35.0, 50.0, 65.0)


Values = Mapping[str, str]
"""What is known of a person: attribute → value, "" where it is not."""


def read_people(root: Path, pack: PackFile) -> tuple[MicrodataFile | None, list[SetAside]]:
    """The single ratings of the books of a pack, and what was set aside; None if the copy has none.

    Names of people are left out: a person is a position in the columns.
    """
    ratings_path, people_path = root / RATINGS_FILE, root / PEOPLE_FILE
    if not ratings_path.is_file() or not people_path.is_file():
        return None, [SetAside(FOLDER, "not there, so no groups of books can be composed")]
    try:
        people, aside = _people(people_path)
        books = read_records(ratings_path)
    except PackError as error:
        reason = f"the file is damaged: {error.reason}"
        return None, [SetAside(f"{FOLDER}/{error.path.name}", reason)]
    except ImportRefusedError as error:
        return None, [SetAside(PEOPLE_FILE, f"the file is damaged: {error.message}")]
    ratings = _Ratings(ratings_path, pack, tuple(people))
    aside += each_record(books, RATINGS_FILE, ratings.read)
    if not ratings.answers:
        return None, [*aside, SetAside(RATINGS_FILE, "no book of the pack in it")]
    file = MicrodataFile(
        format=MICRODATA_FORMAT,
        dataset=pack.dataset,
        people=len(people),
        attributes=_attributes(list(people.values())),
        options=dict.fromkeys(ratings.answers, ratings.labels),
        answers=ratings.answers,
        source=f"{RATINGS_FILE} and {PEOPLE_FILE} of the benchmark's repository",
    )
    return file, aside


class _Ratings:
    """The books' columns, as they are read: one code a person."""

    def __init__(self, path: Path, pack: PackFile, people: Sequence[str]) -> None:
        self.labels = [clean_line(each.label if isinstance(each, OptionEntry) else each) for each in pack.options]
        self.answers: dict[str, list[int]] = {}
        self._path = path
        self._ids = {entry.source_key: entry.id for entry in pack.questions}
        self._place = {name: at for at, name in enumerate(people)}
        self._code = {label: code for code, label in enumerate(self.labels)}

    def read(self, key: str, record: Record) -> Iterator[SetAside]:
        """Take in a book; yields what is wrong with it."""
        place = f"{RATINGS_FILE}, {clean_line(key)}"
        if clean_line(key) not in self._ids:
            yield SetAside(place, "no such book was read from the groups' counts")
            return
        codes, lost, twice = [NOT_KNOWN] * len(self._place), 0, set[int]()
        for group in (group for group in BOOK_GROUPS if group in record):
            for name, label in read_field(record, group, dict[str, str], self._path, key).items():
                at, code = self._place.get(name), self._code.get(clean_line(label))
                if at is None or code is None:
                    lost += 1
                elif codes[at] in (NOT_KNOWN, code):
                    codes[at] = code
                else:
                    twice.add(at)
        for at in twice:
            codes[at] = NOT_KNOWN
        if lost:
            yield SetAside(place, f"{lost} ratings are of unknown people or of no option")
        if twice:
            yield SetAside(place, f"{len(twice)} people rated it differently in two groups, taken as unknown")
        self.answers[self._ids[clean_line(key)]] = codes


def _people(path: Path) -> tuple[dict[str, Values], list[SetAside]]:
    """Id → person; rows that stand twice count once, and what they differ in is unknown.

    Raises:
        ImportRefusedError: if the file is no table with these columns.
    """
    needed = (ID_COLUMN, *COLUMNS)
    table = table_of(read_text(path), separators=",").named(needed, needed)
    people: dict[str, Values] = {}
    aside = [SetAside(f"{PEOPLE_FILE}, {place}", reason) for place, reason in table.damaged]
    for row in table.rows:
        name = clean_line(row.cells[ID_COLUMN])
        values = {COLUMNS[column]: _value(row.cells[column]) for column in COLUMNS}
        known = people.setdefault(name, values)
        if known is values:
            continue
        differing = [key for key, value in values.items() if known[key] != value]
        people[name] = {key: "" if key in differing else value for key, value in known.items()}
        detail = f" with another {', '.join(differing)}, taken as unknown" if differing else ""
        aside.append(SetAside(f"{PEOPLE_FILE}, {row.place}", f"a second row of the same person{detail}"))
    return people, aside


def _value(text: str) -> str:
    value = clean_line(text)
    return VALUES.get(value, value)


def _attributes(people: Sequence[Values]) -> dict[str, AttributeEntry]:
    return {name: _age(people) if name == "age" else _coded(name, people) for name in ATTRIBUTES}


def _coded(name: str, people: Sequence[Values]) -> AttributeEntry:
    values = [person[name] for person in people]
    found = [value for value in dict.fromkeys(values) if value]
    ordered = [*(value for value in INCOMES if value in found), *(value for value in found if value not in INCOMES)]
    return AttributeEntry(values=ordered, codes=[ordered.index(v) if v else NOT_KNOWN for v in values])


def _age(people: Sequence[Values]) -> AttributeEntry:
    ages = [person["age"] for person in people]
    return AttributeEntry(numbers=[float(age) if age.isdecimal() else NOT_KNOWN for age in ages], cuts=list(AGE_CUTS))
