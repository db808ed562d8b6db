import json
import math
import sqlite3
import subprocess
import time
from contextlib import closing

RECORDED = (
    "run",
    "-q",
    "GAP21Q33_g_W82",
    "-g",
    "Democrat",
    "-s",
    "persona",
    "-f",
    "verbalized",
    "-m",
    "recorded/gpt-4",
)
SAMPLES = ("run", "-q", "GAP21Q33_g_W82", "-g", "Democrat", "-f", "samples", "-m", "openai/x")
CONTRACT = {
    "run_id",
    "question",
    "group",
    "steering",
    "format",
    "model",
    "human",
    "answer",
    "measures",
    "epsilon",
    "noise_floor",
    "usage",
}


def test_the_chart_goes_into_a_file_and_a_file_that_is_there_costs_no_call(cli, cli_json, fake_openai, home):
    picture, again = home / "a.svg", home / "b.svg"
    run_id = cli_json(*RECORDED, "-o", str(picture))["run_id"]
    assert "gpt-4 · published" in picture.read_text(encoding="utf-8")
    assert cli("history", "show", run_id, "-o", str(again)).stdout == ""
    assert again.read_bytes() == picture.read_bytes()
    refused = cli(*SAMPLES, "--api-base", fake_openai.base, "-o", str(picture))
    assert (refused.exit_code, "is there already" in refused.stderr) == (2, True)
    assert cli(*RECORDED, "-o", "chart.png").exit_code == 2
    assert fake_openai.requests == []


def test_json_is_the_contracts_object(cli_json):
    run = cli_json(*RECORDED)
    assert set(run) >= CONTRACT
    assert set(run["question"]) == {"id", "dataset", "domain", "text", "options"}
    assert set(run["measures"]) >= {"kl", "kl_unsmoothed", "tv", "js", "wasserstein", "score"}
    assert set(run["usage"]) == {"prompt_tokens", "completion_tokens", "cost_usd", "seconds"}
    assert run["question"]["options"] == ["Top priority", "Some priority", "No priority", "Refused"]
    assert run["human"]["n"] == 428
    assert run["answer"]["probabilities"] == [0.25, 0.5, 0.2, 0.05]
    assert run["answer"]["raw"] is None
    assert run["kind"] == "recorded"


def test_the_numbers_follow_from_the_probabilities(cli_json):
    run = cli_json(*RECORDED)
    p, q, epsilon = run["human"]["probabilities"], run["answer"]["probabilities"], run["epsilon"]
    floored = [(1 - epsilon) * x + epsilon / len(q) for x in q]
    assert math.isclose(run["measures"]["kl"], sum(a * math.log(a / b) for a, b in zip(p, floored, strict=True) if a))
    assert math.isclose(run["measures"]["tv"], sum(abs(a - b) for a, b in zip(p, q, strict=True)) / 2)
    assert math.isclose(run["noise_floor"]["kl"], 3 / (2 * 428))


def test_an_infinite_kl_is_null_and_names_its_option(cli_json):
    runs = [
        cli_json("run", "-q", "GAP21Q33_g_W82", "-g", group, "-s", "few-shot", "-f", "sequence", "-m", "recorded/gpt-4")
        for group in ("Democrat", "Republican", "Male", "Female", "White")
    ]
    infinite = [run for run in runs if run["measures"]["kl_unsmoothed"] is None]
    assert infinite
    for run in infinite:
        at = run["question"]["options"].index(run["measures"]["kl_infinite_at"])
        assert run["human"]["probabilities"][at] > 0
        assert run["answer"]["probabilities"][at] == 0
        assert math.isfinite(run["measures"]["kl"])


def test_every_run_is_in_the_history(cli, cli_json):
    first = cli_json(*RECORDED)
    second = cli_json("run", "-q", "nytimes/the-bee-sting", "-g", "party=Republican", "-f", "sequence")
    listed = cli_json("history", "list")
    assert [run["run_id"] for run in listed] == [second["run_id"], first["run_id"]]
    assert set(listed[0]) == {
        "calls", "measures_muted",
        "run_id", "created", "question", "group", "steering", "format", "model", "status", "kl", "tv",
        "measures", "tags", "pinned", "note", "finished",
    }  # fmt: skip
    assert listed[1]["kl"] == first["measures"]["kl"]
    assert cli_json("history", "show", first["run_id"]) == first


