"""A study card's composition and what is expected of it: as data, and refused where they are no numbers."""

import json
import math
from pathlib import Path

import pytest

from opinionscope.importers.benchmark_people import read_people
from opinionscope.survey import PackError, read_pack
from opinionscope.survey.microdata import microdata_of
from opinionscope.survey.pack import PackFile, decode_file

DATA = Path(__file__).parents[2] / "data"
REFERENCE = Path(__file__).parents[2].parent / "shared" / "paper"
BOOKS = DATA / "nytimes.pack.json"


@pytest.mark.parametrize(
    ("card", "place"),
    [
        ({"composition": {"sex": {"Female": -1}}}, "card.composition.sex.Female"),
        ({"expected": {"sex": {"shares": {"Female": 51}}}}, "card.expected.sex.shares.Female"),
        ({"expected": {"sex": {"share": {}}}}, "card.expected[...]"),
    ],
)
def test_a_figure_that_is_none_is_refused_with_its_place(write, pack, card, place):
    with pytest.raises(PackError) as refusal:
        read_pack(write(pack | {"card": card}))
    assert refusal.value.place == place


def test_figures_in_toml_may_not_be_infinite(write, pack):
    text = '[card.expected.sex.shares]\nFemale = nan\n[[questions]]\nid = "q"\ntitle = "Q"\ntext = "Q?"\n'
    head = f'format = "{pack["format"]}"\ndataset = "d"\ntitle = "D"\noptions = ["Yes", "No"]\n'
    with pytest.raises(PackError, match="from 0 to 1, got nan"):
        read_pack(write(head + text, "own.pack.toml"))


def test_texts_of_a_card_cannot_command_the_terminal(write, pack):
    pack["card"] = {
        "composition": {"s\x1bex": {"Fe\x07male": 2}},
        "expected": {"sex": {"shares": {}, "source": "\x1b"}},
    }
    card = read_pack(write(pack)).card
    assert "\x1b" not in repr(card.composition) + card.expected["sex"].source
    assert "\x07" not in json.dumps(card.composition, ensure_ascii=False)


def test_what_is_expected_in_the_bundled_pack_is_whole_and_has_a_source():
    card = read_pack(BOOKS).card
    assert set(card.expected) == set(card.composition) == {"party", "sex", "race", "income", "age"}
    for name, each in card.expected.items():
        assert each.population
        assert any(year in each.source for year in ("2020", "2023", "2025"))
        assert set(each.shares) <= set(card.composition[name])
        assert math.fsum(each.shares.values()) <= 1.001
        if name != "race":
            assert math.fsum(each.shares.values()) == pytest.approx(1, abs=0.002)


@pytest.mark.reference
@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the benchmark's files are not at hand")
def test_the_bundled_composition_counts_the_people_of_the_reference():
    file, _ = read_people(REFERENCE, decode_file(BOOKS, PackFile))
    people = microdata_of(file, BOOKS)
    counted = {name: {each.value: each.people for each in people.slices(name)} for name in people.attributes}
    assert read_pack(BOOKS).card.composition == counted
    assert sum(counted["party"].values()) == 335
