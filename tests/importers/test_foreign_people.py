"""Tables of people as survey tools write them: header rows, weights, ages, rows that are nobody's."""

from typing import Any

import pytest

PEOPLE = 60


IMPORT_IDS = ['{"ImportId":"startDate"}', '{"ImportId":"_recordId"}', '{"ImportId":"QID1"}', '{"ImportId":"QID2"}']
QUALTRICS = ["StartDate", "ResponseId", "Q1", "Q2"]
TEXTS = ["Start Date", "Response ID", "What is your gender?", "How do you like the bus?"]


def _answers(coded: bool) -> list[list[str]]:
    return [
        [
            f"2024-05-{at + 1:02d} 10:00:00",
            f"R_{at:04d}",
            str(1 + at % 2) if coded else ("Woman", "Man")[at % 2],
            str(1 + at % 3) if coded else ("Good", "Fair", "Bad")[at % 3],
        ]
        for at in range(24)
    ]


@pytest.mark.parametrize("coded", [True, False])
@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ([TEXTS, IMPORT_IDS], "Lines 2 and 3 are Qualtrics headers and were left out"),
        ([IMPORT_IDS], "Line 2 is a Qualtrics header and was left out"),
        ([TEXTS], "Line 2 holds labels of the columns and was left out"),
    ],
)
def test_header_rows_of_qualtrics_are_no_people(extra: list[list[str]], said: str, coded: bool, field: Any) -> None:
    gathered = field.gather(field.csv(QUALTRICS, [*extra, *_answers(coded)]), attributes=("Q1",))
    assert gathered.datasets["field"].people == 24
    assert said in field.told(gathered)
    assert list(field.entries(gathered)) == ["How do you like the bus?" if TEXTS in extra else "Q2"]
    assert "ImportId" not in "".join(gathered.texts.values())


def test_tags_in_the_texts_of_questions_are_left_out(field: Any) -> None:
    texts = [*TEXTS[:2], "<b>What is your gender?</b>", "<div>How do <you> like<br>the&nbsp;bus, if &lt;5 stops?</div>"]
    gathered = field.gather(field.csv(QUALTRICS, [texts, IMPORT_IDS, *_answers(coded=False)]), attributes=("Q1",))
    (text,) = field.entries(gathered)
    assert text.split() == ["How", "do", "<you>", "like", "the", "bus,", "if", "<5", "stops?"]


def test_previews_that_qualtrics_marks_are_no_people(field: Any) -> None:
    header = ["Status", *QUALTRICS]
    rows = [["Survey Preview" if at < 2 else "IP Address", *row] for at, row in enumerate(_answers(False))]
    ids = ['{"ImportId":"status"}', *IMPORT_IDS]
    gathered = field.gather(field.csv(header, [["Response Type", *TEXTS], ids, *rows]), attributes=("Q1",))
    assert gathered.datasets["field"].people == 22
    assert "2 people were left out" in field.told(gathered)
    assert list(field.entries(gathered)) == ["How do you like the bus?"]


def test_the_second_header_of_surveymonkey_names_its_columns(field: Any) -> None:
    header = ["Respondent ID", "Sex", "Which do you use?", "", "", "How often?"]
    second = ["", "Response", "Bus", "Train", "Bike", "Response"]
    rows = [
        [
            1000 + at,
            "FM"[at % 2],
            "Bus" if at % 3 == 0 else "",
            "Train" if at % 4 == 0 else "",
            "Bike" if at % 5 == 0 else "",
            ["Never", "Often"][at % 3 == 1],
        ]
        for at in range(60)
    ]
    gathered = field.gather(field.csv(header, [second, *rows]), attributes=("Sex:sex",))
    entries = field.entries(gathered)
    assert "Line 2 is SurveyMonkey's second header" in field.told(gathered)
    assert list(entries) == [
        "Which do you use? – Bus",
        "Which do you use? – Train",
        "Which do you use? – Bike",
        "How often?",
    ]
    answered = [at for at in range(0, 60, 2) if at % 3 == 0 or at % 4 == 0 or at % 5 == 0]
    chosen = sum(at % 3 == 0 for at in answered)
    assert entries["Which do you use? – Bus"]["human"]["F"] == [chosen, len(answered) - chosen]


@pytest.mark.parametrize(
    "row",
    [
        ["Geschlecht", "Zufriedenheit mit dem Bus"],
        ["numeric", "numeric"],
        ["Пол", "Как вы оцениваете автобус?"],
    ],
)
def test_a_row_of_labels_above_numbers_is_no_person(row: list[str], field: Any) -> None:
    people = [[1 + at % 2, 1 + at % 5] for at in range(30)]
    gathered = field.gather(field.csv(["v1", "v2"], [row, *people]), attributes=("v1",))
    assert gathered.datasets["field"].people == 30
    assert "Line 2 holds labels of the columns" in field.told(gathered)
    assert list(field.entries(gathered)) == ["v2" if row[1] == "numeric" else row[1]]


