"""Library: what is found where, and the hints where nothing is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opinionscope.survey.library import Library, NotFoundError
from opinionscope.survey.question import EVERYONE

WriteFile = Callable[..., Path]


@pytest.fixture
def library(write: WriteFile, pack: dict[str, Any]) -> Library:
    """The village pack, and a city pack of another domain that has a question of the same id."""
    write(pack, "village.pack.json")
    city = {
        **pack,
        "dataset": "city",
        "domain": "political",
        "questions": [
            {"id": "pub", "title": "Bars", "text": "Should bars close?", "human": {"Young": [1, 2]}},
            {"id": "tram", "title": "Tram", "text": "A new tram past the pub?", "topics": ["École"]},
        ],
    }
    folder = write(city, "z/city.pack.json").parent.parent
    return Library.load([folder])


def test_a_broken_pack_is_named_and_the_good_one_beside_it_loads(write: WriteFile, pack: dict[str, Any]) -> None:
    good = write(pack, "good.pack.json")
    for name, content in {
        "a.pack.json": "{",
        "b.pack.toml": "x = " + "[" * 50_000,
        "c.pack.json": {**pack, "dataset": "half", "questions": [*pack["questions"], {"id": "x"}]},
        "d.pack.toml": b"\xff",
    }.items():
        write(content, name)
    library = Library.load([good.parent])
    assert [found.dataset for found in library.packs] == ["village"]
    assert [problem.path.name for problem in library.problems] == [
        "a.pack.json",
        "b.pack.toml",
        "c.pack.json",
        "d.pack.toml",
    ]
    assert library.problems[2].place == "questions[2]"
    assert [question.id for question in library.questions] == ["pub", "school"]


def test_other_files_and_missing_folders_are_passed_over(write: WriteFile, pack: dict[str, Any]) -> None:
    folder = write(pack).parent
    for name in ("README.md", "notes.json", "pack.toml", "own.pack.json~"):
        write("no pack", name)
    answers = write("unread", "gpt.answers.json")
    library = Library.load([folder / "absent", folder, folder / "README.md"])
    assert not library.problems
    assert library.answer_files == (answers,)
    assert len(library.packs) == 1


def test_a_later_folder_replaces_a_dataset(write: WriteFile, pack: dict[str, Any]) -> None:
    bundled = write(pack, "bundled/village.pack.json").parent
    own = write({**pack, "title": "Corrected"}, "own/other-name.pack.json").parent
    assert [found.title for found in Library.load([bundled, own]).packs] == ["Corrected"]
    assert [found.title for found in Library.load([own, bundled]).packs] == ["Village survey"]


def test_finds_questions_by_id_and_by_dataset(library: Library) -> None:
    assert library.question("school").dataset == "village"
    assert library.question("tram").dataset == "city"
    assert library.question("pub").dataset == "city", "the first pack's where several have the id"
    assert library.question("city/pub").title == "Bars"
    assert library.question("village/pub").title == "The pub"
    assert library.pack("city").domain == "political"


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("scool", "did you mean school? "),
        ("city/pab", "did you mean city/pub or city/tram? "),
        ("zzzzzz", "`opinionscope questions` lists"),
        ("", "`opinionscope questions` lists"),
        ("\x1b[2J", "␛[2J"),
    ],
)
def test_a_question_not_found_gets_a_hint(library: Library, wanted: str, words: str) -> None:
    with pytest.raises(NotFoundError) as refusal:
        library.question(wanted)
    assert words in refusal.value.message
    assert "\x1b" not in refusal.value.message


def test_a_dataset_not_found_is_named(library: Library) -> None:
    with pytest.raises(NotFoundError, match="atlantis"):
        library.pack("atlantis")


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("Young", "Young"),
        ("young", "Young"),
        (" YOUNG ", "Young"),
        ("age=under 40", "Young"),
        ("AGE = Under 40", "Young"),
        ("Old women", "Old women"),
        ("age=40 and over,sex=Female", "Old women"),
        ("sex=female, age=40 and over", "Old women"),
        ("SEX=FEMALE,AGE=40 AND OVER", "Old women"),
    ],
)
def test_finds_groups_by_name_or_expression(library: Library, wanted: str, name: str) -> None:
    assert library.group(library.question("village/pub"), wanted).name == name


@pytest.mark.parametrize("wanted", ["Women, all ages", "women, ALL ages", "sex=Female"])
def test_finds_a_group_whose_name_has_a_comma(library: Library, wanted: str) -> None:
    assert library.group(library.question("school"), wanted).name == "Women, all ages"


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("Yung", "did you mean Young"),
        ("old woman", "did you mean Old women"),
        ("Women, all ages", "answered pub"),
        ("", "`opinionscope groups -q pub` lists"),
        ("age=", "`opinionscope groups -q pub` lists"),
        ("\x9b31m", "\ufffd31m"),
    ],
)
def test_a_group_not_found_gets_a_hint(library: Library, wanted: str, words: str) -> None:
    with pytest.raises(NotFoundError) as refusal:
        library.group(library.question("village/pub"), wanted)
    assert words in refusal.value.message


def test_a_group_without_attributes_is_found_by_its_name_only(write: WriteFile, pack: dict[str, Any]) -> None:
    pack["groups"] = {"Readers": {}}
    pack["questions"] = [{"id": "q", "title": "Q", "text": "Q?", "human": {"Readers": [1, 2]}}]
    library = Library.load([write(pack).parent])
    question = library.question("q")
    assert library.group(question, "readers").name == "Readers"
    with pytest.raises(NotFoundError):
        library.group(question, "")


def test_groups_and_humans_of_a_question(library: Library) -> None:
    school, tram = library.question("school"), library.question("tram")
    assert [group.name for group in library.groups(school)] == ["Young", "Women, all ages"]
    young, _ = library.groups(school)
    human = library.human(school, young)
    assert human is not None
    assert human.n == 40
    assert library.human(tram, young) is None


def test_where_nobody_answered_any_group_can_be_asked_all_the_same(write: WriteFile, pack: dict[str, Any]) -> None:
    del pack["questions"][1]["human"]
    with_groups = Library.load([write(pack, "a/village.pack.json").parent])
    assert [group.name for group in with_groups.groups(with_groups.question("school"))] == list(pack["groups"])
    del pack["groups"], pack["questions"][0]["human"]
    without = Library.load([write(pack, "b/village.pack.json").parent])
    assert without.groups(without.question("pub")) == (EVERYONE,)
    assert without.group(without.question("pub"), "everyone") == EVERYONE


def test_packs_stand_in_the_order_of_their_domains(write: WriteFile, pack: dict[str, Any]) -> None:
    for domain in ("own", "global", "books", "political", "another"):
        folder = write({**pack, "dataset": domain, "domain": domain}, f"{domain}.pack.json").parent
    assert [found.domain for found in Library.load([folder]).packs] == [
        "political",
        "books",
        "global",
        "own",
        "another",
    ]


def _ids(library: Library, *search: Any) -> list[str]:
    return [f"{question.dataset}/{question.id}" for question in library.search(*search)]


def test_search_finds_every_word_with_titles_first(library: Library) -> None:
    assert _ids(library, "pub") == ["city/pub", "village/pub", "city/tram"]
    assert _ids(library, "tram pub") == ["city/tram"]
    assert _ids(library, "pub tram") == ["city/tram"]
    assert _ids(library, "pub submarine") == []


def test_search_folds_case_and_accents(library: Library) -> None:
    assert _ids(library, "ecole") == ["village/school", "city/tram"]
    assert _ids(library, "ÉCOLE") == ["village/school", "city/tram"]


def test_search_knows_context_topic_and_dataset(library: Library) -> None:
    assert _ids(library, "four miles") == ["village/school"]
    assert _ids(library, "evening") == ["village/pub"]
    assert _ids(library, "city bars") == ["city/pub"]


def test_search_keeps_to_a_domain(library: Library) -> None:
    assert _ids(library, "pub", "political") == ["city/pub", "city/tram"]
    assert _ids(library, "", "own") == ["village/pub", "village/school"]
    assert len(library.search()) == 4
    assert _ids(library, "pub", "books") == []


@pytest.mark.parametrize("text", ["[/foo]", "(", "\\", "*", "\x1b", "\ud800", "  "])
def test_search_takes_any_text(library: Library, text: str) -> None:
    assert _ids(library, text) in ([], _ids(library))
