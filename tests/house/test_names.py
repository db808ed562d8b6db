"""What the command line and the reference repeat, because it stands where it cannot be looked up."""

import re
from pathlib import Path

from opinionscope import cli
from opinionscope.elicitation import FORMATS
from opinionscope.elicitation.steering import STEERINGS
from opinionscope.settings import bundled
from opinionscope.theming import ThemeColors, read_theme

REFERENCE = (Path(__file__).parents[2] / ".github" / "REFERENCE.md").read_text(encoding="utf-8")


def test_the_command_line_knows_all_steering_methods_and_formats():
    assert tuple(STEERINGS) == cli.STEERING_NAMES
    assert tuple(FORMATS) == cli.FORMAT_NAMES


def test_the_reference_names_all_steering_methods_and_formats():
    for name in (*STEERINGS, *FORMATS):
        assert f"| `{name}` |" in REFERENCE


def test_the_reference_names_all_options_of_a_theme_in_one_that_works(tmp_path):
    (example,) = (block for block in re.findall(r"```toml\n(.*?)```", REFERENCE, re.DOTALL) if "[chart]" in block)
    path = tmp_path / "harbour.toml"
    path.write_text(example, encoding="utf-8")
    theme, _ = read_theme(path)
    assert theme.name not in {read_theme(own)[0].name for own in bundled("themes").glob("*.toml")}
    for name in ThemeColors.__struct_fields__:
        assert re.search(rf"^{name} = ", example, re.MULTILINE), name
