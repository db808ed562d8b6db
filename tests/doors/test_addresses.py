"""A model of a server of one's own: its address is asked for and remembered, its path on disk is not shown."""

import json

import pytest
from textual.widgets import OptionList

from opinionscope.report.names import answered_as, without_folders
from opinionscope.respondents.catalog import needs_address
from opinionscope.respondents.remembered import StateFile
from opinionscope.tui import start
from opinionscope.tui.screens.address import AddressScreen
from opinionscope.tui.screens.explore import ExploreScreen
from opinionscope.tui.screens.picker import PickerScreen

PATH = "/home/somebody/models/tiny-q4.gguf"
BOOK = ("run", "-q", "the-bee-sting", "-g", "Female")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (PATH, "tiny-q4.gguf"),
        (f"openai/{PATH}", "openai/tiny-q4.gguf"),
        ("C:\\Users\\me\\models\\tiny.gguf", "tiny.gguf"),
        ("openai/C:\\Users\\me\\tiny.gguf", "openai/tiny.gguf"),
        ("~/models/tiny.gguf", "tiny.gguf"),
        ("./tiny.gguf", "tiny.gguf"),
        ("somebody/tiny.gguf", "somebody/tiny.gguf"),
        ("/models/llama-3/", "llama-3"),
        ("gpt-4o", "gpt-4o"),
        ("openai/gpt-4o", "openai/gpt-4o"),
        ("openrouter/meta-llama/llama-3-8b", "openrouter/meta-llama/llama-3-8b"),
        ("hosted_vllm/Qwen/Qwen2.5-0.5B-Instruct", "hosted_vllm/Qwen/Qwen2.5-0.5B-Instruct"),
        ("ollama_chat/llama3.2:1b", "ollama_chat/llama3.2:1b"),
        ("recorded/gpt-4", "recorded/gpt-4"),
        ("/", "/"),
        ("", ""),
    ],
)
def test_a_path_in_a_models_name_is_cut_to_its_last_part(name, shown):
    assert without_folders(name) == shown
    assert without_folders(shown) == shown


def test_the_name_shown_is_the_one_that_was_typed_where_the_server_gives_a_path():
    assert answered_as(PATH, "openai/tiny") == "openai/tiny"
    assert answered_as("gpt-4o-2024-08-06", "gpt-4o") == "gpt-4o-2024-08-06"


def test_a_run_shows_no_path_of_the_server(programs, fake_openai):
    import dataclasses

    fake_openai.default = dataclasses.replace(fake_openai.default, model=PATH)
    arguments = (*BOOK, "-m", "openai/tiny", "--api-base", fake_openai.base)
    code, out, _ = programs.in_pipes(*arguments)
    assert code == 0
    assert "openai/tiny" in out
    assert "somebody" not in out
    exported = programs.in_pipes(*arguments, "--json")[1]
    assert "somebody" not in exported
    run = json.loads(exported)
    assert (run["model"], run["resolved_model"]) == ("openai/tiny", "tiny-q4.gguf")
    assert run["answers_by_model"] == {"tiny-q4.gguf": 1}


def test_a_model_is_remembered_with_its_server(programs, fake_openai, home):
    code, _, err = programs.in_pipes(*BOOK, "-m", "openai/tiny", "--api-base", fake_openai.base)
    assert code == 0, err
    remembered, problem = StateFile(home / "state.json").read()
    assert problem is None
    assert [used.model for used in remembered.used] == ["openai/tiny"]
    assert remembered.servers == {"openai/tiny": fake_openai.base}


@pytest.mark.parametrize("address", ["http://me:secret@x/v1", "http://x/v1?key=secret", "nonsense", "x" * 900])
def test_an_address_that_cannot_be_used_or_holds_a_key_is_not_remembered(home, address):
    from datetime import UTC, datetime

    file = StateFile(home / "state.json")
    assert file.note_use("openai/tiny", datetime.now(UTC), address).servers == {}
    assert "secret" not in file.path.read_text()


def test_a_file_from_before_addresses_were_remembered_is_read(home):
    (home / "state.json").write_text('{"favourites": ["a"], "used": [{"model": "b", "when": "2026-01-01T00:00:00Z"}]}')
    remembered, problem = StateFile(home / "state.json").read()
    assert (problem, remembered.favourites, remembered.servers) == (None, ("a",), {})


