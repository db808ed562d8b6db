"""A pack's figures are checked when it is read, and made into distributions when they are asked for."""

import json
from pathlib import Path

import pytest

from opinionscope.survey import PackError, humans, read_pack


def _pack(human: object) -> dict[str, object]:
    return {
        "format": "opinionscope-pack/1",
        "dataset": "village",
        "title": "A village",
        "groups": {" Young  people": {"age": "18-34"}, "Old": {"age": "65+"}},
        "questions": [{"id": "pub", "title": "The pub", "text": "Longer?", "options": ["Yes", "No"], "human": human}],
    }


def _written(path: Path, human: object) -> Path:
    path.write_text(json.dumps(_pack(human)), encoding="utf-8")
    return path


def test_reading_a_large_pack_makes_no_distribution_before_one_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _written(tmp_path / "a.pack.json", {" Young  people": [3, 1], "Old": {"shares": [0.5, 0.5]}})
    with monkeypatch.context() as patch:
        patch.delattr(humans.Distribution, "from_weights")
        found = read_pack(path).humans["pub"]
        assert list(found) == ["Young people", "Old"]
        assert "Old" in found
        assert "old" not in found
        assert (found.n("Young people"), found.n("Old")) == (4, None)
    assert found["Young people"].probabilities == (0.75, 0.25)
    assert (found["Young people"].n, found["Old"].n) == (4, None)
    assert found.get("Nobody") is None


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ("[nan, 1.0]", "weights of 0 or more"),
        ("[1.0, inf]", "weights of 0 or more"),
        ("[1e308, 1e308]", "too large to add"),
        ("[0.0, 0.0]", "nothing above 0"),
        ("[1.0, -0.5]", "weights of 0 or more"),
        ("[1.0]", "expected 2 numbers"),
        ("{shares = [0.5, 0.5], n = nan}", "positive number of answers"),
        ("{shares = [0.5, 0.5], n = 0.0}", "positive number of answers"),
    ],
)
def test_figures_that_make_no_distribution_refuse_the_whole_pack_at_once(
    tmp_path: Path, figures: str, said: str
) -> None:
    path = tmp_path / "a.pack.toml"
    path.write_text(
        'format = "opinionscope-pack/1"\ndataset = "v"\ntitle = "V"\n[groups.Old]\nage = "65+"\n'
        '[[questions]]\nid = "pub"\ntitle = "The pub"\ntext = "Longer?"\noptions = ["Yes", "No"]\n'
        f"[questions.human]\nOld = {figures}\n",
        encoding="utf-8",
    )
    with pytest.raises(PackError, match=said) as refused:
        read_pack(path)
    assert refused.value.place == "questions[0].human.Old"
