"""Tables of figures whose options stand side by side, and crosstabs with their question in the corner."""

from typing import Any

import pytest

ASKED = "Do you like buses?"


def _entry(field: Any, content: str) -> tuple[list[str], dict[str, Any], str]:
    gathered = field.gather(content)
    (entry,) = field.entries(gathered).values()
    human = {name: each["shares"] if isinstance(each, dict) else each for name, each in entry["human"].items()}
    return [each["label"] for each in entry["options"]], human, field.told(gathered)


@pytest.mark.parametrize("corner", [f"{ASKED}\n", ASKED])
@pytest.mark.parametrize(
    ("figures", "human"),
    [
        (",Yes,No,Don't know\nMen,30,20,5\nWomen,25,40,9\n", {"Male": [30, 20, 5], "Female": [25, 40, 9]}),
        (",Yes,No\nDemocrat,42%,58%\nRepublican,35%,65%\nGreen,22%,78%\n", {"Green": [22, 78]}),
        (",Agree,Disagree\nNorth,70%,30%\nSouth,30%,70%\n", {"North": [70, 30], "South": [30, 70]}),
        (",Tea,Cake,Total\n18-34,30,20,50\n35+,25,40,65\n", {"18-34": [30, 20], "35+": [25, 40]}),
        (",Ja,Nein\nMänner,30,20\nFrauen,25,40\n", {"Männer": [30, 20], "Frauen": [25, 40]}),
    ],
)
def test_options_side_by_side_are_put_below_each_other(
    corner: str, figures: str, human: dict[str, list[float]], field: Any
) -> None:
    options, found, told = _entry(field, corner + figures)
    assert options == [each for each in figures.partition("\n")[0].split(",")[1:] if each != "Total"]
    for name, listed in human.items():
        assert listed in [found.get(each) for each in (name, {"Male": "Men", "Female": "Women"}.get(name, name))]
    assert "were read as options, and the rows as groups" in told


def test_what_may_be_options_or_groups_is_not_guessed(field: Any) -> None:
    within = f"{ASKED}\n,Yes,No,Don't know\nMen,70.0,47.3,35.1\nWomen,30.0,52.7,64.9\n"
    assert "percents of groups within each answer" in field.refused(within)
    either = f"{ASKED}\n,Labour,Conservative\nMen,254,289\nWomen,102,57\n"
    assert "may be options or groups" in field.refused(either)


@pytest.mark.parametrize(
    ("figures", "options"),
    [
        (",Men,Women\nYes,30,20\nNo,25,40\n", ["Yes", "No"]),
        (",18-34,35+\nMen,30,20\nWomen,25,40\n", ["Men", "Women"]),
        (",Tea,Cake\nMen,30%,20%\nWomen,70%,80%\n", ["Men", "Women"]),
        (",Men,Women\nLabour,30,20\nConservative,25,40\n", ["Labour", "Conservative"]),
    ],
)
def test_options_below_each_other_stay_there(figures: str, options: list[str], field: Any) -> None:
    assert _entry(field, f"{ASKED}\n{figures}")[0] == options


def test_a_question_in_the_corner_is_read_as_one_above_the_header(field: Any) -> None:
    figures = ",Total,Men,Women\nYes,60,50,70\nNo,40,50,30\nBase,900,400,500\n"
    assert _entry(field, ASKED + figures)[:2] == _entry(field, f"{ASKED}\n{figures}")[:2]
    people = f"{ASKED},age,visits\nYes,34,2\nNo,41,7\nNo,29,1\n"
    assert "needs --by" in field.refused(people)


def test_a_base_and_codes_in_columns_of_their_own_are_no_attributes(field: Any) -> None:
    cells = [("Yes", 1, "Men", 45), ("No", 2, "Men", 55), ("Yes", 1, "Women", 60), ("No", 2, "Women", 40)]
    rows = [[ASKED, option, code, group, percent, 480] for option, code, group, percent in cells]
    gathered = field.gather(field.csv(["question", "option", "option_code", "group", "percent", "base"], rows))
    (entry,) = field.entries(gathered).values()
    assert entry["human"]["Men"] == {"shares": [45, 55], "n": 480}
    assert "Columns that were not used: option_code." in field.told(gathered)
