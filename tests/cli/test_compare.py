"""`compare` on the command line: the contract of its JSON, its text, and what it refuses."""

import csv
import json

import numpy as np
import pytest

from opinionscope.alignment.measures import MEASURES


@pytest.fixture
def runs(cli_json):
    """Two recorded answers kept as runs: persona, then few-shot."""
    recorded = ("run", "-q", "GAP21Q33_g_W82", "-g", "Democrat", "-m", "recorded/gpt-4")
    return [cli_json(*recorded, "-s", steering)["run_id"] for steering in ("persona", "few-shot")]


def test_json_keeps_the_contract(cli_json, runs):
    printed = cli_json("compare", *runs)
    assert set(printed) == {"runs", "differs", "differences", "verdicts"}
    assert [run["run_id"] for run in printed["runs"]] == runs
    assert printed["differs"] == ["steering"]
    by_measure = {each["measure"]: each for each in printed["differences"]}
    assert set(by_measure) <= set(MEASURES)
    one, other = (np.array(run["answer"]["probabilities"]) for run in printed["runs"])
    human = np.array(printed["runs"][0]["human"]["probabilities"])
    tv = np.abs(human - one).sum() / 2 - np.abs(human - other).sum() / 2
    assert by_measure["tv"]["value"] == pytest.approx(tv)
    assert by_measure["tv"]["low"] < tv < by_measure["tv"]["high"]
    (verdict,) = printed["verdicts"]
    assert (verdict["a"], verdict["b"], verdict["closer"]) == (*runs, None)
    assert verdict["reason"].startswith("asked once each: repeat to know")


def test_text_names_what_differs_first(cli, runs):
    shown = cli("compare", *runs, "--prompts").stdout
    assert shown.startswith("Only the steering differs.\nAsked once each: repeat to know")
    for words in (
        "humans",
        "A       persona",
        "B       few-shot",
        "A − B",
        "95 % interval",
        "prompt of a recorded model",
    ):
        assert words in shown


def test_differences_are_written_in_every_format_and_the_chart_as_a_picture(cli, runs, home):
    def written(name, *arguments):
        assert cli(*arguments, "compare", *runs, "-o", str(home / name)).exit_code == 0
        return (home / name).read_text(encoding="utf-8")

    whole = json.loads(written("c.json"))
    rows = list(csv.DictReader(written("c.csv").splitlines()))
    assert [(row["run_a"], row["run_b"], row["measure"], float(row["value"])) for row in rows] == [
        (each["a"], each["b"], each["measure"], each["value"]) for each in whole["differences"]
    ]
    tv = next(row for row in rows if row["measure"] == "tv")
    assert float(tv["value_a"]) - float(tv["value_b"]) == pytest.approx(float(tv["value"]))
    assert len(written("c.jsonl").splitlines()) == len(rows)
    assert written("c.md").startswith("| measure | A | B | A − B | 95 % interval")
    table, _, below = written("c.tex").partition("\\end{tabular}\n")
    assert r"KL(human $\Vert$ model) nats &" in table
    assert below.splitlines()[0] == "% Only the steering differs."
    assert below.splitlines()[-1] == f"% B: few-shot, run {runs[1]}."
    assert written("c.txt").startswith("Only the steering differs.")
    picture = written("c.svg", "--theme", "scope-light")
    assert 'fill="#FBFAF7"' in picture
    assert '<title id="title">Cut illegal immigration: Democrat. Only the steering differs.</title>' in picture


def test_a_pipe_has_names_whole_whatever_the_width(cli, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    found = cli("compare", "--by", "model", "domain:books", "format:verbalized", "steering:persona", "group:female")
    table = found.stdout.partition("measure")[2]
    assert "recorded/gpt-3.5-turbo-0125  recorded/anthropic_opus" in table
    assert "…" not in table


def test_sets_are_matched_by_item(cli_json, cli, tmp_path):
    selection = ("--by", "model", "domain:books", "format:verbalized", "steering:persona", "group:female")
    printed = cli_json("compare", *selection, "model:gpt-4,anthropic_opus")
    assert set(printed) == {"by", "unread", "muted", "sets", "differs", "items", "differences", "verdicts"}
    (pair,) = printed["items"]
    tv = next(each for each in printed["differences"] if each["measure"] == "tv")
    picture = tmp_path / "sets.txt"
    assert cli("compare", *selection, "model:gpt-4,anthropic_opus", "-o", str(picture)).exit_code == 0
    (drawn,) = (line for line in picture.read_text(encoding="utf-8").splitlines() if "●" in line)
    assert f"{abs(tv['value']):.3f}".removeprefix("0") in drawn
    assert ("┼" in drawn) is (tv["low"] < 0 < tv["high"])
    assert ("│" in drawn) is not ("┼" in drawn)
    assert pair["matched"] == pair["questions"] > 50
    assert {each["measure"] for each in printed["differences"]} >= {"tv", "kl"}
    (verdict,) = printed["verdicts"]
    assert verdict["closer"] in (None, "recorded/gpt-4", "recorded/anthropic_opus")
    text = cli("compare", *selection).stdout
    assert "recorded/gpt-3.5-turbo-0125" in text
    matched = f"{pair['matched']:,} items of {pair['questions']:,} questions matched"
    assert matched in text
    assert matched in cli("compare", *selection, "--markdown").stdout.partition("\n\n")[2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "expected two to eight runs"),
        (("one",), "expected two to eight runs"),
        (("--by", "model", "format:haiku"), "expected 2 to 8 values of model"),
        (("--by", "model", "modle:gpt-4"), "did you mean model"),
        (("--by", "colour", "x"), "model"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(cli, arguments, words):
    done = cli("compare", *arguments)
    assert done.exit_code != 0
    assert words in done.stderr
    assert done.stdout == ""


def test_runs_of_different_groups_are_refused_with_what_to_do(cli, cli_json, runs):
    other = cli_json("run", "-q", "GAP21Q33_g_W82", "-g", "Republican", "-m", "recorded/gpt-4")["run_id"]
    done = cli("compare", runs[0], other)
    assert done.exit_code == 2
    assert "different groups" in done.stderr
    assert "--by FIELD SELECTION" in done.stderr
