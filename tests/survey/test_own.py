"""One's own questions: typed, saved, read back, and never lost."""

import json
import multiprocessing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opinionscope.survey import Distribution, Library, Option, read_pack
from opinionscope.survey.library import NotFoundError
from opinionscope.survey.own import OwnPack, OwnPackError
from opinionscope.survey.own_draft import Draft
from opinionscope.survey.own_lines import LineError, answered_line, option_line
from opinionscope.survey.pack import OptionEntry, PackError, SharesEntry
from opinionscope.survey.question import EVERYONE, Group
from opinionscope.survey.text import clean, clean_line

HOURS = Draft(
    title="Opening hours",
    text="Should the library open earlier,\nor later?",
    context="It opens at ten.",
    options="Earlier = 1\nAs now = 1.5\n\nLater = 2\nDid not say = no answer",
    people="party=Democrat: 12, 30, 8, 0\nOlder women (sex=Female, age=65 and over): 20%, 50%, 25%, 5%; n=60",
)


def own(folder: Path, name: str = "own") -> OwnPack:
    return OwnPack.named(name, Library.load([folder]), folder)


def save(folder: Path, draft: Draft = HOURS) -> str:
    pack = own(folder)
    return pack.add(draft.check(pack.groups()).written())


def problem(draft: Draft, field: str) -> str:
    return draft.check().problems[field]


def test_a_question_is_saved_as_it_was_typed(tmp_path):
    assert save(tmp_path) == "opening-hours"
    pack = read_pack(tmp_path / "own.pack.json")
    (question,) = pack.questions
    assert (question.title, question.text) == ("Opening hours", "Should the library open earlier,\nor later?")
    assert (question.context, question.wording, question.domain) == ("It opens at ten.", "own", "own")
    assert question.options == (
        Option("Earlier", 1), Option("As now", 1.5), Option("Later", 2), Option("Did not say", None, nonresponse=True)
    )  # fmt: skip
    humans = pack.humans[question.id]
    assert pack.groups["Democrat"].expression == "party=Democrat"
    assert (humans["Democrat"].probabilities, humans["Democrat"].n) == ((0.24, 0.6, 0.16, 0), 50)
    assert pack.groups["Older women"].attributes == (("sex", "Female"), ("age", "65 and over"))
    assert (humans["Older women"].probabilities, humans["Older women"].n) == ((0.2, 0.5, 0.25, 0.05), 60)


def test_without_people_a_question_can_be_put_to_everyone_or_to_the_groups_named(tmp_path):
    save(tmp_path, Draft(text="Tea?", options="Yes\nNo"))
    library = Library.load([tmp_path])
    assert library.groups(library.questions[0]) == (EVERYONE,)
    save(tmp_path, Draft(text="Coffee?", options="Yes\nNo", people="party=Democrat\ntrade=Sailor"))
    library = Library.load([tmp_path])
    coffee = library.questions[1]
    assert [group.name for group in library.groups(coffee)] == ["Democrat", "trade Sailor"]
    assert library.human(coffee, library.groups(coffee)[0]) is None


WORDS = st.text(max_size=12).map(clean_line).filter(bool)
NUMBERS = st.floats(-1e6, 1e6) | st.integers(-9, 9).map(float)


@st.composite
def typed(draw):
    """A draft, and the question it means."""
    labels = draw(st.lists(WORDS, min_size=2, max_size=6, unique=True))
    options = [OptionEntry(label, draw(st.none() | NUMBERS), draw(st.booleans())) for label in labels[1:]]
    options.append(OptionEntry(labels[0], draw(st.none() | NUMBERS)))
    names = st.tuples(WORDS, WORDS).map(" ".join)
    groups = [Group(name, (("k", str(at)),)) for at, name in enumerate(draw(st.lists(names, max_size=3, unique=True)))]
    counts = st.lists(st.integers(0, 999).map(float), min_size=len(labels), max_size=len(labels)).filter(any)
    figures: dict[str, list[float] | SharesEntry] = {}
    for group in groups:
        counted = draw(counts)
        percents = [100 * count / sum(counted) for count in counted]
        n = draw(st.none() | st.floats(0.5, 1e6))
        figures[group.name] = draw(st.sampled_from([counted, SharesEntry(percents, n)]))
    draft = Draft(
        draw(WORDS),
        draw(st.text(max_size=40).filter(lambda text: bool(clean(text).strip()))),
        draw(st.text(max_size=40)),
        "\n".join(map(option_line, options)),
        "\n".join(answered_line(group.name, figures[group.name]) for group in groups),
    )
    return draft, options, groups, figures


