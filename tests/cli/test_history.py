"""`opinionscope history`: selections, sorting, formats, and what is done with runs."""

import csv
import io
import json
import shlex
import sqlite3
from contextlib import closing

import pytest
from click.shell_completion import ShellComplete
from ulid import ULID

from opinionscope.alignment.measures import MEASURES
from opinionscope.cli import main

ASK = ("run", "-q", "GAP21Q33_g_W82", "-s", "persona", "-m", "recorded/gpt-4", "--json", "-g")


@pytest.fixture
def runs(cli):
    """Ids of four recorded runs by group and format."""
    return {
        (group, form): json.loads(cli(*ASK, group, "-f", form).stdout)["run_id"]
        for group in ("Democrat", "Republican")
        for form in ("verbalized", "sequence")
    }


def listed(cli, *arguments):
    return [row["run_id"] for row in json.loads(cli("history", "list", *arguments, "--json").stdout)]


def test_a_selection_says_which_runs_and_a_measure_in_which_order(cli, runs):
    democrats = [runs["Democrat", "sequence"], runs["Democrat", "verbalized"]]
    assert listed(cli, "democrat") == listed(cli, "group:democrat", "kl<9") == democrats
    assert listed(cli, "-democrat", "-format:sequence") == [runs["Republican", "verbalized"]]
    assert listed(cli, "on:today", "--search", "democrat sequence") == democrats[:1]
    by_kl = json.loads(cli("history", "list", "--sort", "kl", "--json").stdout)
    assert [row["kl"] for row in by_kl] == sorted(row["kl"] for row in by_kl)
    assert listed(cli, "--sort", "kl", "--reverse") == [row["run_id"] for row in reversed(by_kl)]
    assert set(by_kl[0]["measures"]) == set(MEASURES)
    assert cli("history", "list", "democrat").stderr == "2 of 2 runs\n"


def test_a_mistake_is_marked_where_it_stands(cli, runs):
    result = cli("history", "list", "democrat", "modle:gpt-4")
    assert result.exit_code == 2
    text, caret, sentence = result.stderr.splitlines()
    assert text[caret.index("^") : caret.rindex("^") + 1] == "modle:gpt-4"
    assert "did you mean model" in sentence
    assert cli("history", "list", "--sort", "size").exit_code == 2


def test_a_value_that_a_field_cannot_have_is_told(cli, runs):
    assert (
        'Note: there is no steering "personna"; did you mean persona?'
        in cli("history", "list", "steering:personna").stderr
    )
    assert 'Note: there is no normalise "anny"; did you mean any?' in cli("history", "list", "normalise:anny").stderr
    for sound in ("steering:none,persona", "format:verb*", "model:personna", "-status:failed", "repair:7"):
        assert "Note" not in cli("history", "list", sound).stderr


def test_every_format_has_the_same_rows(cli, runs, tmp_path):
    wanted = listed(cli)
    rows = list(csv.DictReader(io.StringIO(cli("history", "list", "--csv").stdout)))
    assert [row["run_id"] for row in rows] == wanted
    markdown = cli("history", "list", "--markdown").stdout.splitlines()
    assert (len(markdown), markdown[0].split(" | ")[1]) == (6, "created")
    latex = cli("history", "list", "--latex").stdout
    assert latex.count(r"GAP21Q33\_g\_W82") == 4
    assert r"\toprule" in latex
    for name, read in (("a.csv", str.splitlines), ("a.jsonl", str.splitlines), ("a.json", json.loads)):
        assert cli("history", "list", "-o", str(tmp_path / name)).exit_code == 0
        assert len(read((tmp_path / name).read_text())) == 4 + (name == "a.csv")
    again = cli("history", "list", "-o", str(tmp_path / "a.csv"))
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)
    assert cli("history", "list", "-o", str(tmp_path / "a.xyz")).exit_code == 2
    assert cli("history", "list", "--csv", "--latex").exit_code == 2
    pq = pytest.importorskip("pyarrow.parquet")
    cli("history", "list", "-o", str(tmp_path / "a.parquet"))
    assert pq.read_table(tmp_path / "a.parquet").column("run_id").to_pylist() == wanted


