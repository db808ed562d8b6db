"""`opinionscope grid`."""

import csv
import io

QUESTION = "GAP21Q33_g_W82"


def test_small_multiples_as_text_with_best_and_worst(cli):
    result = cli("grid", "-q", QUESTION, "-g", "party=Democrat", "-m", "recorded/gpt-4")
    assert result.exit_code == 0
    for words in ("Steering × format · Democrat, n = 428 · gpt-4", "▲ best:", "▼ worst:", "verbalized", "few-shot"):
        assert words in result.stdout
    assert result.stderr == ""


def test_groups_need_no_group_and_come_with_their_shift(cli):
    result = cli("grid", "-q", QUESTION, "--by", "group")
    assert result.exit_code == 0
    assert "Group × steering" in result.stdout
    assert "Group shift, persona: slope" in result.stdout
    missing = cli("grid", "-q", QUESTION)
    assert (missing.exit_code, "--group is missing" in missing.stderr) == (2, True)


def test_the_cells_as_data(cli, cli_json, tmp_path):
    cells = cli_json("grid", "-q", QUESTION, "-g", "Democrat", "--by", "model")
    assert {cell["model"] for cell in cells} > {"recorded/gpt-4"}
    (best,) = [cell for cell in cells if cell["mark"] == "best"]
    assert best["tv"] == min(cell["tv"] for cell in cells if cell["tv"] is not None)
    table = cli("grid", "-q", QUESTION, "-g", "Democrat", "--by", "model", "--csv").stdout
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["tv"] for row in rows] == ["" if cell["tv"] is None else str(cell["tv"]) for cell in cells]
    target = tmp_path / "grid.tex"
    assert cli("grid", "-q", QUESTION, "-g", "Democrat", "-o", str(target)).exit_code == 0
    assert r"\toprule" in target.read_text()


def test_a_live_model_is_not_asked_and_the_gaps_are_counted(cli):
    result = cli("grid", "-q", QUESTION, "-g", "Democrat", "-m", "gpt-4o")
    assert "30 calls" in result.stdout
    assert "20 cells have no answer yet" in result.stderr


def test_what_was_asked_at_the_server_of_the_settings_stands_in_the_grid(cli, cli_json, home, fake_openai):
    fake_openai.always(text="{'A': '10%', 'B': '60%', 'C': '25%', 'D': '5%'}")
    (home / "settings.toml").write_text(f'api_base = "{fake_openai.base}"\n')
    asked = ("-q", QUESTION, "-g", "Democrat", "-m", "openai/x")
    kept = cli_json("run", *asked)["run_id"]
    assert [cell["run_id"] for cell in cli_json("grid", *asked) if cell["run_id"]] == [kept]


def test_what_was_asked_at_a_server_that_was_named_stands_in_the_grid(cli, cli_json, fake_openai):
    fake_openai.always(text="{'A': '10%', 'B': '60%', 'C': '25%', 'D': '5%'}")
    asked = ("-q", QUESTION, "-g", "Democrat", "-m", "openai/x")
    kept = cli_json("run", *asked, "--api-base", fake_openai.base)["run_id"]
    assert [cell["run_id"] for cell in cli_json("grid", *asked) if cell["run_id"]] == [kept]


def test_labels_of_options_can_be_told_apart_in_a_cell(cli):
    table = cli("grid", "-q", QUESTION, "-g", "Democrat", "-m", "recorded/gpt-4", "--csv").stdout
    row = next(csv.DictReader(io.StringIO(table)))
    assert row["options"] == "Top priority; Some priority; No priority; Refused"
    assert [float(share) for share in row["model_shares"].split("; ")] == [0.4, 0.42, 0.15, 0.03]
