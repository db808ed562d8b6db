"""Tables of people as survey tools and statistics programs export them."""

from pathlib import Path
from typing import Any

import pandas
import pytest

SEXES = [1.0 + at % 2 for at in range(120)]


def _cycle(*cells: object) -> list[Any]:
    return [cells[at // 2 % len(cells)] for at in range(120)]


def _people(field: Any, **columns: list[Any]) -> str:
    return field.csv(
        ["sex", *columns], [["FM"[at % 2], *row] for at, row in enumerate(zip(*columns.values(), strict=True))]
    )


def _q(field: Any, *cells: str, **options: Any) -> Any:
    return field.gather(_people(field, q=_cycle(*cells)), attributes=("sex",), **options)


def _statistics(folder: Path, name: str, **more: Any) -> bytes:
    pyreadstat = pytest.importorskip("pyreadstat")
    write = getattr(pyreadstat, f"write_{'xport' if name.endswith('xpt') else name[-3:]}")
    frame = pandas.DataFrame({"sex": SEXES, "q": more.pop("q")})
    write(frame, str(folder / name), **more)
    return (folder / name).read_bytes()


@pytest.mark.parametrize("answers", [("Y", "N"), ("Mean", "Kind"), ("Net", "Gross")])
def test_answers_that_are_also_words_for_sums_are_people(answers: tuple[str, str], field: Any) -> None:
    rows = [[answers[at % 2], "AB"[at // 2 % 2]] for at in range(80)]
    gathered = field.gather(field.csv(["voted", "q"], rows), attributes=("voted",))
    assert gathered.datasets["field"].people == 80


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["sex", "q"], "the header once more"),
        (["Source: us", "2024"], "a note"),
        (["* p < .05", "x"], "a note"),
        (["", "Total"], "sums"),
        (["N", "120"], "sums"),
    ],
)
def test_rows_between_and_below_people_are_nobody(row: list[str], reason: str, field: Any) -> None:
    gathered = field.gather(field.csv(["sex", "q"], [*[["F", "Y"], ["M", "N"]] * 30, row]), attributes=("sex",))
    assert field.entries(gathered)["q"]["human"] == {"F": [0, 30], "M": [30, 0]}
    assert any(reason in each.reason for each in gathered.set_aside)


def test_a_comment_as_wide_as_the_header_is_above_it(field: Any) -> None:
    gathered = field.gather("# by us, 2024\n" + _people(field, q=_cycle("A", "B")), attributes=("sex",))
    assert field.entries(gathered)["q"]["human"] == {"F": [30, 30], "M": [30, 30]}


def test_labels_with_negative_codes_before_them_are_no_opinions(field: Any) -> None:
    gathered = _q(field, "1. Very", "2. Not", "-9. Refused", "-6. No post-election interview", "-1. Inapplicable")
    options = field.entries(gathered)["q"]["options"]
    assert [each["label"] for each in options if not each.get("nonresponse")] == ["1. Very", "2. Not"]
    assert "-6. No post-election interview have labels and count as no opinion" in field.told(gathered)
    sided = _q(field, "-2 = Bad", "-1 = Poor", "1 = Fair", "2 = Good")
    assert not any(each.get("nonresponse") for each in field.entries(sided)["q"]["options"])


@pytest.mark.parametrize("codes", [("888888", "988888", "999999"), ("99999", "99998"), ("8888888",)])
def test_long_codes_of_missing_answers(codes: tuple[str, ...], field: Any) -> None:
    assert field.labels(field.entries(_q(field, "1", "2", "3", *codes))["q"]) == ["1", "2", "3"]


@pytest.mark.parametrize("nothing", ["null", "\\N", "—", "#ERROR!"])
def test_further_marks_of_programs_for_no_value(nothing: str, field: Any) -> None:
    assert field.labels(field.entries(_q(field, "Yes", "No", nothing))["q"]) == ["No", "Yes"]


@pytest.mark.parametrize(
    "labels",
    [
        ["500-999", "1,000-2,000", "2,001-5,000", "10,000+"],
        ["500-999", "1.000-1.999", "10.000 oder mehr"],
        ["Under 18", "18-24", "65+", "Over 65"],
        ["Less than $20,000", "$20,000-$39,999", "$100,000 or more"],
        ["<1 hour", "1-2 hours", "10 hours", ">10 hours"],
        ["0.5 h", "1.5 h", "12 h"],
    ],
)
def test_ranges_stand_upwards(labels: list[str], field: Any) -> None:
    assert field.labels(field.entries(_q(field, *reversed(labels)))["q"]) == labels


ADDED = {
    "qualtrics": ["StartDate", "Status", "ResponseId", "Finished", "Q5_DO_1", "Q3_Click Count", "FL_12_DO", "SC0"],
    "limesurvey": ["id", "submitdate", "lastpage", "startlanguage", "seed", "groupTime12"],
    "kobo": ["start", "_id", "_uuid", "_submission_time", "_submitted_by", "_status"],
    "sosci": ["CASE", "QUESTNNR", "LASTPAGE", "FINISHED", "TIME001"],
    "unipark": ["lfdn", "dispcode", "lastpage", "date_of_last_mail"],
    "redcap": ["record_id", "redcap_event_name", "survey_timestamp", "survey_complete"],
}


@pytest.mark.parametrize("tool", list(ADDED))
def test_columns_that_a_tool_adds_are_no_questions(tool: str, field: Any) -> None:
    columns = {name: _cycle("0", "2", "2") for name in ADDED[tool]}
    gathered = field.gather(_people(field, **columns, q=_cycle("A", "B")), attributes=("sex",))
    assert list(field.entries(gathered)) == ["q"]
    assert len(gathered.set_aside) == len(columns)
    alone = {name: cells for name, cells in columns.items() if name in ("seed", "survey_complete", "start")}
    kept = field.gather(_people(field, **alone, q=_cycle("A", "B")), attributes=("sex",))
    assert len(field.entries(kept)) == 1 + len(alone)


@pytest.mark.parametrize("name", ["finalwgt", "PERWT", "popweight"])
def test_further_names_of_weights(name: str, field: Any) -> None:
    gathered = field.gather(_people(field, q=_cycle("A", "B"), **{name: _cycle("12000", "13000")}), attributes=("sex",))
    assert list(field.entries(gathered)) == ["q"]
    assert f"No weights were applied; --weight {name} applies those in that column." in gathered.decisions
    fat = field.gather(_people(field, overweight=_cycle("1", "2")), attributes=("sex",))
    assert list(field.entries(fat)) == ["overweight"]


@pytest.mark.parametrize(
    ("bus", "train", "other"),
    [("Bus", "Train", "on foot"), ("1", "1", "on foot"), ("Ja", "Ja", "zu Fuß"), ("Bus", "Train", "")],
)
def test_an_option_with_free_text_or_without_anybody_costs_no_other(
    bus: str, train: str, other: str, field: Any
) -> None:
    texts = [f"{other} {at}" if other and at % 6 == 5 else "" for at in range(120)]
    chosen = {"use_1": _cycle(bus, "", ""), "use_2": _cycle("", train, ""), "use_3": texts}
    gathered = field.gather(_people(field, **chosen), attributes=("sex",))
    counts = [each["human"]["M"] for each in field.entries(gathered).values()]
    assert counts == [[20, 40], [20, 40]] if other else counts == [[20, 20], [20, 20]]


@pytest.mark.parametrize(("bus", "train"), [("Bus", "Train"), ("Bus:Which?", "Train:Which?")])
def test_columns_that_are_called_like_the_answer_in_them(bus: str, train: str, field: Any) -> None:
    content = _people(field, **{bus: _cycle("Bus", "", ""), train: _cycle("", "Train", ""), "Rail:Which?": [""] * 120})
    entries = field.entries(field.gather(content, attributes=("sex",)))
    assert [each["human"]["F"] for each in entries.values()] == [[20, 20], [20, 20]]
    assert list(entries) == [f"{'Which? – ' * (':' in bus)}{name}" for name in ("Bus", "Train")]


def test_an_age_that_many_more_have_than_others_is_no_age(field: Any) -> None:
    rows = [[18 + at % 70 if at % 9 else 99, "YN"[at // 3 % 2]] for at in range(290)]
    gathered = field.gather(field.csv(["age", "q"], rows), attributes=("age",), cuts={"age": (18.0, 65.0)})
    assert "age (33 people): 99 was taken as a code of missing answers" in field.told(gathered)
    assert sum(map(sum, field.entries(gathered)["q"]["human"].values())) == 257
    rows = [[18 + at % 70 if at % 145 else 99, "YN"[at // 3 % 2]] for at in range(290)]
    gathered = field.gather(field.csv(["age", "q"], rows), attributes=("age",), cuts={"age": (18.0, 65.0)})
    assert "age" not in field.told(gathered)


@pytest.mark.parametrize(
    ("ends", "inner", "codes"),
    [
        (("0 None", "10 All"), range(1, 10), ("77", "99")),
        (("1 - Bad", "5 - Good"), range(2, 5), ("8", "9")),
        (("1 Bad", "7 Good"), range(2, 7), ("-9",)),
    ],
)
def test_codes_beside_a_scale_with_labels_at_its_ends(
    ends: tuple[str, str], inner: range, codes: tuple[str, ...], field: Any
) -> None:
    scale = [ends[0], *map(str, inner), ends[1]]
    gathered = _q(field, *scale, *codes)
    assert field.labels(field.entries(gathered)["q"]) == scale
    assert "of missing answers" in field.told(gathered)


def test_a_scale_with_two_sides_beside_codes_is_not_guessed(field: Any) -> None:
    for codes in (range(-3, 4), range(-2, 3)):
        for code in ("-99", "99", "-9"):
            content = _people(field, q=_cycle(*map(str, codes), code))
            assert "a scale with two sides, or negative codes" in field.refused(content, attributes=("sex",))
    soep = _q(field, *map(str, range(11)), "-1", "-2")
    assert field.values(field.entries(soep)["q"]) == [*range(11)]


def test_nine_points_may_be_six_and_three_codes(field: Any) -> None:
    assert "1 to 9 were all taken as part of the scale" in field.told(_q(field, *"123456789"))


def test_marks_at_the_ends_of_rows_are_no_names_of_rows(field: Any) -> None:
    rows = [f"{at},{'FM'[at % 2]},{'YN'[at // 2 % 2]}," for at in range(60)]
    gathered = field.gather("\n".join(["id,sex,q", *rows]), attributes=("sex",))
    assert field.entries(gathered)["q"]["human"] == {"F": [15, 15], "M": [15, 15]}


def test_what_people_wrote_beside_an_option_is_no_question(field: Any) -> None:
    for name in ("Q5_4_TEXT", "q1[other]", "Which? Other (please specify)"):
        texts = ["on foot" if at == 5 else "a horse" if at == 9 else "" for at in range(120)]
        gathered = field.gather(_people(field, q=_cycle("A", "B"), **{name: texts}), attributes=("sex",))
        assert list(field.entries(gathered)) == ["q"]


def test_codes_with_the_same_label_are_one_answer(tmp_path: Path, field: Any) -> None:
    labels = {"q": {1: "Yes", 2: "No", 8: "No answer", 9: "No answer"}}
    content = _statistics(tmp_path, "field.sav", q=_cycle(1.0, 2.0, 8.0, 9.0), variable_value_labels=labels)
    gathered = field.gather(content, "field.sav", attributes=("sex",))
    assert field.entries(gathered)["q"]["human"]["1"] == [15, 15, 30]
    assert "8 and 9 have the same label and count as one answer" in field.told(gathered)


def test_a_transport_file_of_sas(tmp_path: Path, field: Any) -> None:
    content = _statistics(tmp_path, "field.xpt", q=_cycle(1.0, 2.0, 2.0))
    assert field.entries(field.gather(content, "field.xpt", attributes=("sex",)))["q"]["human"]["1"] == [20, 40]


def test_a_portable_file_of_spss(tmp_path: Path, field: Any) -> None:
    content = _statistics(tmp_path, "field.por", q=_cycle(1.0, 2.0, 2.0))
    gathered = field.gather(content, "field.por", attributes=("SEX",))
    assert field.entries(gathered)["Q"]["human"]["SEX 1"] == [20, 40]


def test_lists_in_parquet_are_several_answers(tmp_path: Path, field: Any) -> None:
    cells = _cycle(["Bus"], ["Bus", "Train"], ["Train"], None)
    pandas.DataFrame({"sex": SEXES, "q": cells}).to_parquet(tmp_path / "x.parquet")
    gathered = field.gather((tmp_path / "x.parquet").read_bytes(), "field.parquet", attributes=("sex",))
    assert {text: each["human"]["1"] for text, each in field.entries(gathered).items()} == {
        "q – Bus": [30, 15],
        "q – Train": [30, 15],
    }


@pytest.mark.parametrize("numbered", [True, False])
def test_cells_parted_by_blanks_as_r_writes_them(numbered: bool, field: Any) -> None:
    cells = [f'"{"FM"[at % 2]}" "{("Agree", "Not at all")[at // 2 % 2]}"' for at in range(60)]
    rows = [f'"{at}" {row}' if numbered else row for at, row in enumerate(cells)]
    gathered = field.gather("\n".join(['"sex" "q"', *rows]), "field.txt", attributes=("sex",))
    assert field.entries(gathered)["q"]["human"] == {"F": [15, 15], "M": [15, 15]}
