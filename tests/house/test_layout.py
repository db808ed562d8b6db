"""Rules of the house that no other tool checks."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_readme_commands_are_one_line_each_and_the_gate_runs_the_second():
    readme = (ROOT / "README.md").read_text()
    blocks = re.findall(r"<!-- (run|test) -->\n```sh\n(.+)\n```", readme)
    assert [name for name, _ in blocks] == ["run", "test"]
    assert "opinionscope" in blocks[0][1]
    assert "pytest" in blocks[1][1]
    assert "<!-- test -->" in (ROOT / ".ci" / "run").read_text()


def test_no_file_of_ours_is_too_long():
    too_long = {
        str(path.relative_to(ROOT)): lines
        for folder in ("src", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > 400
    }
    assert too_long == {}
