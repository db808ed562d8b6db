"""Tables over what comes with the program, and as the command prints them."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from opinionscope.cli import main
from opinionscope.selection import parse
from opinionscope.tables import TABLES, Options, TableError

CONTRACT = ("model", "format", "domain", "steering", "tv", "tv_low", "tv_high", "kl", "coverage", "items")
NAMES = {"leaderboard", "knowledge-to-simulation", "few-shot-gain", "domains", "added-value", "group-shift",
         "collapse", "calibration", "choices", "experiments"}  # fmt: skip
OF_RUNS = {"over-time"}
"""Tables that recorded answers do not enter."""


@pytest.fixture
def cli(home):
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


def test_all_tables_of_the_contract_are_registered():
    assert set(TABLES) >= NAMES | OF_RUNS


@pytest.mark.parametrize("name", [name for name in TABLES if name not in OF_RUNS])
def test_every_table_works_on_the_bundled_questions(of_bundled, name):
    report = TABLES[name](of_bundled)
    assert report.rows
    assert report.sentence.endswith(".")
    assert len(report.rows) == len(report.behind)
    assert all(report.behind)
    assert {key for row in report.rows for key in row} <= {column.name for column in report.columns}


def test_a_leaderboard_row_is_a_model_and_a_format_over_all_domains(of_bundled):
    rows = TABLES["leaderboard"](of_bundled).rows
    assert {"gpt-4", "anthropic_opus", "uniform", "pooled", "mode", "opposite group", "perfect answer"} <= {
        row["model"] for row in rows
    }
    keys = [(row["model"], row["format"]) for row in rows]
    assert len(set(keys)) == len(keys)
    assert {(row["domain"], row["steering"]) for row in rows} == {("all", "persona+few-shot")}
    gpt = next(row for row in rows if (row["model"], row["format"]) == ("gpt-4", "verbalized"))
    assert set(CONTRACT) <= set(gpt)
    assert gpt["tv_low"] < gpt["tv"] < gpt["tv_high"]
    assert 0 < gpt["coverage"] <= 1


def test_the_mean_over_domains_is_unweighted(of_bundled):
    options = Options(by=("domain",))
    split = TABLES["leaderboard"](of_bundled, parse("model:gpt-4 format:verbalized"), options).rows
    (whole,) = (
        row
        for row in TABLES["leaderboard"](of_bundled, parse("model:gpt-4 format:verbalized")).rows
        if row["format"] == "verbalized"
    )
    parts = [row["tv"] for row in split if row["format"] == "verbalized"]
    assert whole["tv"] == pytest.approx(sum(parts) / len(parts))


def test_the_same_table_comes_out_twice(of_bundled):
    one, other = (TABLES["leaderboard"](of_bundled, parse("domain:books")).rows for _ in range(2))
    assert one == other


def test_what_does_not_fit_is_said(of_bundled):
    with pytest.raises(TableError, match='"model:nobody"'):
        TABLES["leaderboard"](of_bundled, parse("model:nobody"))
    with pytest.raises(TableError, match="paper"):
        TABLES["collapse"](of_bundled, parse(""), Options(scoring="paper"))
    with pytest.raises(TableError, match="domain"):
        TABLES["leaderboard"](of_bundled, parse(""), Options(by=("colour",)))


def test_tables_are_listed(cli):
    result = cli("table")
    assert result.exit_code == 0
    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == list(TABLES)


def test_data_go_to_stdout_and_words_to_stderr(cli):
    result = cli("table", "leaderboard", "model:gpt-4", "--json")
    rows = json.loads(result.stdout)
    assert set(CONTRACT) <= set(rows[0])
    assert "Recorded answers are those to the bundled questions only" in result.stderr
    assert "Corrected scoring" in result.stderr
    assert "Closest: gpt-4" in result.stderr


def test_csv_has_full_numbers_and_markdown_and_latex_rounded_ones(cli, tmp_path):
    as_csv = list(csv.DictReader(io.StringIO(cli("table", "leaderboard", "domain:books", "--csv").stdout)))
    assert set(CONTRACT) <= set(as_csv[0])
    assert len(as_csv[0]["tv"]) > 6
    markdown = cli("table", "leaderboard", "domain:books", "--markdown").stdout
    assert markdown.startswith("| MODEL | FORMAT |")
    latex = tmp_path / "board.tex"
    result = cli("table", "leaderboard", "domain:books", "-o", str(latex))
    assert (result.exit_code, result.stdout) == (0, "")
    assert r"\toprule" in latex.read_text()


def test_the_list_of_tables_comes_in_every_format(cli, tmp_path):
    rows = list(csv.DictReader(io.StringIO(cli("table", "--csv").stdout)))
    assert rows[0]["name"] == "leaderboard"
    assert rows[0]["by"].startswith("domain; ")
    assert cli("table", "--json", "-o", str(tmp_path / "t.json")).stdout == ""
    assert [row["name"] for row in json.loads((tmp_path / "t.json").read_text())] == [row["name"] for row in rows]


def test_a_mistake_in_the_selection_is_marked_where_it_stands(cli):
    result = cli("table", "leaderboard", "model:gpt-4 tv:x")
    assert result.exit_code == 2
    *_, text, mark, said = result.stderr.splitlines()
    assert said.startswith("Error: Selection: expected a number behind tv")
    assert text.index("tv:x") == mark.index("^")


def test_a_mistyped_table_is_answered_with_the_nearest(cli):
    result = cli("table", "leaderbord")
    assert result.exit_code == 2
    assert "leaderboard" in result.stderr


def test_behind_a_baseline_stand_people_and_no_models_answers(of_bundled):
    report = TABLES["leaderboard"](of_bundled, parse("format:verbalized"))
    behind = {row["model"]: items for row, items in zip(report.rows, report.behind, strict=True)}
    for name in ("uniform", "pooled", "mode", "opposite group", "perfect answer"):
        assert all(item.human and item.answer is None for item in behind[name])
    assert all(item.answer for item in behind["gpt-4"])
