"""What data/README.md tells people to write is read, and what it says is so."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from opinionscope.survey import PackError, read_pack
from opinionscope.survey.answers import AnswerBlock, AnswersFile, RawAnswer, read_answers
from opinionscope.survey.library import Library
from opinionscope.survey.pack import OptionEntry, PackFile, QuestionEntry, SharesEntry, StudyCard

WriteFile = Callable[..., Path]
DATA = Path(__file__).parents[2] / "data"
README = (DATA / "README.md").read_text(encoding="utf-8")


def _block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert found, f"expected a {language} example"
    return found.group(1)


def test_the_example_is_a_pack(write: WriteFile) -> None:
    pack = read_pack(write(_block("toml"), "my-town.pack.toml"))
    hours, music = pack.questions
    assert pack.dataset == "my-town"
    assert hours.wording == "own"
    assert hours.labels == ("Earlier", "As now", "Later", "No answer")
    assert [option.nonresponse for option in hours.options] == [False, False, False, True]
    assert [option.value for option in hours.options] == [1, 2, 3, None]
    assert pack.humans["opening-hours"]["Parents"].n == 85
    assert pack.humans["opening-hours"]["Older women"].n == 60
    assert list(pack.humans["music-room"]) == ["Parents"]
    assert music.context


def test_its_group_is_found_the_way_the_text_says(write: WriteFile) -> None:
    library = Library.load([write(_block("toml"), "sub/folder/my-town.pack.toml").parents[2]])
    question = library.question("my-town/opening-hours")
    for wanted in ("older women", "sex=Female,age=65 and over", "age=65 and over,SEX=female"):
        assert library.group(question, wanted).name == "Older women"


def test_a_broken_example_is_refused_in_the_words_shown(write: WriteFile) -> None:
    broken = _block("toml").replace("Parents = [12, 30, 41, 2]", "Parents = [12, 30, 41]")
    with pytest.raises(PackError) as refusal:
        read_pack(write(broken, "my-town.pack.toml"))
    assert str(refusal.value) == _block("text").strip()


def test_the_answers_example_fits_the_pack(write: WriteFile) -> None:
    pack = read_pack(write(_block("toml"), "my-town.pack.toml"))
    answers = read_answers(write(_block("json"), "my-town.answers.json"))
    hours, music = pack.questions
    found = answers.answer(hours, "verbalized", "persona", "Parents")
    assert found is not None
    assert found.figures == (20, 30, 50, None)
    unread = answers.answer(music, "verbalized", "persona", "Parents")
    assert unread is not None
    assert unread.figures is None
    assert unread.unread == "the answer is empty"
    assert answers.answer(music, "sequence", "none", "Older women") is not None
    worded = answers.answer(hours, "verbalized", "few-shot", "Parents")
    assert worded is not None
    assert (worded.figures, worded.offered) == (None, ("As now", "Earlier", "Later"))
    assert worded.text == "A: 20%, B: 30%, C: 50%"


@pytest.mark.parametrize(
    "shape", [PackFile, QuestionEntry, OptionEntry, SharesEntry, StudyCard, AnswersFile, AnswerBlock, RawAnswer]
)
def test_every_field_is_described(shape: type[msgspec.Struct]) -> None:
    for field in shape.__struct_fields__:
        assert re.search(rf"`{field}`|`{{ {field} = |, {field} = ", README), field


def test_every_bundled_dataset_has_its_source() -> None:
    bundled = sorted(path.name.split(".")[0] for path in DATA.glob("*.pack.*"))
    assert bundled
    for dataset in bundled:
        assert f"| `{dataset}` |" in README
    for path in DATA.glob("*.answers.json"):
        assert path.name.split(".", 1)[1].removesuffix(".answers.json") in README
