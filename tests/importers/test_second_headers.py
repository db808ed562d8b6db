"""A second row below the header that says what the figures are, or of how many people; and columns without a name."""

from typing import Any

import pytest

ASKED = "Should the pool open earlier?"
FIGURES = "Yes,41,51\nNo,55,43\nNot sure,4,6\n"
GROUPS = "Men,Women"
UNITS = ("%,%", "(%),(%)", "Col %,Col %", "Column N %,Column N %", "Prozent,Prozent", "Percentage,Percentage")
SIZES = (
    *("n=1200,n=790", "(n=1200),(n=790)", '"N = 1,200","N = 790"', "n 1200,n 790", "Base: 1200,Base: 790"),
    "1200 respondents,790 respondents",
)


def _human(field: Any, content: str) -> dict[str, Any]:
    (entry,) = field.entries(field.gather(content)).values()
    assert [each["label"] for each in entry["options"]] == ["Yes", "No", "Not sure"]
    return dict(entry["human"])


@pytest.mark.parametrize("head", [f"{ASKED},{GROUPS}", f"{ASKED}\n,{GROUPS}"], ids=["beside", "above"])
@pytest.mark.parametrize("units", UNITS)
def test_a_row_of_units_is_no_header(units: str, head: str, field: Any) -> None:
    human = _human(field, f"{head}\n,{units}\n{FIGURES}")
    assert {name: entry["shares"] for name, entry in human.items()} == {
        "Men": [41, 55, 4],
        "Women": [51, 43, 6],
    }


@pytest.mark.parametrize("units", ["", ",%,%\n"], ids=["", "with units"])
@pytest.mark.parametrize("sizes", SIZES)
def test_a_row_of_sizes_has_the_bases_of_the_groups(sizes: str, units: str, field: Any) -> None:
    human = _human(field, f"{ASKED}\n,{GROUPS}\n,{sizes}\n{units}{FIGURES}")
    assert {name: entry["n"] for name, entry in human.items()} == {"Men": 1200, "Women": 790}


def test_row_percents_are_no_unit_of_groups(field: Any) -> None:
    assert "--by" in field.refused(f"{ASKED},{GROUPS}\n,Row %,Row %\n{FIGURES}")


def test_columns_without_a_name_are_nothing(field: Any) -> None:
    beside = f"{ASKED},Men,,Women,\n" + "".join(
        f"{option},{men},,{women},\n" for option, men, women in (line.split(",") for line in FIGURES.splitlines())
    )
    assert _human(field, beside)["Women"]["shares"] == [51, 43, 6]


def test_a_crosstab_may_stand_amid_a_sheet(field: Any) -> None:
    lines = [f",,{ASKED}", f",,,{GROUPS}", *(f",,{line}" for line in FIGURES.splitlines())]
    assert _human(field, "\n".join(lines))["Men"]["shares"] == [41, 55, 4]


def test_percents_below_their_counts_are_read_with_a_question_in_the_corner(field: Any) -> None:
    human = _human(field, f"{ASKED},{GROUPS}\nYes,82,51\n,41%,51%\nNo,110,43\n,55%,43%\nNot sure,8,6\n,4%,6%\n")
    assert human == {"Men": [82, 110, 8], "Women": [51, 43, 6]}


@pytest.mark.parametrize("separator", [";", "\t"])
def test_commas_of_a_note_part_no_cells(separator: str, field: Any) -> None:
    table = f"{ASKED}\n,{GROUPS}\n{FIGURES}".replace(",", separator)
    assert _human(field, f"{table}\nSource: an institute, 5 May\nNote: weighted, rounded\n")["Men"]["shares"] == [
        41,
        55,
        4,
    ]


@pytest.mark.parametrize("head", [f"{ASKED},{GROUPS}", f"{ASKED}\n,{GROUPS}"], ids=["beside", "above"])
def test_a_base_may_stand_above_and_below(head: str, field: Any) -> None:
    human = _human(field, f"{head}\nBase,1200,790\n{FIGURES}Base,1200,790\n")
    assert {name: entry["n"] for name, entry in human.items()} == {"Men": 1200, "Women": 790}


def test_groups_are_told_by_their_names_without_their_sizes(field: Any) -> None:
    figures = "Earlier,60,45\nLater,40,55\n"
    (entry,) = field.entries(field.gather(f"{ASKED},Men (n=1200),Women (n=790)\n{figures}")).values()
    assert {name: each["n"] for name, each in entry["human"].items()} == {"Men": 1200, "Women": 790}
