"""The packs and recorded answers that come with the program."""

import importlib.util
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from opinionscope.alignment.divergences import total_variation
from opinionscope.elicitation import Reply
from opinionscope.elicitation.expression import FORMATS
from opinionscope.importers.benchmark import Benchmark, RecordedAnswer
from opinionscope.importers.benchmark_humans import HumanItem
from opinionscope.survey.answers import AnswerSheet, read_answers
from opinionscope.survey.distribution import Distribution
from opinionscope.survey.library import Library
from opinionscope.survey.question import Question

PROJECT = Path(__file__).parents[2]
DATA = PROJECT / "data"
FEWEST = {"opinionqa": 40, "nytimes": 60, "globalopinionqa": 30}
LONGEST_TITLE = 34
WITH_LOGPROBS = {"verbalized", "sequence", "log-probs"}
MODELS = {"gpt-4": WITH_LOGPROBS, "gpt-3.5-turbo-0125": WITH_LOGPROBS, "anthropic_opus": {"verbalized", "sequence"}}
SHINGLE = 8


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.load([DATA])


@pytest.fixture(scope="module")
def sheets(library: Library) -> dict[tuple[str, str], AnswerSheet]:
    read = [read_answers(path) for path in library.answer_files]
    return {(sheet.dataset, sheet.model): sheet for sheet in read}


def test_packs_are_whole_and_large_enough(library: Library) -> None:
    assert not library.problems
    sizes = {pack.dataset: len(pack.questions) for pack in library.packs}
    assert sizes.keys() == FEWEST.keys()
    assert all(sizes[dataset] >= least for dataset, least in FEWEST.items()), sizes


def test_every_question_has_human_figures_and_every_group_a_question(library: Library) -> None:
    for pack in library.packs:
        assert not [question.id for question in pack.questions if len(library.groups(question)) < 3]
        assert not pack.groups.keys() - {name for groups in pack.humans.values() for name in groups}
        known = {human.n is not None for groups in pack.humans.values() for human in groups.values()}
        assert known == {pack.dataset != "globalopinionqa"}


def test_titles_fit_their_column_and_are_told_apart(library: Library) -> None:
    titles = [question.title for question in library.questions]
    assert not [title for title in titles if len(title) > LONGEST_TITLE]
    assert len(set(titles)) == len(titles)


def test_options_stand_in_order(library: Library) -> None:
    """Refusals last and without a value; values rise, but for one middle answer listed after the poles."""
    for question in library.questions:
        answers = [option for option in question.options if not option.nonresponse]
        assert question.options[: len(answers)] == tuple(answers), question.id
        values = [option.value for option in question.options if option.value is not None]
        assert len(values) in (0, len(answers)), question.id
        if values and values != sorted(values):
            middle = (min(values) + max(values)) / 2
            values.remove(middle)
            assert middle == answers[-1].value, question.id
        assert values == sorted(set(values)), question.id


@pytest.mark.parametrize("model", MODELS)
def test_recorded_answers_cover_formats_and_steerings(
    library: Library, sheets: dict[tuple[str, str], AnswerSheet], model: str
) -> None:
    for pack in library.packs:
        sheet = sheets[pack.dataset, model]
        steerings = {"persona", "few-shot"} | ({"none"} if pack.dataset != "globalopinionqa" else set())
        assert set(sheet.formats()) == MODELS[model]
        for question in pack.questions:
            for format_name in sheet.formats():
                assert set(sheet.steerings(question.id, format_name)) == steerings, (question.id, format_name)


@pytest.mark.parametrize("model", MODELS)
def test_recorded_answers_are_distributions_or_say_why_not(
    library: Library, sheets: dict[tuple[str, str], AnswerSheet], model: str
) -> None:
    unread = asked = 0
    for question in library.questions:
        sheet = sheets[question.dataset, model]
        for format_name in sheet.formats():
            for recorded, _ in _answers_of(sheet, library, question, format_name):
                asked += 1
                unread += recorded is None
    assert asked > 2000
    assert unread < asked / 100


def _answers_of(
    sheet: AnswerSheet, library: Library, question: Question, format_name: str
) -> Iterator[tuple[Distribution | None, Distribution]]:
    """What was recorded beside what the group answered, for every steering method and group."""
    for group in library.groups(question):
        human = library.human(question, group)
        assert human is not None
        for steering in sheet.steerings(question.id, format_name):
            recorded = sheet.answer(question, format_name, steering, group.name)
            if recorded is not None:
                answer = Reply(figures=recorded.figures, unread=recorded.unread)
                reading = FORMATS[format_name].read(answer, question)
                assert reading.distribution or reading.reason
                yield reading.distribution, human


