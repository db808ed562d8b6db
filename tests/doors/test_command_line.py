"""Repeated options, mistyped names, whole words, closed pipes, and one shape of a question in all JSON."""

import json
import os
import shutil
import subprocess
import sys
from functools import partial

import pytest

GPT4 = ("run", "-q", "GAP21Q33_g_W82", "-g", "Democrat", "-m", "recorded/gpt-4")
PROGRAM = f"{sys.executable} -m opinionscope"


@pytest.fixture
def run(programs):
    return programs.in_pipes


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        ((*GPT4, "-g", "Republican"), "-g / --group"),
        ((*GPT4, "-f", "samples", "-f", "sequence"), "-f / --format"),
        ((*GPT4, "--model=x"), "-m / --model"),
        ((*GPT4, "-sboth", "-s", "none"), "-s / --steering"),
        ((*GPT4, "--seed", "1", "--seed", "1"), "--seed"),
        (("--db", "a.db", "--db", "b.db", "questions"), "--db"),
        (("questions", "--search", "a", "--search", "b"), "--search"),
        (("history", "list", "--limit", "1", "--limit", "2"), "--limit"),
        (("data", "import", "x", "--by", "a", "--by", "b"), "--by"),
        (("data", "show", "nytimes", "-q", "a", "-q", "b"), "-q / --question"),
    ],
)
def test_an_option_of_one_value_is_given_once(run, home, arguments, option):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert f"{option} is given 2 times; give it once" in err
    assert not (home / "history.db").exists()


def test_options_of_several_values_and_flags_may_be_repeated(run):
    written = ("data", "new", "--text", "Tea?", "--option", "Yes", "--option", "No", "--json", "--json")
    code, out, _ = run(*written)
    assert (code, json.loads(out)["options"]) == (0, ["Yes", "No"])


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        ((*GPT4, "-f", "verbalised"), "verbalized"),
        ((*GPT4, "-f", "logprobs"), "log-probs"),
        ((*GPT4, "-s", "fewshot"), "few-shot"),
        ((*GPT4, "-s", "Personna"), "persona"),
        ((*GPT4, "--order", "reverse"), "reversed"),
        ((*GPT4[:-1], "openai/x", "--show-prompt", "--voice", "secondperson"), "second-person"),
        (("run", "-q", "GAP21Q33_W82", "-g", "Democrat"), "GAP21Q33_g_W82"),
        (("run", "-q", "bee-sting", "-g", "Democrat"), "the-bee-sting"),
        (("run", "-q", "GAP21Q33_g_W82", "-g", "Democrats"), "Democrat"),
        (("run", "-q", "GAP21Q33_g_W82", "-g", "republicn"), "Republican"),
        (("run", "-q", "the-bee-sting", "-g", "Female", "-m", "recorded/gpt4"), "gpt-4"),
        (("questions", "--domain", "politics"), "political"),
        (("data", "show", "nytime"), "nytimes"),
        (("data", "export", "opinion-qa"), "opinionqa"),
        (("question",), "questions"),
        (("histroy", "list"), "history"),
        (("history", "lst"), "list"),
        (("data", "imprt", "x"), "import"),
        (("questions", "--serach", "x"), "--search"),
    ],
)
def test_a_mistyped_name_is_answered_with_the_nearest(run, arguments, meant):
    code, out, err = run(*arguments)
    assert code in (1, 2)
    assert out == "" or "-m" in arguments
    assert "did you mean" in err.lower()
    assert meant in err.lower() or meant in err


def test_a_name_like_no_other_gets_the_list_and_no_guess(run):
    assert 'there is no table "nope"; there are leaderboard, ' in run("table", "nope")[2]
    assert "did you mean knowledge-to-simulation?" in run("table", "knowledge")[2]


def test_history_words_are_whole_words(run):
    for group in ("Male", "Female"):
        assert run("run", "-q", "GAP21Q33_g_W82", "-g", group, "-m", "recorded/gpt-4")[0] == 0

    def found(words):
        return [row["group"] for row in json.loads(run("history", "list", "--search", words, "--json")[1])]

    assert found("male") == ["Male"]
    assert found("female gpt-4 done") == ["Female"]
    assert found("mal") == []
    assert found("mal*") == ["Male"]
    assert found("immig* gpt-4") == ["Female", "Male"]
    assert found("gap21q33_g_w82") == ["Female", "Male"]
    groups = json.loads(run("groups", "-q", "GAP21Q33_g_W82", "--search", "male", "--json")[1])
    assert [group["name"] for group in groups] == ["Male"]


