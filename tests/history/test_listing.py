"""Lists of runs: order, pages, and the filter."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from opinionscope.alignment.reliability import Basis
from opinionscope.history import History, RunRow, connecting, ordering
from opinionscope.history.listing import AskedQuestion
from opinionscope.runs import Run, new_run_id, rescore
from opinionscope.selection import SelectionError
from opinionscope.survey import Distribution, Group
from opinionscope.values import replace

MakeRun = Callable[..., Run]


@pytest.fixture
def stocked(history: History, done: MakeRun, draft: MakeRun) -> History:
    """A history with three runs that differ, oldest first."""
    question = draft().cell.question
    roads = replace(question, id="ROADS%1", title="Roads: 100% tar", text="More tar? [/b]", dataset="town_2")
    history.finish(done(steering="persona", tags=()))
    history.finish(done(question=roads, group=Group("Men", (("sex", "Male"),)), model="recorded/gpt-4", tags=("a_b",)))
    history.begin(draft(format="log-probs", model="ollama/llama3", tags=("demo day",)))
    return history


def test_a_line_says_what_lists_show(history: History, done: MakeRun) -> None:
    run = done()
    assert run.alignment is not None
    assert run.reading is not None
    asked = run.cell.question
    history.finish(run)
    assert history.page() == [
        RunRow(
            id=run.id,
            created=datetime(2026, 3, 1, 12, 0, 0, 123_456, UTC),
            question=AskedQuestion(asked.id, "town", asked.domain, asked.text, asked.labels),
            question_title="Parks: more benches",
            group="Zürich women",
            steering="few-shot",
            format="verbalized",
            model="gpt-4o",
            status="done",
            pinned=False,
            note="first try",
            planned=2,
            answered=1,
            kl=run.alignment["kl"],
            tv=run.alignment["tv"],
            basis=Basis(run.alignment.human.n, None, 1, run.reading.coverage, 100.0),
            tags=("pilot", "benches"),
            scores={},
            finished=run.finished,
        )
    ]
    (row,) = history.page(with_scores=True)
    assert row.scores == {name: score.value for name, score in run.alignment.scores.items()}


def test_a_recorded_model_is_known_as_such_before_it_answers(stocked: History) -> None:
    assert [(row.status, row.kl is None) for row in stocked.page()] == [
        ("running", True),
        ("done", False),
        ("done", False),
    ]
    assert stocked.count("kind:live") == 3
    assert stocked.page("ollama")[0].status == "running"


def test_pages_meet_without_gap_or_overlap(history: History, draft: MakeRun) -> None:
    made = [draft() for _ in range(7)]
    for run in made:
        history.begin(run)
    newest_first = [run.id for run in reversed(made)]
    pages = [history.page(limit=3, offset=offset) for offset in (0, 3, 6)]
    assert [row.id for page in pages for row in page] == newest_first
    assert history.page(limit=3, offset=7) == []


@pytest.mark.parametrize("few", [2_000, 0])
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("selection", ["", '"50 b 30"', "kl>=0"])
@pytest.mark.parametrize("sort", ["created", "model", "kl"])
def test_pages_meet_though_runs_begin_and_end_between_them(
    history: History,
    done: MakeRun,
    draft: MakeRun,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    descending: bool,
    selection: str,
    sort: str,
) -> None:
    monkeypatch.setattr(ordering, "FEW", few)
    for number in range(7):
        history.finish(done(model=f"m{number % 3}"))
    until = history.latest()
    whole = history.ids(selection, sort=sort, descending=descending)
    seen, total = [], history.count(selection, until=until)
    for offset in range(0, 9, 3):
        seen += history.page(selection, 3, offset, sort=sort, descending=descending, until=until)
        for model in ("m0", "m9"):
            history.finish(done(model=model, created=datetime.now(UTC)))
            history.begin(draft(model=model, created=datetime(2020, 1, 1, tzinfo=UTC)))
    assert [row.id for row in seen] == whole
    assert history.count(selection, until=until) == total == len(whole) == 7
    assert history.count(selection) > 7


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", 3),
        ("parks", 2),
        ("PARKS persona", 1),
        ("persona roads", 0),
        ("zurich", 2),
        ("ZÜRICH sex=female", 2),
        ("100%", 1),
        ("roads%1", 1),
        ("%", 1),
        ("town_2", 1),
        ("parks_1", 2),
        ("parksx1", 0),
        ("a_b", 1),
        ("a%b", 0),
        ("demo day", 1),
        ("tar? [/b]", 1),
        ("running llama3", 1),
        ("log-probs", 1),
        ("recorded/", 1),
        ("gpt gpt gpt-4o", 1),
        ("'; DROP TABLE runs; --", 0),
        ('" OR 1=1', 0),
        ("\\", 0),
        ("\x00", 0),
        ("\ud800", 0),
    ],
)
def test_the_filter_wants_every_word_and_takes_it_literally(stocked: History, words: str, expected: int) -> None:
    assert (len(stocked.page(words)), stocked.count(words)) == (expected, expected)
    assert stocked.count() == 3


@pytest.mark.parametrize("words", ["word0 " * 5000, " ".join(f"w{number}" for number in range(100)), "modle:gpt-4"])
def test_what_is_no_selection_is_said(stocked: History, words: str) -> None:
    for read in (stocked.page, stocked.count, stocked.ids):
        with pytest.raises(SelectionError):
            read(words)


def test_a_filtered_list_is_paged_too(stocked: History) -> None:
    newest, oldest = stocked.page("parks")
    assert stocked.page("parks", limit=1) == [newest]
    assert stocked.page("parks", limit=1, offset=1) == [oldest]


def test_a_line_says_why_its_measures_are_muted(history: History, done: MakeRun) -> None:
    """As the run itself says it, from what is stored."""
    sound = done()
    (live,) = sound.replies

    def answered(*texts: str) -> Run:
        responses = tuple(replace(live, text=text, call=at, reading=None) for at, text in enumerate(texts))
        return rescore(replace(sound, id=new_run_id(), replies=responses))

    shares, wide = "{'A': 50, 'B': 30, 'C': 20, 'D': 0}", "{'A': 70, 'B': 40, 'C': 36, 'D': 0}"
    few = rescore(replace(sound, id=new_run_id(), human=Distribution.from_counts([1, 1, 1, 0])))
    runs = [sound, few, answered(wide), answered(shares, "I cannot say."), answered(shares, "No.", "No.")]
    for run in runs:
        history.finish(run)
    said = [row.measures_muted for row in reversed(history.page())]
    assert said == [run.measures_muted for run in runs]
    for view in ("run_overview", "run_measures"):
        muted = history.listed(f"SELECT muted FROM {view} ORDER BY run_id")
        assert muted == [str(int(bool(reason))) for reason in said]
    assert said[0] == ""
    assert said[1].startswith("only 3 people answered")
    assert said[2] == "the percentages stated sum to 146, not 100"
    assert said[3] == ""
    assert said[4].startswith("only 33 % of 3 answers")


def test_names_are_cleaned_once_and_few_are_kept() -> None:
    texts = connecting.CleanTexts()
    read = texts.__getitem__
    assert [read(stored) for stored in (b"gpt\x1b[31m", b"gpt\x1b[31m", b"\xff")] == ["gpt␛[31m", "gpt␛[31m", "�"]
    assert read(b"0" * 26) == "0" * 26
    assert set(texts) == {b"gpt\x1b[31m", b"\xff"}
    for number in range(2 * connecting.MOST_NAMES):
        assert read(str(number).encode()) == str(number)
    assert len(texts) <= connecting.MOST_NAMES
