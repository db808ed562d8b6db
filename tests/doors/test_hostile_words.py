"""Whatever is named by an enemy, a real terminal and a pipe get only what the program means to write."""

import json
from pathlib import Path

import pytest

RUN = ("run", "-q", "nasty/one", "-g", "Folk")
BOOK = ("run", "-q", "the-bee-sting", "-g", "Female")


def test_the_guard_of_these_tests_sees_what_gets_through(programs):
    assert programs.faults("\x1b[1;31mred\x1b[0m and plain\r\n") == []
    for bad in (
        "\x1b]52;c;eA==\x07",
        "\x1b[31337m",
        "\x9b0m",
        "a\u200bb",
        "a\u202eb",
        "a\x08b",
        "\x1b]0;t\x07",
        "e" + "\u0301" * 9,
    ):
        assert programs.faults(f"x{bad}"), bad
    assert programs.faults(programs.HOSTILE)


def escaped(text: str) -> str:
    """As it stands in a TOML string."""
    return "".join(c if c.isascii() and c.isprintable() else f"\\U{ord(c):08x}" for c in text)


def commands(hostile: str, home: Path) -> dict[str, tuple[str, ...]]:
    path = str(home / hostile.replace("/", ""))
    return {
        "command": (hostile,),
        "option": (f"--x{hostile}",),
        "db": ("--db", f"{home}/no/{path}", "history", "list"),
        "db is a folder": ("--db", str(home / "data"), "history", "list"),
        "question": ("run", "-q", hostile, "-g", "x"),
        "group": ("run", "-q", "nasty/one", "-g", hostile),
        "composed group": ("run", "-q", "the-bee-sting", "-g", f"age={hostile},{hostile}=1"),
        "steering": ("run", "-q", "a", "-g", "b", "-s", hostile),
        "format": ("run", "-q", "a", "-g", "b", "-f", hostile),
        "seed": ("run", "-q", "a", "-g", "b", "--seed", hostile),
        "repeated": ("run", "-q", hostile, "-q", hostile, "-g", hostile),
        "voice": (*RUN, "-m", "recorded/gpt-4", "--voice", hostile),
        "examples": (*RUN, "-m", "recorded/gpt-4", "-s", "few-shot", "--example-ids", hostile),
        "recorded model": (*BOOK, "-m", f"recorded/{hostile}"),
        "model": (*BOOK, "-m", f"x{hostile}"),
        "prompt for a model": (
            "run",
            "-q",
            "the-bee-sting",
            "-g",
            "Female",
            "-m",
            f"openai/{hostile}",
            "--show-prompt",
        ),
        "address": (*BOOK, "-m", "openai/x", "--api-base", f"http://{hostile}"),
        "domain": ("questions", "--domain", hostile),
        "questions": ("questions",),
        "questions as json": ("questions", "--search", "nasty", "--json"),
        "groups": ("groups", "-q", "nasty/one"),
        "models": ("models", "--search", "recorded"),
        "run id": ("history", "show", hostile),
        "data list": ("data", "list"),
        "data list as json": ("data", "list", "--json"),
        "data show": ("data", "show", "nasty"),
        "no such data": ("data", "show", hostile),
        "import": ("data", "import", path),
        "kind": ("data", "import", str(home), "--as", hostile),
        "cut": ("data", "import", str(home), "--cut", hostile),
        "export": ("data", "export", "nasty", f"{path}.pack.json"),
        "export to nowhere": ("data", "export", "nasty", f"{path}/x/y.pack.json"),
        "remove": ("data", "remove", hostile),
        "new": ("data", "new", "--text", hostile, "--option", f"a{hostile}", "--option", f"b{hostile}"),
        "new with figures": ("data", "new", "--text", "x", "--option", "a", "--option", "b", "--human", hostile),
        "fetch": ("data", "fetch", "--url", f"https://{hostile}"),
    }


NAMES = tuple(commands("", Path()))


@pytest.mark.parametrize("name", NAMES)
def test_every_command_writes_clean_words(hostile_home, programs, name):
    arguments = commands(programs.HOSTILE, hostile_home)[name]
    code, written = programs.in_terminal(*arguments)
    assert code in (0, 1, 2)
    assert programs.faults(written) == []
    _, out, err = programs.in_pipes(*arguments)
    assert out or err
    assert programs.faults(out) == []
    assert programs.faults(err) == []
    assert "Traceback" not in written + err


