"""`opinionscope data`: on a small tree in the benchmark's layout, as a user would have it."""

import json
from pathlib import Path
from typing import Any

import pytest

from opinionscope.elicitation import stored
from opinionscope.elicitation.stored import readings_of, stored_under
from opinionscope.importers import placing
from opinionscope.settings import bundled
from opinionscope.survey import Library

WAVE = "panel"
LABELS = ["Top priority", "Some priority", "No priority", "Refused"]
KNOWN, OWN = "GAP21Q33_g_W82", "FERRY_W99"


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def _answer(text: str, letters: str) -> dict[str, Any]:
    return {"response": [text], "avg_actual_results": dict.fromkeys(letters, 0.0)}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two sound questions, one damaged; two models; one answer that nobody can read."""
    root = tmp_path / "copy"
    people = {
        KNOWN: {
            "MC_options": LABELS,
            "question_text": "How much of a priority are fences?",
            "Democrat": {"No priority": 3, "Some priority": 5, "Top priority": 2},
            "Republican": {},
        },
        OWN: {
            "MC_options": ["Often", "Never", "DK/Refused"],
            "question_text": "Some people like boats. Do you think the ferry should run at night?",
            "Democrat": {"DK/Refused": 1, "Never": 4, "Often": 5},
        },
        "SPLIT_W1": {
            "MC_options": ["Yes", "often", "No"],
            "question_text": "?",
            "Democrat": {"No": 1, "Yes, often": 2},
        },
    }
    _write(root / f"opinions_qa/data/human_resp/{WAVE}/POLPARTY_data.json", people)
    results = root / "results/opinionqa"
    file = f"task1/{WAVE}/POLPARTY/Democrat.json"
    percents = _answer("{'A': '10%', 'B': '30%', 'C': '60%'}", "ABC")
    _write(results / "express_distribution/parrot" / file, {KNOWN: percents, OWN: _answer("I cannot say.", "ABC")})
    _write(
        results / "express_distribution/raven" / file, {KNOWN: percents, "SPLIT_W1": _answer("{A: 50, B: 50}", "AB")}
    )
    return root


def _files(home: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(home)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in (home / "data").rglob("*")
        if path.is_file()
    }


def test_an_import_says_what_was_read_and_why_the_rest_was_not(cli_json, source):
    report = cli_json("data", "import", str(source))
    (read,) = report["datasets"]
    assert (read["dataset"], read["questions"], read["groups"], read["human_distributions"]) == ("opinionqa", 2, 1, 2)
    assert read["models"] == [
        {"model": "parrot", "answers": 2, "unread": 1, "set_aside": 0},
        {"model": "raven", "answers": 1, "unread": 0, "set_aside": 1},
    ]
    reasons = {aside["place"].rpartition("/")[2]: aside["reason"] for aside in report["set_aside"]}
    assert '"Yes, often"' in reasons["panel, SPLIT_W1"]
    assert "n = 0" in reasons[f"panel, {KNOWN}, party Republican"]
    assert reasons["Democrat.json, SPLIT_W1"] == "its question was set aside"
    (unread,) = report["unread"]
    assert (unread["model"], OWN in unread["place"]) == ("parrot", True)


def test_an_imported_answer_is_read_from_its_words_and_by_its_letters(cli, cli_json, source):
    assert cli("data", "import", str(source)).exit_code == 0
    run = cli_json("run", "-q", KNOWN, "-g", "Democrat", "-m", "recorded/parrot")
    assert run["answer"]["probabilities"] == pytest.approx([0.6, 0.3, 0.1, 0])
    assert run["answer"]["raw"] == "{'A': '10%', 'B': '30%', 'C': '60%'}"
    assert "A = No priority, B = Some priority, C = Top priority" in run["answer"]["trace"][0]
    assert run["human"] == {"probabilities": [0.2, 0.5, 0.3, 0], "n": 10}
    again = cli_json("history", "show", run["run_id"])
    assert again["answer"] == run["answer"]
    unread = cli_json("run", "-q", OWN, "-g", "Democrat", "-m", "recorded/parrot")
    assert (unread["status"], unread["answer"]["raw"]) == ("unread", "I cannot say.")


def test_imported_answers_are_stored_with_their_readings(cli, home, source, monkeypatch):
    cli("data", "import", str(source), "--dry-run")
    assert not stored_under(home / "cache").exists()
    cli("data", "import", str(source))
    library = Library.load([bundled("data"), home / "data"])
    monkeypatch.setattr(stored, "read_reply", lambda *_: pytest.fail("an answer is parsed again"))
    files = [path for path in library.answer_files if path.is_relative_to(home)]
    (parrot, _) = (readings_of(path, library.pack("opinionqa"), stored_under(home / "cache")) for path in files)
    known, own = sorted(parrot, key=lambda each: each.question_id != KNOWN)
    assert known.probabilities == pytest.approx([0.6, 0.3, 0.1, 0])
    assert (own.question_id, own.answer) == (OWN, None)


def test_questions_come_in_the_sources_words_under_the_ids_there_were(cli, cli_json, source):
    before = next(q for q in cli_json("questions") if q["id"] == KNOWN)
    cli("data", "import", str(source))
    known, own = (q for q in cli_json("questions", "--domain", "political"))
    assert known == {
        **before, "text": "How much of a priority are fences?", "wording": "verbatim", "groups": ["Democrat"]
    }  # fmt: skip
    assert (own["id"], own["title"]) == (OWN, "The ferry should run at night")
    assert cli_json("questions", "--domain", "books")[0]["wording"] == "abridged"
    dropped = cli_json("run", "-q", OWN, "-g", "Democrat", "-m", "recorded/parrot", "--drop-refused", "--no-save")
    assert dropped["question"]["options"] == ["Often", "Never", "DK/Refused"]


def test_importing_again_changes_nothing(cli, home, source):
    assert "files written" in cli("data", "import", str(source)).stdout
    before = _files(home)
    assert len(before) == 4
    assert "Nothing changed" in cli("data", "import", str(source)).stdout
    assert _files(home) == before


def test_a_changed_source_replaces_its_files_and_no_others(cli, cli_json, home, source):
    cli("data", "import", str(source))
    mine = home / "data" / "benchmark" / "mine.answers.json"
    mine.write_text("{}")
    raven = source / f"results/opinionqa/express_distribution/raven/task1/{WAVE}/POLPARTY/Democrat.json"
    raven.unlink()
    report = cli_json("data", "import", str(source))
    assert report["files"]["removed"] == ["opinionqa.raven.answers.json"]
    assert report["files"]["written"] == ["opinionqa.published.json"]
    assert {Path(name).name for name in _files(home)} == {
        "opinionqa.published.json",
        "mine.answers.json", "opinionqa.pack.json", "opinionqa.parrot.answers.json"
    }  # fmt: skip


@pytest.mark.parametrize("ended_by", [KeyboardInterrupt, OSError(28, "No space left on device")])
@pytest.mark.parametrize("step", ["_write", "_swap"])
def test_an_interrupted_import_leaves_what_was_there(cli, home, source, monkeypatch, ended_by, step):
    cli("data", "import", str(source))
    before = _files(home)
    people = source / f"opinions_qa/data/human_resp/{WAVE}/POLPARTY_data.json"
    people.write_text(people.read_text().replace("fences", "gates"))

    def end(*_: object) -> None:
        raise ended_by

    with monkeypatch.context() as patch:
        patch.setattr(placing, step, end)
        result = cli("data", "import", str(source))
    assert result.exit_code == (130 if ended_by is KeyboardInterrupt else 2)
    assert _files(home) == before
    assert [path.name for path in (home / "data").iterdir()] == ["benchmark"]


def test_a_swap_cut_in_half_is_mended_by_the_next_import(cli, home, source):
    cli("data", "import", str(source))
    before = _files(home)
    (home / "data" / "benchmark").rename(home / "data" / ".benchmark.replaced")
    assert "verbatim-" in cli("data", "list").stdout
    assert "Nothing changed" in cli("data", "import", str(source)).stdout
    assert _files(home) == before


def test_a_dry_run_writes_nothing(cli, home, source):
    result = cli("data", "import", str(source), "--dry-run")
    assert "opinionqa: 2 questions" in result.stdout
    assert "would write 4 files" in result.stdout
    assert not (home / "data").exists()


def test_what_is_no_copy_of_the_benchmark_is_one_sentence(cli, home, tmp_path):
    (tmp_path / "empty").mkdir()
    for path, expected in ((tmp_path / "empty", "nytimes/data.json"), (tmp_path / "gone", "no folder")):
        result = cli("data", "import", str(path), "--as", "benchmark")
        assert (result.exit_code, result.stdout) == (2, "")
        (line,) = result.stderr.splitlines()
        assert expected in line


def test_damage_costs_no_more_than_itself(cli_json, source):
    broken = source / f"results/opinionqa/express_distribution/raven/task1/{WAVE}/POLPARTY/Democrat.json"
    broken.write_text(broken.read_text()[:40])
    books = source / "nytimes/data.json"
    books.parent.mkdir()
    books.write_text("[")
    report = cli_json("data", "import", str(source))
    assert [read["dataset"] for read in report["datasets"]] == ["opinionqa"]
    assert report["datasets"][0]["models"][0]["answers"] == 2
    reasons = {aside["place"].rpartition("/")[2]: aside["reason"] for aside in report["set_aside"]}
    assert reasons["data.json"].startswith("the file is damaged")
    assert reasons["Democrat.json"].startswith("the file is damaged")


def test_the_list_tells_packs_answers_and_problems(cli, cli_json, home, source):
    cli("data", "import", str(source))
    (home / "data" / "bad.answers.json").write_text("{")
    (home / "data" / "bad.pack.toml").write_text("format = 3")
    listed = cli_json("data", "list")
    packs = {pack["dataset"]: pack for pack in listed["packs"]}
    assert packs["nytimes"]["file"] == "bundled"
    assert packs["opinionqa"]["file"] == str(home / "data" / "benchmark" / "opinionqa.pack.json")
    assert (packs["opinionqa"]["questions"], packs["opinionqa"]["wording"]) == (2, "verbatim")
    kept = {(a["model"], a["dataset"]): (a["answers"], a["kept"]) for a in listed["answers"]}
    assert kept["parrot", "opinionqa"] == (2, "raw text")
    assert kept["gpt-4", "nytimes"][1] == "figures"
    assert {Path(problem["file"]).name for problem in listed["problems"]} == {"bad.answers.json", "bad.pack.toml"}
    assert listed["folder"] == str(home / "data")
    shown = cli("data", "list")
    assert "bad.pack.toml" in shown.stderr
    assert str(home / "data") in shown.stderr


def test_the_study_card_tells_who_asked_whom(cli, cli_json):
    text = cli("data", "show", "nytimes").stdout
    assert "Prolific" in text
    assert "335 annotators" in text
    card = cli_json("data", "show", "globalopinionqa")
    assert "arXiv 2306.16388" in card["card"]["citation"]
    assert card["group_sizes"][0]["smallest_n"] is None
    assert card["composition"] == []
    missing = cli("data", "show", "nyt")
    assert missing.exit_code == 2
    assert "nytimes" in missing.stderr


def test_the_study_card_shows_the_sample_and_one_item(cli, cli_json):
    card = cli_json("data", "show", "nytimes", "-q", "nytimes/the-bee-sting")
    (income,) = (each for each in card["composition"] if each["attribute"] == "income")
    assert [each["people"] for each in income["values"]] == [57, 185, 92]
    assert "P60-279" in income["expected_source"]
    assert {g["name"]: g["n"] for g in card["question"]["groups"]}["Democrat"] == 20
    assert {each["model"] for each in card["recorded"]} == {
        "gpt-4",
        "gpt-3.5-turbo-0125",
        "anthropic_opus",
        "crowdworkers",
    }
    text = cli("data", "show", "nytimes", "-q", "the-bee-sting").stdout
    assert "$100,000 or more" in text
    assert "n too small: below 30" in text
    elsewhere = cli("data", "show", "nytimes", "-q", "ECON5_d_W79")
    assert elsewhere.exit_code == 2
    assert "there is no question" in elsewhere.stderr


def test_what_can_be_imported_is_listed_as_json_too(cli):
    listed = json.loads(cli("data", "import", "--kinds", "--json").stdout)
    lines = cli("data", "import", "--kinds").stdout.splitlines()
    assert [f"{each['kind']}\t{each['reads']}" for each in listed] == lines
    assert cli("data", "import").exit_code == 2
