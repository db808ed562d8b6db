"""What the settings say of live models, from the command line to the server."""

import pytest

ASK = ("run", "-q", "GAP21Q33_g_W82", "-g", "Democrat", "-s", "persona", "-f", "verbalized", "-m", "mine")
ANSWER = "{'A': '40%', 'B': '30%', 'C': '20%', 'D': '10%'}"


@pytest.fixture
def settings(home, fake_openai, monkeypatch):
    monkeypatch.setenv("MY_KEY", "key-of-my-server")
    fake_openai.always(text=ANSWER)
    text = f"""
        cache = true
        api_base = "http://127.0.0.1:9/v1"
        [models.mine]
        model = "openai/toy-model"
        api_base = "{fake_openai.base}"
        key_env = "MY_KEY"
        parameters = {{ temperature = 0 }}
        [limits.mine]
        calls_per_minute = 100
    """
    (home / "settings.toml").write_text(text)


def test_a_model_of_ones_own_is_asked_once_and_then_answers_from_the_cache(cli, cli_json, fake_openai, settings):
    first, again = cli_json(*ASK), cli_json(*ASK)
    (request,) = fake_openai.requests
    assert request.headers["authorization"] == "Bearer key-of-my-server"
    assert (first["model"], first["resolved_model"], first["api_base"]) == ("mine", "toy-model", fake_openai.base)
    assert first["recorded"] is None
    assert again["recorded"].startswith("from the cache, asked on ")
    assert again["measures"] == first["measures"]
    assert (again["usage"]["prompt_tokens"], again["usage"]["cost_usd"]) == (0, 0.0)
    shown = " ".join(cli("history", "show", again["run_id"]).stdout.split())
    assert "toy-model · from the cache, asked on " in shown
    assert cli_json(*ASK, "--no-cache")["recorded"] is None
    assert len(fake_openai.requests) == 2


def test_the_models_used_last_are_listed_first_with_what_they_can_do(cli, cli_json, settings):
    cli_json("run", *ASK[1:-1], "recorded/gpt-4")
    cli_json(*ASK)
    cards = cli_json("models")
    assert [card["name"] for card in cards[:2]] == ["mine", "recorded/gpt-4"]
    assert cards[0]["price_usd"] is None
    assert (cards[1]["log_probs"], cards[1]["streaming"], cards[1]["price_usd"]) == (True, False, 0.0)
    assert cli("models").stdout.splitlines()[0].split("\t")[2:6] == ["?", "?", "yes", "unknown"]


def test_a_broken_file_of_favourites_is_told_of_and_ignored(cli, home):
    (home / "state.json").write_text("{")
    result = cli("models")
    assert result.exit_code == 0
    assert "state.json cannot be read and is ignored" in result.stderr
    assert "recorded/gpt-4" in result.stdout


def test_what_is_wrong_with_a_model_of_ones_own_is_one_sentence(cli, home, settings, monkeypatch):
    monkeypatch.delenv("MY_KEY")
    result = cli(*ASK, "--no-cache")
    assert result.exit_code == 1
    assert "[models.mine] takes MY_KEY from the environment; set it" in result.stderr
    assert cli(*ASK, "--api-base", "http://127.0.0.1:9/v1").exit_code == 2
