"""The manual page is what the commands say, and every example is a command line that the program takes."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from opinionscope.cli import main
from opinionscope.commands.manual import manual

PAGE = Path(__file__).parents[2] / ".github" / "opinionscope.1"
VIEWERS = {"mandoc": ("-Tlint", "-W", "warning"), "groff": ("-man", "-Tutf8", "-ww")}


def commands(command=main, path=()):
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


SHOWN = {" ".join(path): command for path, command in commands() if not command.hidden}


def examples(command):
    lines = "\n".join(re.findall(r"^  (.*)$", command.epilog or "", re.MULTILINE)).replace("\\\n", "")
    return [re.split(r" [|>] ", line)[0] for line in lines.splitlines()]


@pytest.mark.parametrize("name", SHOWN)
def test_the_examples_of_a_command_are_taken(name, monkeypatch):
    reached = []
    monkeypatch.setattr(click.Command, "invoke", lambda command, ctx: reached.append(ctx.command_path))
    monkeypatch.setattr(click.Path, "convert", lambda _, value, *__: value)
    lines = examples(SHOWN[name])
    assert 1 <= len(lines) <= 3
    for line in lines:
        main(shlex.split(line)[1:], standalone_mode=False)
    assert f"opinionscope {name}".rstrip() in reached


def test_the_page_names_every_command_and_is_the_one_that_is_installed():
    page = PAGE.read_text(encoding="ascii")
    assert page.splitlines() == manual(main), "write it anew: opinionscope man > .github/opinionscope.1"
    for name in filter(None, SHOWN):
        assert f'.SS "{name}"'.replace("-", "\\-") in page


@pytest.mark.parametrize("viewer", VIEWERS)
def test_the_page_is_shown_without_a_warning(viewer):
    if shutil.which(viewer) is None:
        pytest.skip(f"{viewer} is not installed")
    done = subprocess.run([viewer, *VIEWERS[viewer], PAGE], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert viewer == "groff" or done.stdout == ""