@pytest.mark.parametrize(
    "people",
    [
        [["F", "I like it very much indeed"], ["M", "No"], ["F", "No"], ["M", "No"], ["F", "Yes"], ["M", "Yes"]],
        [["Refused", "1"], ["1", "2"], ["2", "2"], ["1", "1"], ["2", "1"]],
        [["1", "4"], ["2", "1"], ["1", "2"], ["2", "3"]],
        [["F", "What?"], ["M", "No"], ["F", "No"]],
    ],
)
def test_a_first_person_who_answers_oddly_is_a_person_all_the_same(people: list[list[str]], field: Any) -> None:
    gathered = field.gather(field.csv(["sex", "q"], people), attributes=("sex",))
    assert gathered.datasets["field"].people == len(people)


def test_weights_with_a_decimal_comma_and_people_without_one(field: Any) -> None:
    cells = ["1,2", "0", "-1", "", "0,9", "1,05"]
    rows = [["FM"[at % 2], "YN"[at % 3 % 2], cells[at % 6]] for at in range(24)]
    gathered = field.gather(field.csv(["sex", "q", "w"], rows, ";"), attributes=("sex",), weight="w")
    assert gathered.datasets["field"].people == 16
    told = field.told(gathered)
    assert "w: the comma was read as the decimal mark" in told
    assert "8 people were left out: their w is missing, negative or no number." in told
    assert "4 people have the weight 0" in told
    rows = [[*row[:2], "1" if at else "0"] for at, row in enumerate(rows)]
    told = field.told(field.gather(field.csv(["sex", "q", "w"], rows, ";"), attributes=("sex",), weight="w"))
    assert "1 person has the weight 0" in told


def test_weights_that_could_be_thousands_are_not_guessed(field: Any) -> None:
    rows = [["FM"[at % 2], "YN"[at % 3 % 2], ["1.234", "987", "2.100"][at % 3]] for at in range(24)]
    content = field.csv(["sex", "q", "w"], rows, ";")
    assert "--decimal" in field.refused(content, attributes=("sex",), weight="w")
    assert field.gather(content, attributes=("sex",), weight="w", decimal=",").datasets["field"].people == 24


@pytest.mark.parametrize(
    ("cells", "groups"),
    [
        (["35 years", "40 yrs", "22 Jahre", "70 y/o"], {"age 18-29", "age 30-64", "age 65+"}),
        (["35,0", "40,5", "22,0", "70,0"], {"age 18-29", "age 30-64", "age 65+"}),
        (["35", "40", "18-24", "65+"], {"age 18-29", "age 30-64", "age 65+"}),
        (["35", "40", "18-24", "89 or older"], {"age 18-29", "age 30-64", "age 65+"}),
        (["35", "40", "18-24", "65 und älter"], {"age 18-29", "age 30-64", "age 65+"}),
        (["35", "40", "22", "999"], {"age 18-29", "age 30-64"}),
    ],
)
def test_ages_as_people_write_them(cells: list[str], groups: set[str], field: Any) -> None:
    rows = [[cells[at % 4], "YN"[at % 3 % 2]] for at in range(24)]
    content = field.csv(["age", "q"], rows, ";")
    gathered = field.gather(content, attributes=("age",), cuts={"age": (18.0, 30.0, 65.0)})
    assert set(field.entries(gathered)["q"]["human"]) == groups


def test_ranges_of_what_is_no_number_are_refused(field: Any) -> None:
    content = field.csv(["income", "q"], [[f"${at + 10},000", "YN"[at % 2]] for at in range(60)])
    refused = field.refused(content, attributes=("income",), cuts={"income": (0.0, 40_000.0)})
    assert 'income holds no numbers that --cut could part (it holds "$10,000")' in refused


def test_what_a_user_should_know_of_ids_columns_rows_and_dates(field: Any) -> None:
    header = ["sex", "ResponseId", "Other", "Other", "x", "x.1", "date", "q"]
    rows = [
        ["FM"[at % 2], f"R{at % 20}", "a", "b", "YN"[at % 2], "YN"[at % 3 % 2], 45000 + at % 3, "YN"[at % 4 % 2]]
        for at in range(24)
    ]
    gathered = field.gather(field.csv(header, [*rows, ["Total", *[""] * 6, "24"]]), attributes=("sex",))
    assert gathered.datasets["field"].people == 24
    told, aside = field.told(gathered), {each.place: each.reason for each in gathered.set_aside}
    assert "ResponseId holds 4 ids more than once" in told
    assert "x and x.1 look like two columns of the same name" in told
    assert "another column has the same name" in aside["field.csv, column Other"]
    assert "dates or times" in aside["field.csv, column date"]
    assert "sums" in aside["field.csv, line 26"]


