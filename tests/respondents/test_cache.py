"""The cache of answers at temperature 0."""

import asyncio
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from opinionscope.elicitation import Call, Reply
from opinionscope.respondents import respondent_for
from opinionscope.respondents.base import Respondent, RespondentError
from opinionscope.respondents.cache import AnswerCache
from opinionscope.settings import ModelSettings, ParameterSettings, Settings
from opinionscope.survey import Library

MakeCall = Callable[..., Call]


def written_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


Ask = Callable[..., Respondent]


@pytest.fixture
def cold(call: MakeCall) -> MakeCall:
    def make(form: str = "verbalized", temperature: float = 0.0, **changes: Any) -> Call:
        one = call(form, **changes)
        return replace(one, request=replace(one.request, temperature=temperature))

    return make


@pytest.fixture
def cached(fake_openai: Any, tmp_path: Path, empty_library: Library) -> Ask:
    """A respondent of a new run, with the cache of this test."""

    def make(
        model: str = "openai/toy-model", api_base: str | None = fake_openai.base, **models: ModelSettings
    ) -> Respondent:
        settings = Settings(timeout=20, attempts=1, models=models)
        return respondent_for(model, empty_library, api_base, settings=settings, cache=AnswerCache(tmp_path / "cache"))

    return make


async def test_the_same_request_in_another_run_is_not_sent_and_says_where_its_answer_is_from(
    fake_openai: Any, cached: Ask, cold: MakeCall
) -> None:
    first = await cached().respond(cold())
    seen: list[str] = []
    again = await cached().respond(cold(), seen.append)
    assert len(fake_openai.bodies) == 1
    assert first.recorded == ""
    assert first.answered is not None
    assert again.recorded == f"from the cache, asked on {first.answered:%Y-%m-%d %H:%M} UTC"
    assert (again.text, again.model, again.answered, again.kind) == (
        first.text,
        first.model,
        first.answered,
        "live",
    )
    assert seen == [first.text]
    assert (again.usage.prompt_tokens, again.usage.cost_usd) == (0, 0.0)


async def test_repeats_within_a_run_are_asked_each_and_come_back_each_in_the_next(
    fake_openai: Any, cached: Ask, cold: MakeCall
) -> None:
    for number in range(3):
        fake_openai.then(text=f"{number}")
    run = cached()
    first = [(await run.respond(cold())).text for _ in range(3)]
    run = cached()
    again = [(await run.respond(cold())).text for _ in range(3)]
    assert first == again == ["0", "1", "2"]
    assert len(fake_openai.bodies) == 3


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 5},
        {"form": "sequence"},
        {"temperature": 0.2},
        {"model": "openai/other"},
        {"named": {"parameters": ParameterSettings(temperature=0, top_p=0.5)}},
        {"named": {"headers": {"X-Team": "MY_TEAM"}}},
    ],
)
async def test_whatever_else_is_asked_is_really_asked(
    fake_openai: Any, cached: Ask, cold: MakeCall, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any]
) -> None:
    monkeypatch.setenv("MY_TEAM", "blue")
    await cached().respond(cold())
    model, named = other.pop("model", "openai/toy-model"), other.pop("named", None)
    own = {"mine": ModelSettings(model, fake_openai.base, **named)} if named else {}
    await cached("mine" if named else model, **own).respond(cold(**other))
    assert len(fake_openai.bodies) == 2


async def test_another_server_named_by_the_environment_is_asked_itself(
    fake_openai: Any, cached: Ask, cold: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-a-real-key")
    for path in ("/v1", "/v1/"):
        monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{fake_openai.port}{path}")
        await cached(api_base=None).respond(cold())
    assert len(fake_openai.bodies) == 2


def test_the_oldest_answers_make_room_and_giant_ones_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opinionscope.respondents.cache.MOST_IN_A_FOLDER", 3)
    cache = AnswerCache(tmp_path)
    keys = [f"ab{number}" for number in range(5)]
    for number, key in enumerate(keys):
        cache.put(key, Reply(key, model="toy"))
        os.utime(tmp_path / "ab" / f"{key}.json", (number, number))
    cache.put("cd", Reply("x" * 200_000, model="toy"))
    assert [key for key in (*keys, "cd") if cache.get(key)] == keys[2:]


async def test_nothing_is_kept_at_other_temperatures_nor_of_failures(
    fake_openai: Any, cached: Ask, cold: MakeCall, tmp_path: Path
) -> None:
    await cached().respond(cold(temperature=1.0))
    fake_openai.fails(400)
    with pytest.raises(RespondentError):
        await cached().respond(cold())
    assert written_below(tmp_path) == []


async def test_log_probs_come_back_whole(fake_openai: Any, cached: Ask, cold: MakeCall) -> None:
    first = await cached().respond(cold("log-probs"))
    again = await cached().respond(cold("log-probs"), lambda text: pytest.fail("log-probs do not stream"))
    assert again.first_token == first.first_token
    assert again.first_token
    assert len(fake_openai.bodies) == 1


async def test_a_broken_file_or_a_folder_that_is_none_means_asking(
    fake_openai: Any, cached: Ask, cold: MakeCall, tmp_path: Path
) -> None:
    await cached().respond(cold())
    (kept,) = written_below(tmp_path)
    assert kept.stat().st_mode & 0o077 == 0
    kept.write_text('{"format": 1}')
    assert (await cached().respond(cold())).recorded == ""
    shutil.rmtree(tmp_path / "cache")
    (tmp_path / "cache").write_text("a file")
    assert (await cached().respond(cold())).recorded == ""
    assert len(fake_openai.bodies) == 3


async def test_neither_prompt_nor_key_is_written(
    fake_openai: Any, cached: Ask, cold: MakeCall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPINIONSCOPE_API_KEY", "canary-0123456789")
    await asyncio.gather(*(cached().respond(cold(seed=number)) for number in range(3)))
    written = b"".join(path.read_bytes() for path in written_below(tmp_path))
    assert written
    assert b"canary" not in written
    assert b"Trees?" not in written
    assert len(written_below(tmp_path)) == 3
