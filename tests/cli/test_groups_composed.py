"""Groups composed on the command line, of invented people whose single answers lie in the user's folder."""

import json
from pathlib import Path
from typing import Any

import pytest

LABELS = ["Longer", "As now", "Shorter"]
ANSWER = "{'A': '50%', 'B': '30%', 'C': '20%'}"


def _village() -> dict[str, Any]:
    return {
        "format": "opinionscope-pack/1",
        "dataset": "village",
        "title": "Village survey",
        "domain": "own",
        "groups": {"Democrat": {"party": "Democrat"}, "Republican": {"party": "Republican"}},
        "options": LABELS,
        "questions": [
            {
                "id": "pub",
                "title": "The pub",
                "text": "Should the pub stay open longer?",
                "human": {"Democrat": [12, 8, 0], "Republican": [5, 10, 5]},
            },
            {
                "id": "school",
                "title": "School bus",
                "text": "Should the school bus run longer?",
                "human": {"Democrat": [12, 8, 0]},
            },
        ],
    }


def _people() -> dict[str, Any]:
    """Forty people: odd ones are women, the first twenty Democrats, ages 20 to 59; the last ten know no school."""
    return {
        "format": "opinionscope-microdata/1",
        "dataset": "village",
        "people": 40,
        "attributes": {
            "party": {"values": ["Democrat", "Republican"], "codes": [0] * 20 + [1] * 20},
            "sex": {"values": ["Female", "Male"], "codes": [0, 1] * 20},
            "age": {"numbers": list(range(20, 60)), "cuts": [18, 35, 50]},
        },
        "options": {"pub": LABELS, "school": LABELS},
        "answers": {"pub": [0] * 12 + [1] * 18 + [2] * 10, "school": [0] * 30 + [-1] * 10},
    }


@pytest.fixture
def village(home: Path) -> Path:
    """The user's data folder, with the village in it."""
    folder = home / "data"
    folder.mkdir()
    (folder / "village.pack.json").write_text(json.dumps(_village()), encoding="utf-8")
    (folder / "village.microdata.json").write_text(json.dumps(_people()), encoding="utf-8")
    return folder


def _ask(cli_json: Any, fake_openai: Any, group: str, *more: str) -> Any:
    return cli_json(
        *("run", "-q", "village/pub", "-g", group, "-m", "openai/toy-model", "--api-base", fake_openai.base, *more)
    )


def _prompt(fake_openai: Any) -> str:
    return fake_openai.bodies[-1]["messages"][-1]["content"]


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-real-key")


def test_a_conjunction_is_asked_for_in_its_own_words_and_kept(cli, cli_json, village, fake_openai):
    fake_openai.always(text=ANSWER)
    run = _ask(cli_json, fake_openai, "party=democrat,sex=female,age=20-25")
    assert run["group"] == "Democrat & Female & age 20-25"
    assert run["human"] == {"probabilities": [1, 0, 0], "n": 3}
    assert run["noise_floor"]["kl"] == pytest.approx(1 / 3)
    assert "Democratic women aged 20 to 25" in _prompt(fake_openai)
    (row,) = cli_json("history", "list")
    assert (row["run_id"], row["group"]) == (run["run_id"], run["group"])
    again = cli_json("history", "show", run["run_id"])
    assert (again["group"], again["human"]) == (run["group"], run["human"])
    assert "only 3 people answered" in cli("history", "show", run["run_id"]).stdout


def test_a_conjunction_with_few_shot_shows_that_group(cli, cli_json, village, fake_openai):
    fake_openai.always(text=ANSWER)
    _ask(cli_json, fake_openai, "sex=Male,age=35-49", "-s", "few-shot", "--no-save")
    assert "samples of men aged 35 to 49" in _prompt(fake_openai)
    assert "school bus" in _prompt(fake_openai)
    nobody = cli("run", "-q", "village/pub", "-g", "sex=Male,age=50+", "-s", "few-shot", "-m", "openai/x")
    assert nobody.exit_code == 2
    assert "no other question has an answer by Male & age 50+" in nobody.stderr


def test_a_single_attribute_that_the_pack_counts_is_the_packs_group(cli_json, village, fake_openai):
    fake_openai.always(text=ANSWER)
    run = _ask(cli_json, fake_openai, "PARTY=republican")
    assert (run["group"], run["human"]["n"]) == ("Republican", 20)


def test_a_group_that_nobody_has_shows_the_model_alone(cli, cli_json, village, fake_openai):
    fake_openai.always(text=ANSWER)
    run = _ask(cli_json, fake_openai, "party=Democrat,age=50+")
    assert (run["human"], run["measures"]["kl"]) == (None, None)
    assert run["answer"]["probabilities"] == [0.5, 0.3, 0.2]
    text = cli("history", "show", run["run_id"]).stdout
    assert "nobody in this group is known to have answered" in " ".join(text.split())


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ("party=Green,sex=Female", 'nobody with party "Green" is known; there are Democrat, Republican'),
        ("zodiac=Leo", 'no attribute "zodiac" is known of these people; there are party, sex, age'),
        ("age=old", 'expected age as 18-34, 65+ or 40, got "old"'),
    ],
)
def test_what_cannot_be_composed_is_refused_in_one_sentence(cli, village, group, said):
    result = cli("run", "-q", "village/pub", "-g", group, "-m", "openai/x")
    assert result.exit_code == 2
    assert result.stderr == f"Error: No such group: {said}\n"


def test_groups_says_what_can_be_composed(cli, cli_json, village):
    result = cli("groups", "-q", "village/pub")
    assert result.stdout.splitlines()[0].split("\t")[:2] == ["Democrat", "party=Democrat"]
    assert (
        'as in -g "party=Democrat,sex=Female", of party (Democrat | Republican), sex (Female | Male), '
        "age (18-34 | 35-49 | 50+ | or any range)"
    ) in result.stderr
    assert [group["name"] for group in cli_json("groups", "-q", "village/pub")] == ["Democrat", "Republican"]
    assert "composed" not in cli("groups", "-q", "the-bee-sting").stderr


def test_a_damaged_file_of_people_is_named_and_costs_nothing_else(cli, village):
    (village / "village.microdata.json").write_text("{", encoding="utf-8")
    result = cli("groups", "-q", "village/pub")
    assert result.exit_code == 0
    assert "Democrat" in result.stdout
    assert "village.microdata.json" in result.stderr
    assert "village.microdata.json" in cli("run", "-q", "village/pub", "-g", "party=Democrat,sex=Male").stderr


def test_an_export_says_that_the_people_stay_behind(cli, village):
    assert "The single answers of 40 people stay here" in cli("data", "export", "village").stderr


def test_a_prompt_that_shows_figures_is_sent_again_once_the_data_have_changed(cli_json, village, fake_openai):
    fake_openai.always(text=ANSWER)
    asked = (
        "sweep",
        "plan",
        "question:pub",
        "-g",
        "Democrat",
        "-m",
        "openai/toy-model",
        "--api-base",
        fake_openai.base,
    )
    for steering in ("persona", "few-shot"):
        _ask(cli_json, fake_openai, "Democrat", "-s", steering)
        assert cli_json(*asked, "-s", steering)["answered"] == 1
    (village / "village.pack.json").write_text(json.dumps(_village() | {"version": "2"}), encoding="utf-8")
    assert [cli_json(*asked, "-s", steering)["answered"] for steering in ("persona", "few-shot")] == [1, 0]
