"""`sweep plan`: how many cells and calls, what they will take, and the file that keeps the plan."""

import pytest

from opinionscope.runs.sweep_plan import parse_plan, read_plan


def test_a_plan_says_what_it_takes_and_is_kept(cli_json, home):
    out = home / "plan.toml"
    asked = ("domain:political", "-g", "Democrat", "-g", "Male", "-s", "none", "-s", "few-shot", "-f", "samples")
    said = cli_json("sweep", "plan", *asked, "-m", "gpt-4o", "-m", "openai/mine", "--samples", "10", "-o", str(out))
    assert (said["questions"], said["pairs"], said["cells"], said["calls"]) == (42, 84, 336, 3360)
    assert said["cost_usd"] is None
    priced, unpriced = said["models"]
    assert (priced["model"], priced["calls"], unpriced["cost_usd"]) == ("gpt-4o", 1680, None)
    assert priced["cost_usd"] == pytest.approx(priced["prompt_tokens"] * 2.5e-6 + priced["completion_tokens"] * 1e-5)
    assert 200 * 1680 < priced["prompt_tokens"] < 1000 * 1680
    assert said["seconds"] == 3360 * 2.0 / 8
    kept = read_plan(out)
    assert (kept.models, kept.samples, len(kept.questions)) == (("gpt-4o", "openai/mine"), (10,), 42)


def test_a_tag_chooses_the_questions_of_the_runs_that_have_it(cli, cli_json):
    said = cli_json("run", "-q", "GAP21Q33_g_W82", "-g", "Democrat", "-m", "recorded/gpt-4")
    cli("history", "tag", said["run_id"], "pilot")
    assert cli_json("sweep", "plan", "tag:pilot", "-g", "Democrat", "-m", "openai/mine")["questions"] == 1
    assert cli_json("sweep", "plan", "domain:political", "-tag:pilot", "-m", "openai/mine")["questions"] == 41
    assert 'no question fits "tag:other"' in cli("sweep", "plan", "tag:other", "-m", "openai/mine").stderr


def test_limits_of_the_settings_decide_the_time(cli_json, home):
    (home / "settings.toml").write_text("[limits.openai]\ncalls_per_minute = 10\n")
    said = cli_json("sweep", "plan", "question:the-bee-sting", "-m", "gpt-4o")
    assert said["models"][0]["slowed_by"] == "10 calls a minute"
    assert said["seconds"] == said["calls"] * 6


def test_text_says_what_is_estimated_and_what_is_not_known(cli):
    said = cli(
        "sweep", "plan", "dataset:nytimes,opinionqa", "-g", "Black", "-g", "Democrat", "-m", "openai/mine"
    ).stderr
    assert "146 cells: 104 questions, 146 with their groups, 1 way of asking, 1 model." in said
    assert "62 pairs of a group and a question are left out" in said
    assert "No price is known for openai/mine." in said
    assert "estimates" in said
    assert "Steering none" not in said
    asked = ("dataset:nytimes", "-g", "Male", "-g", "Democrat", "-s", "none", "-s", "persona", "-m", "openai/mine")
    assert "group: 62 of the calls repeat what is asked" in cli("sweep", "plan", *asked).stderr


def test_the_example_is_the_grid_of_the_benchmark(cli):
    plan = parse_plan(cli("sweep", "plan", "--example", "-m", "gpt-4o").stdout)
    assert (len(plan.questions), plan.groups, plan.models) == (136, ("all",), ("gpt-4o",))
    assert plan.steering == ("none", "persona", "few-shot")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("model:x",), "a question has no model"),
        (("-topic:guns", "nosuchword"), "no question fits"),
        (("-q", "the-bee-sting"), "No such option '-q'"),
        (("-g", "Demokrat"), "did you mean Democrat"),
        (("-s", "personna"), "persona"),
        (("-m", "two words"), "no model name"),
        (("--samples", "0", "-f", "samples"), "expected samples from 1"),
        (("-o", "."), "directory"),
    ],
)
def test_bad_input_gets_one_sentence(cli, arguments, said):
    result = cli("sweep", "plan", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_recorded_answers_and_models_on_this_machine_cost_nothing(cli_json):
    asked = ("question:the-bee-sting", "-g", "Democrat", "-m", "recorded/gpt-4", "-m", "local/smollm2-135m-instruct")
    said = cli_json("sweep", "plan", *asked)
    recorded, local = said["models"]
    assert (recorded["calls"], recorded["prompt_tokens"], recorded["seconds"]) == (0, 0, 0)
    assert recorded["slowed_by"] == "recorded answers are looked up"
    assert (local["calls"], local["prompt_tokens"] > 100) == (1, True)
    assert said["cost_usd"] == 0


def test_models_share_the_limits_that_hold_for_several_and_no_others(cli_json, home):
    def seconds(settings: str) -> float:
        (home / "settings.toml").write_text(settings)
        said = cli_json("sweep", "plan", "domain:political", "-g", "Democrat", "-m", "openai/a", "-m", "openai/b")
        assert said["calls"] == 84
        return said["seconds"]

    assert seconds("concurrency = 8\n") == 84 * 2 / 8
    assert seconds('[limits."openai/a"]\nconcurrency = 2\n[limits."openai/b"]\nconcurrency = 2\n') == 42 * 2 / 2
    assert seconds("[limits.openai]\nconcurrency = 2\n") == 84 * 2 / 2
    assert seconds("[limits.openai]\ncalls_per_minute = 10\n") == 84 * 6


def test_one_call_takes_as_long_as_a_call_however_many_may_be_under_way(cli_json, home):
    (home / "settings.toml").write_text("concurrency = 8\n")
    said = cli_json("sweep", "plan", "question:GAP21Q33_g_W82", "-g", "Democrat", "-m", "openai/a")
    assert (said["calls"], said["seconds"]) == (1, 2)
