"""Text from outside: nothing that a terminal obeys gets through."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opinionscope.survey.text import clean, clean_line, fold

ANY_TEXT = st.text(st.characters(exclude_categories=()))
EVERY_CHARACTER = "".join(map(chr, range(sys.maxunicode + 1)))
OBEYED_BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
OBEYED_MARKS = {"\u061c", "\u200e", "\u200f"}


def _obeyed(character: str) -> bool:
    return (
        unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
        or unicodedata.bidirectional(character) in OBEYED_BIDI
        or character in OBEYED_MARKS
    )


def test_nothing_that_a_terminal_obeys_survives() -> None:
    assert {character for character in clean(EVERY_CHARACTER) if _obeyed(character)} == {"\n", "\t"}
    assert not any(_obeyed(character) for character in clean_line(EVERY_CHARACTER))


def test_everything_else_stays() -> None:
    harmless = "".join(character for character in EVERY_CHARACTER if not _obeyed(character))
    assert clean(harmless) == harmless


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "␛[2J"),
        ("\x1b]52;c;Y3VybA==\x07", "␛]52;c;Y3VybA==␇"),
        ("\x9b31m", "\ufffd31m"),
        ("\x9d52;c;eA==\x9c", "\ufffd52;c;eA==\ufffd"),
        ("a\x00b\x08c\x7fd", "a␀b␈c␡d"),
        ("abc\u202egpj.exe", "abc\ufffdgpj.exe"),
        ("\u2066x\u2069", "\ufffdx\ufffd"),
        ("\ud800x\udfff", "\ufffdx\ufffd"),
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("a\u2028b\u2029c", "a\ufffdb\ufffdc"),
        ("a\x0bb\x0cc\x85d", "a␋b␌c\ufffdd"),
        ("tab\tstays", "tab\tstays"),
        ("[/foo] [A] [bold red]x[/]", "[/foo] [A] [bold red]x[/]"),
        ("שלום مرحبا 日本 👩‍👧 é", "שלום مرحبا 日本 👩‍👧 é"),
        ("", ""),
    ],
)
def test_controls_are_shown_instead_of_obeyed(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_line(clean(text)) == clean_line(text)
    clean(text).encode("utf-8")


@given(ANY_TEXT)
def test_a_line_is_one_line_without_blanks_at_its_ends(text: str) -> None:
    line = clean_line(text)
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert "  " not in line
    assert "\t" not in line


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Café", "cafe"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("ﬁsh", "fish"),
        ("ℌarbour", "harbour"),
        ("ＡＢＣ", "abc"),
        ("Ελλάδα", "ελλαδα"),
    ],
)
def test_folding_drops_case_and_accents(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(ANY_TEXT)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(text.upper()) == fold(text.upper().lower())


@given(st.text(st.characters() | st.sampled_from(" \t\r\n\u00a0\u2028\u202e\x1b\u200d")))
def test_a_text_is_cleaned_the_same_whatever_stands_beside_it(text: str) -> None:
    assert clean(f"{text}\t\x1b") == f"{clean(text)}\t\u241b"
    assert clean_line(f"\t{text}\t") == clean_line(text)
