"""Tables of figures as researchers share them: attributes of groups, nets, bases, percent signs, JSON of pandas."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

LONG = ["question", "option", "group", "count"]
COUNTS = [("Yes", "Women", 30), ("No", "Women", 20), ("Yes", "Men", 21), ("No", "Men", 49)]
ROWS = [["Like buses?", *cells] for cells in COUNTS]
FIGURES = ([30, 20], [21, 49])


def _both(field: Any, gathered: Any) -> tuple[list[float], list[float]]:
    return field.human(gathered), field.human(gathered, "Men")


def _wide(field: Any, *rows: tuple[object, ...]) -> str:
    return field.csv(["question", "option", "Women", "Men"], [["Like buses?", *row] for row in rows])


def test_a_column_that_names_the_attribute_of_each_group(field: Any) -> None:
    groups = [
        ("Gender", "Men", 60),
        ("Gender", "Women", 50),
        ("Age", "18-29", 70),
        ("Age", "30+", 20),
        ("All", "All", 5),
    ]
    rows = [["Like buses?", o, *who, yes if o == "Yes" else 100 - yes] for o in ("Yes", "No") for *who, yes in groups]
    gathered = field.gather(field.csv(["question", "option", "demographic", "group", "percent"], rows))
    human = field.entries(gathered)["Like buses?"]["human"]
    assert {name: each["shares"][0] for name, each in human.items()} == {
        "Men": 60,
        "Women": 50,
        "18-29": 70,
        "30+": 20,
        "Everyone": 5,
    }
    known = json.loads(next(iter(gathered.texts.values())))["groups"]
    assert (known["Women"], known["30+"], known["Everyone"]) == ({"gender": "Women"}, {"age": "30+"}, {})


def test_a_column_of_waves_beside_groups_keeps_all_of_them(field: Any) -> None:
    rows = [[*row[:3], wave, row[3] + at] for at, wave in enumerate(("2023a", "2024a")) for row in ROWS]
    human = field.entries(field.gather(field.csv(["question", "option", "group", "wave", "count"], rows)))[
        "Like buses?"
    ]
    assert human["human"] == {
        "wave 2023a & group Women": [30, 20],
        "wave 2023a & group Men": [21, 49],
        "wave 2024a & group Women": [31, 21],
        "wave 2024a & group Men": [22, 50],
    }


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("note", ["small base", "", "", ""]),
        ("source", ["us"] * 4),
        ("year", ["2023"] * 4),
        ("moe", ["3.1", "3.1", "4", "4"]),
        ("sig", [*"abba"]),
    ],
)
def test_a_column_that_tells_no_groups_apart_is_none_of_attributes(name: str, cells: list[str], field: Any) -> None:
    rows = [[*row, cell] for row, cell in zip(ROWS, cells, strict=True)]
    gathered = field.gather(field.csv([*LONG, name], rows))
    assert field.entries(gathered)["Like buses?"]["human"] == {"Women": [30, 20], "Men": [21, 49]}
    assert f"Columns that were not used: {name}." in gathered.decisions


def test_weighted_percents_go_before_counts(field: Any) -> None:
    percents = (70, 30, 40, 60)
    rows = [[*row, percent] for row, percent in zip(ROWS, percents, strict=True)]
    long = field.csv([*LONG, "percent"], rows)
    by_group = _wide(field, ("Yes", "30 (70%)", "21 (40%)"), ("No", "20 (30%)", "49 (60%)"))
    people = [["Like buses?", "Women", "30 (70%)", "20 (30%)"], ["Like buses?", "Men", "21 (40%)", "49 (60%)"]]
    for content in (long, by_group, field.csv(["question", "group", "Yes", "No"], people)):
        gathered = field.gather(content)
        assert _both(field, gathered) == ([70, 30], [40, 60])
        assert "as weighted percents do from counts of people" in field.told(gathered)


def test_a_subgroup_of_a_group(field: Any) -> None:
    rows = [["Like buses?", option, "Sex", who, n] for _, option, who, n in ROWS]
    entries = field.entries(field.gather(field.csv(["question", "option", "group", "subgroup", "count"], rows)))
    assert entries["Like buses?"]["human"] == {"Women": [30, 20], "Men": [21, 49]}


def test_items_of_a_battery_are_questions(field: Any) -> None:
    rows = [
        ["How much do you trust?", item, *row[1:3], row[3] + at]
        for at, item in enumerate(("Police", "Courts"))
        for row in ROWS
    ]
    entries = field.entries(field.gather(field.csv(["question", "item", "option", "group", "count"], rows)))
    assert {text: each["human"]["Men"] for text, each in entries.items()} == {
        "How much do you trust? – Police": [21, 49],
        "How much do you trust? – Courts": [22, 50],
    }


@pytest.mark.parametrize("yes", ["Y", "J", "S", "O"])
def test_n_beside_a_letter_for_yes_is_no(yes: str, field: Any) -> None:
    letters = {"Yes": yes, "No": "N"}
    long = field.csv(LONG, [["Like buses?", letters[option], *rest] for _, option, *rest in ROWS])
    by_group = _wide(field, (yes, 30, 21), ("N", 20, 49))
    by_option = field.csv(
        ["question", "group", yes, "N"], [["Like buses?", "Women", 30, 20], ["Like buses?", "Men", 21, 49]]
    )
    for content in (long, by_group, by_option):
        gathered = field.gather(content)
        assert field.labels(field.entries(gathered)["Like buses?"]) == [yes, "N"]
        assert _both(field, gathered) == FIGURES


@pytest.mark.parametrize("letters", ["AB", "SL", "JS"])
def test_n_beside_other_letters_is_the_number_of_people(letters: str, field: Any) -> None:
    content = field.csv(["question", "group", *letters, "N"], [["Like buses?", "Women", 62, 38, 500]])
    assert field.entries(field.gather(content))["Like buses?"]["human"] == {"Women": {"shares": [62, 38], "n": 500}}


@pytest.mark.parametrize(
    ("total", "figures"),
    [
        ("Total agree", (62, 50)),
        ("Agree (total)", (62, 50)),
        ("Net: agree", (62, 50)),
        ("T2B", (62, 50)),
    ],
)
@pytest.mark.parametrize("scale", [1, 7])
def test_a_sum_of_some_options_is_no_option(total: str, figures: tuple[int, int], scale: int, field: Any) -> None:
    rows = [("Strongly", 30, 20), ("Somewhat", 32, 30), (total, *figures), ("Not much", 20, 30), ("Not at all", 18, 20)]
    gathered = field.gather(_wide(field, *((label, *(scale * each for each in cells)) for label, *cells in rows)))
    assert field.human(gathered) == [scale * each for each in (30, 32, 20, 18)]
    assert any(f'"{total}" is a sum' in each.reason for each in gathered.set_aside)


@pytest.mark.parametrize("label", ["Effectif", "Alle Befragten"])
def test_what_all_others_make_together_is_a_sum_by_any_name(label: str, field: Any) -> None:
    rows = [("A lot", 30, 20, 7), ("Some", 33, 20, 1), ("None", 21, 30, 2), (label, 84, 70, 10)]
    three = field.csv(["question", "option", "Women", "Men", "Others"], [["Like buses?", *row] for row in rows])
    gathered = field.gather(three)
    assert field.human(gathered) == [30, 33, 21]
    assert any(f'"{label}" is a sum of others' in each.reason for each in gathered.set_aside)
    assert f'"{label}" is as much as all others' in field.refused(_wide(field, *(row[:3] for row in rows)))


@pytest.mark.parametrize(
    "rows",
    [
        [("Agree", 620, 510), ("Disagree", 380, 480), ("Net agree", 240, 30)],
        [("Agree", 62, 38), ("Disagree", 24, 48), ("Unsure", 20, 30)],
        [("Agree", 620, 510), ("Disagree", 380, 480), ("Difference", 240, 30)],
        [("Total ban", 50, 60), ("Some limits", 30, 25), ("No limits", 20, 15)],
        [("Half", 50, 50), ("Quarter", 25, 30), ("Other", 25, 20)],
    ],
)
def test_what_happens_to_be_a_sum_stays_an_option(rows: list[tuple[str, int, int]], field: Any) -> None:
    gathered = field.gather(_wide(field, *rows))
    assert field.labels(field.entries(gathered)["Like buses?"]) == [row[0] for row in rows]


@pytest.mark.parametrize(
    "label", ["Margin of error", "Weighted total", "Effective sample size", "Total respondents", "Base size", "Totale"]
)
def test_further_rows_below_the_figures_are_no_options(label: str, field: Any) -> None:
    gathered = field.gather(_wide(field, *((each, 20, 20) for each in "ABCDE"), (label, 3, 3)))
    assert field.labels(field.entries(gathered)["Like buses?"]) == [*"ABCDE"]


@pytest.mark.parametrize(
    "content",
    [
        "question,option,Women,Men\nLike buses?,Yes,45%,40%\nLike buses?,No,40%,41%\n",
        "question,group,Bus %,Tram %\nLike buses?,Women,45,40\nLike buses?,Men,40,41\n",
        "question,option,% Women,% Men\nLike buses?,Yes,45,40\nLike buses?,No,40,41\n",
    ],
)
def test_percents_that_are_not_whole_are_no_counts(content: str, field: Any) -> None:
    assert "expected percents that sum to 100, they sum to 85" in field.refused(content)


def test_several_answers_in_percent_are_no_counts(field: Any) -> None:
    signed = "question,group,Bus,Tram,Bike\nUse?,Women,62%,80%,40%\nUse?,Men,60%,70%,45%\n"
    assert "of a question with several answers, make one of each option" in field.refused(signed)
    sized = "question,group,n,Bus,Tram,Bike\nUse?,Women,500,62,80,40\nUse?,Men,480,60,70,45\n"
    assert "the figures sum to 182, neither to 100 nor to n = 500" in field.refused(sized)


@pytest.mark.parametrize("total", ["Base", "Total", "Weighted base"])
def test_figures_that_miss_their_total_are_no_counts(total: str, field: Any) -> None:
    content = field.csv(["question", "group", "Yes", "No", total], [["Like buses?", "Women", 45, 40, 500]])
    assert "the figures sum to 85, neither to 100 nor to n = 500" in field.refused(content)
    counts = field.csv(["question", "group", "Yes", "No", total], [["Like buses?", "Women", 30, 20, 50]])
    assert field.human(field.gather(counts)) == [30, 20]


@pytest.mark.parametrize("small", ["<1%", "<0.5%", "<1", "< .5"])
def test_a_percent_below_1_rounds_to_nothing(small: str, field: Any) -> None:
    gathered = field.gather(_wide(field, ("Yes", "60%", "55%"), ("No", "39%", "44%"), ("DK", small, "1%")))
    assert _both(field, gathered) == ([60, 39, 0], [55, 44, 1])
    assert any("only bounded (<1 %), count as 0" in sentence for sentence in gathered.decisions)
    assert "Like buses?, Women" in field.refused(field.counts("12", small, measure="count"))


@pytest.mark.parametrize(
    "header",
    [
        ["question", "answer", "group", "Freq"],
        ["Question", "Response", "Subgroup", "N"],
        ["question_text", "response_option", "demographic_group", "count"],
    ],
)
def test_columns_by_their_other_names(header: list[str], field: Any) -> None:
    assert _both(field, field.gather(field.csv(header, ROWS))) == FIGURES


def test_a_code_of_a_question_beside_its_text(field: Any) -> None:
    gathered = field.gather(field.csv(["question", "question_text", *LONG[1:]], [["Q7", *row] for row in ROWS]))
    assert _both(field, gathered) == FIGURES
    assert field.entries(gathered)["Like buses?"]["id"] == "Q7"


@pytest.mark.parametrize(
    ("name", "cells"), [("", range(4)), ("Unnamed: 0", range(4)), ("...1", range(1, 5)), ("", [""] * 4)]
)
def test_numbers_of_rows_are_no_column(name: str, cells: Any, field: Any) -> None:
    rows = [[cell, *row] for cell, row in zip(cells, ROWS, strict=True)]
    assert _both(field, field.gather(field.csv([name, *LONG], rows))) == FIGURES
    wide = [[cell, "Like buses?", option, 25] for cell, option in zip(cells, "ABCD", strict=True)]
    human = field.entries(field.gather(field.csv([name, "question", "option", "Women"], wide)))["Like buses?"]["human"]
    assert human == {"Women": {"shares": [25] * 4}}


@pytest.mark.parametrize(
    "head", [[["Like buses?", "", "", ""], ["", "Yes", 30, 21]], [["", "Base", 50, 70], ["Like buses?", "Yes", 30, 21]]]
)
def test_a_question_above_its_options_and_a_base_above_all(head: list[list[object]], field: Any) -> None:
    rows = [*head, ["", "No", 20, 49], ["Like trams?", "", "", ""], ["", "Yes", 1, 2], ["", "No", 3, 4]]
    gathered = field.gather(field.csv(["question", "option", "Women", "Men"], rows))
    assert _both(field, gathered) == FIGURES
    assert field.entries(gathered)["Like trams?"]["human"] == {"Women": [1, 3], "Men": [2, 4]}


@pytest.mark.parametrize(
    "head",
    [
        [["", "", "Sex", ""], ["question", "option", "Women", "Men"]],
        [["question", "option", "Sex", ""], ["", "", "Women", "Men"]],
    ],
)
def test_headings_above_the_groups(head: list[list[str]], field: Any) -> None:
    rows = [["Like buses?", "Yes", 30, 21], ["Like buses?", "No", 20, 49]]
    assert _both(field, field.gather(field.csv(head[0], [*head[1:], *rows]))) == FIGURES


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (",Women,Men", '"Like buses?" above the header was read as the question'),
        (",Sex,\nResponse,Women,Men", "read as attributes (Sex)"),
        ("Answer,Women,Men", '"Like buses?" above the header was read as the question'),
    ],
)
@pytest.mark.parametrize("title", ["Like buses?", "Table 1\nLike buses?\nBase: all"])
def test_a_crosstab_below_its_question(head: str, said: str, title: str, field: Any) -> None:
    gathered = field.gather(f"{title}\n{head}\nYes,62,40\nNo,38,60\nUnweighted base,1000,480\n")
    assert _both(field, gathered) == ([62, 38], [40, 60])
    assert field.entries(gathered)["Like buses?"]["human"]["Men"]["n"] == 480
    assert said in field.told(gathered)


def test_people_below_a_title_are_people(field: Any) -> None:
    for first in ("", "code"):
        rows = [f"p{at},{1 + at % 2},{1 + at // 2 % 3}" for at in range(60)]
        gathered = field.gather("\n".join(["Which bus?", f"{first},sex,q", *rows]), attributes=("sex",))
        assert field.entries(gathered)["q"]["human"] == {"1": [10] * 3, "2": [10] * 3}


@pytest.mark.parametrize(("cell", "said"), [("62 km", "found 62 km"), ("=31*2", "no result yet: save it in Excel")])
def test_a_table_whose_figures_cannot_be_read_is_told_which(cell: str, said: str, tmp_path: Path, field: Any) -> None:
    book = openpyxl.Workbook()
    for row in (["question", "option", "Women"], ["Like buses?", "Yes", cell], ["Like buses?", "No", cell]):
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    assert said in field.refused((tmp_path / "x.xlsx").read_bytes(), "field.xlsx")


def test_a_sum_without_a_result_costs_nothing(tmp_path: Path, field: Any) -> None:
    book = openpyxl.Workbook()
    for row in (["question", "group", "Yes", "No", "Total"], ["Like buses?", "Women", 30, 20, "=C2+D2"]):
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    assert field.human(field.gather((tmp_path / "x.xlsx").read_bytes(), "field.xlsx")) == [30, 20]


def _shapes(header: list[str], rows: list[list[object]]) -> dict[str, object]:
    columns = {name: [row[at] for row in rows] for at, name in enumerate(header)}
    records = [dict(zip(header, row, strict=True)) for row in rows]
    return {
        "list": columns,
        "columns": {name: {str(at): cell for at, cell in enumerate(cells)} for name, cells in columns.items()},
        "index": {str(at): record for at, record in enumerate(records)},
        "split": {"columns": header, "index": [*range(len(rows))], "data": rows},
        "wrapped": {"source": "x", "data": records},
    }


@pytest.mark.parametrize("shape", ["list", "columns", "index", "split", "wrapped"])
def test_a_table_in_any_shape_that_json_has(shape: str, field: Any) -> None:
    figures = field.gather(json.dumps(_shapes(LONG, ROWS)[shape]), "field.json")
    assert _both(field, figures) == FIGURES
    people: list[list[object]] = [["FM"[at % 2], "YN"[at // 2 % 2]] for at in range(60)]
    gathered = field.gather(json.dumps(_shapes(["sex", "q"], people)[shape]), "field.json", attributes=("sex",))
    assert field.entries(gathered)["q"]["human"] == {"F": [15, 15], "M": [15, 15]}


@pytest.mark.parametrize(
    "content", ['{"a": {"b": 1}}', '{"columns": ["a"], "data": [[1, 2]]}', '{"a": [1, 2], "b": [1]}']
)
def test_json_of_no_known_shape_is_refused(content: str, field: Any) -> None:
    assert "expected a JSON list of flat objects, one a person" in field.refused(
        content, "field.json", attributes=("a",)
    )


@pytest.mark.parametrize("below", ["", "Base;812;790\n", "Source: City\n"])
def test_a_question_in_the_corner_of_its_crosstab(below: str, field: Any) -> None:
    gathered = field.gather(f"Like buses?;Women;Men\nYes;62,5 %;50 %\nNo;37,5 %;50 %\n{below}")
    assert field.human(gathered) == [62.5, 37.5]
    assert '"Like buses?" above the header was read as the question' in field.told(gathered)
