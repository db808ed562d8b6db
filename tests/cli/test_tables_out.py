"""Tables as text for other programs: what a cell may hold."""

import csv
import io

from opinionscope.commands.tables_out import table_text

HARD = 'a | b \\ c \\| d & 50 % <1 >2 $x_y {z} # ~ ^ "e"'


def test_a_pipe_or_a_backslash_ends_no_cell_of_a_markdown_table():
    *_, line = table_text(["a", "b"], [{"a": HARD, "b": "c\\"}], "markdown").splitlines()
    assert line.replace("\\\\", "").replace("\\|", "").count("|") == 3


def test_latex_sets_every_character_as_it_is():
    line = table_text(["a"], [{"a": HARD}], "latex").splitlines()[4]
    for name in ("&", "%", "$", "_", "{z", "#"):
        assert f"\\{name}" in line
    for name in ("less", "greater", "bar", "backslash", "asciitilde", "asciicircum"):
        assert f"\\text{name}{{}}" in line
    assert not set("<>|~^") & set(line)


def test_a_csv_cell_has_any_text_and_lists_apart():
    (row,) = csv.DictReader(io.StringIO(table_text(["a", "b"], [{"a": f'{HARD},"', "b": ["x y", "z"]}], "csv")))
    assert row == {"a": f'{HARD},"', "b": "x y; z"}
