"""The study card: what it says of a sample, of an item, and of what is not known."""

import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from opinionscope.charts.lines import plain
from opinionscope.report.card_drawing import draw_card
from opinionscope.report.composition import Composition, Portion, chance_points, departures
from opinionscope.report.study_card import study_card, study_card_json
from opinionscope.survey import Library
from opinionscope.survey.microdata import MICRODATA_FORMAT

DATA = Path(__file__).parents[2] / "data"
CARD = {
    "asked_by": "The parish",
    "notes": ["Asked at the door."],
    "composition": {"age": {"18-34": 60, "35+": 40}, "party": {"Reds": 51, "Blues": 49}},
    "expected": {
        "age": {"shares": {"18-34": 0.3, "35+": 0.7}, "population": "villagers", "source": "Register, 2024"},
        "party": {"shares": {"Reds": 0.5, "Blues": 0.5}, "population": "villagers", "source": "Register, 2024"},
    },
}


@pytest.fixture
def village(tmp_path):
    """Makes a library of one small pack, with or without single people's answers."""

    def make(microdata=None, **changes):
        pack = {
            "format": "opinionscope-pack/1",
            "dataset": "village",
            "title": "Village survey",
            "wording": "abridged",
            "card": CARD,
            "groups": {"Young": {"age": "18-34"}, "Old": {"age": "35+"}, "Guests": {"home": "elsewhere"}},
            "options": ["Yes", "No"],
            "questions": [
                {
                    "id": "pub",
                    "title": "The pub",
                    "text": "Longer?",
                    "source_key": "V7",
                    "note": "Two wordings merged.",
                    "human": {"Young": [10, 19], "Old": [20, 10], "Guests": {"shares": [0.5, 0.5]}},
                }
            ],
        } | changes
        (tmp_path / "village.pack.json").write_text(json.dumps(pack))
        if microdata is not None:
            (tmp_path / "village.microdata.json").write_text(json.dumps(microdata))
        return Library.load([tmp_path])

    return make


def text_of(view, width=80):
    return plain(draw_card(view, width))


def test_the_sample_stands_beside_what_is_expected(village):
    text = text_of(study_card(village(), "village"))
    (young,) = (line for line in text.splitlines() if line.startswith("18-34"))
    assert young.split()[1] == "60"
    assert " 60 %" in young
    assert " 30 %" in young
    assert young.endswith("+30")
    assert "age 18-34: 60 % of the sample, 30 % of villagers" in text
    assert "age 35+: 40 % of the sample, 70 % of villagers" in text
    assert "Reds: 51 %" not in text
    assert text.count("Register, 2024") == 1


def test_an_item_has_its_faults_and_every_groups_n(village):
    library = village()
    view = study_card(library, "village", library.question("village/pub"))
    text = text_of(view)
    young, old, guests = (line for line in text.splitlines() if "TV 0." in line or "none without n" in line)
    assert "n too small: below 30" in young
    assert "too small" not in old
    assert "not published" in guests
    assert "V7" in text
    assert "Two wordings merged." in text
    assert "abridged: people were asked other words" in text
    groups = study_card_json(view)["question"]["groups"]
    assert [(g["name"], g["n"], g["too_small"]) for g in groups] == [
        ("Young", 29, True),
        ("Old", 30, False),
        ("Guests", None, False),
    ]


def test_single_people_are_counted_in_place_of_the_cards_figures(village):
    people = {
        "format": MICRODATA_FORMAT,
        "dataset": "village",
        "people": 4,
        "attributes": {"age": {"numbers": [20, 40, 70, 90], "cuts": [18, 35]}},
        "options": {"pub": ["Yes", "No"]},
        "answers": {"pub": [0, 1, 1, 0]},
        "weights": [3, 1, 1, 1],
    }
    view = study_card(village(people), "village")
    (age,) = study_card_json(view)["composition"]
    assert [(each["value"], each["people"], each["share"]) for each in age["values"]] == [
        ("18-34", 1, 0.5),
        ("35+", 3, 0.5),
    ]
    assert age["expected_of"] == "villagers"
    assert "sample, weighted" in text_of(view)
    assert "Chance alone" not in text_of(view)


def test_people_that_cannot_be_read_are_named_and_cost_nothing_else(village):
    view = study_card(village({"format": "other"}), "village")
    assert [each.attribute for each in view.compositions] == ["age", "party"]
    assert "village.microdata.json" in text_of(view)


def test_a_card_with_nothing_in_it_says_what_is_not_known(village):
    text = text_of(study_card(village(card={}), "village"))
    assert "Not known: the source gives its groups" in text
    assert "Known faults" not in text
    assert "Citation" not in text


def test_what_chance_would_do_is_no_departure():
    def by_sex(women, people):
        share = women / people
        return (
            Composition("sex", (Portion("Female", women, share, 0.5), Portion("Male", people - women, 1 - share, 0.5))),
        )

    assert departures(by_sex(57, 100)) == ()
    assert departures(by_sex(570, 1000)) == ("Female: 57 % of the sample, 50 % of those expected",)
    assert chance_points(1000) == pytest.approx(3.1, abs=0.05)


def test_the_widest_departure_comes_first_and_a_value_nobody_has_counts():
    found = study_card(Library.load([DATA]), "nytimes").compositions
    sentences = departures(found)
    assert sentences[0] == "party Other: 1 % of the sample, 41 % of US adults"
    assert "age 18-34: 45 % of the sample, 29 % of US adults" in sentences
    missing = departures((Composition("age", (Portion("18-64", 100, 1.0, 0.8), Portion("65+", 0, 0.0, 0.2))),))
    assert missing[1] == "age 65+: 0 % of the sample, 20 % of those expected"


@pytest.mark.parametrize("width", [30, 46, 60, 76, 100, 200])
@pytest.mark.parametrize("dataset", ["nytimes", "opinionqa", "globalopinionqa"])
def test_no_line_is_wider_than_there_is_room(dataset, width):
    library = Library.load([DATA])
    question = library.pack(dataset).questions[0]
    view = study_card(library, dataset, question)
    too_wide = [line for line in text_of(view, width).splitlines() if cell_len(line) > width]
    assert too_wide == []


def test_incomes_can_be_checked_at_a_glance():
    view = study_card(Library.load([DATA]), "nytimes")
    (income,) = (each for each in view.compositions if each.attribute == "income")
    assert [(p.value, round(p.share * 100)) for p in income.portions] == [
        ("Less than $30,000", 17),
        ("$30,000 - $99,999", 55),
        ("$100,000 or more", 28),
    ]
    assert all(portion.expected for portion in income.portions)
