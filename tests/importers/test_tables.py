"""Plain tables of one's own: every form, every fault, and nothing lost on the way."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opinionscope.importers import recognised
from opinionscope.importers.base import Gathered, ImportOptions, ImportRefusedError
from opinionscope.importers.tables import TablesImporter
from opinionscope.survey.library import Library
from opinionscope.survey.pack import Pack, read_pack

TEA = "Is tea better with milk?"
LONG = f"""question,option,group,count
{TEA},Yes,Democrat,12
{TEA},No,Democrat,30
{TEA},Refused,Democrat,2
{TEA},Yes,"party=Republican,sex=Female",7
{TEA},No,"party=Republican,sex=Female",1
"""
BY_OPTION = f"""question,group,Yes,No,Refused
{TEA},Democrat,12,30,2
{TEA},"party=Republican,sex=Female",7,1,0
"""
BY_GROUP = f"""question,option,Democrat,"party=Republican,sex=Female"
{TEA},Yes,12,7
{TEA},No,30,1
{TEA},Refused,2,0
"""


def _gather(text: str | bytes, folder: Path, name: str = "tea time.csv", **options: Any) -> Gathered:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return TablesImporter().gather(path, ImportOptions(**options))


def _pack(gathered: Gathered, folder: Path) -> Pack:
    (name,) = gathered.texts
    target = folder / name
    target.write_text(gathered.texts[name], encoding="utf-8")
    return read_pack(target)


def _reasons(gathered: Gathered) -> list[str]:
    return [f"{each.place}: {each.reason}" for each in gathered.set_aside]


@pytest.mark.parametrize("text", [LONG, BY_OPTION, BY_GROUP])
def test_the_same_counts_come_out_of_each_form(text: str, tmp_path: Path) -> None:
    gathered = _gather(text, tmp_path)
    pack = _pack(gathered, tmp_path)
    (question,) = pack.questions
    library = Library.load([tmp_path])
    both = library.group(question, "sex=female,party=republican")

    assert (gathered.folder, pack.dataset, pack.domain) == ("tea-time", "tea-time", "own")
    assert question.labels == ("Yes", "No", "Refused")
    assert [option.nonresponse for option in question.options] == [False, False, True]
    assert pack.groups["Democrat"].expression == "party=Democrat"
    assert [library.human(question, group).n for group in (pack.groups["Democrat"], both)] == [44, 8]
    assert library.human(question, both).probabilities == (0.875, 0.125, 0)
    assert gathered.set_aside == []
    assert any("counts of people" in note for note in pack.card.notes)
    assert TablesImporter().recognises(tmp_path / "tea time.csv")


@pytest.mark.parametrize(
    "content",
    [
        [
            {"question": TEA, "option": "Yes", "group": "Parents", "count": 12},
            {"question": TEA, "option": "No", "group": "Parents", "count": 30},
        ],
        {TEA: {"options": ["Yes", "No"], "groups": {"Parents": [12, 30]}}},
        [{"question": TEA, "options": ["Yes", "No"], "groups": {"Parents": {"No": 30, "Yes": 12}}}],
    ],
)
def test_json_says_the_same_in_three_ways(content: object, tmp_path: Path) -> None:
    gathered = _gather(json.dumps(content), tmp_path, "tea.json")
    pack = _pack(gathered, tmp_path / "..")
    assert pack.questions[0].labels == ("Yes", "No")
    assert pack.humans[pack.questions[0].id]["Parents"].n == 42
    assert TablesImporter().recognises(tmp_path / "tea.json")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separator_mark_and_line_ends_are_told(separator: str, tmp_path: Path) -> None:
    rows = [["question", "option", "group", "percent"], [f"{TEA} Or, not; or | so?", "Yes", "Town", "40"]]
    rows.append([rows[1][0], "No", "Town", "60"])
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    pack = _pack(_gather(b"\xef\xbb\xbf" + out.getvalue().encode(), tmp_path), tmp_path)
    assert pack.questions[0].text == rows[1][0]
    assert pack.humans[pack.questions[0].id]["Town"].probabilities == (0.4, 0.6)


def test_shares_keep_their_n_scale_titles_ids_and_attributes(tmp_path: Path) -> None:
    text = (
        "question_id,title,topic,question,option,value,party,sex,share,n\n"
        f"tea 1,Milk,food; drink,{TEA},Yes,1,Democrat,,0.255,120\n"
        f"tea 1,,,{TEA},No,2,Democrat,,0.745,120\n"
        f"tea 1,,,{TEA},Yes,1,Democrat,Female,0.5,40\n"
        f"tea 1,,,{TEA},No,2,Democrat,Female,0.5,40\n"
    )
    pack = _pack(_gather(text, tmp_path), tmp_path)
    (question,) = pack.questions
    assert (question.id, question.title, question.topics, question.source_key) == (
        "tea-1",
        "Milk",
        ("food", "drink"),
        "tea 1",
    )
    assert [option.value for option in question.options] == [1, 2]
    assert {group.expression: pack.humans["tea-1"][name].n for name, group in pack.groups.items()} == {
        "party=Democrat": 120,
        "party=Democrat,sex=Female": 40,
    }


@pytest.mark.parametrize(
    ("figures", "said", "shares"),
    [
        ("0.25,0.75", "shares of 1", (0.25, 0.75)),
        ("25.5,74.5", "percents", (0.255, 0.745)),
        ("3,9", "counts of people", (0.25, 0.75)),
    ],
)
def test_what_the_figures_are_is_told_by_their_sums_and_said(
    figures: str, said: str, shares: tuple[float, ...], tmp_path: Path
) -> None:
    pack = _pack(_gather(f"question,group,Yes,No\n{TEA},Town,{figures}\n", tmp_path), tmp_path)
    assert any(said in note and "told by their sums" in note for note in pack.card.notes)
    assert pack.humans[pack.questions[0].id]["Town"].probabilities == pytest.approx(shares)


def test_a_wide_table_may_say_what_its_figures_are(tmp_path: Path) -> None:
    text = f"question,group,measure,Yes,No\n{TEA},Town,count,60,40\n"
    assert _pack(_gather(text, tmp_path), tmp_path).humans["is-tea-better-with-milk"]["Town"].n == 100


@pytest.mark.parametrize(
    ("row", "place", "reason"),
    [
        (f"{TEA},Yes,Parents,many", "line 7", "expected a number"),
        (f"{TEA},Yes,Parents,-3", "line 7", "0 or more"),
        (f"{TEA},Yes,Parents,", "line 7", "found nothing"),
        (f'{TEA},Yes,Parents,"1,2,3"', "line 7", "expected a number"),
        (f"{TEA},Yes,Parents,<5", "line 7", "suppressed"),
        (f"{TEA},,Parents,5", "line 7", "label of an option"),
        (f"{TEA},Yes,Parents,0", "line 7", "nobody answered"),
        (",Yes,Parents,5", "line 7", "text of a question"),
        (f"{TEA},Total,Parents,5", "line 7", "is a sum"),
        (f"{TEA},Yes,Parents", "line 7", "expected 4 cells, found 3"),
        (f'"{TEA},Yes,Parents,5', "line 7", "quotes"),
    ],
)
def test_a_damaged_row_costs_its_group_and_no_other(row: str, place: str, reason: str, tmp_path: Path) -> None:
    full = LONG + f'{row}\n{TEA},Refused,"party=Republican,sex=Female",0\n'
    gathered = _gather(full, tmp_path)
    pack = _pack(gathered, tmp_path)
    assert list(pack.groups) == ["Democrat", "Republican & Female"]
    assert pack.humans[pack.questions[0].id]["Republican & Female"].probabilities == (0.875, 0.125, 0)
    assert any(place in told and reason in told for told in _reasons(gathered)), _reasons(gathered)


def test_counts_too_large_to_add_cost_their_group_only(tmp_path: Path) -> None:
    gathered = _gather(f"{LONG}{TEA},Yes,Giants,1e308\n{TEA},No,Giants,1e308\n", tmp_path)
    assert any("Giants" in reason and "too large" in reason for reason in _reasons(gathered))
    assert list(_pack(gathered, tmp_path).groups) == ["Democrat", "Republican & Female"]


def test_an_unreadable_row_is_not_taken_for_nobody(tmp_path: Path) -> None:
    gathered = _gather(LONG + f"{TEA},Refused\n", tmp_path)
    assert list(_pack(gathered, tmp_path).groups) == ["Democrat"]
    assert any("Republican" in told and '"Refused" has none' in told for told in _reasons(gathered))


@pytest.mark.parametrize(
    "row",
    [
        f"{TEA},No,Democrat,31",
        f"{TEA},No,party=Democrat,30",
        f"{TEA},No,,3",
        f"{TEA},No,party=,3",
    ],
)
def test_a_contradiction_costs_its_question(row: str, tmp_path: Path) -> None:
    other = "Is the kettle loud?,Yes,Democrat,1\nIs the kettle loud?,No,Democrat,2\n"
    gathered = _gather(LONG + f"{row}\n{other}", tmp_path)
    assert [question.text for question in _pack(gathered, tmp_path).questions] == ["Is the kettle loud?"]
    assert any("line 7" in told and "the question is left out" in told for told in _reasons(gathered))


def test_shares_that_miss_the_whole_are_set_aside(tmp_path: Path) -> None:
    rows = f"{TEA},Yes,Town,45\n{TEA},No,Town,40\n{TEA},Yes,Port,33.3\n{TEA},No,Port,66.6\n"
    gathered = _gather(f"question,option,group,percent\n{rows}", tmp_path)
    assert list(_pack(gathered, tmp_path).groups) == ["Port"]
    assert any("Town" in told and "they sum to 85" in told for told in _reasons(gathered))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("question,option,group\na,b,c\n", "a column for each option"),
        ("question,count\na,3\n", "a column for each group"),
        (f"question,option,n,Town,Port\n{TEA},Yes,3,4,5\n", "--by"),
        ("question,option,group,share,probability\n", "say the same"),
        ("question,option,group,count,count\n", "twice"),
        ("question,option,group,count\n", "expected at least one row"),
        ("", "empty"),
        (f"question,group,measure,Yes,No\n{TEA},Town,weight,1,2\n", "expected count, share or percent"),
        ("question,option\nДа,нет\n".encode("cp1251"), "UTF-8"),
        ("question,option,group,count\n" + f"{TEA},Yes,Town,3\n", "no question that can be read"),
    ],
)
def test_what_cannot_be_told_is_refused_with_what_was_expected(text: str | bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(ImportRefusedError, match=said):
        _gather(text, tmp_path)


def test_decimal_commas_are_read_where_semicolons_part_the_columns(tmp_path: Path) -> None:
    pack = _pack(_gather(f"question;group;Yes;No\n{TEA};Town;0,255;0,745\n", tmp_path), tmp_path)
    assert pack.humans[pack.questions[0].id]["Town"].probabilities == (0.255, 0.745)


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ({"question": "x", "options": ["A", "B"], "groups": {"Town": [1]}}, "Town"),
        ({"question": "x", "options": ["A", "B"], "groups": {"Town": [1, None]}}, "Town"),
        ({"question": "x", "options": ["A", "A"], "groups": {"Town": [1, 2]}}, "entry 2"),
        ({"question": "x", "options": ["A", "B"], "groups": {"Town": {"C": 2}}}, "entry 2"),
        ({"question": "x", "groups": 3}, "entry 2"),
        ({"question": "", "options": ["A", "B"], "groups": {"Town": [1, 2]}}, "entry 2"),
        ({"question": "x", "wording": "?", "groups": {}}, "entry 2"),
        (7, "entry 2"),
    ],
)
def test_a_damaged_entry_of_json_costs_no_other(entry: object, place: str, tmp_path: Path) -> None:
    good = {"question": TEA, "options": ["Yes", "No"], "groups": {"Town": [1, 2]}}
    content = [good, entry] if isinstance(entry, dict) else {TEA: good, "x": entry}
    gathered = _gather(json.dumps(content), tmp_path, "tea.json")
    assert [question.text for question in _pack(gathered, tmp_path / "..").questions] == [TEA]
    assert any(place in told for told in _reasons(gathered)), _reasons(gathered)


@pytest.mark.parametrize(
    "text",
    [
        "person,party,sex,tea\n1,Democrat,Female,Yes\n2,Republican,Male,No\n",
        "person,question,option\n1,tea,Yes\n2,tea,Yes\n",
        "question,group,tea,coffee\nq,a,Yes,No\n",
        "",
        "\x00\x01",
    ],
)
def test_tables_of_people_are_left_to_others(text: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    assert not TablesImporter().recognises(path)
    assert not TablesImporter().recognises(tmp_path / "absent.csv")


def test_ids_are_safe_stable_and_nobody_elses(tmp_path: Path) -> None:
    assert _gather(LONG, tmp_path, "OpinionQA.csv").folder == "own-opinionqa"
    assert _gather(LONG, tmp_path, dataset="my-tea").folder == "my-tea"
    assert _gather(LONG, tmp_path).texts == _gather(LONG, tmp_path).texts
    for taken in ("nytimes", "My Tea", "../tea"):
        with pytest.raises(ImportRefusedError):
            _gather(LONG, tmp_path, dataset=taken)
    with pytest.raises(ImportRefusedError):
        _gather(LONG, tmp_path, "日本.csv")


def test_questions_can_be_chosen_and_columns_named(tmp_path: Path) -> None:
    text = LONG.replace("question,", "id,question,").replace(f"{TEA},", f"tea,{TEA},")
    kept = _gather(text + "loud,Loud?,A,Democrat,1\nloud,Loud?,B,Democrat,1\n", tmp_path, questions=("loud",))
    assert [question.id for question in _pack(kept, tmp_path).questions] == ["loud"]
    with pytest.raises(ImportRefusedError, match="no question x"):
        _gather(text, tmp_path, questions=("x",))
    waves = f"question,option,wave,party,count\n{TEA},Yes,3,Green,5\n{TEA},No,3,Green,5\n"
    assert list(_pack(_gather(waves, tmp_path, attributes=("party",)), tmp_path).groups) == ["Green"]


def test_hostile_text_arrives_tame(tmp_path: Path) -> None:
    text = LONG.replace(TEA, "\x1b[2JTea?").replace("Yes", "Yes\u202e")
    gathered = _gather(text, tmp_path)
    assert "\x1b" not in gathered.texts["tea-time.pack.json"]
    assert "\u202e" not in gathered.texts["tea-time.pack.json"]
    assert recognised(tmp_path / "tea time.csv").name == "table"


_LABELS = st.lists(st.sampled_from(["Yes", "No", "Perhaps", "Refused", 'A "b", c', "d;e"]), min_size=2, unique=True)


@given(st.data(), st.sampled_from(["long", "option", "group"]), st.sampled_from(",;\t|"))
def test_random_counts_are_read_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, form: str, separator: str
) -> None:
    labels = data.draw(_LABELS)
    groups = data.draw(st.lists(st.sampled_from(["Town", "party=Green,age=18-34", "Isle"]), min_size=1, unique=True))
    size = len(labels)
    drawn = st.lists(st.integers(0, 2**31), min_size=size, max_size=size).filter(any)
    counts = {group: data.draw(drawn) for group in groups}
    if form == "long":
        rows: list[list[object]] = [["question", "option", "group", "count"]]
        rows += [[TEA, label, name, counts[name][i]] for name in groups for i, label in enumerate(labels)]
    elif form == "option":
        rows = [["question", "group", "measure", *labels]]
        rows += [[TEA, name, "count", *counts[name]] for name in groups]
    else:
        rows = [["question", "option", "measure", *groups]]
        rows += [[TEA, label, "count", *(counts[name][i] for name in groups)] for i, label in enumerate(labels)]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(rows)
    gathered = _gather(out.getvalue(), tmp_path_factory.mktemp("random"))
    entry = json.loads(gathered.texts["tea-time.pack.json"])["questions"][0]
    read = [each if isinstance(each, str) else each["label"] for each in entry["options"]]
    assert read == labels
    assert list(entry["human"].values()) == list(counts.values())