def test_a_run_shows_saves_and_lists_clean_words(hostile_home, programs, fake_openai):
    fake_openai.always(text="{'A': '50%', 'B': '50%'}" + programs.HOSTILE.replace("\r", ""))
    group = json.loads(programs.in_pipes("groups", "-q", "nasty/one", "--json")[1])[0]["name"]
    asked = ("run", "-q", "nasty/one", "-g", group, "-m", "openai/x", "--api-base", fake_openai.base)
    for arguments in (asked, ("history", "list"), ("history", "list", "--json")):
        code, written = programs.in_terminal(*arguments)
        assert code == 0
        assert programs.faults(written) == []
    run_id = json.loads(programs.in_pipes("history", "list", "--json")[1])[0]["run_id"]
    code, written = programs.in_terminal("history", "show", run_id, "--prompt")
    assert code == 0
    assert programs.faults(written) == []
    raw = json.loads(programs.in_pipes("history", "show", run_id, "--json")[1])["answer"]["raw"]
    assert raw.startswith("{'A': '50%', 'B': '50%'}␛]52")
    assert programs.faults(raw) == []


def test_an_enemy_is_named_so_that_one_can_find_the_file(hostile_home, programs):
    _, _, err = programs.in_pipes("data", "list")
    assert "broken ␛]52;c;UFdORUQ=␇␛[31337m" in err


def test_nothing_hidden_in_a_pack_or_a_template_reaches_a_prompt(hostile_home, programs):
    template = "{instruction}\n{people} \U000e0041\u200b{question}\n{options}\nAnswer:"
    (hostile_home / "templates" / "hidden.txt").write_text(template)
    group = json.loads(programs.in_pipes("groups", "-q", "nasty/one", "--json")[1])[0]["name"]
    for voice in ("instruction", "hidden"):
        arguments = ("--voice", voice, "-m", "openai/x", "--show-prompt", "--json")
        code, out, _ = programs.in_pipes("run", "-q", "nasty/one", "-g", group, *arguments)
        sent = "".join(message["content"] for message in json.loads(out)["messages"])
        assert code == 0
        assert "Asked" in sent
        assert programs.faults(sent) == []


@pytest.mark.parametrize("setting", ["model", "router", "theme", "api_base", "models", "nonsense"])
def test_settings_are_shown_clean(home, programs, setting):
    hostile = escaped(programs.HOSTILE)
    text = f'[models."{hostile}"]\nmodel = "{hostile}"\n' if setting == "models" else f'{setting} = "{hostile}"\n'
    (home / "settings.toml").write_text(text if setting != "nonsense" else f'"{hostile}" = 1\n')
    model = ("-m", "router/x") if setting == "router" else ("-m", "openai/x") if setting == "api_base" else ()
    for arguments in ((*BOOK, *model), ("models", "--search", "x")):
        code, written = programs.in_terminal(*arguments)
        assert code in (0, 1, 2)
        assert programs.faults(written) == []
        assert "Traceback" not in written


def test_every_screen_writes_clean_words(hostile_home, programs, fake_openai):
    fake_openai.always(text="{'A': '50%', 'B': '50%'}" + programs.HOSTILE)
    hostile = escaped(programs.HOSTILE)
    (hostile_home / "settings.toml").write_text(f'model = "recorded/{hostile}"\napi_base = "{fake_openai.base}"\n')
    screen = programs.Terminal(("--theme", programs.HOSTILE))
    try:
        screen.until(lambda shown: "things could not be used" in shown and "137 questions" in shown)
        screen.press("!", "esc close")
        screen.leave("\x1b", "esc close")
        screen.press("/", "search questions")
        screen.press("nasty", "1 question")
        screen.press("\r", "Asked")
        screen.press("g", "Group:")
        screen.leave("\x1b", "Group:")
        screen.press("m", "Model:")
        screen.type("openai/x")
        screen.press("\r", "Press r to ask")
        screen.press("r", "Kept in the history")
        for key in "pai":
            screen.type(key)
        screen.press("c", "esc close")
        screen.leave("\x1b", "esc close")
        screen.press("o", "How it is asked")
        screen.leave("\x1b", "How it is asked")
        screen.press("t", "scope-light")
        screen.leave("\x1b", "scope-light")
        screen.press("?", "The numbers on this screen")
        screen.leave("\x1b", "The numbers on this screen")
        screen.press("h", "1 run")
        screen.press("\r", "Asked")
        screen.type("\x11")
        assert screen.ended() == 0, screen.written[-3000:]
        assert programs.faults(screen.written) == []
    finally:
        screen.close()