LISTS = ("questions", "questions --json", "groups", "models", "data list", "--help", "run --help", "history list")


@pytest.mark.parametrize(
    ("command", "reader"), [*((command, "head -1") for command in LISTS), ("questions", "true"), ("--help", "true")]
)
def test_a_reader_that_leaves_early_gets_no_complaint(command, reader):
    line = f"set -o pipefail; {PROGRAM} {command} | {reader}"
    result = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode in (0, 141)
    assert "Error" not in result.stderr
    assert "Traceback" not in result.stderr
    assert "Broken" not in result.stderr


def test_a_reader_that_leaves_a_long_answer_ends_the_program_as_sigpipe_does():
    line = f"{PROGRAM} questions --json | head -c 1; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=120, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (141, "[", "")


@pytest.mark.parametrize(
    ("redirection", "code", "lines"),
    [("2>&-", 0, 1), (">&-", 0, 0), (">&- 2>&-", 0, 0), ("2>/dev/full", 0, 1), (">/dev/full", 1, 0), ("<&-", 0, 1)],
)
def test_closed_and_full_streams_cost_no_run(home, redirection, code, lines):
    line = f"{PROGRAM} {' '.join(GPT4)} {redirection}"
    result = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == code
    assert bool(result.stdout) == bool(lines)
    assert "Traceback" not in result.stderr
    if redirection == ">/dev/full":
        assert result.stderr.startswith("Error: Output not written: stdout cannot be written (No space left")
    assert (home / "history.db").read_bytes().startswith(b"SQLite format 3")


def test_a_pipe_that_is_closed_on_stderr_costs_nothing_on_stdout():
    line = f'{PROGRAM} questions 2>&1 >"$OPINIONSCOPE_HOME/lines" | true; wc -l <"$OPINIONSCOPE_HOME/lines"'
    result = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=120, check=False)
    assert int(result.stdout) == 136


QUESTION = {"id", "dataset", "domain", "text", "options"}
SHAPES = {
    "run": (GPT4, lambda out: [out["question"]]),
    "history list": (("history", "list"), lambda out: [row["question"] for row in out]),
    "history show": (("history", "show", "{run}"), lambda out: [out["question"]]),
    "groups": (("groups", "-q", "GAP21Q33_g_W82"), lambda out: [group["question"] for group in out]),
    "data show": (("data", "show", "opinionqa", "-q", "GAP21Q33_g_W82"), lambda out: [out["question"]]),
    "questions": (("questions", "--search", "GAP21Q33_g_W82"), lambda out: out),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_question_has_one_shape_in_all_json(run, name):
    run_id = json.loads(run(*GPT4, "--json")[1])["run_id"]
    arguments, of = SHAPES[name]
    found = of(json.loads(run(*(each.format(run=run_id) for each in arguments), "--json")[1]))
    assert found
    for question in found:
        assert {key: question[key] for key in QUESTION} == {
            "id": "GAP21Q33_g_W82",
            "dataset": "opinionqa",
            "domain": "political",
            "text": found[0]["text"],
            "options": ["Top priority", "Some priority", "No priority", "Refused"],
        }
        assert "illegal immigration" in question["text"]


def test_the_other_shapes_of_json_stay(run):
    shapes = {
        ("questions",): {"title", "wording", "topics", "groups"} | QUESTION,
        ("groups",): {"name", "dataset", "expression", "questions", "smallest_n", "question"},
        ("models", "--search", "recorded"): {"name", "kind", "formats", "api_base", "log_probs", "structured"}
        | {"streaming", "price_usd", "favourite", "detail"},
    }
    for arguments, keys in shapes.items():
        assert set(json.loads(run(*arguments, "--json")[1])[0]) == keys
    listed = json.loads(run("data", "list", "--json")[1])
    assert set(listed) == {"folder", "packs", "answers", "problems"}
    run(*GPT4)
    (row,) = json.loads(run("history", "list", "--json")[1])
    assert set(row) == {
        *("run_id", "created", "question", "group", "steering", "format", "model", "status", "kl", "tv"),
        *("calls", "measures_muted", "measures", "tags", "pinned", "note", "finished"),
    }


def commands():
    from opinionscope.cli import main

    for name, command in main.commands.items():
        if command.hidden:
            continue
        yield (name,), command
        yield from (((name, below), each) for below, each in getattr(command, "commands", {}).items())


@pytest.mark.parametrize("names", [names for names, _ in commands()], ids=" ".join)
def test_every_help_has_an_example_that_names_its_command(run, names):
    code, out, _ = run(*names, "--help")
    assert code == 0
    example = out.partition("Example")[2]
    assert f"opinionscope {' '.join(names)}" in example
    assert "..." not in example


@pytest.fixture
def completed(run):
    """What a shell is offered for the words typed so far."""
    return partial(offered_by, run)


def offered_by(run, words: str, shell: str = "bash") -> list[str]:
    typed = words.split(" ")
    last = typed[-1] if shell == "fish" else str(len(typed) - 1)
    environment = {
        "_OPINIONSCOPE_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": last,
    }
    code, out, err = run(**environment)
    assert (code, err) == (0, "")
    lines = out.split() if shell == "bash" else out.splitlines()
    return [line.partition(",")[2] for line in lines] if shell == "bash" else lines


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("opinionscope que", ["questions"]),
        ("opinionscope history p", ["pin"]),
        ("opinionscope history list mod", ["model:"]),
        ("opinionscope run -q the-bee", ["the-bee-sting"]),
        ("opinionscope run -q nytimes/the-bee", ["nytimes/the-bee-sting"]),
        ("opinionscope run -q the-bee-sting -g d", ["Democrat"]),
        ("opinionscope run -q the-bee-sting -g f", ["Female"]),
        ("opinionscope run -s f", ["few-shot"]),
        ("opinionscope run --format=s", ["sequence", "samples", "scaled-log-probs"]),
        ("opinionscope run -m recorded/gpt-4", ["recorded/gpt-4"]),
        ("opinionscope run --voice b", ["biography"]),
        ("opinionscope data show ny", ["nytimes"]),
        ("opinionscope data show nytimes -q the-bee", ["the-bee-sting"]),
        ("opinionscope --theme scope-s", ["scope-safe-dark", "scope-safe-light"]),
        ("opinionscope questions --domain b", ["books"]),
        ("opinionscope run -q no-such-question -g ", []),
    ],
)
def test_words_are_completed(completed, words, offered):
    assert completed(words) == offered


