"""`opinionscope data new`, `export`, `import` of a pack, `remove`: questions that are written, shared and removed."""

import json
from pathlib import Path

import pytest

from opinionscope.survey import Library

HOURS = (
    *("data", "new", "--text", "Should the library open earlier?", "--title", "Opening hours"),
    *("--option", "Earlier=1", "--option", "As now = 2", "--nonresponse", "Refused"),
)
HUMANS = ("--human", "party=Democrat: 12, 30, 8", "--human", "Parents: 20%, 75%, 5%; n=60")


@pytest.fixture
def elsewhere(monkeypatch, tmp_path_factory):
    """Makes another user's folder the one that counts."""

    def move() -> Path:
        other = tmp_path_factory.mktemp("other")
        monkeypatch.setenv("OPINIONSCOPE_HOME", str(other))
        return other

    return move


def contents(home: Path):
    """All that the packs of a user say, wherever they are kept."""
    packs = Library.load([home / "data"]).packs
    return [(p.dataset, p.title, p.version, p.card, p.questions, p.groups, p.humans) for p in packs]


def refusal(result) -> str:
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.splitlines()[-1]


def test_a_new_question_is_named_on_stdout_and_can_be_listed_and_probed(cli, cli_json, home, fake_openai):
    result = cli(*HOURS, *HUMANS)
    assert result.stdout == "own/opening-hours\n"
    assert str(home / "data" / "own.pack.json") in result.stderr
    (question,) = cli_json("questions", "--domain", "own")
    assert (question["id"], question["wording"]) == ("opening-hours", "own")
    assert (question["options"], question["groups"]) == (["Earlier", "As now", "Refused"], ["Democrat", "Parents"])
    fake_openai.always(text="{'A': '50%', 'B': '50%', 'C': '0%'}")
    live = ("-m", "openai/x", "--api-base", fake_openai.base)
    run = cli_json("run", "-q", "own/opening-hours", "-g", "party=Democrat", *live)
    assert run["human"] == {"probabilities": [0.24, 0.6, 0.16], "n": 50}
    assert run["answer"]["probabilities"] == [0.5, 0.5, 0]
    assert "Should the library open earlier?" in fake_openai.bodies[-1]["messages"][-1]["content"]


def test_without_people_the_model_is_shown_alone(cli, cli_json, fake_openai):
    cli(*HOURS)
    fake_openai.always(text="{'A': '50%', 'B': '50%', 'C': '0%'}")
    run = cli_json("run", "-q", "opening-hours", "-g", "Everyone", "-m", "openai/x", "--api-base", fake_openai.base)
    assert run["human"] is None
    assert run["answer"]["probabilities"] == [0.5, 0.5, 0]
    assert "in the place of people in general" in fake_openai.bodies[-1]["messages"][-1]["content"]


def test_json_is_the_question_and_its_file(cli_json, home):
    question = cli_json(*HOURS, "--pack", "town")
    assert (question["dataset"], question["id"]) == ("town", "opening-hours")
    assert question["file"] == str(home / "data" / "town.pack.json")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("data", "new"), "--text and two times --option"),
        (HOURS[:4], "--option: at least two options"),
        ((*HOURS[:2], *HOURS[6:]), "--text: the question itself is missing"),
        ((*HOURS, "--human", "Parents: 1, 2"), "--human: Parents: expected 3 numbers"),
        ((*HOURS, "--pack", "nytimes"), "not written here"),
        ((*HOURS, "--pack", "../up"), "cannot name a pack"),
    ],
)
def test_what_cannot_be_saved_is_one_sentence_and_writes_nothing(cli, home, arguments, expected):
    assert expected in refusal(cli(*arguments))
    assert not (home / "data").exists()


@pytest.mark.parametrize("kind", ["own", "bundled", "by hand"])
def test_an_exported_pack_is_the_same_where_it_is_imported(cli, home, elsewhere, tmp_path, kind):
    dataset = {"own": "own", "bundled": "nytimes", "by hand": "mine"}[kind]
    cli(*HOURS, *HUMANS)
    if kind == "by hand":
        text = 'format="opinionscope-pack/1"\ndataset="mine"\ntitle="Mine"\n[[questions]]\nid="q"\ntitle="Q"\n'
        (home / "data" / "mine.pack.toml").write_text(f'{text}text="Size?"\noptions=["大","小"]\n', encoding="utf-8")
    exported = tmp_path / f"{kind}.pack.json"
    assert cli("data", "export", dataset, str(exported)).exit_code == 0
    before = [pack for pack in contents(home) if pack[0] == dataset]
    other = elsewhere()
    assert cli("data", "import", str(exported)).exit_code == 0
    after = contents(other)
    if kind != "bundled":
        assert after == before
    (copy,) = (other / "data").rglob("*.pack.json")
    assert copy.read_bytes() == exported.read_bytes()
    again = tmp_path / "again.pack.json"
    assert cli("data", "export", dataset, str(again)).exit_code == 0
    assert again.read_bytes() == exported.read_bytes()