def test_no_save_keeps_nothing_and_names_no_run(cli, cli_json, home):
    assert cli_json(*RECORDED, "--no-save")["run_id"] is None
    assert cli(*RECORDED, "--no-save").stdout.rstrip().endswith("not kept")
    assert not (home / "history.db").exists()


def test_another_database_may_be_named(cli, tmp_path, home):
    assert cli("--db", str(tmp_path / "other.db"), *RECORDED).exit_code == 0
    assert (tmp_path / "other.db").exists()
    assert not (home / "history.db").exists()


def test_a_database_in_memory_is_refused(cli, home, monkeypatch):
    monkeypatch.chdir(home)
    result = cli("--db", ":memory:", *RECORDED)
    assert result.exit_code == 2
    assert "--no-save" in result.stderr
    assert not (home / ":memory:").exists()


def test_text_shows_chart_measures_and_provenance(cli):
    result = cli(*RECORDED)
    assert result.exit_code == 0
    for part in ("Top priority", "14 %", "25 %", "KL(human ‖ model)", "noise floor", "RECORDED", "gpt-4", "n = 428"):
        assert part in result.stdout
    assert "\x1b" not in result.stdout


def test_a_live_model_is_asked_over_http(cli_json, fake_openai):
    run = cli_json(*RECORDED[:-2], "-m", "openai/x", "--api-base", fake_openai.base)
    assert run["kind"] == "live"
    assert run["status"] == "done"
    assert run["answer"]["raw"]
    assert math.isclose(sum(run["answer"]["probabilities"]), 1)
    assert "Democrats" in fake_openai.bodies[-1]["messages"][-1]["content"]
    assert cli_json("history", "list")[0]["run_id"] == run["run_id"]


def test_a_failed_call_exits_1_with_a_sentence_and_is_kept(cli, cli_json, fake_openai):
    fake_openai.fails(401, "Incorrect API key provided")
    result = cli(*RECORDED[:-2], "-m", "openai/x", "--api-base", fake_openai.base)
    assert result.exit_code == 1
    assert "Traceback" not in result.stderr
    (kept,) = cli_json("history", "list")
    assert kept["status"] == "failed"
    assert kept["kl"] is None


def test_an_answer_nobody_can_read_is_kept_and_never_scored(cli, cli_json, fake_openai):
    fake_openai.always(text="I would rather not say.")
    result = cli(*RECORDED[:-2], "-m", "openai/x", "--api-base", fake_openai.base, "--json")
    assert result.exit_code == 1
    run = json.loads(result.stdout)
    assert run["status"] == "unread"
    assert run["answer"]["probabilities"] is None
    assert run["answer"]["raw"] == "I would rather not say."
    assert run["measures"]["kl"] is None
    assert cli_json("history", "list")[0]["status"] == "unread"


def test_bad_usage_exits_2_with_one_sentence(cli):
    for arguments, words in (
        (("run", "-q", "GAP21Q33_g_W8", "-g", "Democrat"), "GAP21Q33_g_W82"),
        (("run", "-q", "GAP21Q33_g_W82", "-g", "Demokrat"), "Democrat"),
        (("run", "-q", "GAP21Q33_g_W82", "-g", "Democrat", "-s", "hypnosis"), "persona"),
        (("run", "-q", "GAP21Q33_g_W82", "-g", "Democrat", "-m", "recorded/nobody"), "recorded"),
        (("history", "show", "nothing"), "nothing"),
    ):
        result = cli(*arguments)
        assert result.exit_code == 2, arguments
        assert words in result.stderr
        assert result.stdout == ""
        assert "Traceback" not in result.stderr


def test_without_a_terminal_the_program_points_to_run(home, programs):
    code, out, err = programs.in_pipes()
    assert (code, out) == (2, "")
    assert "opinionscope run" in err


