"""Tables of people with the small flaws of real files: what is mended, what is told, and what is refused."""

from collections.abc import Sequence
from typing import Any

import pytest


def _people(field: Any, cells: Sequence[str], separator: str = ",", n: int = 120) -> str:
    return field.people(cells, separator, n)


def _options(field: Any, cells: Sequence[str], **more: Any) -> list[str]:
    return field.labels(field.entries(field.gather(_people(field, cells), attributes=("sex",), **more))["q"])


def test_a_thousand_with_a_point_is_no_one(field: Any) -> None:
    rows = [[f"{at % 40 + 1}.000", "YN"[at // 40 % 2]] for at in range(160)]
    for separator in (";", "\t"):
        content = field.csv(["income", "q"], rows, separator)
        assert "1.000 could have a thousands separator" in field.refused(content, attributes=("income",))
        gathered = field.gather(content, attributes=("income",), cuts={"income": (0.0, 20_000.0)}, decimal=",")
        assert list(field.entries(gathered)["q"]["human"]) == ["income 0-19999", "income 20000+"]
    assert _options(field, ["1.000", "2.000"]) == ["1", "2"]


@pytest.mark.parametrize(
    ("cells", "options"),
    [
        (["1", "2", "6", "7", "8", "9"], ["1", "2"]),
        (["1", "2", "3", "\u22121", "\u22122"], ["1", "2", "3"]),
        (["1", "2", ".d", ".i"], ["1", "2"]),
        (["AGREE", "DISAGREE", ".i:  Inapplicable", ".n:  No answer"], ["AGREE", "DISAGREE"]),
    ],
)
def test_codes_of_missing_answers(cells: list[str], options: list[str], field: Any) -> None:
    gathered = field.gather(_people(field, cells), attributes=("sex",))
    assert field.labels(field.entries(gathered)["q"]) == options
    assert "missing answers" in field.told(gathered)


@pytest.mark.parametrize(
    "cells", [["1", "2", "3", "4", "6", "7", "8", "9"], ["1", "5", "8", "9"], ["1", "3", "5", "8", "9"]]
)
def test_codes_that_may_be_missing_answers_are_not_guessed(cells: list[str], field: Any) -> None:
    assert "may be part of the scale or codes of missing answers" in field.refused(
        _people(field, cells), attributes=("sex",)
    )


def test_codes_beside_their_labels_are_not_two_kinds_of_answers(field: Any) -> None:
    mixed = _people(field, ["1", "2", "3", "Good", "Fair", "Bad"])
    assert "1, 2 and 3 beside as many words, which may be the labels" in field.refused(mixed, attributes=("sex",))
    assert _options(field, ["2", "3", "Not at all", "Very much"]) == ["2", "3", "Not at all", "Very much"]
    assert _options(field, ["1", "2", "3 or more", "None"]) == ["1", "2", "3 or more", "None"]


@pytest.mark.parametrize("cells", [["1", "3", "5", "7", "9"], ["0", "2", "4", "6", "8"]])
def test_an_even_scale_is_a_scale(cells: list[str], field: Any) -> None:
    assert _options(field, cells) == cells


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        (["-2", "-1", "0", "+1", "+2"], []),
        (["-1", "0", "+1"], []),
        (["-2", "-1", "+1", "+2"], []),
        (["-3", "-2", "-1", "0", "+1", "+2", "+3"], ["-9", "Refused"]),
        (["-2", "-1", "0", "1", "2"], ["Don't know"]),
    ],
)
def test_a_scale_with_two_sides_keeps_both(cells: list[str], missing: list[str], field: Any) -> None:
    assert _options(field, [*cells, *missing]) == [*cells, *(each for each in missing if each != "-9")]


@pytest.mark.parametrize(("name", "codes"), [("state", [1, 2, 4, *range(6, 18)]), ("age", [*range(18, 60)])])
def test_numbers_that_make_no_groups_are_refused_unless_they_have_names(
    name: str, codes: Sequence[int], field: Any
) -> None:
    content = field.csv([name, "q"], [[codes[at % len(codes)], "YN"[at % 3 % 2]] for at in range(20 * len(codes))])
    refused = field.refused(content, attributes=(name,))
    assert f"{name} makes no groups, having {len(codes)} different numbers" in refused
    assert f"--cut {name}=" in refused
    assert "--codebook" in refused
    labels = ", ".join(f'"{code}" = "L{code}"' for code in codes)
    book = field.write(f"[columns.{name}]\nlabels = {{{labels}}}\n", "book.toml")
    gathered = field.gather(content, attributes=(name,), codebook=book)
    assert len(field.entries(gathered)["q"]["human"]) == len(codes)


def test_codes_of_regions_make_a_group_each(field: Any) -> None:
    content = field.csv(["land", "q"], [[1 + at % 16, "YN"[at % 3 % 2]] for at in range(320)])
    gathered = field.gather(content, attributes=("land",))
    assert len(field.entries(gathered)["q"]["human"]) == 16
    assert "land: the numbers 1 to 16 were taken as codes, a group each" in field.told(gathered)
    gathered = field.gather(content, attributes=("land",), cuts={"land": (1.0, 9.0)})
    assert set(field.entries(gathered)["q"]["human"]) == {"land 1-8", "land 9+"}


@pytest.mark.parametrize(
    "silent",
    [
        "-1 Don't know",
        "99 Refused",
        "Don\u00b4t know",
        "Refusal",
        "Do not know",
        "weiß nicht",
        "keine Angabe",
        "Sans réponse",
        "NS/NC",
        "(VOL) Don't know",
        "[DON'T READ] Refused",
        "Can't choose",
        "Skipped on web",
        "Not stated",
        "Prefer not to disclose",
        "Unsure/Don't know",
        "No responde",
        "Vet ej",
        "Nie wiem",
        "Затрудняюсь ответить",
        "わからない",
        "Refused to answer",
        "Respondent refused",
        "Did not answer",
        "Decline to state",
        "I'd rather not say",
        "Choose not to answer",
        "w. n.",
        "Ne veut pas répondre",
        "No lo sabe",
        "모르겠다",
    ],
)
def test_words_for_no_answer(silent: str, field: Any) -> None:
    entry = field.entries(field.gather(_people(field, ["Agree", "Disagree", silent]), attributes=("sex",)))["q"]
    assert [each["label"] for each in entry["options"] if not isinstance(each, str) and each.get("nonresponse")] == [
        silent
    ]


@pytest.mark.parametrize(
    "label",
    [
        "Not sure",
        "No opinion",
        "VOL: Both equally",
        "Skip school",
        "Skip",
        "Skip, if possible",
        "Skip: never",
        "NR",
        "Not reached",
        "Can't say no",
        "Nap",
    ],
)
def test_words_of_an_answer(label: str, field: Any) -> None:
    entry = field.entries(field.gather(_people(field, ["Agree", "Disagree", label]), attributes=("sex",)))["q"]
    assert label in field.labels(entry)
    assert not any(not isinstance(each, str) and each.get("nonresponse") for each in entry["options"])


@pytest.mark.parametrize(
    "labels",
    [
        ("Trifft nicht zu", "Trifft zu"),
        ("4 Trifft nicht zu", "1 Trifft voll und ganz zu", "3 Trifft eher nicht zu"),
        ("Trifft nicht zu", "Trifft eher zu"),
        ("Not answered", "Answered"),
        ("Not asked", "Asked"),
    ],
)
def test_a_label_that_denies_another_is_an_answer(labels: Sequence[str], field: Any) -> None:
    gathered = field.gather(_people(field, labels), attributes=("sex",))
    assert field.entries(gathered)["q"]["options"] == [{"label": label} for label in sorted(labels)]
    values = field.csv(["question", "option", "value", "count"], [["q", x, at, 9] for at, x in enumerate(labels)])
    assert field.values(field.entries(field.gather(values))["q"]) == list(range(len(labels)))


def test_a_label_that_denies_no_other_is_no_answer(field: Any) -> None:
    for label in ("Trifft nicht zu", "Not answered", "Not stated"):
        entry = field.entries(field.gather(_people(field, ["No answering", label, "So stated"]), attributes=("sex",)))
        assert {"label": label, "nonresponse": True} in entry["q"]["options"]


def test_people_whose_group_denies_another_are_a_group(field: Any) -> None:
    rows = [[("Trifft zu", "Trifft nicht zu")[at % 2], "YN"[at // 2 % 2]] for at in range(60)]
    human = field.entries(field.gather(field.csv(["own", "q"], rows), attributes=("own",)))["q"]["human"]
    assert list(human) == ["own Trifft nicht zu", "own Trifft zu"]


@pytest.mark.parametrize("label", ["IAP", "Inap. (not asked)", "Legitimate skip", "System missing"])
def test_whoever_was_not_asked_gave_no_answer(label: str, field: Any) -> None:
    gathered = field.gather(_people(field, ["Agree", "Disagree", label]), attributes=("sex",))
    assert field.labels(field.entries(gathered)["q"]) == ["Agree", "Disagree"]
    assert f"{label} was taken as missing" in field.told(gathered)


@pytest.mark.parametrize(
    ("header", "done", "not_done"),
    [
        (["ResponseId", "Finished", "Progress"], ["R_{}", "True", "100"], ["R_{}", "False", "40"]),
        (["id", "submitdate", "lastpage"], ["{}", "2024-05-01 10:00:00", "3"], ["{}", "", "1"]),
    ],
)
def test_people_who_did_not_finish_are_told(
    header: list[str], done: list[str], not_done: list[str], field: Any
) -> None:
    rows = [
        [each.format(at) for each in (done if at % 4 else not_done)] + ["FM"[at % 2], "YNZ"[at % 3]] for at in range(60)
    ]
    told = field.told(field.gather(field.csv([*header, "sex", "q"], rows), attributes=("sex",)))
    assert "15 of 60 people did not finish the survey" in told
    whole = [row for at, row in enumerate(rows) if at % 4]
    assert "finish" not in field.told(field.gather(field.csv([*header, "sex", "q"], whole), attributes=("sex",)))


def test_answers_that_have_columns_of_their_own_are_read_there(field: Any) -> None:
    rows = [
        ["FM"[at % 2], ("bus train", "train", "bus")[at % 3], int(at % 3 != 1), int(at % 3 != 2)] for at in range(60)
    ]
    gathered = field.gather(field.csv(["sex", "use", "use/bus", "use/train"], rows), attributes=("sex",))
    assert list(field.entries(gathered)) == ["use/bus", "use/train"]
    assert any("its answers have columns of their own" in each.reason for each in gathered.set_aside)
    assert "may be several answers to one question" in field.told(gathered)


@pytest.mark.parametrize(
    "cells",
    [
        ["Bus;Train", "Train", "Bus;Bike"],
        ["1;2", "1", "2;3", "3"],
        ["['Bus', 'Train']", "['Train']", "['Bus', 'Bike']"],
    ],
)
def test_several_answers_of_which_some_are_never_alone(cells: list[str], field: Any) -> None:
    gathered = field.gather(_people(field, cells), attributes=("sex",))
    assert "it was taken as 3 questions, one for each option" in field.told(gathered)


@pytest.mark.parametrize(
    "cells",
    [
        ['["Bus"]', '["Train"]', '["Bus", "Train"]', "[]"],
        ["{Bus}", "{Train}", "{Bus,Train}", "{}"],
        ["Bus", "Train", "Bus||Train", "|"],
    ],
)
def test_whoever_chose_nothing_gave_no_answer(cells: list[str], field: Any) -> None:
    entries = field.entries(field.gather(_people(field, cells), attributes=("sex",)))
    assert {text: entry["human"]["F"] for text, entry in entries.items()} == {
        "q – Bus": [30, 15],
        "q – Train": [30, 15],
    }


def test_a_column_an_option_as_r_writes_it(field: Any) -> None:
    rows = [["FM"[at % 2], "Bus" if at % 3 else "NA", "Train" if at % 4 else "NA"] for at in range(60)]
    entries = field.entries(field.gather(field.csv(["sex", "use_1", "use_2"], rows), attributes=("sex",)))
    assert [entries[f"use – {each}"]["human"]["F"] for each in ("Bus", "Train")] == [[20, 5], [15, 10]]


def test_words_of_a_panel_for_no_data_are_no_value(field: Any) -> None:
    assert _options(field, ["Yes", "No", "CONSENT_REVOKED", "DATA_EXPIRED"]) == ["No", "Yes"]


def test_a_state_is_no_refusal(field: Any) -> None:
    entry = field.entries(field.gather(_people(field, ["NC", "NS", "NY"]), attributes=("sex",)))["q"]
    assert not any(not isinstance(each, str) and each.get("nonresponse") for each in entry["options"])


@pytest.mark.parametrize(
    ("cells", "options"),
    [
        (['="1"', "'2"], ["1", "2"]),
        (["cafe\u0301", "caf\u00e9", "th\u00e9"], ["caf\u00e9", "th\u00e9"]),
        (["Yes", "No", "#REF!", "#DIV/0!", "(blank)"], ["No", "Yes"]),
    ],
)
def test_cells_as_spreadsheets_leave_them(cells: list[str], options: list[str], field: Any) -> None:
    assert _options(field, cells) == options


def test_what_a_spreadsheet_took_for_dates_is_told(field: Any) -> None:
    for day in ("03.Apr", "Jan 02", "4-Mar", "2024-04-03T00:00:00"):
        gathered = field.gather(_people(field, ["1-2", day, "5-6"]), attributes=("sex",))
        assert any("took for dates" in each.reason for each in gathered.set_aside)


@pytest.mark.parametrize("other", ["Don\u2019t agree", "Don't agree."])
def test_labels_that_differ_in_their_marks_are_told(other: str, field: Any) -> None:
    gathered = field.gather(_people(field, [other, "Don't agree", "Agree"]), attributes=("sex",))
    assert any("differ in quotes, dashes or dots only" in each.reason for each in gathered.set_aside)


@pytest.mark.parametrize("name", ["gewicht", "wtssall", "pspwght", "x"])
def test_weights_that_are_not_named_are_no_question(name: str, field: Any) -> None:
    rows = [["FM"[at % 2], "YN"[at // 2 % 2], ("0.85", "1.2")[at % 2]] for at in range(60)]
    gathered = field.gather(field.csv(["sex", "q", name], rows), attributes=("sex",))
    assert list(field.entries(gathered)) == ["q"]
    assert any("weights" in each.reason for each in gathered.set_aside)


def test_a_question_about_weight_is_a_question(field: Any) -> None:
    text = "Should weight loss drugs be paid for?"
    rows = [["FM"[at % 2], "YN"[at // 2 % 2]] for at in range(60)]
    assert list(field.entries(field.gather(field.csv(["sex", text], rows), attributes=("sex",)))) == [text]


def test_weights_among_words_are_read(field: Any) -> None:
    weights = ["0,85", "missing", "1,05"]
    rows = [["FM"[at % 2], "YN"[at // 2 % 2], weights[at % 3]] for at in range(60)]
    gathered = field.gather(field.csv(["sex", "q", "w"], rows, ";"), attributes=("sex",), weight="w")
    assert gathered.datasets["field"].people == 40
    words = field.csv(["sex", "q", "w"], [[*row[:2], "85%"] for row in rows])
    assert 'it holds "85%"' in field.refused(words, attributes=("sex",), weight="w")


@pytest.mark.parametrize("mark", ["/", " + ", " & ", " and "])
def test_several_answers_in_a_cell_parted_by_other_marks(mark: str, field: Any) -> None:
    cells = ["Bus", f"Bus{mark}Train", "Bike", "Train"]
    gathered = field.gather(_people(field, cells), attributes=("sex",))
    assert list(field.entries(gathered)) == ["q – Bus", "q – Bike", "q – Train"]
    assert _options(field, ["Men", "Women", f"Men{mark}Women"]) == ["Men", f"Men{mark}Women", "Women"]
    assert _options(field, ["Bus", f"Bus{mark}Tram", "Bike", "Train"]) == ["Bike", "Bus", f"Bus{mark}Tram", "Train"]


def test_an_attribute_that_two_columns_are_called(field: Any) -> None:
    rows = [["FM"[at % 2], "MF"[at // 2 % 2], "YN"[at // 4 % 2]] for at in range(64)]
    content = field.csv(["sex", "sex", "q"], rows)
    assert 'names the column "sex" twice' in field.refused(content, attributes=("sex",))
    same = field.gather(field.csv(["sex", "sex", "q"], [[row[0], row[0], row[2]] for row in rows]), attributes=("sex",))
    assert list(field.entries(same)) == ["q"]
    assert any("same name and cells" in each.reason for each in same.set_aside)


def test_a_zero_for_whoever_did_not_choose_an_option(field: Any) -> None:
    rows = [["FM"[at % 2], "Bus" if at % 3 else "0", "Train" if at % 4 else "0"] for at in range(60)]
    entries = field.entries(field.gather(field.csv(["sex", "use_1", "use_2"], rows), attributes=("sex",)))
    assert entries["use – Bus"]["human"] == {"F": [20, 10], "M": [20, 10]}
    counts = [["FM"[at % 2], 2 * (at % 3 > 0), 3 * (at % 4 > 0)] for at in range(60)]
    assert list(field.entries(field.gather(field.csv(["sex", "n_1", "n_2"], counts), attributes=("sex",)))) == [
        "n_1",
        "n_2",
    ]
