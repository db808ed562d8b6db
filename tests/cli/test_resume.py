"""No answer is lost and none is asked twice: kill -9 at several moments, resume, and scoring what there is."""

import json
import signal
import sqlite3
import subprocess
from contextlib import closing

import pytest

SAMPLES = ("run", "-q", "GAP21Q33_g_W82", "-g", "Democrat", "-f", "samples", "-m", "openai/x", "--seed", "7")


class Answers:
    """What the server answers: call N is told by its seed, and counted."""

    def __init__(self, reply, most=None):
        self.reply, self.most, self.given = reply, most, []

    def __call__(self, body):
        self.given.append(body["seed"])
        if self.most is not None and len(self.given) > self.most:
            return self.reply(text="D", hold=True)
        return self.reply(text="ABC"[body["seed"] % 3])


@pytest.fixture
def program(home, fake_openai, warm_program):
    started = []

    def start(*arguments, **how):
        pipe = subprocess.PIPE
        started.append(warm_program(arguments, stdout=pipe, stderr=pipe, text=True, **how))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def stored(home):
    """Positions of the answers that are in the file."""

    def positions():
        database = home / "history.db"
        if not database.exists():
            return []
        with closing(sqlite3.connect(database)) as connection:
            try:
                return [row[0] for row in connection.execute("SELECT position FROM calls ORDER BY position")]
            except sqlite3.OperationalError:
                return []

    return positions


@pytest.fixture
def killed(program, fake_openai, stored, wait_until, cli_json):
    """The id of a run of `samples` answers that was killed when `answered` of them were stored."""

    def act(samples, answered, *more):
        fake_openai.default = Answers(fake_openai.Reply, answered)
        process = program(*SAMPLES, "--samples", str(samples), "--api-base", fake_openai.base, *more)
        fake_openai.wait_for_requests(1, timeout=60)
        wait_until(lambda: process.poll() is not None or len(stored()) >= answered)
        process.kill()
        process.wait()
        fake_openai.release()
        (row,) = cli_json("history", "list")
        return row["run_id"]

    return act


@pytest.mark.parametrize("answered", [0, 1, 17, 39])
def test_a_killed_run_is_resumed_without_loss_or_double(killed, fake_openai, cli, cli_json, answered):
    run_id = killed(40, answered)
    before = cli_json("history", "show", run_id)
    kept = [answer["call"] for answer in before["answers"]]
    assert (before["status"], before["measures"]["kl"], len(kept)) == ("cancelled", None, answered)
    fake_openai.default = asked = Answers(fake_openai.Reply)
    result = cli("history", "resume", run_id, "--json")
    assert result.exit_code == 0, result.stderr
    run = json.loads(result.stdout)
    assert sorted(asked.given) == [7 + call for call in range(40) if call not in kept]
    assert (run["run_id"], run["status"], run["kept"]) == (run_id, "done", True)
    assert [(answer["call"], answer["raw"]) for answer in run["answers"]] == [
        (n, "ABC"[(7 + n) % 3]) for n in range(40)
    ]
    assert run["calls"] == {"planned": 40, "answered": 40}
    assert run["prompts"] == before["prompts"]
    (row,) = cli_json("history", "list")
    assert (row["status"], row["calls"]) == ("done", {"planned": 40, "answered": 40})
    again = cli("history", "resume", run_id)
    assert (again.exit_code, "is complete" in again.stderr) == (2, True)


def test_a_run_killed_after_its_last_answer_has_its_numbers_at_the_next_start(home, cli, cli_json, fake_openai):
    fake_openai.default = Answers(fake_openai.Reply)
    run = cli_json(*SAMPLES, "--samples", "6", "--api-base", fake_openai.base)
    with closing(sqlite3.connect(home / "history.db")) as connection, connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("UPDATE runs SET status = 'running', finished = NULL, session = 'gone'")
        for table in ("readings", "comparisons"):
            connection.execute(f"DELETE FROM {table}")
    (row,) = cli_json("history", "list")
    assert (row["status"], row["kl"]) == ("done", pytest.approx(run["measures"]["kl"]))
    with closing(sqlite3.connect(home / "history.db")) as connection, connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("UPDATE runs SET status = 'cancelled', error = 'killed', error_title = 'Interrupted'")
        connection.execute("DELETE FROM comparisons")
    shown = cli_json("history", "show", run["run_id"])
    assert (shown["status"], shown["error"], shown["measures"]) == ("done", None, run["measures"])


def test_what_there_is_can_be_scored_and_says_how_much_it_is(killed, cli, cli_json, fake_openai):
    run_id = killed(40, 10)
    result = cli("history", "score", run_id, "--json")
    run = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (run["status"], run["calls"]) == ("done", {"planned": 40, "answered": 10})
    assert run["measures"]["kl"] is not None
    assert "stopped after 10 of 40 calls" in run["caveats"]
    assert "stopped after 10 of 40 calls" in cli("history", "show", run_id).stdout
    assert cli("history", "list").stdout.rstrip().endswith("\t10/40")
    again = cli("history", "score", run_id)
    assert (again.exit_code, "scored already" in again.stderr) == (2, True)
    fake_openai.default = asked = Answers(fake_openai.Reply)
    whole = cli_json("history", "resume", run_id)
    assert (len(asked.given), whole["calls"]["answered"], whole["status"]) == (30, 40, "done")


