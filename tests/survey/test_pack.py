"""Reading packs: whole, or refused with file, place and reason."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opinionscope.survey import PackError, read_pack
from opinionscope.survey.question import Group, Option

WriteFile = Callable[..., Path]
Change = Callable[[dict[str, Any]], object]

TOML = """
format = "opinionscope-pack/1"
dataset = "village"
title = "Village survey"
version = "3"
wording = "own"

[card]
asked_by = "The parish"

[groups.Young]
age = "under 40"

[groups."Old women"]
age = "40 and over"
sex = "Female"

[[questions]]
id = "pub"
title = "The pub"
text = "Should the pub stay open longer?"
options = ["Longer", { label = "As now", value = 2 }, { label = "No answer", nonresponse = true }]
topics = ["evening"]

[questions.human]
Young = [30, 14, 6]
"Old women" = { shares = [0.1, 0.7, 0.2], n = 12.5 }
"""


def test_reads_a_pack_written_in_json(write: WriteFile, pack: dict[str, Any]) -> None:
    read = read_pack(write(pack))
    assert (read.dataset, read.title, read.domain, read.version) == ("village", "Village survey", "own", "3")
    assert read.card.asked_by == "The parish"
    assert read.card.notes == ["Asked at the door."]
    assert read.groups["Old women"] == Group("Old women", (("age", "40 and over"), ("sex", "Female")))
    pub, school = read.questions
    assert pub.options == (
        Option("Longer", 1),
        Option("As now", 2),
        Option("Shorter", 3),
        Option("No answer", None, nonresponse=True),
    )
    assert pub.letters == "ABCD"
    assert [option.nonresponse for option in pub.options] == [False, False, False, True]
    assert (pub.dataset, pub.domain, pub.wording, pub.topics) == ("village", "own", "own", ("evening",))
    assert school.labels == ("Yes", "No"), "options of the pack hold where a question has none"
    assert (school.source_key, school.context, school.note) == ("Q12", "The school is four miles away.", "Asked twice.")


def test_counts_carry_n_and_shares_only_where_it_is_given(write: WriteFile, pack: dict[str, Any]) -> None:
    humans = read_pack(write(pack)).humans
    assert humans["pub"]["Young"].probabilities == pytest.approx((0.6, 0.28, 0.1, 0.02))
    assert humans["pub"]["Young"].n == 50
    assert humans["pub"]["Old women"].probabilities == pytest.approx((0.1, 0.5, 0.2, 0.2))
    assert humans["pub"]["Old women"].n is None
    assert humans["school"]["Young"].probabilities == pytest.approx((0.75, 0.25))
    assert humans["school"]["Young"].n == 40
    assert set(humans["school"]) == {"Young", "Women, all ages"}


def test_reads_a_pack_written_in_toml(write: WriteFile) -> None:
    read = read_pack(write(TOML, "own.pack.toml"))
    (pub,) = read.questions
    assert pub.options == (Option("Longer"), Option("As now", 2), Option("No answer", None, nonresponse=True))
    assert pub.wording == "own"
    assert read.groups["Old women"].expression == "age=40 and over,sex=Female"
    assert read.humans["pub"]["Young"].n == 50
    assert read.humans["pub"]["Old women"].n == 12.5


def test_a_byte_order_mark_does_no_harm(write: WriteFile, pack: dict[str, Any]) -> None:
    assert read_pack(write("\ufeff" + json.dumps(pack))).dataset == "village"
    assert read_pack(write("\ufeff" + TOML, "own.pack.toml")).dataset == "village"


def test_only_the_named_fields_are_needed(write: WriteFile) -> None:
    question = {"id": "q", "title": "Q", "text": "Q?", "options": ["Yes", "No"]}
    least = {"format": "opinionscope-pack/1", "dataset": "d", "title": "D", "questions": [question]}
    read = read_pack(write(least))
    assert read.humans == {"q": {}}
    assert read.domain == "own"
    assert read.questions[0].wording == "verbatim"


def _question(field: str, value: object) -> Change:
    return lambda pack: pack["questions"][1].__setitem__(field, value)


def _field(field: str, value: object) -> Change:
    return lambda pack: pack.__setitem__(field, value)


def _without(*fields: str) -> Change:
    def change(pack: dict[str, Any]) -> None:
        for field in fields:
            (pack if field in pack else pack["questions"][1]).pop(field)

    return change


def _young(figures: object) -> Change:
    return lambda pack: pack["questions"][1]["human"].__setitem__("Young", figures)


DAMAGE: dict[str, tuple[Change, str, str]] = {
    "another format": (_field("format", "opinionscope-pack/9"), "format", "opinionscope-pack/1"),
    "no format": (_without("format"), "", "format"),
    "no dataset": (_without("dataset"), "", "dataset"),
    "empty dataset": (_field("dataset", " "), "dataset", "some text"),
    "empty title": (_field("title", ""), "title", "some text"),
    "dataset a number": (_field("dataset", 3), "dataset", "str"),
    "unknown field": (_field("colour", "red"), "", "colour"),
    "unknown wording": (_field("wording", "abriged"), "wording", "abriged"),
    "unknown field of the card": (lambda pack: pack["card"].__setitem__("boss", "x"), "card", "boss"),
    "no questions": (_field("questions", []), "questions", "at least one"),
    "questions no list": (_field("questions", {}), "questions", "array"),
    "a group that is no map": (_field("groups", {"Young": "under 40"}), "groups", "object"),
    "a group without a name": (lambda pack: pack["groups"].__setitem__(" ", {}), "groups", "name"),
    "two groups alike": (lambda pack: pack["groups"].__setitem__("Young ", {}), "groups.Young", "taken"),
    "unknown field of a question": (_question("titel", "x"), "questions[1]", "titel"),
    "no id": (_without("id"), "questions[1]", "id"),
    "no text": (_without("text"), "questions[1]", "text"),
    "empty text": (_question("text", "\n"), "questions[1].text", "some text"),
    "id with a blank": (_question("id", "the school"), "questions[1].id", "blank"),
    "id with a tab": (_question("id", "the\tschool"), "questions[1].id", "blank"),
    "repeated id": (_question("id", "pub"), "questions[1].id", "pub"),
    "text a list": (_question("text", ["x"]), "questions[1].text", "str"),
    "no options anywhere": (_without("options"), "questions[1].options", "2 to 26"),
    "one option": (_question("options", ["Yes"]), "questions[1].options", "2 to 26 options, got 1"),
    "27 options": (_question("options", [str(n) for n in range(27)]), "questions[1].options", "got 27"),
    "option without label": (_question("options", ["Yes", {"value": 1}]), "questions[1].options[1]", "label"),
    "empty label": (_question("options", ["Yes", "\x0b "[1:]]), "questions[1].options[1].label", "some text"),
    "repeated label": (_question("options", ["Yes", "No", "Yes "]), "questions[1].options[2].label", "Yes"),
    "unknown field of an option": (
        _question("options", ["Yes", {"label": "No", "valu": 1}]),
        "questions[1].options[1]",
        "valu",
    ),
    "value a word": (_question("options", ["Yes", {"label": "No", "value": "x"}]), "questions[1].options[1].value", ""),
    "unknown group": (lambda p: p["questions"][1]["human"].__setitem__("Yung", [1, 2]), "questions[1].human.Yung", ""),
    "too few counts": (_young([3]), "questions[1].human.Young", "expected 2 numbers, one an option in survey order"),
    "too many counts": (_young([3, 4, 5]), "questions[1].human.Young", "got 3"),
    "no counts": (_young([]), "questions[1].human.Young", "got 0"),
    "negative count": (_young([3, -1]), "questions[1].human.Young", "-1"),
    "all counts 0": (_young([0, 0]), "questions[1].human.Young", "nothing above 0"),
    "counts too large to add": (_young([1e308, 1e308]), "questions[1].human.Young", "too large"),
    "count a word": (_young([3, "4"]), "questions[1].human", "float"),
    "count missing": (_young([3, None]), "questions[1].human", "float"),
    "counts a map": (_young({"Yes": 3, "No": 4}), "questions[1].human", ""),
    "negative share": (_young({"shares": [-0.5, 1.5]}), "questions[1].human.Young", "-0.5"),
    "too few shares": (_young({"shares": [1]}), "questions[1].human.Young", "got 1"),
    "no answers": (_young({"shares": [0.5, 0.5], "n": 0}), "questions[1].human.Young", "positive number"),
}


@pytest.mark.parametrize(("change", "place", "words"), DAMAGE.values(), ids=DAMAGE)
def test_refuses_damage_with_file_place_and_reason(
    write: WriteFile, pack: dict[str, Any], change: Change, place: str, words: str
) -> None:
    change(pack)
    path = write(pack)
    with pytest.raises(PackError) as refusal:
        read_pack(path)
    error = refusal.value
    assert error.path == path
    assert error.place.startswith(place)
    assert error.reason
    assert words in str(error)
    assert "own.pack.json" in str(error)
    assert place in str(error)


NOT_EVEN_A_FILE_OF_ITS_KIND: dict[str, tuple[str, str | bytes, str]] = {
    "broken JSON": ("own.pack.json", '{"format": "opinionscope-pack/1",, }', "valid JSON"),
    "cut-off JSON": ("own.pack.json", '{"format": ', "valid JSON"),
    "empty JSON": ("own.pack.json", "", "valid JSON"),
    "JSON list": ("own.pack.json", "[]", "object"),
    "JSON that is TOML": ("own.pack.json", TOML, "valid JSON"),
    "JSON not UTF-8": (
        "own.pack.json",
        '{"format": "caf\xe9"}'.encode("latin-1"),
        "UTF-8, got another byte (0xe9) on line 1",
    ),
    "JSON in UTF-16": ("own.pack.json", '{"format": "x"}'.encode("utf-16"), "save it as UTF-8"),
    "zeros": ("own.pack.json", b"\x00" * 100, "valid JSON"),
    "NaN in JSON": ("own.pack.json", '{"format": NaN}', "valid JSON"),
    "broken TOML": ("own.pack.toml", 'format = "x"\ndataset = \n', "line 2"),
    "empty TOML": ("own.pack.toml", "", "format"),
    "TOML that is JSON": ("own.pack.toml", "{}", "line 1"),
    "TOML not UTF-8": ("own.pack.toml", '\ntitle = "caf\xe9"'.encode("latin-1"), "(0xe9) on line 2"),
    "key given twice in TOML": ("own.pack.toml", 'format = "x"\nformat = "y"\n', "line 2"),
    "TOML too deep": ("own.pack.toml", "x = " + "[" * 50_000, "nesting"),
    "JSON too deep": ("own.pack.json", '{"format": ' + "[" * 50_000, "format"),
}


@pytest.mark.parametrize(
    ("name", "content", "words"), NOT_EVEN_A_FILE_OF_ITS_KIND.values(), ids=NOT_EVEN_A_FILE_OF_ITS_KIND
)
def test_refuses_what_is_no_json_or_toml(write: WriteFile, name: str, content: str | bytes, words: str) -> None:
    with pytest.raises(PackError) as refusal:
        read_pack(write(content, name))
    assert refusal.value.path.name == name
    assert words in str(refusal.value)


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e400", "1" + "0" * 400, "true", "-1"])
def test_toml_numbers_that_count_nobody_are_refused(write: WriteFile, number: str) -> None:
    with pytest.raises(PackError, match="human"):
        read_pack(write(TOML.replace("[30, 14, 6]", f"[30, {number}, 6]"), "own.pack.toml"))


def test_infinities_that_would_cancel_are_refused(write: WriteFile) -> None:
    with pytest.raises(PackError, match=r"questions\[0\]\.human\.Young"):
        read_pack(write(TOML.replace("[30, 14, 6]", "[inf, -inf, 6]"), "own.pack.toml"))


@pytest.mark.parametrize("number", ["nan", "inf"])
def test_an_option_has_a_place_on_the_scale_or_none(write: WriteFile, number: str) -> None:
    with pytest.raises(PackError, match=r"questions\[0\]\.options\[1\]\.value"):
        read_pack(write(TOML.replace("value = 2", f"value = {number}"), "own.pack.toml"))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.pack.json").mkdir()
    for name in ("absent.pack.json", "folder.pack.json"):
        with pytest.raises(PackError, match="cannot be read"):
            read_pack(tmp_path / name)


HOSTILE = {
    "markup": ("[/foo] [A] [bold]x", "[/foo] [A] [bold]x"),
    "escape": ("\x1b]0;owned\x07", "␛]0;owned␇"),
    "C1": ("\x9b2J", "\ufffd2J"),
    "right to left": ("safe\u202eexe", "safe\ufffdexe"),
    "Hebrew and emoji": ("שלום 👩‍👧", "שלום 👩‍👧"),
    "500 characters": ("word " * 100, ("word " * 100).strip()),
    "line breaks": ("one\r\n two", "one two"),
}


@pytest.mark.parametrize(("text", "shown"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_comes_out_clean(write: WriteFile, pack: dict[str, Any], text: str, shown: str) -> None:
    pack["title"] = pack["version"] = pack["dataset"] = text
    pack["card"] = {"asked_by": text, "notes": [text]}
    pack["groups"][text] = {text: text}
    question = pack["questions"][1]
    question |= {"title": text, "text": text, "context": text, "note": text, "topics": [text], "source_key": text}
    question["options"] = [text, {"label": "No"}]
    question["human"] = {text: [1, 2]}
    read = read_pack(write(pack))
    school = read.questions[1]
    assert {read.title, read.version, read.dataset, school.dataset, school.title, school.source_key} == {shown}
    assert school.labels == (shown, "No")
    assert school.topics == (shown,)
    assert read.groups[shown] == Group(shown, ((shown, shown),))
    assert read.humans["school"][shown].n == 3
    for whole in (school.text, school.context, school.note, read.card.asked_by, read.card.notes[0]):
        assert " ".join(whole.split()) == shown


def test_a_refusal_shows_hostile_names_harmlessly(write: WriteFile, pack: dict[str, Any]) -> None:
    pack["questions"][1]["human"]["\x1b]52;c;eA==\x07"] = [1, 2]
    with pytest.raises(PackError) as refusal:
        read_pack(write(pack, "own\x1b[2J.pack.json"))
    assert "\x1b" not in str(refusal.value) + refusal.value.place + refusal.value.reason
    assert "␛]52;c;eA==␇" in refusal.value.place


def test_paragraphs_of_a_text_stay(write: WriteFile, pack: dict[str, Any]) -> None:
    pack["questions"][0]["text"] = "  First.\r\n\r\nSecond.  "
    assert read_pack(write(pack)).questions[0].text == "First.\n\nSecond."