@pytest.mark.parametrize("content", ["sex,q\n", "sex,q\nTotal,\n", 'sex,q\n"F,1\n', "sex,q\n,\n,\n"])
def test_a_table_with_nobody_in_it_is_refused(content: str, field: Any) -> None:
    assert "no row of a person" in field.refused(content, attributes=("sex",))


def test_ids_that_all_come_equally_often_may_be_a_row_an_answer(field: Any) -> None:
    rows = [[at // 3, "FM"[at // 3 % 2], f"q{at % 3}", "YN"[at % 2]] for at in range(60)]
    gathered = field.gather(field.csv(["person", "sex", "wave", "answer"], rows), attributes=("sex",))
    assert "person holds each of 20 ids 3 times" in field.told(gathered)
    content = field.csv(["pid", "sex", "item", "response"], rows)
    assert "item names the question, response has the answers" in field.refused(content, attributes=("sex",))
    gathered = field.gather(content, attributes=("sex",), questions=("response",))
    assert list(field.entries(gathered)) == ["response"]


@pytest.mark.parametrize(
    "day", ["2024-05-{:02d}", "{}/5/2024", "{}.5.2024", "{}. Mai 2024", "202405{:02d}", "May {}, 2024"]
)
def test_dates_are_no_question(field: Any, day: str) -> None:
    rows = [["FM"[at % 2], day.format(1 + at % 9), "YN"[at % 3 % 2]] for at in range(60)]
    gathered = field.gather(field.csv(["sex", "visit", "q"], rows), attributes=("sex",))
    assert list(field.entries(gathered)) == ["q"]
    assert [each.reason for each in gathered.set_aside] == ["dates"]


def test_an_empty_cell_beside_zeros_is_no_answer(field: Any) -> None:
    header = ["sex", "news_1", "news_2", "paper_1", "paper_2"]
    row = (("1", "1", "Radio", "0"), ("0", "1", "0", "Web"), ("", "", "", "")) * 8
    content = field.csv(header, [["FM"[at % 2], *cells] for at, cells in enumerate(row)])
    gathered = field.gather(content, attributes=("sex",))
    sizes = {name: sum(map(sum, each["human"].values())) for name, each in field.entries(gathered).items()}
    assert set(sizes.values()) == {16}
    assert "hold 0 and 1 only" in field.told(gathered)
    assert '0 is "Not chosen", and an empty cell no answer' in field.told(gathered)


def test_tags_in_names_of_columns_and_cells_are_left_out(field: Any) -> None:
    rows = [["FM"[at % 2], ("18&ndash;34", "&lt;18", "35+")[at % 3]] for at in range(60)]
    content = field.csv(["sex", "<p>How <strong>old</strong>&nbsp;are you?</p>"], rows)
    gathered = field.gather(content, attributes=("sex",))
    assert "HTML in names of columns and in cells was left out" in field.told(gathered)
    (text,) = field.entries(gathered)
    assert text.split() == ["How", "old", "are", "you?"]
    assert field.labels(field.entries(gathered)[text]) == ["<18", "18-34", "35+"]


@pytest.mark.parametrize(
    ("cells", "options"),
    [
        (["Agree", "Disagree", "Strongly agree", "REF"], ["Strongly agree", "Agree", "Disagree", "REF"]),
        (["1", "2", "3", "REF", "99"], ["1", "2", "3", "REF"]),
        (["CON", "LAB", "LD", "REF"], ["CON", "LAB", "LD", "REF"]),
        (["Yes", "No", "--"], ["No", "Yes"]),
    ],
)
def test_abbreviations_and_marks_of_no_answer(cells: list[str], options: list[str], field: Any) -> None:
    gathered = field.gather(field.people(cells, n=240), attributes=("sex",))
    entry = field.entries(gathered)["q"]
    assert field.labels(entry) == options
    silent = [isinstance(each, dict) and bool(each.get("nonresponse")) for each in entry["options"]]
    assert silent[-1] == ("REF" in cells and "LAB" not in cells)


def test_a_name_that_all_columns_have_is_told(field: Any) -> None:
    content = "Do you like buses?\n,Men,Men\nYes,38,15\nNo,62,85\n"
    assert 'names the column "Men" twice' in field.refused(content)


def test_lines_of_json_are_read_whatever_they_are_called(field: Any) -> None:
    lines = [f'{{"sex": "{"FM"[at % 2]}", "q": "{"YN"[at % 3 % 2]}"}}' for at in range(30)]
    gathered = field.gather("\n".join(lines), "people.json", attributes=("sex",))
    assert gathered.datasets["people"].people == 30
