"""Tables of figures with the small flaws of real files: gaps, percents that are fractions, signs of other scripts."""

from collections.abc import Sequence
from typing import Any

import pytest


@pytest.mark.parametrize("nothing", ["", "-", "*", "–"])
def test_a_gap_of_a_wide_table_is_0_where_the_others_are_the_whole(nothing: str, field: Any) -> None:
    rows = [["Like buses?", "Yes", "62", "50"], ["Like buses?", "No", "38", "45"], ["Like buses?", "DK", nothing, "5"]]
    gathered = field.gather(field.csv(["question", "option", "Women", "Men"], rows))
    assert (field.human(gathered), field.human(gathered, "Men")) == ([62, 38, 0], [50, 45, 5])
    assert "count as 0" in _notes(gathered)
    over = [["Like buses?", "Women", "62", "38", nothing], ["Like buses?", "Men", "50", "45", "5"]]
    gathered = field.gather(field.csv(["question", "group", "Yes", "No", "DK"], over))
    assert (field.human(gathered), field.human(gathered, "Men")) == ([62, 38, 0], [50, 45, 5])


@pytest.mark.parametrize("figures", [["62", "30", ""], ["620", "380", ""]])
def test_a_gap_of_a_wide_table_is_not_guessed(figures: Sequence[str], field: Any) -> None:
    full = [figures[0], figures[1], "8" if figures[0] == "62" else "80"]
    rows = [["Like buses?", option, *each] for option, *each in zip(("Yes", "No", "DK"), figures, full, strict=True)]
    gathered = field.gather(field.csv(["question", "option", "Women", "Men"], rows))
    assert list(field.entries(gathered)["Like buses?"]["human"]) == ["Men"]
    assert any('"DK" has none' in each.reason for each in gathered.set_aside)


def test_a_share_that_rounds_to_nothing_stands_beside_others_that_are_rounded(field: Any) -> None:
    for figures, read in ((("60", "39", "*"), [60, 39, 0]), (("60", "30", "*"), None), (("60", "39", ""), None)):
        rows = [
            ["Like buses?", option, "Women", each] for option, each in zip(("Yes", "No", "DK"), figures, strict=True)
        ]
        content = field.csv(["question", "option", "group", "percent"], rows)
        if read is None:
            assert "expected" in field.refused(content) or "suppressed" in field.refused(content)
        else:
            assert field.human(field.gather(content)) == read


@pytest.mark.parametrize("nothing", ["*", "-", ""])
def test_figures_with_gaps_do_not_make_percents_counts(nothing: str, field: Any) -> None:
    rows = [["Women", "60", "30", nothing], ["Men", "65", "25", nothing], ["Others", "50", "40", "10"]]
    content = field.csv(["question", "group", "Yes", "No", "DK"], [["Like buses?", *row] for row in rows])
    gathered = field.gather(content)
    assert list(field.entries(gathered)["Like buses?"]["human"]) == ["Others"]
    assert field.entries(gathered)["Like buses?"]["human"]["Others"] == {"shares": [50, 40, 10]}
    assert len(gathered.set_aside) == 2


def test_percents_that_all_have_a_gap_of_0_are_percents(field: Any) -> None:
    rows = [["Women", "62", "38", "-"], ["Men", "50", "-", "50"], ["Others", "60", "30", "-"], ["All", "50", "40", "-"]]
    content = field.csv(["question", "group", "Yes", "No", "DK"], [["Like buses?", *row] for row in rows])
    human = field.entries(field.gather(content))["Like buses?"]["human"]
    assert human == {"Women": {"shares": [62, 38, 0]}, "Men": {"shares": [50, 0, 50]}}


@pytest.mark.parametrize("name", ["N (unweighted)", "Unweighted count", "Sample size", "Number of respondents"])
def test_numbers_of_people_by_their_other_names(name: str, field: Any) -> None:
    rows = [["Like buses?", "Women", "1,024", "62", "38"], ["Like buses?", "Men", "998", "60", "40"]]
    entry = field.entries(field.gather(field.csv(["question", "group", name, "Yes", "No"], rows)))["Like buses?"]
    assert entry["human"]["Women"] == {"shares": [62, 38], "n": 1024}


