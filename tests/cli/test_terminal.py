"""Odd terminals, interrupted commands, and what stderr is left like."""

import json
import os
import subprocess
import sys

import click
import pytest

from opinionscope.commands.output import Narration

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


@pytest.mark.parametrize("group", [[], ["data"], ["history"]])
def test_the_list_of_commands_is_cut_nowhere(cli, group):
    assert "..." not in cli(*group, "--help").stdout.partition("Commands:")[2]