def test_recorded_answers_are_matched_by_label(library: Library, sheets: dict[tuple[str, str], AnswerSheet]) -> None:
    """The model's letters were in alphabetical order: No priority, Refused, Some priority, Top priority."""
    question = library.question("GAP21Q33_g_W82")
    answer = sheets["opinionqa", "gpt-4"].answer(question, "verbalized", "none", "Democrat")
    assert answer is not None
    assert question.labels == ("Top priority", "Some priority", "No priority", "Refused")
    assert answer.figures == (40, 42, 15, 3)
    pairs = [
        (recorded.probabilities, human.probabilities)
        for each in library.pack("opinionqa").questions
        for recorded, human in _answers_of(sheets["opinionqa", "gpt-4"], library, each, "verbalized")
        if recorded and human.n and human.n >= 100
    ]
    assert len(pairs) > 900
    assert sum(total_variation(human, model) for model, human in pairs) / len(pairs) < 0.2


def _build_pack() -> ModuleType:
    path = PROJECT / "tests" / "tools" / "build_pack.py"
    spec = importlib.util.spec_from_file_location("opinionscope_tests_build_pack", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _without_humans(path: Path) -> None:
    pack = json.loads(path.read_text(encoding="utf-8"))
    for question in pack["questions"]:
        question.pop("human")
    path.write_text(json.dumps(pack), encoding="utf-8")


@pytest.mark.reference
def test_rebuilding_from_the_reference_gives_the_same_bytes(reference: Path, tmp_path: Path) -> None:
    for path in DATA.glob("*.pack.json"):
        _without_humans(Path(shutil.copy(path, tmp_path)))
    written = list(_build_pack().build(Benchmark(reference), tmp_path))
    assert len(written) == len(FEWEST) * (1 + len(MODELS)) + len(list(DATA.glob("*.crowdworkers.answers.json")))
    assert not [path.name for path in written if path.read_bytes() != (DATA / path.name).read_bytes()]


@pytest.mark.reference
def test_options_are_the_references_in_its_order_and_sound(reference: Path, library: Library) -> None:
    benchmark = Benchmark(reference)
    for pack in library.packs:
        items = {item.source_key: item for item in benchmark.items(pack.dataset)}
        for question in pack.questions:
            item = items[question.source_key]
            assert question.labels == item.options
            assert not item.faults


@pytest.mark.reference
def test_human_shares_are_the_authors_expected_ones(reference: Path, library: Library) -> None:
    """By another way than the packs were built: through the letters of one model's results."""
    by_key = {(question.dataset, question.source_key): question for question in library.questions}
    compared = 0
    for answer in Benchmark(reference).answers():
        if (
            not isinstance(answer, RecordedAnswer)
            or answer.model != "gpt-4"
            or answer.format != "verbalized"
            or answer.steering != "persona"
        ):
            continue
        question = by_key.get((answer.dataset, answer.item.source_key))
        if question is None or answer.attributes[0][0] in ("region", "education", "income"):
            continue
        pack = library.pack(answer.dataset)
        (name,) = (group.name for group in pack.groups.values() if group.attributes == answer.attributes)
        expected = dict(zip(answer.labels, answer.expected[answer.attributes], strict=True))
        shares = Distribution.from_weights(expected.get(label, 0.0) for label in question.labels)
        assert pack.humans[question.id][name].probabilities == pytest.approx(shares.probabilities, abs=2e-6)
        compared += 1
    assert compared > 600


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _texts(child)


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))
    return {tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)}


@pytest.mark.reference
def test_no_sentence_is_taken_over(reference: Path) -> None:
    benchmark = Benchmark(reference)
    theirs: set[tuple[str, ...]] = set()
    for dataset in FEWEST:
        for item in benchmark.humans(dataset):
            if isinstance(item, HumanItem):
                theirs |= _shingles(item.context if dataset == "nytimes" else item.text)
    assert len(theirs) > 5000
    for path in sorted(DATA.glob("*.json")):
        for text in _texts(json.loads(path.read_text(encoding="utf-8"))):
            assert not _shingles(text) & theirs, f"{path.name}: {text}"