def test_a_group_that_was_not_asked_leaves_no_gap(field: Any) -> None:
    rows = [["Like buses?", "Yes", "62", ""], ["Like buses?", "No", "38", ""], ["Like cars?", "Yes", "1", "9"]]
    rows.append(["Like cars?", "No", "99", "91"])
    gathered = field.gather(field.csv(["question", "option", "Women", "Men"], rows))
    assert gathered.set_aside == []


def test_percents_that_sum_to_1_are_shares(field: Any) -> None:
    gathered = field.gather(field.counts("0.625", "0.375", "0.4", "0.6", separator=",", measure="percent"))
    assert field.human(gathered) == [0.625, 0.375]
    assert "read as shares of 1, told by their sums" in field.told(gathered)


@pytest.mark.parametrize("written", ["{}％", "{}٪", "%{}", "{} %"])
def test_percent_signs_of_other_scripts(written: str, field: Any) -> None:
    figures = [written.format(number) for number in ("62", "38", "50", "50")]
    assert field.human(field.gather(field.counts(*figures, measure="percent"))) == [62, 38]


@pytest.mark.parametrize("mark", ["·", "٫"])
def test_a_raised_point_is_a_decimal_mark(mark: str, field: Any) -> None:
    figures = [f"62{mark}5", f"37{mark}5", f"40{mark}25", f"59{mark}75"]
    assert field.human(field.gather(field.counts(*figures, measure="percent"))) == [62.5, 37.5]


@pytest.mark.parametrize("measure", ["Percent (%)", "value"])
def test_the_figures_of_a_long_table_by_other_names(measure: str, field: Any) -> None:
    gathered = field.gather(field.counts("62 %", "38 %", "50 %", "50 %", measure=measure))
    assert field.human(gathered) == [62, 38]
    assert "Figures were read as percents, as the table says." in field.told(gathered)


def test_what_values_are_is_told_by_their_sums(field: Any) -> None:
    assert "counts of people, told by their sums" in field.told(
        field.gather(field.counts("31", "19", "21", "49", measure="value"))
    )


def test_a_table_of_figures_with_other_names_is_told_what_to_name(field: Any) -> None:
    refused = field.refused("Pytanie;Odpowiedź;Grupa;Liczba\nBus?;Ja;Frauen;30\nBus?;Nein;Frauen;20\n")
    assert "of a table of figures, expected the long form (question, option, group, count" in refused


def _notes(gathered: Any) -> str:
    return " ".join(gathered.decisions)


@pytest.mark.parametrize("percents", [["60%", "40%", "30%", "70%"], ["0.6", "0.4", "0.3", "0.7"]])
def test_counts_beside_percents_are_the_figures(percents: Sequence[str], field: Any) -> None:
    cells = [("Yes", "Women", "30"), ("No", "Women", "20"), ("Yes", "Men", "21"), ("No", "Men", "49")]
    rows = [["Like buses?", *each, percent] for each, percent in zip(cells, percents, strict=True)]
    gathered = field.gather(field.csv(["question", "option", "group", "n", "percent"], rows))
    assert (field.human(gathered), field.human(gathered, "Men")) == ([30, 20], [21, 49])


def test_sizes_that_differ_without_a_reason_are_not_guessed(field: Any) -> None:
    rows = [["Like buses?", "Yes", "Women", "500", "60"], ["Like buses?", "No", "Women", "50", "40"]]
    assert "n is 50 here and 500 before" in field.refused(
        field.csv(["question", "option", "group", "n", "percent"], rows)
    )


def test_shares_that_sum_to_100_are_percents(field: Any) -> None:
    assert field.human(field.gather(field.counts("62", "38", "50", "50", measure="share"))) == [62, 38]
