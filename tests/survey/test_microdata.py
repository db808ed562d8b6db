"""Groups are cut from single people exactly as one would count them by hand."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opinionscope.importers.benchmark import Benchmark
from opinionscope.importers.benchmark_packs import benchmark_pack
from opinionscope.importers.benchmark_people import ATTRIBUTES, read_people
from opinionscope.survey import Group, Library, Option, PackError, Question
from opinionscope.survey.microdata import (
    AttributeEntry,
    CompositionError,
    Microdata,
    MicrodataFile,
    microdata_of,
    microdata_text,
    read_microdata,
)
from opinionscope.survey.pack import PackFile, decode_file, pack_text

FORMAT = "opinionscope-microdata/1"
PLACE = Path("village.microdata.json")
LABELS = ("Longer", "As now", "Shorter")
QUESTION = Question("pub", "village", "own", "The pub", "Longer?", tuple(Option(label) for label in reversed(LABELS)))
SEXES = ["Female", "Male"]
TOWNS = ["Lower Village", "Upper Village", "Île, north"]


def _village(**changes: Any) -> dict[str, Any]:
    """Six invented people; nothing is known of the sex of the last."""
    return {
        "format": FORMAT,
        "dataset": "village",
        "people": 6,
        "attributes": {
            "sex": {"values": SEXES, "codes": [0, 0, 1, 1, 0, -1]},
            "town": {"values": TOWNS, "codes": [0, 1, 2, 0, 1, 2]},
            "age": {"numbers": [17, 18, 34.9, 35, 80, -1], "cuts": [18, 35]},
        },
        "options": {"pub": list(LABELS)},
        "answers": {"pub": [0, 0, 1, 2, -1, 2]},
    } | changes


@pytest.fixture
def village(write: Callable[..., Path]) -> Microdata:
    return read_microdata(write(_village(), PLACE.name))


@st.composite
def files(draw: st.DrawFn) -> MicrodataFile:
    people = draw(st.integers(1, 25))

    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=people, max_size=people))

    weighted = draw(st.booleans())
    return MicrodataFile(
        format=FORMAT,
        dataset="village",
        people=people,
        attributes={
            "sex": AttributeEntry(values=SEXES, codes=column(st.integers(-1, 1))),
            "town": AttributeEntry(values=TOWNS, codes=column(st.integers(-1, 2))),
            "age": AttributeEntry(numbers=column(st.sampled_from([-1.0, 0.0, 17.5, 18.0, 34.0, 34.5, 35.0, 99.0]))),
        },
        options={"pub": list(LABELS)},
        answers={"pub": column(st.integers(-1, 2))},
        weights=column(st.floats(0, 5, allow_subnormal=False).filter(lambda w: w == 0 or w > 1e-3)) if weighted else [],
    )


@given(
    file=files(),
    sex=st.sampled_from([None, 0, 1]),
    town=st.sampled_from([None, 0, 1, 2]),
    age=st.sampled_from([None, (0, 17), (18, 34), (35, math.inf)]),
)
def test_a_cut_is_what_counting_by_hand_gives(
    file: MicrodataFile, sex: int | None, town: int | None, age: tuple[float, float] | None
) -> None:
    conditions = []
    if age is not None:
        conditions.append(f"age={age[0]}+" if age[1] == math.inf else f"age={age[0]}-{age[1]}")
    if sex is not None:
        conditions.append(f"sex={SEXES[sex].upper()}")
    if town is not None:
        conditions.append(f" TOWN = {TOWNS[town]}")
    microdata = microdata_of(file, PLACE)
    attributes = microdata.group(",".join(conditions)).attributes if conditions else ()
    members = [
        person
        for person in range(file.people)
        if (sex is None or file.attributes["sex"].codes[person] == sex)
        and (town is None or file.attributes["town"].codes[person] == town)
        and (age is None or age[0] <= file.attributes["age"].numbers[person] < age[1] + 1)
    ]
    weights = file.weights or [1.0] * file.people
    counted = [p for p in members if file.answers["pub"][p] >= 0 and weights[p] > 0]
    cut = microdata.cut(QUESTION, attributes)
    assert microdata.answered(attributes) == len(members)
    assert cut.people == len(counted)
    if not counted:
        assert cut.distribution is None
        return
    total = sum(weights[p] for p in counted)
    shares = [sum(weights[p] for p in counted if file.answers["pub"][p] == code) / total for code in (2, 1, 0)]
    assert cut.distribution is not None
    assert cut.distribution.probabilities == pytest.approx(shares)
    assert cut.distribution.n == pytest.approx(total**2 / sum(weights[p] ** 2 for p in counted))
    if not file.weights:
        assert cut.distribution.n == len(counted), "without weights n must be whole: the words differ"


@given(files())
def test_what_is_written_is_read_again(file: MicrodataFile) -> None:
    assert json.loads(microdata_text(file))["answers"] == file.answers


def test_an_expression_is_folded_and_put_in_order(village: Microdata) -> None:
    group = village.group("AGE=18–34, Sex=fEMALE,town=ile north")
    assert group == Group(
        "Female & town Île, north & age 18-34", (("sex", "Female"), ("town", "Île, north"), ("age", "18-34"))
    )
    assert village.group(group.expression) == group


@pytest.mark.parametrize(
    ("typed", "value", "people"),
    [("18-34", "18-34", 2), ("18 - 34", "18-34", 2), ("35+", "35+", 2), ("80", "80", 1), ("17-17", "17", 1)],
)
def test_ranges_hold_both_their_ends(village: Microdata, typed: str, value: str, people: int) -> None:
    group = village.group(f"age={typed}")
    assert group.attributes == (("age", value),)
    assert village.answered(group.attributes) == people


def test_the_slices_of_an_attribute(village: Microdata) -> None:
    assert [(part.value, part.people) for part in village.slices("sex")] == [("Female", 3), ("Male", 2)]
    assert [(part.value, part.people) for part in village.slices("age")] == [("17", 1), ("18-34", 2), ("35+", 2)]
    assert [part.share for part in village.slices("Age")] == pytest.approx([0.2, 0.4, 0.4])
    assert [village.has_numbers(name) for name in village.attributes] == [False, False, True]


def test_weights_count_in_shares_and_n(write: Callable[..., Path]) -> None:
    microdata = read_microdata(write(_village(weights=[3, 1, 1, 1, 1, 0]), PLACE.name))
    cut = microdata.cut(QUESTION, (("sex", "Female"),))
    assert cut.people == 2
    assert cut.distribution is not None
    assert cut.distribution.probabilities == (0, 0, 1)
    assert cut.distribution.n == pytest.approx(16 / 10)
    assert microdata.slices("sex")[0].share == pytest.approx(5 / 7)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("zodiac=Leo", 'no attribute "zodiac" is known of these people; there are sex, town, age'),
        ("sex=Femal", "there are Female, Male"),
        ("sex=whale", "there are Female, Male"),
        ("age=old", "expected age as 18-34, 65\\+ or 40"),
        ("age=34-18", "expected age as"),
        ("sex", "expected attribute=value"),
        ("sex=", "expected attribute=value"),
        ("sex=Female,sex=Male", "sex is named twice"),
    ],
)
def test_what_cannot_be_composed_is_said_in_a_sentence(village: Microdata, expression: str, said: str) -> None:
    with pytest.raises(CompositionError, match=said):
        village.group(expression)


def test_names_that_an_expression_could_not_hold_are_made_typable(write: Callable[..., Path]) -> None:
    attributes = {"likes tea, a=b": {"values": ["x", "X"], "codes": [0, 0, 0, 1, 1, -1]}}
    microdata = read_microdata(write(_village(attributes=attributes), PLACE.name))
    (name,) = microdata.attributes
    assert [microdata.answered(microdata.group(f"{name}={value}").attributes) for value in ("x", "X")] == [3, 2]


@pytest.mark.parametrize(
    ("changes", "place", "reason"),
    [
        ({"format": "opinionscope-pack/1"}, "format", FORMAT),
        ({"people": 7}, "attributes.sex.codes", "expected 7 entries, one a person, got 6"),
        ({"attributes": {"sex": {"values": SEXES, "codes": [0, 1, 2, 0, 0, 0]}}}, "attributes.sex.codes", "-1 to 1"),
        ({"attributes": {"sex": {"values": SEXES}}}, "attributes.sex.codes", "one a person, got 0"),
        ({"attributes": {"sex": {}}}, "attributes.sex", "either values with codes, or numbers"),
        ({"attributes": {"age": {"numbers": [1], "codes": [0] * 6}}}, "attributes.age", "either values with codes"),
        ({"attributes": {"age": {"numbers": [1] * 6, "cuts": [35, 18]}}}, "attributes.age.cuts", "rising numbers"),
        ({"attributes": {"age": {"numbers": ["x"]}}}, "attributes", "float"),
        ({"weights": [1, 1, 1, 1, 1, -1]}, "weights", "0 or more"),
        ({"weights": [1]}, "weights", "one a person"),
        ({"answers": {"pub": [0, 0, 1, 3, -1, 2]}}, "answers.pub", "from -1 to 2"),
        ({"answers": {"pub": [0]}}, "answers.pub", "one a person"),
        ({"options": {}}, "options.pub", "2 to"),
        ({"answer": {}}, "", "answer"),
    ],
)
def test_a_damaged_file_is_refused_with_its_place(
    write: Callable[..., Path], changes: dict[str, Any], place: str, reason: str
) -> None:
    path = write(_village(**changes), PLACE.name)
    with pytest.raises(PackError) as refused:
        read_microdata(path)
    assert refused.value.path == path
    assert refused.value.place.startswith(place)
    assert reason in refused.value.reason


def _library(write: Callable[..., Path], options: list[str], **changes: Any) -> Library:
    """A pack that calls a group of its own just "Other", and the people behind it."""
    write(
        {
            "format": "opinionscope-pack/1",
            "dataset": "village",
            "title": "Village",
            "groups": {"Other": {"party": "Other"}, "Other (race)": {"party": "None"}},
            "questions": [
                {"id": "pub", "title": "The pub", "text": "Longer?", "options": options, "human": {"Other": [9, 0, 0]}}
            ],
        },
        "village.pack.json",
    )
    attributes = {
        "party": {"values": ["Other", "None"], "codes": [0, 0, 0, 1, 1, 1]},
        "race": {"values": ["Other", "Refused"], "codes": [1, 1, 1, 0, 0, 0]},
    }
    return Library.load([write(_village(attributes=attributes, **changes), PLACE.name).parent])


def test_a_composed_group_never_gets_the_figures_of_one_that_is_called_alike(write: Callable[..., Path]) -> None:
    library = _library(write, list(LABELS))
    question = library.question("pub")
    of_party, of_race = library.group(question, "party=Other"), library.group(question, "race=Other")
    assert (of_party.name, of_race.name) == ("Other", "race=Other")
    assert library.human(question, of_party) == library.pack("village").humans["pub"]["Other"]
    for group in (of_race, Group("Other", (("race", "Other"),))):
        human = library.human(question, group)
        assert human is not None
        assert (human.probabilities, human.n) == ((0, 0, 1), 2)
    assert library.group(question, "race=Refused,party=Other").name == "Other (party) & Refused (race)"


def test_people_who_chose_what_the_question_lacks_are_not_passed_over_in_silence(write: Callable[..., Path]) -> None:
    library = _library(write, ["Longer", "As now", "Much shorter"])
    with pytest.raises(PackError, match=r'options\.pub: expected options of the pack.*"Shorter" is none'):
        library.microdata("village")
    unchosen = _library(write, ["Longer", "As now", "Much shorter"], answers={"pub": [0, 0, 1, 1, -1, 0]})
    assert unchosen.microdata("village") is not None


@pytest.fixture
def books(reference: Path, tmp_path: Path) -> Library:
    bundled = decode_file(Path(__file__).parents[2] / "data" / "nytimes.pack.json", PackFile)
    pack, _ = benchmark_pack(Benchmark(reference).humans("nytimes"), bundled, {})
    assert pack is not None
    people, _ = read_people(reference, pack)
    assert people is not None
    (tmp_path / "nytimes.pack.json").write_text(pack_text(pack), encoding="utf-8")
    (tmp_path / "nytimes.microdata.json").write_text(microdata_text(people), encoding="utf-8")
    return Library.load([tmp_path])


@pytest.mark.reference
def test_the_raters_of_books_agree_with_the_published_counts(books: Library) -> None:
    microdata = books.microdata("nytimes")
    assert microdata is not None
    assert microdata.attributes == ATTRIBUTES
    differing: dict[str, list[list[float]]] = {}
    for question in books.questions:
        for group in books.groups(question):
            published, cut = books.human(question, group), microdata.cut(question, group.attributes)
            assert published is not None
            assert published.n is not None
            assert cut.distribution is not None
            pairs = zip(cut.distribution.probabilities, published.probabilities, strict=True)
            more = [round(mine * cut.people - theirs * published.n) for mine, theirs in pairs]
            if any(more):
                differing.setdefault(group.name, []).append(more)
    assert "Female" not in differing
    assert len(differing["Male"]) == 7, "the source's own: its two files count other men there"
    assert sum(min(more) < 0 for more in differing["Republican"]) == 6, "here too; a seventh is made up for"
    for more in (*differing["Democrat"], *differing["Republican"]):
        assert -1 <= sum(more) <= 4, "its lists of a party leave out a few raters who state it"
    assert all(min(more) >= 0 for more in differing["Democrat"])


@pytest.mark.reference
def test_democratic_women_are_among_the_raters_of_books(books: Library) -> None:
    question = books.question("the-bee-sting")
    group = books.group(question, "sex=female,party=DEMOCRAT")
    assert group.name == "Democrat & Female"
    human = books.human(question, group)
    parties = [books.human(question, books.group(question, name)) for name in ("Democrat", "Female")]
    assert human is not None
    assert human.n is not None
    assert 5 <= human.n <= min(side.n for side in parties if side is not None and side.n is not None)