def test_runs_are_completed_and_other_shells_are_served(run, completed):
    run_id = json.loads(run(*GPT4, "--json")[1])["run_id"]
    assert completed(f"opinionscope history show {run_id[:8]}") == [run_id]
    assert "the-bee-sting" in completed("opinionscope run -q the-bee", "zsh")
    (line,) = completed("opinionscope run -q the-bee", "fish")
    assert line.startswith("plain,the-bee-sting\t")
    for shell in ("bash", "zsh", "fish"):
        environment = {**os.environ, "_OPINIONSCOPE_COMPLETE": f"{shell}_source"}
        command = [sys.executable, "-m", "opinionscope"]
        source = subprocess.run(command, capture_output=True, env=environment, check=True)
        assert b"opinionscope" in source.stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
def test_bash_itself_completes_a_group_with_blanks(tmp_path):
    program = tmp_path / "opinionscope"
    program.write_text(f'#!/bin/sh\nexec {PROGRAM} "$@"\n')
    program.chmod(0o755)
    script = f"""
export PATH={tmp_path}:$PATH
eval "$(_OPINIONSCOPE_COMPLETE=bash_source opinionscope)"
COMP_WORDS=(opinionscope run -q GAP21Q33_g_W82 -g Oth)
COMP_CWORD=5
_opinionscope_completion opinionscope
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout.splitlines() == ["Other\\ \\(party\\)", "Other\\ \\(race\\)"]


def test_completion_loads_no_litellm():
    code = (
        "import sys\nsys.argv = ['opinionscope']\n"
        "from opinionscope.__main__ import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'litellm', 'openai', 'pandas', 'textual'} & set(sys.modules)), file=sys.stderr)"
    )
    asked = {"_OPINIONSCOPE_COMPLETE": "bash_complete", "COMP_WORDS": "opinionscope run -m ", "COMP_CWORD": "3"}
    command = [sys.executable, "-c", code]
    result = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=60, env={**os.environ, **asked}
    )
    assert "plain,recorded/gpt-4" in result.stdout.split()
    assert result.stderr == "[]\n"