@pytest.mark.parametrize(
    ("model", "needs"),
    [
        ("openai/my-own", True),
        ("openai/gpt-4o", False),
        ("openai/ft:gpt-4o:me", False),
        ("hosted_vllm/qwen", True),
        ("lm_studio/x", True),
        ("gpt-4o", False),
        ("anthropic/claude-3-5-haiku-latest", False),
        ("ollama_chat/llama3", False),
        ("recorded/gpt-4", False),
        ("router/x", False),
    ],
)
def test_only_models_of_ones_own_servers_need_an_address(model, needs):
    assert needs_address(model) is needs


def test_an_address_in_the_environment_is_enough(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("HOSTED_VLLM_API_BASE", "http://127.0.0.1:9/v1")
    assert not needs_address("openai/my-own")
    assert not needs_address("hosted_vllm/qwen")


async def until(pilot, condition):
    import asyncio

    async with asyncio.timeout(60):
        while not condition():
            await pilot.pause(0.01)


async def opened(pilot):
    await until(pilot, lambda: isinstance(pilot.app.screen, ExploreScreen))
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    await pilot.press("m")
    await until(pilot, lambda: isinstance(pilot.app.screen, PickerScreen))


def _options(app):
    return [option for options in app.screen.query(OptionList) for option in options.options]


def said(app):
    return str(app.screen.query_one("#address-found").render())


async def test_the_picker_asks_for_the_address_tries_it_and_takes_it(fake_openai):
    app = start.make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press(*"openai/toy-model", "enter")
        await until(pilot, lambda: isinstance(app.screen, AddressScreen))
        await pilot.press(*"ftp://x", "enter")
        await until(pilot, lambda: "Expected an address like http" in said(app))
        app.screen.query_one("#address-input").value = fake_openai.base
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ExploreScreen))
        assert (app.screen.choices.model, app.screen.choices.api_base) == ("openai/toy-model", fake_openai.base)


async def test_a_server_without_the_model_says_what_it_has_and_is_taken_by_a_second_enter(fake_openai):
    fake_openai.models = [f"/home/somebody/m{number}.gguf" for number in range(8)]
    app = start.make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press(*"openai/other", "enter")
        await until(pilot, lambda: isinstance(app.screen, AddressScreen))
        app.screen.query_one("#address-input").value = fake_openai.base
        await pilot.press("enter")
        await until(pilot, lambda: "and 3 more, and not this model" in said(app))
        assert "m0.gguf" in said(app)
        assert "somebody" not in said(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ExploreScreen))
        assert app.screen.choices.api_base == fake_openai.base


async def test_esc_leaves_the_model_as_it_was():
    app = start.make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press(*"openai/other", "enter")
        await until(pilot, lambda: isinstance(app.screen, AddressScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ExploreScreen))
        assert app.screen.choices.model == "recorded/gpt-4"


async def test_a_remembered_server_is_taken_and_can_be_changed(home, fake_openai):
    from datetime import UTC, datetime

    StateFile(home / "state.json").note_use("openai/toy-model", datetime.now(UTC), fake_openai.base)
    app = start.make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press(*"toy-model")
        await until(pilot, lambda: "toy-model" in str(app.screen.query_one(OptionList).get_option_at_index(1).prompt))
        assert f"at {fake_openai.base}" in str(app.screen.query_one(OptionList).get_option_at_index(1).prompt)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, AddressScreen))
        assert app.screen.query_one("#address-input").value == fake_openai.base
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ExploreScreen))
        assert app.screen.choices.api_base == fake_openai.base


async def test_a_typed_address_lists_the_models_of_that_server(fake_openai):
    fake_openai.models, fake_openai.owner = ["toy-small", "toy-large"], "vllm"
    app = start.make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        await pilot.press(*fake_openai.base, "enter")
        await until(pilot, lambda: any("vLLM" in str(each.prompt) for each in _options(app)))
        assert all("log-probs · JSON schema" in str(each.prompt) for each in _options(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, ExploreScreen))
        assert (app.screen.choices.model, app.screen.choices.api_base) == ("openai/toy-large", fake_openai.base)
