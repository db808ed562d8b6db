"""Tables of people as they lie on a disk: other endings, bytes that fill gaps, entities of HTML, words of tools."""

import gzip
from typing import Any

import pytest

WAYS = ["Bus", "Tram", "On foot"]
SHARED = {"F": [10, 10, 10], "M": [10, 10, 10]}


def _counted(field: Any, gathered: Any, labels: list[str]) -> dict[str, list[int]]:
    (entry,) = field.entries(gathered).values()
    found = [each["label"] for each in entry["options"]]
    assert {*found} == {*labels}
    order = [*map(found.index, labels)]
    return {name: [figures[at] for at in order] for name, figures in entry["human"].items()}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["field.dat", "field.DAT", "field.psv", "field.dat.gz"])
def test_the_ending_does_not_say_what_parts_the_cells(name: str, separator: str, field: Any) -> None:
    content = field.people(WAYS, separator).encode()
    gathered = field.gather(gzip.compress(content) if name.endswith(".gz") else content, name, attributes=("sex",))
    assert _counted(field, gathered, WAYS) == SHARED


def test_figures_may_end_in_dat(field: Any) -> None:
    gathered = field.gather("question\toption\tgroup\tcount\nTea?\tYes\tMen\t3\nTea?\tNo\tMen\t5\n", "field.dat")
    assert field.entries(gathered)["Tea?"]["human"] == {"Men": [3, 5]}


def test_bytes_that_fill_a_cell_are_no_part_of_it(field: Any) -> None:
    content = field.people(WAYS).replace("Tram", "Tram\0\0", 4)
    assert _counted(field, field.gather(content, attributes=("sex",)), WAYS) == SHARED


def test_entities_in_cells_are_the_characters_they_stand_for(field: Any) -> None:
    content = field.people(["Bus &amp; tram", "On&nbsp;foot", "&quot;Other&#x22;"])
    gathered = field.gather(content, attributes=("sex",))
    assert _counted(field, gathered, ["Bus & tram", "On foot", '"Other"']) == SHARED
    assert "HTML" in field.told(gathered)


def test_a_question_that_was_not_shown_was_not_asked(field: Any) -> None:
    gathered = field.gather(field.people([*WAYS, "{question_not_shown}"], n=80), attributes=("sex",))
    assert _counted(field, gathered, WAYS) == SHARED


def test_letters_of_dos_are_not_taken_for_those_of_windows(field: Any) -> None:
    content = field.people(["Größer", "Kleiner"]).encode("cp850")
    assert "save it as UTF-8" in field.refused(content, attributes=("sex",))


def test_what_a_program_says_of_its_export_stands_above_a_wider_header(field: Any) -> None:
    above = "Survey,Buses\nGenerated,2024-05-01\nResponses,60\n\n"
    rows = [f"{at},{line}" for at, line in enumerate(field.people(WAYS).splitlines())]
    gathered = field.gather(above + "\n".join(["id,sex,q", *rows[1:]]), attributes=("sex",))
    assert _counted(field, gathered, WAYS) == SHARED