def test_an_export_has_everything_of_a_run_in_one_row(cli, runs, tmp_path):
    run_id = runs["Democrat", "verbalized"]
    cli("history", "tag", run_id, "pilot", "two")
    (row,) = csv.DictReader(io.StringIO(cli("history", "export", "tag:pilot").stdout))
    shown = json.loads(cli("history", "show", run_id, "--json").stdout)
    assert (row["run_id"], row["group"], row["n"], row["tags"]) == (run_id, "Democrat", "428.0", "pilot; two")
    for name in MEASURES:
        value = shown["measures"][name]
        assert row[name] in ("", "inf") if value is None else float(row[name]) == value
    assert float(row["kl_floor"]) == shown["noise_floor"]["kl"]
    assert row["measures_muted"] == ""
    assert "measures_muted" not in cli("history", "export", "--format", "markdown").stdout
    lines = cli("history", "export", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["run_id"] for line in lines] == listed(cli)
    (kept,) = json.loads(cli("history", "export", "tag:pilot", "--format", "json").stdout)
    assert kept.items() > shown.items()
    (listed_row,) = json.loads(cli("history", "list", "tag:pilot", "--json").stdout)
    assert {name: kept[name] for name in ("finished", "tags", "pinned", "note")}.items() < listed_row.items()
    assert kept["tags"] == ["pilot", "two"]
    assert cli("history", "export", "-o", str(tmp_path / "r.parquet")).stderr.endswith("4 runs\n")
    assert cli("history", "export", "--format", "markdown").stdout.count("\n") == 6
    assert cli("history", "export", "tag:nothing").stdout.startswith("run_id,created")


def test_an_export_and_an_appendix_say_which_measures_are_muted(cli, cli_json):
    shown = cli_json("run", "-q", "the-emperor-of-all-maladies", "-g", "Male", "-m", "recorded/gpt-4")
    cli(*ASK, "Democrat")
    reason = "only 8 people answered"
    assert shown["measures_muted"] == reason
    rows = csv.DictReader(io.StringIO(cli("history", "export").stdout))
    assert {row["group"]: row["measures_muted"] for row in rows} == {"Democrat": "", "Male": reason}
    rows = csv.DictReader(io.StringIO(cli("history", "list", "--csv").stdout))
    assert {row["group"]: row["measures_muted"] for row in rows} == {"Democrat": "", "Male": reason}
    for page in (("export", "--format", "markdown"), ("appendix",)):
        (line,) = (line for line in cli("history", *page).stdout.splitlines() if reason in line)
        assert "| Male |" in line


def test_tags_notes_and_pins(cli, runs):
    run_id = runs["Democrat", "verbalized"]
    assert cli("history", "tag", run_id, "a", "b").stdout == "a b\n"
    assert cli("history", "tag", run_id, "a", "--remove").stdout == "b\n"
    cli("history", "note", run_id, "for", "the talk")
    cli("history", "pin", run_id, runs["Republican", "sequence"])
    (row,) = json.loads(cli("history", "list", "tag:b", "--json").stdout)
    assert (row["tags"], row["note"], row["pinned"]) == (["b"], "for the talk", True)
    cli("history", "pin", run_id, "--remove")
    assert [row["pinned"] for row in json.loads(cli("history", "list", "tag:b", "--json").stdout)] == [False]


