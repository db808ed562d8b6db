"""Recorded models: looked up, never made up."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opinionscope.elicitation import FORMATS, Call
from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.recorded import RecordedRespondent, Recordings
from opinionscope.survey import Group, PackError
from opinionscope.survey.answers import ANSWERS_FORMAT, AnswerBlock, AnswersFile, answers_text

MakeCall = Callable[..., Call]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def make(name: str, blocks: list[AnswerBlock], **changes: Any) -> Path:
        path = tmp_path / f"{name}.answers.json"
        header = {"dataset": "toy", "model": "gpt-x", "recorded": "spring 2024", "source": "a study"} | changes
        file = AnswersFile(format=ANSWERS_FORMAT, options={"PARK_1": ["No", "Yes"]}, answers=blocks, **header)
        path.write_bytes(answers_text(file).encode())
        return path

    return make


@pytest.fixture
def sheet(write: Callable[..., Path]) -> Path:
    return write(
        "a",
        [
            AnswerBlock("verbalized", "none", "", {"PARK_1": [20.0, 80.0]}),
            AnswerBlock("verbalized", "persona", "Gardener", {"PARK_1": [5.0, 95.0]}),
            AnswerBlock("sequence", "persona", "Gardener", {"PARK_1": "the answer was cut off"}),
        ],
    )


async def test_an_answer_comes_in_survey_order_with_where_it_was_made(sheet: Path, call: MakeCall) -> None:
    model = RecordedRespondent("gpt-x", Recordings.read([sheet]))
    response = await model.respond(call())
    assert response.figures == (95.0, 5.0)
    assert response.text is None
    assert (model.name, model.kind) == ("recorded/gpt-x", "recorded")
    assert (response.kind, response.model, response.recorded) == ("recorded", "gpt-x", "spring 2024")
    assert (response.answered, response.usage.cost_usd) == (None, None)
    reading = FORMATS["verbalized"].read(response, call().cell.question)
    assert reading.distribution is not None
    assert reading.distribution.probabilities == (0.95, 0.05)


async def test_without_steering_every_group_gets_the_one_answer(sheet: Path, call: MakeCall) -> None:
    model = RecordedRespondent("gpt-x", Recordings.read([sheet]))
    response = await model.respond(call(steering="none", group=Group("Driver")))
    assert response.figures == (80.0, 20.0)


async def test_an_answer_nobody_could_read_stays_unread(sheet: Path, call: MakeCall) -> None:
    response = await RecordedRespondent("gpt-x", Recordings.read([sheet])).respond(call("sequence"))
    assert response.figures is None
    assert response.unread == "the answer was cut off"


@pytest.mark.parametrize(
    ("form", "changes", "words"),
    [
        ("log-probs", {}, r"recorded are verbalized \(none, persona\); sequence \(persona\)"),
        ("sequence", {"steering": "none"}, r"not asked PARK_1 with steering none as sequence"),
        ("verbalized", {"group": Group("Driver")}, "not asked PARK_1 as Driver; choose another group"),
    ],
)
async def test_what_was_not_recorded_says_what_was(
    sheet: Path, call: MakeCall, form: str, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(RespondentError, match=words):
        await RecordedRespondent("gpt-x", Recordings.read([sheet])).respond(call(form, **changes))


async def test_answers_to_another_dataset_are_not_mixed_up(write: Callable[..., Path], call: MakeCall) -> None:
    block = AnswerBlock("verbalized", "persona", "Gardener", {"PARK_1": [50.0, 50.0]})
    other = write("other", [block], dataset="elsewhere")
    with pytest.raises(RespondentError, match="never asked PARK_1"):
        await RecordedRespondent("gpt-x", Recordings.read([other])).respond(call())


async def test_a_later_file_counts_and_an_earlier_one_fills_in(
    sheet: Path, write: Callable[..., Path], call: MakeCall
) -> None:
    newer = write("b", [AnswerBlock("verbalized", "persona", "Gardener", {"PARK_1": [1.0, 99.0]})], recorded="now")
    model = RecordedRespondent("gpt-x", Recordings.read([sheet, newer]))
    assert (await model.respond(call())).figures == (99.0, 1.0)
    assert (await model.respond(call(steering="none"))).figures == (80.0, 20.0)


def test_a_broken_file_is_reported_and_the_others_still_answer(sheet: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.answers.json"
    broken.write_text('{"format": "opinionscope-answers/1"')
    recordings = Recordings.read([broken, sheet, tmp_path / "gone.answers.json"])
    assert recordings.models == ("gpt-x",)
    assert [problem.path.name for problem in recordings.problems] == ["broken.answers.json", "gone.answers.json"]
    assert all(isinstance(problem, PackError) for problem in recordings.problems)
    with pytest.raises(RespondentError, match=r"broken\.answers\.json could not be read.*recorded/gpt-x"):
        RecordedRespondent("gpt-y", recordings)


def test_a_file_is_read_once_and_again_when_it_changes(sheet: Path, write: Callable[..., Path]) -> None:
    first = Recordings.read([sheet])
    assert Recordings.read([sheet]).sheets[0] is first.sheets[0]
    write("a", [AnswerBlock("sequence", "none", "", {"PARK_1": [1.0, 2.0]})], model="gpt-z")
    assert Recordings.read([sheet]).models == ("gpt-z",)