@settings(max_examples=150, deadline=None)
@given(typed())
def test_whatever_is_written_is_read_back_equal(tmp_path_factory, meant):
    draft, options, groups, figures = meant
    folder = tmp_path_factory.mktemp("data")
    pack = own(folder)
    written = draft.check(groups).written()
    question_id = pack.add(written)
    read = read_pack(pack.path)
    (question,) = read.questions
    assert (question.id, question.title) == (question_id, clean_line(draft.title))
    assert (question.text, question.context) == (clean(draft.text).strip(), clean(draft.context).strip())
    assert question.options == tuple(Option(each.label, each.value, each.nonresponse) for each in options)
    assert tuple(read.groups.values()) == tuple(groups)
    for name, given_figures in figures.items():
        expected = (
            Distribution.from_counts(given_figures)
            if isinstance(given_figures, list)
            else Distribution.from_weights(given_figures.shares, given_figures.n)
        )
        assert read.humans[question_id][name] == expected
    again = pack.draft(question_id)
    assert again.check(pack.groups()).written() == written


@pytest.mark.parametrize(
    ("label", "line"),
    [("E = mc²", "E = mc²"), ("x = 3", "x = 3 ="), ("a =", "a = ="), ("= no answer", "= no answer =")],
)
def test_a_label_may_hold_an_equals_sign(label, line):
    assert option_line(OptionEntry(label)) == line
    (option, _) = Draft(text="?", options=f"{line}\nb").check().options
    assert option == OptionEntry(label)


@pytest.mark.parametrize(
    ("draft", "field", "expected"),
    [
        (Draft(options="a\nb"), "text", "missing"),
        (Draft(text="?", options="a"), "options", "at least two"),
        (Draft(text="?", options="\n".join(map(str, range(27)))), "options", "at most 26"),
        (Draft(text="?", options="a\na = 2"), "options", "a is there twice"),
        (Draft(text="?", options="a\n= 2"), "options", "no label"),
        (Draft(text="?", options="a = 1e999\nb"), "options", "too large"),
        (Draft(text="?", options="a = no answer\nb = no answer"), "options", "real answer"),
        (Draft(text="?", options="a\nb", people="G: 1, 2, 3"), "people", "expected 2 numbers"),
        (Draft(text="?", options="a\nb", people="G: 1, 2O"), "people", '"2O"'),
        (Draft(text="?", options="a\nb", people="G: 0, 0"), "people", "positive"),
        (Draft(text="?", options="a\nb", people="G: -1, 2"), "people", "0 or more"),
        (Draft(text="?", options="a\nb", people="G: 0.3, 0.7"), "people", "shares, not counts"),
        (Draft(text="?", options="a\nb", people="G: 30%, 60%"), "people", "add up to 100%, got 90"),
        (Draft(text="?", options="a\nb", people="G: 30%, 70"), "people", "% behind every number"),
        (Draft(text="?", options="a\nb", people="G: 0.3, 0.7; 90"), "people", "n=120"),
        (Draft(text="?", options="a\nb", people="G: 0.3, 0.7; n=0"), "people", "positive number"),
        (Draft(text="?", options="a\nb", people="party=: 1, 2"), "people", "attribute=value"),
        (Draft(text="?", options="a\nb", people=": 1, 2"), "people", "expected a group"),
        (Draft(text="?", options="a\nb", people="G: 1, 2\nG: 2, 3"), "people", "G is there twice"),
        (Draft(text="?", options="a\nb", people="G: 1, 2\nH"), "people", "figures of H are missing"),
    ],
)
def test_what_is_not_right_yet_is_one_sentence_at_its_field(draft, field, expected):
    assert expected in problem(draft, field)
    assert list(draft.check().problems) == [field]
    with pytest.raises(LineError):
        draft.check().written()