def test_export_goes_to_stdout_and_over_nothing_without_force(cli, home, tmp_path):
    cli(*HOURS)
    content = (home / "data" / "own.pack.json").read_text()
    assert cli("data", "export", "own").stdout == content
    assert cli("data", "export", "own", "-").stdout == content
    target = tmp_path / "mine.json"
    target.write_text("precious")
    assert "--force" in refusal(cli("data", "export", "own", str(target)))
    assert target.read_text() == "precious"
    cli("data", "export", "own", str(target), "--force")
    assert target.read_text() == content
    assert "no survey pack" in refusal(cli("data", "export", "gone"))


def test_export_warns_of_what_is_other_peoples(cli):
    cli(*HOURS, *HUMANS)
    assert "Warning" not in cli("data", "export", "own").stderr
    assert "other people's" in cli("data", "export", "opinionqa").stderr


def test_importing_never_hides_what_one_wrote(cli, home, elsewhere, tmp_path):
    exported = str(tmp_path / "theirs.json")
    cli(*HOURS)
    cli("data", "export", "own", exported)
    other = elsewhere()
    cli("data", "new", "--text", "Tea?", "--option", "Yes", "--option", "No")
    before = contents(other)
    assert "--dataset NAME" in refusal(cli("data", "import", exported))
    assert contents(other) == before
    assert cli("data", "import", exported, "--dataset", "theirs").exit_code == 0
    assert {dataset for dataset, *_ in contents(other)} == {"own", "theirs"}


def test_a_later_version_replaces_an_earlier_one_and_says_so(cli, cli_json, home, elsewhere, tmp_path):
    first, second = str(tmp_path / "1.json"), str(tmp_path / "2.json")
    cli(*HOURS)
    cli("data", "export", "own", first)
    cli(*HOURS)
    cli("data", "export", "own", second)
    elsewhere()
    cli("data", "import", first)
    assert "replaces your earlier own" in cli("data", "import", second).stderr
    assert [q["id"] for q in cli_json("questions", "--domain", "own")] == ["opening-hours", "opening-hours-2"]
    assert "Nothing changed" in cli("data", "import", second).stdout
    assert "opening-hours-2" in refusal(cli("data", "import", first))


def test_a_broken_pack_is_refused_whole(cli, home, tmp_path):
    cli(*HOURS, *HUMANS)
    broken = json.loads((home / "data" / "own.pack.json").read_text()) | {"dataset": "broken"}
    broken["questions"][0]["human"]["Democrat"].pop()
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(broken))
    assert "questions[0].human.Democrat: expected 3 numbers" in refusal(cli("data", "import", str(path)))
    hostile = tmp_path / "hostile.json"
    hostile.write_text(json.dumps(json.loads((home / "data" / "own.pack.json").read_text()) | {"dataset": "../../up"}))
    cli("data", "import", str(hostile))
    assert all(path.is_relative_to(home / "data") for path in home.parent.rglob("*up*.pack.json"))


def test_a_bundled_pack_gives_way_and_comes_back(cli, cli_json, elsewhere, tmp_path):
    exported = tmp_path / "books.json"
    cli("data", "export", "nytimes", str(exported))
    pack = json.loads(exported.read_text())
    exported.write_text(json.dumps(pack | {"questions": pack["questions"][:1]}))
    elsewhere()
    bundled = len(cli_json("questions", "--domain", "books"))
    assert "takes the place of the bundled" in cli("data", "import", str(exported)).stderr
    assert len(cli_json("questions", "--domain", "books")) == 1
    assert "nobody to ask" in refusal(cli("data", "remove", "nytimes"))
    assert "takes its place again" in cli("data", "remove", "nytimes", "--yes").stderr
    assert len(cli_json("questions", "--domain", "books")) == bundled
    assert "came with the program" in refusal(cli("data", "remove", "nytimes", "--yes"))


def test_removing_a_dataset_leaves_the_others(cli, home):
    cli(*HOURS)
    cli(*HOURS, "--pack", "town")
    (home / "data" / "town.x.answers.json").write_text(
        '{"format": "opinionscope-answers/1", "dataset": "town", "model": "x", "options": {}, "answers": []}'
    )
    assert cli("data", "remove", "town", "--yes").exit_code == 0
    assert {path.name for path in (home / "data").iterdir()} == {"own.pack.json", ".own.lock"}
