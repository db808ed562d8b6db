"""`sweep submit` and `sweep collect ID`: batches at a provider, begun now and read later, whatever happens to them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from opinionscope.runs.sweep_plan import SweepPlan, plan_text

QUESTIONS = ("nytimes/the-bee-sting", "nytimes/lit")
CANARY = "canary0123456789ab"


@pytest.fixture
def exported(cli, home, batch_server, monkeypatch):
    """Exports a plan into a folder, which it gives."""
    monkeypatch.setenv("OPINIONSCOPE_API_KEY", CANARY)

    def export(shards="1", folder="batch", **fields):
        given = {"models": ("openai/toy",), "groups": ("Democrat", "Male"), "questions": QUESTIONS}
        plan = SweepPlan(**{**given, "formats": ("log-probs",), "api_base": batch_server.base, **fields})
        (home / "plan.toml").write_text(plan_text(plan), "utf-8")
        result = cli("sweep", "export", str(home / "plan.toml"), str(home / folder), "--shards", shards)
        assert result.exit_code == 0, result.stderr
        return str(home / folder)

    return export


@pytest.fixture
def collected(cli):
    def collect(*names):
        result = cli("sweep", "collect", *names, "--json")
        return result.exit_code, json.loads(result.stdout), result.stderr

    return collect


def sweep_of(cli):
    return json.loads(cli("sweep", "list", "--json").stdout)[0]["id"]


def test_shards_go_out_and_come_back_a_day_later(exported, cli, collected, batch_server, home):
    folder = exported("2")
    sent = cli("sweep", "submit", folder)
    ids = sent.stdout.split()
    assert (sent.exit_code, ids) == (0, ["batch_1", "batch_2"])
    assert CANARY in batch_server.requests[0][2]["authorization"]
    again = cli("sweep", "submit", folder)
    assert (again.exit_code, len(batch_server.batches)) == (2, 2)
    assert "was handed in already" in again.stderr
    assert "--anyway" in again.stderr
    sweep = sweep_of(cli)
    code, said, told = collected(sweep)
    assert (code, said["new"], [each["status"] for each in said["batches"]]) == (0, 0, ["in_progress"] * 2)
    assert said["sweeps"][0]["status"] == "submitted"
    batch_server.content_type = "application/jsonl"
    batch_server.finish("batch_2")
    code, said, told = collected(folder)
    assert (code, said["new"], [each["collected"] for each in said["batches"]]) == (0, 2, [False, True])
    assert f"`opinionscope sweep collect {sweep}` fetches them" in told
    batch_server.finish("batch_1")
    code, said, _ = collected("batch_1", sweep)
    assert len([path for _, path, _ in batch_server.requests if path.endswith("/content")]) == 2
    assert (code, said["new"], said["sweeps"][0]["answered"], said["sweeps"][0]["status"]) == (0, 2, 4, "done")
    asked = len(batch_server.requests)
    assert (collected(sweep)[0], len(batch_server.requests)) == (0, asked)
    row = json.loads(cli("history", "list", "--json", "--limit", "1").stdout)[0]
    run = json.loads(cli("history", "show", row["run_id"], "--json").stdout)
    assert run["answers"][0]["first_token"] == [["A", -0.1], ["B", -2.5]]
    everything = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert CANARY.encode() not in everything


def test_errors_in_single_lines_and_an_expired_batch_leave_the_rest_to_be_asked_live(
    exported, cli, collected, batch_server, batch_lines
):
    cli("sweep", "submit", exported())
    lines = batch_server.calls("batch_1")
    errors = [batch_lines.failed(lines[3], "batch_expired", "not executed before the window expired")]
    refused = json.loads(batch_lines.result(lines[2]))
    refused["response"] = {"status_code": 400, "body": {"error": {"message": "one line is wrong"}}}

    def answer(line):
        return json.dumps(refused) if line == lines[2] else batch_lines.result(line)

    batch_server.finish("batch_1", "expired", answer, errors=errors, only=3)
    code, said, told = collected(sweep_of(cli))
    assert (code, said["new"], said["failed"], said["batches"][0]["status"]) == (1, 2, 2, "expired")
    assert "one line is wrong" in told
    assert "before the window expired" in told
    assert (said["sweeps"][0]["answered"], said["sweeps"][0]["failed"]) == (2, 2)
    assert "sweep resume" in told
    assert said["batches"][0]["collected"]


def test_a_file_that_was_cut_off_is_fetched_again(exported, cli, collected, batch_server):
    folder = exported()
    cli("sweep", "submit", folder)
    batch_server.finish("batch_1")
    whole = batch_server.files["file-2"]
    batch_server.fails("GET /files/file-2", status=200, body=whole, lacking=20)
    code, said, told = collected(folder)
    assert (code, said["new"]) == (1, 0)
    assert "cut off" in told
    batch_server.files["file-2"] = whole[: len(whole) * 3 // 4 - 40]
    code, said, told = collected(folder)
    assert (code, said["new"], len(said["broken"]), said["batches"][0]["collected"]) == (1, 2, 1, False)
    batch_server.files["file-2"] = b"".join(whole.splitlines(keepends=True)[:3])
    code, said, told = collected(folder)
    assert (code, said["new"], said["known"], said["batches"][0]["collected"]) == (0, 1, 2, False)
    assert "3 whole lines came, collect again" in told
    batch_server.files["file-2"] = whole
    code, said, _ = collected(folder)
    assert (code, said["new"], said["batches"][0]["collected"]) == (0, 1, True)


def test_a_batch_that_fails_validation_can_be_handed_in_again(exported, cli, collected, batch_server):
    folder = exported()
    cli("sweep", "submit", folder)
    batch_server.finish("batch_1", "failed", problem="the model toy is not known")
    code, said, told = collected("batch_1")
    assert (code, said["new"], said["batches"][0]["problems"]) == (1, 0, ["line 1: the model toy is not known"])
    assert "sweep resume" in told
    assert cli("sweep", "submit", folder).stdout.split() == ["batch_2"]
    batch_server.finish("batch_2")
    assert collected(folder)[1]["new"] == 4


def test_a_batch_that_may_have_been_made_is_not_made_twice_without_a_word(exported, cli, batch_server, collected):
    folder = exported()
    batch_server.fails("POST /batches", status=500)
    first = cli("sweep", "submit", folder)
    assert first.exit_code == 1
    assert "not known whether a batch was made" in first.stderr
    assert cli("sweep", "submit", folder).exit_code == 2
    assert "not known" in collected(sweep_of(cli))[2]
    resumed = cli("sweep", "resume", sweep_of(cli))
    assert (resumed.exit_code, "paid for twice" in resumed.stderr) == (2, True)
    assert cli("sweep", "submit", folder, "--anyway").stdout.split() == ["batch_1"]


def test_what_was_certainly_not_taken_can_be_handed_in_again(exported, cli, batch_server):
    folder = exported()
    batch_server.fails("POST /files", status=307, headers={"location": "http://127.0.0.1:9/v1/files"}, body=b"")
    batch_server.fails("POST /batches", status=400, body=b'{"error": {"message": "window must be 24h"}}')
    redirected, refused = cli("sweep", "submit", folder), cli("sweep", "submit", folder)
    assert (redirected.exit_code, refused.exit_code) == (1, 1)
    assert "on to another server" in redirected.stderr
    assert "window must be 24h" in refused.stderr
    assert cli("sweep", "submit", folder).stdout.split() == ["batch_1"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"models": ("hosted_vllm/org/toy",), "api_base": ""}, "api_base in the plan"),
        ({"models": ("groq/toy",), "api_base": "", "formats": ("verbalized",)}, "asks groq/toy live"),
    ],
)
def test_providers_without_batches_are_refused_with_what_to_use(exported, cli, fields, words, monkeypatch):
    monkeypatch.setenv("GROQ_API_KEY", CANARY)
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    result = cli("sweep", "submit", exported(**fields))
    assert (result.exit_code, words in result.stderr) == (2, True), result.stderr


def test_a_server_without_batches_names_run_batch(exported, cli, batch_server):
    batch_server.fails("POST /files", status=404)
    result = cli("sweep", "submit", exported())
    assert (result.exit_code, "vllm run-batch" in result.stderr) == (1, True), result.stderr
    assert "fetches the results" not in result.stderr


def test_collect_waits_for_the_process_that_asks_the_sweep(exported, cli, collected, batch_server, batch_lines, home):
    from opinionscope.history import History

    folder = exported()
    lines = next(Path(folder).glob("*.jsonl")).read_text("utf-8").splitlines()
    results = home / "results.jsonl"
    results.write_text("\n".join(map(batch_lines.result, lines)), "utf-8")
    with closing(History(home / "history.db")) as other, other.holding(sweep_of(cli)):
        refused = cli("sweep", "collect", str(results))
    assert (refused.exit_code, "is being asked by process" in refused.stderr) == (2, True)
    with closing(sqlite3.connect(home / "history.db")) as connection:
        assert connection.execute("SELECT count(*) FROM calls").fetchone() == (0,)
    assert collected(str(results))[1]["new"] == 4