def test_people_are_not_called_read_before_the_options_are():
    problems = Draft(text="?", options="a", people="whatever: 1").check().problems
    assert list(problems) == ["options", "people"]
    assert "when the options are right" in problems["people"]


def test_ids_come_from_titles_and_nothing_is_overwritten(tmp_path):
    ids = [save(tmp_path) for _ in range(3)]
    assert ids == ["opening-hours", "opening-hours-2", "opening-hours-3"]
    assert save(tmp_path, Draft(title="図書館", text="開館は？", options="はい\nいいえ")) == "question"
    assert [q.id for q in read_pack(tmp_path / "own.pack.json").questions] == [*ids, "question"]


def test_a_change_keeps_id_and_extras_and_forgets_groups_that_nobody_names_any_more(tmp_path):
    path = tmp_path / "own.pack.json"
    save(tmp_path)
    save(tmp_path, Draft(text="Tea?", options="Yes\nNo", people="party=Democrat: 1, 2"))
    content = json.loads(path.read_text())
    content["questions"][0] |= {"note": "Asked twice.", "topics": ["library"]}
    path.write_text(json.dumps(content))
    pack = own(tmp_path)
    changed = Draft(title="Hours", text="When?", options="Early\nLate", people="sex=Male: 1, 3")
    pack.change("opening-hours", changed.check(pack.groups()).written())
    read = read_pack(path)
    assert [q.id for q in read.questions] == ["opening-hours", "tea"]
    assert (read.questions[0].text, read.questions[0].note, read.questions[0].topics) == (
        "When?", "Asked twice.", ("library",)
    )  # fmt: skip
    assert set(read.groups) == {"Democrat", "Male"}
    assert read.version == "2"


def test_a_title_that_was_made_from_the_text_follows_the_text(tmp_path):
    save(tmp_path, Draft(text="Tea?", options="Yes\nNo"))
    pack = own(tmp_path)
    assert pack.draft("tea") == Draft(text="Tea?", options="Yes\nNo")
    pack.change("tea", Draft(text="Coffee?", options="Yes\nNo").check().written())
    (question,) = read_pack(pack.path).questions
    assert (question.id, question.title) == ("tea", "Coffee")


def test_deleting_the_last_question_deletes_the_file(tmp_path):
    save(tmp_path)
    save(tmp_path)
    own(tmp_path).delete("opening-hours")
    assert [q.id for q in read_pack(tmp_path / "own.pack.json").questions] == ["opening-hours-2"]
    own(tmp_path).delete("opening-hours-2")
    assert not (tmp_path / "own.pack.json").exists()
    with pytest.raises(NotFoundError):
        own(tmp_path).delete("opening-hours-2")


def test_packs_that_nobody_wrote_here_are_left_alone(tmp_path, monkeypatch):
    mine, other = tmp_path / "mine", tmp_path / "other"
    save(other)
    mine.mkdir()
    library = Library.load([other, mine])
    assert OwnPack.of(library.questions[0], library, mine) is None
    for name in ("own", "../x", "a b", ""):
        with pytest.raises(OwnPackError):
            OwnPack.named(name, library, mine)
    (mine / "town.pack.json").write_text("{")
    before = (mine / "town.pack.json").read_bytes()
    with pytest.raises(PackError):
        OwnPack.named("town", library, mine).add(HOURS.check().written())
    assert (mine / "town.pack.json").read_bytes() == before


def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    save(tmp_path)
    before = (tmp_path / "own.pack.json").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("opinionscope.files.os.fsync", full)
    with pytest.raises(OwnPackError, match="No space left"):
        save(tmp_path)
    assert (tmp_path / "own.pack.json").read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"own.pack.json", ".own.lock"}


def _save_ten(folder: Path) -> None:
    for _ in range(10):
        save(folder)


def test_two_programs_that_write_at_once_lose_nothing(tmp_path):
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_save_ten, args=(tmp_path,)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    assert len(read_pack(tmp_path / "own.pack.json").questions) == 30