def test_interrupted_run_exits_130_and_is_kept_as_cancelled(home, fake_openai, cli_json, warm_program):
    fake_openai.always(hold=True)
    asked = [*RECORDED[:-2], "-m", "openai/x", "--api-base", fake_openai.base]
    process = warm_program(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    fake_openai.wait_for_requests(1, timeout=60)
    process.send_signal(2)
    _, stderr = process.communicate(timeout=30)
    fake_openai.release()
    assert process.returncode == 130, stderr
    assert b"Traceback" not in stderr
    assert cli_json("history", "list")[0]["status"] == "cancelled"


def test_an_absurd_answer_is_met_with_one_sentence_and_no_librarys_warnings(home, fake_openai, warm_program):
    def odd(**changes):
        choice = {"index": 0, "message": {"role": "assistant", "content": "A"}, "finish_reason": "stop"} | changes
        return json.dumps({"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]})

    fake_openai.always(headers={"content-type": "application/json"}, body=odd(logprobs="garbage").encode())
    asked = [*SAMPLES[:-4], "-f", "log-probs", "-m", "openai/x", "--json", "--api-base", fake_openai.base]
    program = warm_program(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    _, said = program.communicate(timeout=120)
    (sentence,) = (line for line in said.splitlines() if not line.startswith("asking openai/x …"))
    assert (program.returncode, sentence.startswith("Error: ")) == (1, True), said


def test_answers_outlive_a_program_that_is_killed_in_the_midst(home, fake_openai, cli_json, warm_program):
    for letter in "ABABA":
        fake_openai.then(text=letter)
    fake_openai.always(hold=True)
    process = warm_program([*SAMPLES, "--api-base", fake_openai.base])
    fake_openai.wait_for_requests(6, timeout=60)
    deadline = time.monotonic() + 30
    (database,) = home.rglob("history.db")
    with closing(sqlite3.connect(database)) as connection:
        while connection.execute("SELECT count(*) FROM calls").fetchone() != (5,):
            assert process.poll() is None
            assert time.monotonic() < deadline
    process.kill()
    process.wait()
    fake_openai.release()
    (row,) = cli_json("history", "list")
    run = cli_json("history", "show", row["run_id"])
    assert (row["status"], run["error"]["title"]) == ("cancelled", "Interrupted")
    assert sorted(answer["raw"] for answer in run["answers"]) == list("AAABB")
    assert run["calls"] == {"planned": 30, "answered": 5}


def test_measures_on_too_little_are_told_as_muted_in_text_in_json_and_in_the_list(cli, fake_openai):
    """Log-probs that fell outside the options by 82 %."""
    candidates = (("A", 0.12), ("B", 0.06), ("The", 0.82))
    fake_openai.always(text="The", tokens=tuple((token, math.log(share)) for token, share in candidates))
    command = ("run", "-q", "the-bee-sting", "-g", "Democrat", "-s", "persona", "-f", "log-probs", "-m", "openai/tiny")
    asked = (*command, "--api-base", fake_openai.base)
    reason = "82 % of the probability fell outside the options"
    text = cli(*asked, "--no-save")
    assert text.exit_code == 0
    assert f"not reliable: {reason}" in " ".join(text.stdout.split())
    told = json.loads(cli(*asked, "--json").stdout)
    assert told["measures_muted"] == reason
    assert told["measures"]["kl"] is not None
    (row,) = json.loads(cli("history", "list", "--json").stdout)
    assert row["measures_muted"] == reason
    assert cli("history", "list").stdout.rstrip().endswith(f"muted: {reason}")


def test_what_was_never_recorded_is_not_kept(cli):
    result = cli("run", "-q", "the-bee-sting", "-g", "Democrat", "-f", "log-probs", "-m", "recorded/crowdworkers")
    assert result.exit_code == 1
    assert "Error: Nothing recorded: recorded/crowdworkers was not asked the-bee-sting" in result.stderr
    assert "not kept" in result.stdout
    assert json.loads(cli("history", "list", "--json").stdout) == []


def test_crowdworkers_have_estimates_and_no_answers(cli, cli_json):
    asked = ("run", "-q", "nytimes/the-bee-sting", "-g", "Democrat", "-m", "recorded/crowdworkers")
    said = cli(*asked).stdout
    assert "■ people's estimates" in said
    assert "4 estimates, each scored alone" in said
    again = cli("history", "show", said.split()[-1], "--prompt").stdout
    assert "mean of 4 estimates" in again
    assert "\nEstimates\n" in again
    assert "people were shown the question" in again
    assert "data import" not in again
    assert cli_json(*asked, "--no-save")["spread"]["kind"] == "estimates"
