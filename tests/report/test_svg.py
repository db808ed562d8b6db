import xml.etree.ElementTree as ElementTree
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from opinionscope.charts.chart import ChartData, draw
from opinionscope.charts.lines import Piece, Role, flow
from opinionscope.report.svg import CELL, INKS, MARGIN, svg
from opinionscope.theming import Palette

COLORS = Palette("#000000", "#ffffff", "#111111", "#222222", "#333333", "#444444", "#555555")
DATA = ChartData(("Top priority", "No priority"), (0.25, 0.75), (0.5, 0.5), "gpt-4")


def parts(document: str, tag: str):
    return list(ElementTree.fromstring(document).iter(f"{{http://www.w3.org/2000/svg}}{tag}"))


def test_bars_are_rectangles_as_long_as_their_shares_on_their_tracks():
    document = svg(draw(DATA, 100), "A chart", COLORS)
    by_color = {}
    for shape in parts(document, "rect")[1:]:
        by_color.setdefault(shape.get("fill"), []).append(float(shape.get("width")))
    _square, *humans = by_color[COLORS.human]
    _square, *models = by_color[COLORS.model]
    whole = by_color[COLORS.track][0]
    eighth = CELL / 8
    assert all(abs(drawn - share * whole) <= eighth for drawn, share in zip(humans, (0.25, 0.75), strict=True))
    assert all(abs(drawn - 0.5 * whole) <= eighth for drawn in models)


def test_texts_stand_at_the_place_of_their_cell_and_are_as_long_as_their_cells():
    document = svg([[Piece("日本  a b", "label"), Piece("  14 %", "value")]], "", COLORS)
    placed = [(t.text, float(t.get("x")), float(t.get("textLength"))) for t in parts(document, "text")]
    expected = [("日本", 0, 4), ("a b", 6, 3), ("14 %", 11, 4)]
    assert placed == [(text, round(MARGIN + at * CELL, 1), round(cells * CELL, 1)) for text, at, cells in expected]


def test_a_screen_reader_is_told_the_words_and_figures():
    document = svg(draw(DATA, 100), "A chart", COLORS)
    assert parts(document, "title")[0].text == "A chart"
    assert "Top priority 25 % 50 % +25" in parts(document, "desc")[0].text


@given(st.text())
def test_any_text_makes_a_document(text):
    document = svg([[Piece(text.replace("\n", " "), "label")]], text, COLORS)
    ElementTree.fromstring(document)


@given(st.lists(st.text("ab 本\n", max_size=20), max_size=4), st.integers(2, 12))
def test_flowing_text_keeps_its_words_and_its_width(texts, width):
    lines = flow([Piece(text, "label") for text in texts], width)
    assert "".join("".join(texts).split()) == "".join("".join(p.text for p in line).replace(" ", "") for line in lines)
    assert all(sum(cell_len(piece.text) for piece in line) <= width for line in lines)


def test_every_role_has_an_ink():
    assert set(INKS) == set(get_args(Role))
