"""`sweep export` and `collect`: files as OpenAI's batch API and vLLM take and give them, whatever happens to them."""

import json
from pathlib import Path

import pytest

from opinionscope.runs.sweep_plan import SweepPlan, plan_text

QUESTIONS = ("nytimes/the-bee-sting", "nytimes/lit")
LOGPROBS = {"content": [{"token": "A", "logprob": -0.1, "top_logprobs": [
    {"token": "A", "logprob": -0.1}, {"token": "B", "logprob": -2.5}]}]}  # fmt: skip


def run_batch(line, text="A"):
    """The line of results to a line of calls, as a server writes it."""
    request = json.loads(line)
    body = request["body"]
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    if body.get("logprobs"):
        choice["logprobs"] = LOGPROBS
    completion = {"id": "c", "object": "chat.completion", "created": 1, "model": body["model"], "choices": [choice],
                  "usage": {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}}  # fmt: skip
    response = {"status_code": 200, "request_id": "r", "body": completion}
    return json.dumps({"id": "b", "custom_id": request["custom_id"], "response": response, "error": None})


def expired(line):
    error = {"code": "batch_expired", "message": "This request could not be executed before the window expired."}
    return json.dumps({"id": "b", "custom_id": json.loads(line)["custom_id"], "response": None, "error": error})


@pytest.fixture
def exported(cli, home):
    """Exports a plan, and gives the lines of each file."""

    def export(shards="1", **fields):
        given = {"models": ("hosted_vllm/org/toy",), "groups": ("Democrat", "Male"), "questions": QUESTIONS}
        plan = SweepPlan(**{**given, "api_base": "http://127.0.0.1:9/v1", **fields})
        (home / "plan.toml").write_text(plan_text(plan), "utf-8")
        result = cli("sweep", "export", str(home / "plan.toml"), str(home / "batch"), "--shards", shards)
        assert result.exit_code == 0, result.stderr
        return {path: Path(path).read_text("utf-8").splitlines() for path in result.stdout.split()}

    return export


@pytest.fixture
def collected(cli, home):
    def collect(*files):
        paths = []
        for at, lines in enumerate(files):
            paths.append(home / f"results-{at}.jsonl")
            paths[-1].write_text("\n".join(lines), "utf-8")
        result = cli("sweep", "collect", *map(str, paths), "--json")
        return result.exit_code, json.loads(result.stdout), result.stderr

    return collect


def test_a_sweep_goes_out_in_shards_and_comes_back_in_any_order_and_twice(exported, collected, cli):
    files = exported("2", formats=("log-probs", "samples"), samples=(3,), seed=5)
    assert [Path(path).name for path in files] == ["hosted_vllm-org-toy-001.jsonl", "hosted_vllm-org-toy-002.jsonl"]
    lines = [line for of_file in files.values() for line in of_file]
    bodies = [json.loads(line)["body"] for line in lines]
    assert len(lines) == 4 + 4 * 3
    assert {body["model"] for body in bodies} == {"org/toy"}
    assert not {"api_key", "api_base", "timeout"} & set().union(*bodies)
    answers = [run_batch(line) for line in reversed(lines)]
    code, said, told = collected(answers[:5])
    assert (code, said["new"], said["sweeps"][0]["status"]) == (0, 5, "stopped")
    assert "lacks answers: " in told
    code, said, _ = collected(answers[3:9], answers[8:])
    assert (code, said["new"], said["known"]) == (0, 11, 3)
    sweep = said["sweeps"][0]
    assert (sweep["answered"], sweep["unread"], sweep["cost_usd"], sweep["status"]) == (8, 0, None, "done")
    row = json.loads(cli("history", "list", "format:log-probs", "--json", "--limit", "1").stdout)[0]
    run = json.loads(cli("history", "show", row["run_id"], "--json").stdout)
    assert run["answers"][0]["first_token"] == [["A", -0.1], ["B", -2.5]]
    assert collected(answers)[1]["known"] == 16


def test_errors_strangers_and_a_file_that_was_cut_off_are_listed(exported, collected, fake_openai, cli):
    lines = next(iter(exported(api_base=fake_openai.base).values()))
    foreign = run_batch(lines[0].replace(json.loads(lines[0])["custom_id"], "01M8K2XJZDQFBX753ZJ32H4NCC-0"))
    verbalized = "{'A': '60%', 'B': '40%', 'C': '0%', 'D': '0%'}"
    results = [run_batch(lines[0], verbalized), expired(lines[1]), foreign, run_batch(lines[2], verbalized)[:70]]
    code, said, told = collected(results)
    assert (code, said["new"], said["failed"], len(said["foreign"])) == (1, 1, 1, 1)
    assert said["broken"] == ["results-0.jsonl, line 4"]
    assert "before the window expired" in told
    assert (said["sweeps"][0]["answered"], said["sweeps"][0]["failed"]) == (1, 1)
    fake_openai.always(text=verbalized)
    live = cli("sweep", "resume", said["sweeps"][0]["id"], "--json")
    assert json.loads(live.stdout)["answered"] == 4
    assert len(fake_openai.bodies) == 3


def test_what_cannot_be_batched_is_refused(exported, cli, home):
    with pytest.raises(AssertionError, match="is not asked in batches"):
        exported(models=("recorded/gpt-4",), api_base="")
    for fields, why in (
        ({"repair": 1}, "a follow-up"),
        ({"completion": True}, "another address"),
        ({"reasoning": True, "formats": ("log-probs",)}, "two calls in a row"),
    ):
        with pytest.raises(AssertionError, match=f"{why}.*asks live"):
            exported(**fields)
    assert "holds .jsonl" in _twice(exported, cli, home)


def _twice(exported, cli, home):
    exported()
    return cli("sweep", "export", str(home / "plan.toml"), str(home / "batch")).stderr
