"""`sweep start`, `resume`, `status`: what is asked, what is kept, and what a kill at any moment leaves."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import threading
from collections import Counter
from contextlib import closing

import pytest

from opinionscope.runs.sweep_plan import SweepPlan, plan_text
from opinionscope.settings import bundled
from opinionscope.survey import Library

TEXT = "{'A': '60%', 'B': '40%', 'C': '0%', 'D': '0%'}"
KILLS = int(os.environ.get("OPINIONSCOPE_KILLS", "3"))
CONCURRENCY = 4


@pytest.fixture(scope="module")
def books():
    library = Library.load([bundled("data")])
    return tuple(f"{each.dataset}/{each.id}" for each in library.questions if each.dataset == "nytimes")


@pytest.fixture
def plan(home, fake_openai, books):
    """Writes a plan of so many books, each asked for Democrats."""

    def write(number=4, **fields):
        given = {"models": ("openai/toy",), "groups": ("Democrat",), "api_base": fake_openai.base}
        whole = SweepPlan(**{**given, "questions": books[:number], **fields})
        path = home / "plan.toml"
        path.write_text(plan_text(whole), "utf-8")
        return str(path)

    fake_openai.always(text=TEXT)
    return write


def calls(home):
    with closing(sqlite3.connect(home / "history.db")) as connection:
        sql = "SELECT run_id, position FROM calls WHERE answered IS NOT NULL"
        return connection.execute(sql).fetchall()


def test_a_sweep_asks_each_cell_once_and_not_what_was_asked_before(cli, cli_json, plan, fake_openai):
    cli("run", "-q", "the-bee-sting", "-g", "Democrat", "-m", "openai/toy", "--api-base", fake_openai.base)
    before = len(fake_openai.bodies)
    said = cli_json("sweep", "start", plan(5, name="books", questions=("nytimes/the-bee-sting", "nytimes/lit")))
    assert (said["cells"], said["answered"], said["failed"], said["unread"], said["status"]) == (2, 2, 0, 0, "done")
    assert len(fake_openai.bodies) == before + 1
    again = cli("sweep", "resume", "books")
    assert (again.exit_code, len(fake_openai.bodies)) == (0, before + 1)
    assert "openai/toy" in again.stdout
    assert len(cli("history", "list", "sweep:books").stdout.splitlines()) == 2
    assert cli_json("sweep", "status", said["id"][-6:])["cost_usd"] is None
    assert cli("sweep", "resume", "other").exit_code == 2


def test_a_model_that_fails_stops_its_own_cells(cli, plan, fake_openai):
    def answer(body):
        if body["model"] == "bad":
            return fake_openai.Reply(status=401, body=b'{"error": {"message": "Incorrect API key"}}')
        return fake_openai.Reply(text=TEXT)

    fake_openai.default = answer
    result = cli("sweep", "start", plan(12, models=("openai/bad", "openai/toy")), "--concurrency", "2", "--json")
    said = json.loads(result.stdout)
    asked = Counter(body["model"] for body in fake_openai.bodies)
    assert (result.exit_code, said["answered"], said["status"], asked["toy"]) == (1, 12, "stopped", 12)
    assert 3 <= asked["bad"] <= 5
    assert said["stopped_by"].startswith("errors of openai/bad: The key was refused")
    assert "openai/bad was not asked further: The key was refused" in result.stderr
    assert ".." not in cli("sweep", "status").stderr


def test_a_sweep_that_failed_in_one_cell_says_why_it_is_not_done(cli, cli_json, plan, fake_openai):
    answers = iter((400, 200, 200, 200))
    bad = b'{"error": {"message": "Odd", "type": "invalid_request_error"}}'
    fake_openai.default = lambda _: (
        fake_openai.Reply(text=TEXT) if next(answers) == 200 else fake_openai.Reply(status=400, body=bad)
    )
    assert cli("sweep", "start", plan(4)).exit_code == 1
    (row,) = cli_json("sweep", "status")
    assert (row["answered"], row["failed"], row["status"]) == (3, 1, "stopped")
    assert row["stopped_by"].startswith("1 failed cell (1 × ")
    assert f"stopped by {row['stopped_by'].removesuffix('.')}.\n" in cli("sweep", "status").stderr


def test_an_answer_without_text_is_a_failed_cell_with_its_reason_and_no_unread_one(cli, cli_json, plan, fake_openai):
    answers = iter(("", TEXT, TEXT, TEXT))
    fake_openai.default = lambda _: fake_openai.Reply(text=next(answers))
    cli("sweep", "start", plan(4), "--concurrency", "1")
    (row,) = cli_json("sweep", "status")
    assert (row["answered"], row["failed"], row["unread"], row["status"]) == (3, 1, 0, "stopped")
    assert row["stopped_by"].startswith("1 failed cell (1 × the model sent no text")


def test_the_table_at_the_end_has_every_steering_method(cli, plan):
    shown = cli("sweep", "start", plan(2, steering=("none", "persona"))).stdout
    assert {line.split("\t")[3] for line in shown.splitlines() if line.startswith("openai/toy")} == {"none", "persona"}


def test_unread_answers_are_told_early_by_kind(cli, plan, fake_openai):
    fake_openai.always(text="I would rather not say.")
    result = cli("sweep", "start", plan(22))
    assert "Warning: 100% of the answers are unread so far, 20 of them: the answer has no letter" in result.stderr
    assert "22 of these unread" in result.stderr


def test_bounds_stop_a_sweep_cleanly(cli, plan, fake_openai):
    path = plan(6, formats=("samples",), samples=(2,))
    fake_openai.always(text="A")
    result = cli("sweep", "start", path, "--calls", "5")
    assert len(fake_openai.bodies) == 4
    assert "Stopped by --calls 5." in result.stderr
    assert "4 cells left; `opinionscope sweep resume" in result.stderr
    refused = cli("sweep", "start", path, "--budget", "1")
    assert refused.exit_code == 2
    assert "no price is known for openai/toy" in refused.stderr


def test_a_budget_is_kept_by_what_answers_cost(cli, plan, monkeypatch, fake_openai):
    from opinionscope.respondents import gateway

    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-a-real-key")
    monkeypatch.setenv("OPENAI_BASE_URL", fake_openai.base)
    monkeypatch.setattr(gateway, "price", lambda *_: 0.01)
    result = cli("sweep", "start", plan(20, models=("gpt-4o",), api_base=""), "--budget", "0.05", "--concurrency", "1")
    assert "Stopped by --budget 0.05." in result.stderr
    assert len(fake_openai.bodies) in (5, 6)


def test_what_cannot_be_asked_is_said_and_not_tried_again(cli_json, cli, plan, home):
    cli("data", "new", "--text", "One?", "--option", "Yes", "--option", "No", "--human", "Parents: 12, 30")
    path = plan(1, questions=("own/one",), groups=("Parents",), steering=("few-shot", "persona"))
    said = cli_json("sweep", "start", path)
    assert (said["answered"], said["refused"], said["status"]) == (1, 1, "done")
    assert "no other question has an answer by Parents" in cli("sweep", "resume", said["id"]).stderr


def test_scaled_log_probs_are_fitted_on_the_answers_of_the_sweep(cli_json, plan, fake_openai):
    fake_openai.always(text="A")
    said = cli_json("sweep", "start", plan(8, formats=("scaled-log-probs",)))
    assert (said["answered"], said["unread"]) == (8, 0)
    assert len(fake_openai.bodies) == 8


def test_several_questions_of_run_are_a_small_sweep(cli, cli_json, plan, fake_openai):
    asked = ("-g", "Democrat", "-m", "openai/toy", "--api-base", fake_openai.base)
    plan()
    result = cli("run", "-q", "the-bee-sting", "-q", "lit", *asked)
    assert result.exit_code == 0
    assert "openai/toy" in result.stdout
    assert "2 cells: 2 answered now" in result.stderr
    said = cli_json("run", "--all", "--domain", "books", "-q", "lit", *asked)
    assert (said["cells"], said["answered"], len(fake_openai.bodies)) == (62, 62, 62)
    one = cli_json("run", "-q", "lit", *asked)
    assert [run["question"]["id"] for run in said["runs"][:2]] == ["lit", "the-bee-sting"]
    assert {tuple(run) for run in said["runs"]} == {tuple(one)}
    assert all(run["kept"] and run["measures"]["tv"] is not None for run in said["runs"])
    for alone in (("--no-save",), ("--output", "chart.svg")):
        refused = cli("run", "-q", "lit", "-q", "the-bee-sting", *asked, *alone)
        assert f"{alone[0]} goes with a single question" in refused.stderr
    assert "Missing option '-q'" in cli("run", *asked).stderr


def test_several_questions_are_asked_with_every_option_of_one(cli_json, fake_openai):
    fake_openai.always(text="{'A': '60', 'B': '98', 'C': '0', 'D': '0'}")
    asked = ("-g", "Democrat", "-m", "openai/toy", "--api-base", fake_openai.base, "--temperature", "0.5")
    further = ("--repair", "1", "--normalise", "any", "--order", "reversed", "--place-and-time")
    one = cli_json("run", "-q", "lit", *asked, *further)
    assert one["recipe"]["place_and_time"]
    several = ("run", "-q", "lit", "-q", "the-bee-sting", *asked, *further)
    both = cli_json(*several)
    assert len(fake_openai.bodies) == 2  # the first of them was answered before
    assert [run["recipe"] for run in both["runs"]] == [one["recipe"]] * 2
    assert both["unread"] == 0
    assert cli_json(*several)["answered"] == len(fake_openai.bodies) == 2
    otherwise = cli_json(*several[:-1])
    assert (otherwise["answered"], len(fake_openai.bodies)) == (2, 4)


@pytest.fixture
def program(home, warm_program):
    started = []

    def start(*arguments):
        started.append(warm_program(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_ctrl_c_stops_and_a_second_process_is_told(program, plan, fake_openai, home, cli_json):
    path = plan(9)
    fake_openai.default = lambda body: fake_openai.Reply(text=TEXT, hold=len(fake_openai.bodies) > 3)
    first = program("sweep", "start", path, "--concurrency", "1")
    fake_openai.wait_for_requests(4, 60)
    sweep = cli_json("sweep", "list")[0]
    assert sweep["status"] == "running"
    second = program("sweep", "resume", sweep["id"])
    _, told = second.communicate(60)
    assert second.returncode == 2
    assert f"is being asked by process {first.pid} on " in told
    first.send_signal(signal.SIGINT)
    _, told = first.communicate(60)
    assert first.returncode == 130
    assert f"`opinionscope sweep resume {sweep['id']}` goes on" in told
    assert cli_json("sweep", "status", sweep["id"])["answered"] == 3


def test_a_kill_at_any_moment_loses_no_more_than_the_calls_in_flight(program, plan, fake_openai, home, cli_json):
    """Each round kills the program after some more answers; OPINIONSCOPE_KILLS says how many rounds."""
    lock, given = threading.Lock(), Counter()
    number = 62
    cells = 2 * number

    def answer(body):
        with lock:
            given[json.dumps(body["messages"])] += 1
        return fake_openai.Reply(text=TEXT)

    fake_openai.default = answer
    arguments = ("sweep", "start", plan(number, groups=("Democrat", "Male")), "--concurrency", str(CONCURRENCY))
    for round_ in range(KILLS):
        process = program(*arguments)
        fake_openai.wait_for_requests(sum(given.values()) + random.randint(1, 2 * cells // (KILLS + 1) // 2), 60)
        process.kill()
        process.communicate()
        lost = sum(given.values()) - len(calls(home))
        assert lost <= (CONCURRENCY + CONCURRENCY // 4) * (round_ + 1)
        arguments = ("sweep", "resume", cli_json("sweep", "list")[0]["id"], "--concurrency", str(CONCURRENCY))
    process = program(*arguments)
    process.communicate(120)
    assert process.returncode == 0
    assert len(calls(home)) == len(set(calls(home))) == cells
    assert sum(given.values()) <= cells + KILLS * (CONCURRENCY + CONCURRENCY // 4)
    assert len(given) == cells
    assert cli_json("sweep", "list")[0]["answered"] == cells
