"""Text from outside: nothing that a terminal obeys gets through."""

import json
import sys
import unicodedata
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from opinionscope.cleaning import MOST_MARKS, escape_json
from opinionscope.survey.text import clean, clean_line, fold, has_word, search_words, while_typing

ANY_TEXT = st.text(st.characters(exclude_categories=()))
EVERY_CHARACTER = "".join(map(chr, range(sys.maxunicode + 1)))
OBEYED_BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
SCRIPTS = {
    "Devanagari": "क्‍ष नमस्ते किं",
    "Bengali": "ক্ষ বাংলা",
    "Tamil": "தமிழ் கொ",
    "Persian with joiners": "می‌خواهم خانه‌ها",
    "Arabic with vowel signs": "اَلْعَرَبِيَّةُ",
    "Hebrew with points": "שָׁלוֹם בְּרֵאשִׁ֖ית",
    "Thai": "ที่นี่ น้ำ กรุงเทพฯ",
    "Tibetan": "བོད་ཡིག ཧཱུྃ",
    "Vietnamese, decomposed": "tie\u0302\u0301ng Vie\u0323\u0302t",
    "Korean": "한국어 \u1112\u1161\u11ab",
    "Japanese with a variant": "葛\U000e0100城市 が か\u3099",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ\u180b",
    "family": "👩‍👩‍👧‍👦 👩🏽‍⚕️ ❤️‍🔥 🏳️‍🌈",
    "flags and keycaps": "🇩🇪 🇯🇵 1️⃣ #️⃣ ☺︎ ©️ ℹ️",
    "soft hyphen": "Ta\u00adNehisi",
}
"""What must look as it did."""


HIDDEN = frozenset(
    chr(code)
    for low, high in (
        (0x34F, 0x34F),
        (0x61C, 0x61C),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x200B, 0x200F),
        (0x2060, 0x206F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0),
        (0xFFF0, 0xFFFB),
        (0x1BCA0, 0x1BCA3),
        (0x1D173, 0x1D17A),
        (0xE0000, 0xE0FFF),
    )
    for code in range(low, high + 1)
)
"""Never drawn, by Unicode's Default_Ignorable_Code_Point, but for soft hyphens."""


@cache
def _obeyed() -> frozenset[str]:
    return frozenset(
        character
        for character in EVERY_CHARACTER
        if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
        or unicodedata.bidirectional(character) in OBEYED_BIDI
    )


def test_nothing_that_a_terminal_obeys_survives() -> None:
    assert _obeyed().intersection(clean(EVERY_CHARACTER)) == {"\n", "\t"}
    assert _obeyed().isdisjoint(clean_line(EVERY_CHARACTER))


def test_nothing_hidden_survives_on_its_own() -> None:
    assert {character for character in HIDDEN if clean(f"a{character}b") != "ab"} <= _obeyed()


def test_everything_else_stays() -> None:
    special = _obeyed() | HIDDEN
    harmless = " ".join(character for character in EVERY_CHARACTER if character not in special)
    assert clean(harmless) == harmless


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_what_scripts_and_emoji_need_stays(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Z" + "\u0301" * 50 + "a", "Z" + "\u0301" * MOST_MARKS + "a"),
        ("ก" + "็" * 50, "ก" + "็" * MOST_MARKS),
        ("e\u0301\u200be\u0301", "e\u0301e\u0301"),
        ("e" + "\u0301\u200b\u0302\ufeff" * 9, "e" + "\u0301\u0302" * 2),
        ("☺" + "\ufe0f" * 9, "☺\ufe0f"),
        ("a\ufe0fb\ufe01c\U000e0101", "abc"),
        ("no\u200dt jo\u200cined", "not joined"),
        ("क" + "\u200d" * 5, "क\u200d"),
        ("👩\u200d\u200d👧", "👩\u200d👧"),
        ("👩\u200d and", "👩 and"),
        ("ig\U000e0049\U000e0047nore\U000e007f", "ignore"),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "🏴"),
        ("\ufeffname\u2060d", "named"),
        ("ab\u200ec\u200f\u061c", "abc"),
    ],
)
def test_floods_and_hidden_words_go(text: str, left: str) -> None:
    assert clean(text) == left
    assert clean_line(text) == left


@given(
    st.text(
        st.characters(exclude_categories=()) | st.sampled_from("a\u0301\u200d\ufe0f👩क\x1b\x9b\u202e\U000e0041\x7f")
    )
)
@example("\u0915\ufe0f\u200d")
def test_json_escapes_what_cleaning_would_change_and_keeps_the_data(text: str) -> None:
    document = json.dumps([text], ensure_ascii=False)
    escaped = escape_json(document)
    assert json.loads(escaped) == json.loads(document)
    assert clean(escaped) == escaped
    escaped.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "word", "begins", "whole"),
    [
        ("female", "male", False, False),
        ("male, 30", "male", True, True),
        ("males", "male", True, False),
        ("recorded/gpt-4", "gpt-4", True, True),
        ("gpt-4o", "gpt-4", True, False),
        ("gap21q33_g_w82", "w82", True, True),
        ("party=democrat", "democrat", True, True),
        ("party=democrat", "party=democrat", True, True),
        ("書籍移民政策", "移民", True, True),
        ("ภาษาไทย", "ไทย", True, True),
        ("immigration", "immig*", False, True),
        ("immigration", "migra*", False, False),
        ("a male female", "male", True, True),
        ("female male", "male", True, True),
        ("don't know", "know", True, True),
        ("", "x", False, False),
    ],
)
def test_words_are_found_where_words_begin(text: str, word: str, begins: bool, whole: bool) -> None:
    assert has_word(text, word) is begins
    assert has_word(text, word, whole=True) is whole


def test_what_is_typed_is_whole_words_and_the_beginning_of_one() -> None:
    assert [while_typing(text) for text in ("", "male", "male ", "done mal", "x*")] == [
        "",
        "male*",
        "male ",
        "done mal*",
        "x*",
    ]
    assert search_words("  MALE Café male\x1b ") == ("male", "cafe", "male␛")


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
