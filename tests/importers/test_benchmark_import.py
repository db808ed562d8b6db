"""The import of the whole benchmark, on the reference data."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from opinionscope.elicitation import Reply, read_reply
from opinionscope.importers import IMPORTERS
from opinionscope.importers.base import Gathered, ImportOptions
from opinionscope.importers.benchmark import Benchmark, RecordedAnswer
from opinionscope.importers.labels import is_nonresponse
from opinionscope.survey.answers import CROWDWORKERS, AnswerSheet, read_answers
from opinionscope.survey.library import Library
from opinionscope.survey.titles import LONGEST_TITLE, Names, short_title

DATA = Path(__file__).parents[2] / "data"
ITEMS = {"opinionqa": 100, "nytimes": 235, "globalopinionqa": 100}


@pytest.fixture(scope="module")
def gathered(reference: Path, once: Any) -> Gathered:
    return once("gathered", lambda: IMPORTERS["benchmark"].gather(reference, ImportOptions(bundled=DATA)))


@pytest.fixture(scope="module")
def imported(gathered: Gathered, tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("imported")
    for name, text in gathered.texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Library.load([folder])


@pytest.mark.reference
def test_every_item_and_every_answer_is_read_or_set_aside(reference: Path, gathered: Gathered) -> None:
    for dataset, items in ITEMS.items():
        about_items = [x for x in gathered.set_aside if x.dataset == dataset and not x.model and "line" not in x.place]
        damaged = [x for x in about_items if "n = 0" not in x.reason]
        assert gathered.datasets[dataset].questions + len(damaged) == items
    every = [answer for answer in Benchmark(reference).answers() if getattr(answer, "model", "")]
    read = [each.models for each in gathered.datasets.values()]
    counts = [count for models in read for name, count in models.items() if name != CROWDWORKERS]
    estimates = [models[CROWDWORKERS] for models in read if CROWDWORKERS in models]
    assert sum(count.answers + count.set_aside for count in estimates) == 16_554
    assert sum(count.answers + count.set_aside for count in counts) == len(every)
    assert sum(count.answers for count in counts) > 28_000
    assert sum(isinstance(answer, RecordedAnswer) for answer in every) > 40_000
    assert all(aside.reason for aside in gathered.set_aside)


@pytest.mark.reference
def test_what_was_bundled_keeps_ids_titles_scales_and_figures(imported: Library) -> None:
    assert not imported.problems
    bundled = Library.load([DATA])
    assert imported.questions[0].id == bundled.questions[0].id
    for pack in bundled.packs:
        whole = imported.pack(pack.dataset)
        by_id = {question.id: question for question in whole.questions}
        for question in pack.questions:
            now = by_id[question.id]
            assert (now.title, now.topics, now.options) == (question.title, question.topics, question.options)
            assert now.wording == ("abridged" if pack.dataset == "nytimes" else "verbatim")
            assert whole.humans[now.id] == pack.humans[now.id]
        titles = Counter(question.title for question in whole.questions)
        assert max(titles.values()) == 1
        assert max(map(len, titles)) <= LONGEST_TITLE
        assert pack.groups.keys() <= whole.groups.keys()


@pytest.mark.reference
def test_raw_text_reads_as_the_bundled_figures_do(imported: Library) -> None:
    bundled = Library.load([DATA])
    raw = {(sheet.dataset, sheet.model): sheet for sheet in map(read_answers, imported.answer_files)}
    compared = 0
    for figures in map(read_answers, bundled.answer_files):
        if figures.model == CROWDWORKERS:
            continue
        compared += _compare(figures, raw[figures.dataset, figures.model], bundled)
    assert compared > 9_000


def _compare(figures: AnswerSheet, raw: AnswerSheet, library: Library) -> int:
    compared = 0
    for question in library.pack(figures.dataset).questions:
        for group in library.groups(question):
            for form in figures.formats():
                for steering in figures.steerings(question.id, form):
                    before = figures.answer(question, form, steering, group.name)
                    now = raw.answer(question, form, steering, group.name)
                    if before is None:
                        assert now is None
                        continue
                    assert now is not None
                    assert now.text is not None
                    read = read_reply(Reply(now.text, figures=now.figures, offered=now.offered), form, question)
                    old = read_reply(Reply(figures=before.figures, unread=before.unread), form, question)
                    assert (read.distribution is None) == (old.distribution is None)
                    if read.distribution and old.distribution:
                        assert read.distribution.probabilities == pytest.approx(old.distribution.probabilities)
                    compared += 1
    return compared


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Some like boats. By what measure would you say that the ferry helps?", "The ferry helps"),
        ("Tell me which you prefer...Being early", "Being early"),
        ("Have you a good, middling, or poor opinion of the mayor?", "Opinion of the mayor"),
        ("?", "?"),
        ("A question of so many words that no list could ever hold it", "A question of so many words that…"),
    ],
)
def test_titles_are_made_of_what_is_asked_about(text: str, title: str) -> None:
    assert short_title(text) == title


def test_a_taken_title_or_id_is_told_apart() -> None:
    names = Names(["Being early", "being-early"])
    assert (names.title("Being early"), names.title("Being early")) == ("Being early (2)", "Being early (3)")
    assert names.slug("Being early", "7f") == "being-early-7f"


@pytest.mark.parametrize(
    "label",
    [
        *("Refused", "DK/Refused", "Don't know", "Missing; Unknown", "Can't rate (VOL)"),
        *("99 = Refused", "(-1) Inapplicable", "9: No answer", "[88] DK", "-9. Not asked"),
    ],
)
def test_refusals_are_known_by_all_their_names(label: str) -> None:
    assert is_nonresponse(label)


@pytest.mark.parametrize(
    "label",
    [
        "Don't know anyone",
        "Not a problem",
        "None of these (VOL)",
        "Refused to leave",
        "1 = Yes",
        "(2) Refused to leave",
    ],
)
def test_answers_that_look_like_refusals_are_answers(label: str) -> None:
    assert not is_nonresponse(label)
