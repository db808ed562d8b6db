import pytest

CHOICES = ("run", "-q", "GAP21Q33_g_W82", "-g", "Democrat", "--seed", "7", "-f")

APART = ("messages", "stream", "stream_options", "response_format")
"""What is shown beside the request, and how the answer is transported."""


def test_the_prompt_is_shown_and_nobody_asked(cli, cli_json, fake_openai, home):
    choices = (*CHOICES, "verbalized", "-m", "openai/x", "--api-base", fake_openai.base)
    shown = cli_json(*choices, "--show-prompt")
    assert set(shown) == {"messages", "request", "schema_where_possible"}
    text = cli(*choices, "--show-prompt")
    assert text.exit_code == 0
    for message in shown["messages"]:
        assert f"{message['role']}\n{message['content']}\n" in text.stdout
    assert text.stdout.startswith(f"for openai/x at {fake_openai.base}\n")
    assert fake_openai.bodies == []
    assert not (home / "history.db").exists()


@pytest.mark.parametrize("form", ["verbalized", "log-probs"])
def test_what_is_shown_is_what_is_sent(cli, cli_json, fake_openai, form):
    choices = (*CHOICES, form, "-m", "openai/x", "--api-base", fake_openai.base)
    shown = cli_json(*choices, "--show-prompt")
    cli(*choices)
    sent = fake_openai.bodies[-1]
    assert sent["messages"] == shown["messages"]
    if form == "verbalized":
        assert sent["response_format"]["json_schema"]["schema"] == shown["schema_where_possible"]
    assert shown["request"] == {
        **{name: sent[name] for name in sent if name not in APART},
        "model": "openai/x",
        "api_base": fake_openai.base,
    }


def test_choices_that_fit_nothing_are_refused_as_ever(cli):
    for model, group in (("recorded/nobody", "Democrat"), ("gpt-4o", "Demokrat")):
        result = cli("run", "-q", "GAP21Q33_g_W82", "-g", group, "-m", model, "--show-prompt")
        assert result.exit_code == 2
        assert result.stdout == ""


def test_the_history_says_of_a_recorded_run_that_its_prompt_was_not_sent(cli, cli_json):
    run = cli_json(*CHOICES, "verbalized", "-m", "recorded/gpt-4")
    text = cli("history", "show", run["run_id"], "--prompt").stdout
    assert text.index("was not sent") < text.index("\nsystem\n")
    shown = cli_json("history", "show", run["run_id"], "--prompt")
    assert "was not sent" in shown["prompt"]["note"]
    assert shown["prompt"]["messages"][1]["content"] in text
    assert {name: shown[name] for name in run} == run


def test_a_model_found_on_this_machine_is_asked_there(cli_json, server_here):
    run = cli_json(*CHOICES, "verbalized", "-m", "openai/toy-model")
    assert run["status"] == "done"
    assert len(server_here.bodies) == 1


@pytest.mark.parametrize("model", ["openai/gpt-4o", "gpt-4o", "openai/elsewhere"])
def test_a_model_that_is_not_found_here_is_asked_where_it_belongs(cli_json, server_here, model):
    server_here.models = ["gpt-4o", "toy-model"]
    assert "api_base" not in cli_json(*CHOICES, "verbalized", "-m", model, "--show-prompt")["request"]


def test_an_option_without_effect_is_named_with_the_reason(cli):
    idle = ("--own-answers", "5", "--check-text")
    said = cli(*CHOICES, "verbalized", "-m", "openai/x", "--show-prompt", *idle).stderr
    assert "--own-answers: no effect: it goes with steering people." in said
    assert "--check-text: no effect: verbalized has no use for it." in said
    planned = ("sweep", "plan", "question:the-bee-sting", "-f", "verbalized", "-m", "openai/x", *idle)
    assert "--check-text: no effect" in cli(*planned).stderr
    assert "no effect" not in cli(*planned, "-f", "log-probs", "-s", "people").stderr
    assert "no effect" not in cli(*CHOICES, "log-probs", "-m", "openai/x", "--show-prompt", "--check-text").stderr