def test_calls_that_failed_are_asked_again_and_a_dead_server_costs_nothing_known(cli, cli_json, fake_openai):
    for _ in range(3):
        fake_openai.then(text="A")
    fake_openai.always(status=401, body=b'{"error": {"message": "no"}}')
    run = cli_json(*SAMPLES, "--samples", "10", "--api-base", fake_openai.base)
    assert (run["status"], run["calls"]["answered"]) == ("done", 3)
    still = cli_json("history", "resume", run["run_id"])
    assert (still["status"], still["calls"]["answered"]) == ("done", 3)
    assert still["measures"] == run["measures"]
    assert [answer["raw"] for answer in still["answers"] if answer["raw"]] == ["A"] * 3
    fake_openai.always(text="B")
    begun = len(fake_openai.bodies)
    whole = cli_json("history", "resume", run["run_id"])
    assert (whole["calls"]["answered"], len(fake_openai.bodies) - begun) == (10, 7)


def test_a_pack_that_has_gone_is_no_obstacle(cli, cli_json, home, fake_openai):
    cli("data", "new", "--text", "More tea?", "--option", "Yes", "--option", "No", "--human", "Us: 3, 4")
    for _ in range(2):
        fake_openai.then(text="A")
    fake_openai.always(status=401, body=b"{}")
    (question,) = cli_json("questions", "--domain", "own")
    asked = ("run", "-q", question["id"], "-g", "Us", *SAMPLES[5:], "--samples", "4")
    run = cli_json(*asked, "--api-base", fake_openai.base)
    assert cli("data", "remove", "own", "--yes").exit_code == 0
    fake_openai.always(text="B")
    assert cli_json("history", "resume", run["run_id"])["calls"] == {"planned": 4, "answered": 4}


def test_what_cannot_be_resumed_is_one_sentence(cli, cli_json, home, fake_openai, program, stored, wait_until):
    recorded = cli_json(*SAMPLES[:5], "-m", "recorded/gpt-4")["run_id"]
    result = cli("history", "resume", recorded)
    assert (result.exit_code, "recorded model" in result.stderr) == (2, True)
    fake_openai.default = Answers(fake_openai.Reply, 3)
    process = program(*SAMPLES, "--samples", "9", "--api-base", fake_openai.base)
    wait_until(lambda: process.poll() is not None or len(stored()) >= 1 + 3)
    running = cli_json("history", "list")[0]
    assert running["status"] == "running"
    for command in ("resume", "score"):
        result = cli("history", command, running["run_id"])
        assert (result.exit_code, "being asked by another process" in result.stderr) == (2, True)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (128 + signal.SIGTERM, "")
    assert f"history resume {running['run_id']}" in err
    with closing(sqlite3.connect(home / "history.db")) as connection, connection:
        connection.execute("UPDATE runs SET api_base = NULL WHERE id = ?", (running["run_id"],))
    result = cli("history", "resume", running["run_id"])
    assert (result.exit_code, "OPENAI_API_KEY" in result.stderr) == (2, True)
    assert cli_json("history", "list")[0]["status"] == "cancelled"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT"])
def test_a_signal_ends_a_run_in_order(name, program, fake_openai, stored, wait_until, cli_json):
    fake_openai.default = Answers(fake_openai.Reply, 3)
    process = program(*SAMPLES, "--samples", "9", "--api-base", fake_openai.base)
    wait_until(lambda: process.poll() is not None or len(stored()) >= 3)
    process.send_signal(getattr(signal, name))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + getattr(signal, name)
    assert "The answers so far are kept" in err
    assert "Traceback" not in err
    (row,) = cli_json("history", "list")
    assert (row["status"], row["calls"]) == ("cancelled", {"planned": 9, "answered": 3})


def test_a_lost_connection_ends_a_run_in_order(terminal, home, fake_openai, stored, wait_until, cli_json):
    fake_openai.default = Answers(fake_openai.Reply, 3)
    program = terminal(*SAMPLES, "--samples", "9", "--api-base", fake_openai.base)
    wait_until(lambda: len(stored()) >= 3)
    program.wait_for(b"3 of 9 answers")
    program.hang_up()
    assert program.process.wait(60) == 128 + signal.SIGHUP
    (row,) = cli_json("history", "list")
    assert (row["status"], row["calls"]["answered"]) == ("cancelled", 3)


def test_nohup_goes_on(program, fake_openai, stored, wait_until, home, monkeypatch):
    fake_openai.default = Answers(fake_openai.Reply, 3)
    process = program(*SAMPLES, "--samples", "9", "--api-base", fake_openai.base, ignores=[signal.SIGHUP])
    wait_until(lambda: process.poll() is not None or len(stored()) >= 3)
    process.send_signal(signal.SIGHUP)
    fake_openai.release()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
