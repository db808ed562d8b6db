"""What the reference repeats, because it stands where it cannot be looked up."""

import re
from pathlib import Path

from opinionscope.elicitation import FORMATS, OPTIONS
from opinionscope.elicitation.steering import STEERINGS
from opinionscope.recipe import Further
from opinionscope.settings import bundled
from opinionscope.theming import ThemeColors, read_theme

REFERENCE = (Path(__file__).parents[2] / ".github" / "REFERENCE.md").read_text(encoding="utf-8")


def test_the_reference_names_all_steering_methods_and_formats():
    for name in (*STEERINGS, *FORMATS):
        assert f"| `{name}` |" in REFERENCE


def test_every_further_field_of_a_recipe_is_an_option_that_the_reference_names():
    assert Further.__struct_fields__ == tuple(option.name for option in OPTIONS)
    for option in OPTIONS:
        assert f"`--{option.name.replace('_', '-')}" in REFERENCE


def test_the_reference_names_all_options_of_a_theme_in_one_that_works(tmp_path):
    (example,) = (block for block in re.findall(r"```toml\n(.*?)```", REFERENCE, re.DOTALL) if "[chart]" in block)
    path = tmp_path / "harbour.toml"
    path.write_text(example, encoding="utf-8")
    theme, _ = read_theme(path)
    assert theme.name not in {read_theme(own)[0].name for own in bundled("themes").glob("*.toml")}
    for name in ThemeColors.__struct_fields__:
        assert re.search(rf"^{name} = ", example, re.MULTILINE), name
