import pytest


def test_questions_are_listed_with_options_and_groups(cli_json):
    questions = cli_json("questions", "--domain", "books")
    assert len(questions) >= 8
    bee = next(question for question in questions if question["id"] == "the-bee-sting")
    assert set(bee) >= {"id", "dataset", "domain", "text", "wording", "options", "groups"}
    assert bee["wording"] == "abridged"
    assert bee["options"][0] == "1: Very unlikely"
    assert bee["groups"] == ["Democrat", "Republican", "Male", "Female"]


def test_questions_are_searched(cli_json):
    ids = [question["id"] for question in cli_json("questions", "--search", "IMMIGRATION illegal")]
    assert ids[0] == "GAP21Q33_g_W82"


def test_groups_of_one_question(cli_json):
    groups = cli_json("groups", "-q", "GAP21Q33_g_W82")
    named = {group["name"]: group for group in groups}
    assert named["Democrat"]["expression"] == "party=Democrat"
    assert named["Democrat"]["smallest_n"] == 428
    assert {"Republican", "Male", "Female", "Black", "White"} <= set(named)


def test_models_name_the_recorded_ones(cli_json):
    models = {model["name"]: model for model in cli_json("models")}
    assert models["recorded/gpt-4"]["kind"] == "recorded"
    assert models["recorded/gpt-4"]["formats"] == ["verbalized", "sequence", "log-probs", "scaled-log-probs"]
    assert models["recorded/anthropic_opus"]["formats"] == ["verbalized", "sequence"]


def test_tables_go_to_stdout_tab_separated_and_narration_to_stderr(cli):
    result = cli("questions", "--search", "bee sting")
    (line,) = result.stdout.splitlines()
    assert line.split("\t")[:3] == ["the-bee-sting", "books", "The Bee Sting"]
    assert result.stderr == "1 question\n"


def test_a_broken_pack_is_named_and_the_rest_still_works(cli, home):
    (home / "data").mkdir()
    (home / "data" / "mine.pack.toml").write_text("format = 3")
    result = cli("questions", "--search", "bee sting")
    assert result.exit_code == 0
    assert "mine.pack.toml" in result.stderr
    assert "the-bee-sting" in result.stdout


def test_a_broken_settings_file_is_one_sentence(cli, home):
    (home / "settings.toml").write_text("epsilon = 'much'")
    result = cli("questions")
    assert result.exit_code == 2
    assert "epsilon" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("command", ["questions", "groups"])
def test_a_mistyped_domain_is_refused_and_the_domains_named(cli, command):
    result = cli(command, "--domain", "politcal", "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    for word in ("politcal", "political", "books", "global"):
        assert word in result.stderr
    assert cli(command, "--domain", "own").exit_code == 0


@pytest.mark.parametrize("arguments", [("models",), ("run", "-q", "the-bee-sting", "-g", "Female", "-m", "recorded/x")])
def test_a_broken_file_of_recorded_answers_is_named(cli, home, arguments):
    (home / "data").mkdir()
    (home / "data" / "mine.x.answers.json").write_text("{")
    result = cli(*arguments)
    assert result.stderr.startswith("Warning: ")
    assert "mine.x.answers.json" in result.stderr.splitlines()[0]


def test_models_found_on_this_machine_name_their_server(cli, cli_json, server_here):
    found = {model["name"]: model for model in cli_json("models")}
    assert found["openai/toy-model"]["api_base"] == server_here.base
    assert found["recorded/gpt-4"]["api_base"] is None
    (line,) = cli("models", "--search", "toy-large").stdout.splitlines()
    assert line.split("\t")[-1] == server_here.base
