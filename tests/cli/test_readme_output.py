"""The output in the README is what the commands above it print.

``OPINIONSCOPE_PICTURES=write pytest tests/cli/test_readme_output.py -p no:xdist`` writes it anew.
"""

import os
import re
import shlex
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"<!-- output -->\n```console\n\$ opinionscope (.+)\n([^`]*)```")
COLUMNS = "96"


def as_it_is(cli, text):
    """The README with what the commands print now."""

    def printed(block):
        result = cli(*shlex.split(block[1]))
        assert result.exit_code == 0, result.stderr
        lines = (line.rstrip() for line in result.stdout.strip("\n").splitlines())
        return f"<!-- output -->\n```console\n$ opinionscope {block[1]}\n" + "\n".join(lines) + "\n```"

    return BLOCK.sub(printed, text)


def test_the_output_in_the_readme_is_what_the_commands_print(cli, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", COLUMNS)
    text = README.read_text(encoding="utf-8")
    assert len(BLOCK.findall(text)) == 2
    now = as_it_is(cli, text)
    if os.environ.get("OPINIONSCOPE_PICTURES") == "write":
        README.write_text(now, encoding="utf-8")
    assert README.read_text(encoding="utf-8") == now
