"""Odd terminals, interrupted commands, and what stderr is left like."""

import json
import os
import subprocess
import sys

import click
import pytest
from rich.cells import cell_len

from opinionscope.cli import main
from opinionscope.commands.output import Narration, print_table
from opinionscope.commands.printing import tell, tell_over
from opinionscope.commands.table import print_report
from opinionscope.tables.base import Column, Report

PACK = """
format = "opinionscope-pack/1"
dataset = "mine"
title = "Mine"
wording = "own"

[groups.Parents]
children = "Yes"

[[questions]]
id = "size"
title = "Size"
text = "大きさ − how big?"
options = ["大", "小"]

[questions.human]
Parents = [995, 5]
"""


def printed(encoding: str, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "opinionscope", *arguments]
    result = subprocess.run(command, capture_output=True, env=environment, timeout=60, check=True)
    return result.stdout.decode(encoding)


def test_json_loses_nothing_where_stdout_cannot_hold_it(home):
    (home / "data").mkdir()
    (home / "data" / "mine.pack.toml").write_text(PACK, encoding="utf-8")
    for encoding in ("cp1252", "utf-8"):
        (question,) = json.loads(printed(encoding, "questions", "--search", "mine", "--json"))
        assert question["text"] == "大きさ − how big?"
        assert question["options"] == ["大", "小"]


def test_a_chart_can_be_read_on_a_terminal_of_ascii(home):
    chart = printed("ascii", "run", "-q", "GAP21Q33_g_W82", "-g", "Democrat", "-m", "recorded/gpt-4")
    (line,) = (line for line in chart.splitlines() if line.startswith("Some priority"))
    assert line.split()[2].strip("#|!") == ""
    assert line.split()[-1] == "-6"
    assert "KL(human || model)" in chart
    assert "?" not in chart.split("?", 1)[1]


@pytest.mark.parametrize(
    ("command", "inside"),
    [
        (("models",), "opinionscope.commands.lists.live_models"),
        (("questions",), "opinionscope.survey.Library.load"),
        (("history", "list"), "opinionscope.history.History.page"),
    ],
)
def test_an_interrupted_command_exits_130_without_output(cli, monkeypatch, command, inside):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(inside, interrupt)
    result = cli(*command)
    assert result.exit_code == 130
    assert result.stdout == ""
    assert result.stderr == "Interrupted.\n"


def test_the_narration_leaves_its_line_empty(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    narration = Narration()
    narration.text("x" * 1200)
    narration.text("x")
    narration.end()
    click.echo("Error: it went wrong", err=True)
    shown = capsys.readouterr().err
    assert "1,200 characters …" in shown
    assert "1 character …" in shown
    screen = [" "] * 80
    column = 0
    for character in shown.split("\n")[0]:
        if character == "\r":
            column = 0
        else:
            screen[column] = character
            column += 1
    assert "".join(screen).rstrip() == "Error: it went wrong"


@pytest.mark.parametrize("columns", [68, 72, 120])
def test_a_table_fits_the_terminal_and_cuts_no_figure(capsys, monkeypatch, columns):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    row = ("01M8P2W30S4W0ZJTJNWKZE5V2W", "an-expensive-question", "persona", "1.150 [1.000, 1.300]", "7")
    print_table(("RUN", "QUESTION", "STEERING", "TV", "KEPT"), [row], (26, 60, 60, 20, 4), least_needed=(4,))
    _, line = capsys.readouterr().out.splitlines()
    assert len(line) <= columns
    assert line.split()[0] == row[0]
    assert row[3] in line
    assert (row[1] in line, line.rstrip().endswith("7")) == ((True, True) if columns == 120 else (False, False))


@pytest.mark.parametrize(
    ("columns", "header", "without"),
    [
        (60, "RUN GROUP KL nats TV", "MODEL (recorded/gpt-4), STATUS (done), ANSWERS, NOTE, CREATED (UTC), FORMAT"),
        (80, "RUN GROUP FORMAT KL nats TV", "MODEL (recorded/gpt-4), STATUS (done), ANSWERS, NOTE, CREATED (UTC)"),
        (
            120,
            "RUN CREATED (UTC) GROUP FORMAT MODEL STATUS KL nats TV ANSWERS NOTE",
            "QUESTION (GAP21Q33_g_W82), STEERING (persona)",
        ),
    ],
)
def test_the_list_of_runs_fits_the_terminal_and_says_what_has_no_room(
    cli, capsys, monkeypatch, columns, header, without
):
    ids = []
    for group, form in (("Democrat", "sequence"), ("Democrat", "verbalized"), ("Republican", "verbalized")):
        asked = ("run", "-q", "GAP21Q33_g_W82", "-g", group, "-f", form, "-m", "recorded/gpt-4", "--json")
        ids.append(json.loads(cli(*asked).stdout)["run_id"])
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    main(["history", "list"], standalone_mode=False)
    result = capsys.readouterr()
    top, *lines = click.unstyle(result.out).splitlines()
    assert top.split() == header.split()
    assert [line.split()[0] for line in lines] == ids[::-1]
    assert max(map(cell_len, lines)) <= columns
    assert without in " ".join(result.err.split())


def test_a_title_that_begins_with_a_digit_is_cut_as_others_are(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    rows = [("redeployment", "Redeployment: stories of a war"), ("1984", "1984, a story of a year to come")]
    print_table(("ID", "TITLE"), rows, (28, 34))
    assert [len(line.rstrip()) <= 40 for line in click.unstyle(capsys.readouterr().out).splitlines()] == [True] * 3


def test_a_narrow_terminal_goes_without_what_is_the_same_in_all_rows(capsys, monkeypatch):
    columns = [Column("model", "MODEL", ""), Column("domain", "DOMAIN", ""), Column("floor", "FLOOR", "", decimals=3)]
    columns.append(Column("coverage", "COVERAGE", "", decimals=3))
    rows = [{"model": name, "domain": "political", "floor": 0.024, "coverage": 1.0} for name in ("a-model", "b-model")]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for width, shown in ((60, "MODEL DOMAIN FLOOR COVERAGE"), (28, "MODEL FLOOR COVERAGE"), (18, "MODEL FLOOR")):
        monkeypatch.setenv("COLUMNS", str(width))
        print_report(Report(tuple(columns), tuple(rows), ((), ()), "Nothing."))
        assert click.unstyle(capsys.readouterr().out).splitlines()[0].split() == shown.split()


def test_a_line_is_drawn_over_by_the_cells_that_it_takes(capsys):
    assert tell_over("大きさ", 8) == 6
    assert capsys.readouterr().err == "\r大きさ  "


def test_what_is_told_breaks_by_the_cells_that_it_takes(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "20")
    tell("  大きさ大きさ of 大きさ大きさ is not known")
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["  大きさ大きさ of", "大きさ大きさ is not", "known"]


def test_what_is_told_on_a_terminal_breaks_between_words(capsys, monkeypatch):
    sentence = "Closest: gpt-4 verbalized with TV .222; `opinionscope data import` brings more."
    for is_terminal in (True, False):
        monkeypatch.setattr(sys.stderr, "isatty", lambda seen=is_terminal: seen)
        monkeypatch.setenv("COLUMNS", "30")
        tell(sentence)
        lines = capsys.readouterr().err.splitlines()
        assert " ".join(lines) == sentence
        assert (max(map(len, lines)) <= 30) is is_terminal


@pytest.mark.parametrize("group", [[], ["data"], ["history"]])
def test_the_list_of_commands_is_cut_nowhere(cli, group):
    assert "..." not in cli(*group, "--help").stdout.partition("Commands:")[2]