def test_runs_are_deleted_by_id_or_by_selection(cli, runs, home):
    refused = cli("history", "delete", "democrat")
    assert (refused.exit_code, "--yes" in refused.stderr, len(listed(cli))) == (2, True, 4)
    result = cli("history", "delete", "democrat", "--yes")
    assert "2 runs deleted" in result.stderr
    result = cli("history", "delete", runs["Republican", "sequence"][-8:], "--yes")
    assert "1 run deleted" in result.stderr
    assert listed(cli) == [runs["Republican", "verbalized"]]
    nothing = cli("history", "delete", "-tag:none", "--yes")
    assert (nothing.exit_code, "nothing deleted" in nothing.stderr) == (1, True)
    with closing(sqlite3.connect(home / "history.db")) as plain:
        assert plain.execute("SELECT count(*) FROM runs").fetchone() == (1,)


def test_the_end_of_an_id_is_an_id_where_it_is_all_letters_too(cli, monkeypatch):
    made = "7AAAAAAAAAAAAAAAAABCDEFGHJ"
    monkeypatch.setattr("opinionscope.runs.run._last", int(ULID.from_str(made)) - 1)
    assert json.loads(cli(*ASK, "Democrat").stdout)["run_id"] == made
    assert "1 run deleted" in cli("history", "delete", made[-8:], "--yes").stderr


def test_a_run_is_the_command_that_repeats_it(cli, runs):
    run_id = runs["Democrat", "sequence"]
    command = shlex.split(cli("history", "command", run_id).stdout)
    assert command[0] == "opinionscope"
    again = json.loads(cli(*command[1:], "--json").stdout)
    first = json.loads(cli("history", "show", run_id, "--json").stdout)
    same = ("question", "group", "steering", "format", "model", "recipe", "prompts", "measures", "answer")
    assert {name: again[name] for name in same} == {name: first[name] for name in same}


def test_a_live_run_too(cli, fake_openai):
    fake_openai.always(text="{'A': 50, 'B': 20, 'C': 20, 'D': 10}")
    asked = [
        "run", "-q", "GAP21Q33_g_W82", "-g", "sex=Female", "-s", "few-shot", "-m", "openai/x", "--api-base",
        fake_openai.base, "--seed", "7", "--repeats", "2", "--order", "reversed", "--temperature", "0.5", "--reasoning",
        "--drop-refused", "--examples", "3",
    ]  # fmt: skip
    first = json.loads(cli(*asked, "--json").stdout)
    command = shlex.split(cli("history", "command", first["run_id"]).stdout)
    again = json.loads(cli(*command[1:], "--json").stdout)
    same = (
        "question",
        "group",
        "steering",
        "format",
        "model",
        "recipe",
        "prompts",
        "seed",
        "drop_nonresponse",
        "api_base",
    )
    assert {name: again[name] for name in same} == {name: first[name] for name in same}


def test_histories_are_merged(cli, runs, tmp_path):
    other = tmp_path / "other.db"
    cli("--db", str(other), *ASK, "Female")
    result = cli("history", "merge", str(other), "--json")
    merged = json.loads(result.stdout)
    assert (result.exit_code, len(merged["added"]), merged["known"], merged["conflicts"]) == (0, 1, 0, [])
    assert listed(cli)[0] in merged["added"]
    assert "0 runs added, 1 known already" in cli("history", "merge", str(other)).stderr


def test_selections_are_saved_by_name(cli, runs):
    cli("history", "save", "dems", "group:democrat", "-format:sequence")
    assert listed(cli, "@dems") == [runs["Democrat", "verbalized"]]
    missing = cli("history", "list", "@others")
    assert (missing.exit_code, "there are dems" in missing.stderr) == (2, True)
    cli("history", "save", "dems")
    assert cli("history", "list", "@dems").exit_code == 2
    again = cli("history", "save", "dems")
    assert (again.exit_code, 'no selection is saved as "dems"' in again.stderr) == (2, True)


def test_fields_and_values_are_completed(cli, runs):
    def offered(word):
        complete = ShellComplete(main, {}, "opinionscope", "_OPINIONSCOPE_COMPLETE")
        return [item.value for item in complete.get_completions(["history", "list"], word)]

    assert "model:" in offered("mod")
    assert offered("group:rep") == ["group:Republican"]
