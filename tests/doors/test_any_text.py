"""Whatever text goes in, nothing that a terminal obeys and nothing hidden comes out of the doors."""

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from opinionscope.cleaning import clean
from opinionscope.cli import main
from opinionscope.errors import OpinionscopeError
from opinionscope.tui.safe_lines import SafeLines

TROUBLE = st.sampled_from(
    "\x1b[]52;c;\x07\x08\r\n\t\x7f\x9b\x9d\u2028\u202e\u2066\u200b\u200d\ufeff\U000e0041\u0301👩日"
)
TEXT = st.text(st.characters(exclude_categories=("Cs",)) | TROUBLE, max_size=60)
COMMANDS = (
    ("run", "-q", "{}", "-g", "x"),
    ("run", "-q", "the-bee-sting", "-g", "{}"),
    ("run", "-q", "the-bee-sting", "-g", "Female", "-m", "recorded/{}"),
    ("run", "-f", "{}"),
    ("questions", "--domain", "{}"),
    ("history", "{}"),
    ("data", "show", "{}"),
    ("data", "import", "/nowhere/{}"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@given(text=TEXT)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_command_line(command, text):
    text = text.replace("\0", "")
    result = CliRunner().invoke(main, [part.replace("{}", text) for part in command])
    assert isinstance(result.exception, SystemExit) or result.exception is None
    for written in (result.stdout, result.stderr):
        assert clean(written) == written


@given(st.text(st.characters(exclude_categories=()) | TROUBLE), st.text(TROUBLE))
def test_errors_are_one_clean_line(message, title):
    error = OpinionscopeError(message, title=title)
    for text in (str(error), error.message, error.title):
        assert clean(text) == text
        assert "\n" not in text


@given(st.text(st.characters(exclude_categories=("Cs",)) | TROUBLE))
def test_a_line_of_the_screen_is_cleaned_and_keeps_its_width(text):
    style = Style(bold=True)
    (segment,) = SafeLines().apply([Segment(text, style)], Color(0, 0, 0))
    assert segment.style == style
    assert cell_len(segment.text) == cell_len(text)
    assert clean(segment.text) == segment.text
    assert "\n" not in segment.text


def test_what_the_terminal_program_writes_itself_stays():
    control = Segment("\x1b[2J", None, [(2,)])
    assert SafeLines().apply([control], Color(0, 0, 0)) == [control]
