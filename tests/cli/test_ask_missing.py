"""scaled-log-probs: what is needed is said before any call, and asked first where that is wished."""

import json

import pytest

from opinionscope.runs.sweep_plan import SweepPlan, plan_text

MODEL = "openai/toy"


@pytest.fixture
def asked(cli, fake_openai):
    fake_openai.always(text="A")

    def ask(*more, question="the-bee-sting", form="scaled-log-probs"):
        given = ("-q", question, "-g", "Democrat", "-f", form, "-m", MODEL, "--api-base", fake_openai.base)
        return cli("run", *given, *more, "--json")

    return ask


def test_nobody_is_asked_before_there_are_enough_others_and_they_are_asked_first_if_wished(asked, fake_openai, cli):
    for question in ("lit", "room"):
        asked(question=question, form="log-probs")
    refused = asked()
    assert (refused.exit_code, len(fake_openai.bodies)) == (1, 2)
    assert "needs 5 answers of openai/toy with log-probs to other questions of nytimes" in refused.stderr
    assert "there are 2; --ask-missing asks 3 more first (3 calls, cost unknown)" in refused.stderr
    assert not json.loads(refused.stdout)["kept"]
    assert asked("--ask-missing", "--no-save").exit_code == 1
    assert len(fake_openai.bodies) == 2
    whole = asked("--ask-missing")
    assert (whole.exit_code, len(fake_openai.bodies)) == (0, 2 + 3 + 1), whole.stderr
    assert "Asking 3 more first: 3 calls" in whole.stderr
    said = json.loads(whole.stdout)
    assert said["status"] == "done"
    listed = json.loads(cli("history", "list", "format:log-probs", "--json").stdout)
    assert {row["group"] for row in listed if row["format"] == "log-probs"} == {"Democrat"}
    assert (asked(question="educated").exit_code, len(fake_openai.bodies)) == (0, 7)


def test_others_that_fail_leave_the_question_unasked(asked, fake_openai):
    fake_openai.always(status=401, body=b'{"error": {"message": "no"}}')
    result = asked("--ask-missing")
    assert (result.exit_code, "there are 0" in result.stderr) == (1, True)
    assert len(fake_openai.bodies) <= 5


def test_a_sweep_says_what_it_lacks_beside_its_own_cells(cli, home, fake_openai):
    fake_openai.always(text="A")
    fields = {"groups": ("Democrat",), "api_base": fake_openai.base, "formats": ("scaled-log-probs",)}
    plan = SweepPlan(models=(MODEL,), questions=("nytimes/lit", "nytimes/the-bee-sting"), **fields)
    path = home / "plan.toml"
    path.write_text(plan_text(plan), "utf-8")
    planned = cli("sweep", "plan", "question:lit", "-g", "Democrat", "-m", MODEL, "-f", "scaled-log-probs")
    assert "there are 0, those of the plan counted; `sweep start --ask-missing` asks 5 more first" in planned.stderr
    assert fake_openai.bodies == []
    said = cli("sweep", "start", str(path), "--ask-missing", "--json")
    assert (json.loads(said.stdout)["unread"], len(fake_openai.bodies)) == (0, 4 + 2), said.stderr
