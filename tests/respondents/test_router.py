"""A litellm Router file in the place of a model: two servers, one of which dies."""

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from opinionscope.elicitation import Call, Elicitation, Prompt
from opinionscope.respondents import respondent_for
from opinionscope.respondents.asking import Asking
from opinionscope.respondents.base import Respondent, RespondentError
from opinionscope.respondents.named_models import NamedModel
from opinionscope.respondents.setup import Setup
from opinionscope.survey import Library

Elicit = Callable[..., Elicitation]
Route = Callable[..., Respondent]

CALLS = 200
CANARY = "sk-canary-0123456789ab"


@pytest.fixture
def servers(fake_openai: Any) -> Iterator[tuple[Any, Any]]:
    """Two model servers."""
    other = type(fake_openai)()
    yield fake_openai, other
    other.close()


def deployment(server: Any, **params: Any) -> dict[str, Any]:
    return {"model_name": "crowd", "litellm_params": {"model": "openai/toy-model", "api_base": server.base} | params}


@pytest.fixture
def route(tmp_path: Path, empty_library: Library) -> Route:
    def make(
        *deployments: Mapping[str, Any],
        name: str = "router/crowd",
        text: str | None = None,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
        timeout: float = 20,
        **rest: Any,
    ) -> Respondent:
        path = tmp_path / "router.yaml"
        path.write_text(text or json.dumps({"model_list": deployments} | rest))
        named = {"mine": NamedModel("mine", "", parameters={"temperature": 0.5})}
        setup = Setup(router=path, named=named, routers={"mine": path})
        return respondent_for(name, empty_library, "http://127.0.0.1:9/v1", timeout=timeout, wait=wait, setup=setup)

    return make


async def test_when_one_of_two_servers_dies_no_call_is_lost_and_none_answered_twice(
    servers: tuple[Any, Any], route: Route, elicitation: Elicit
) -> None:
    answered: list[Counter[int]] = [Counter(), Counter()]
    dead = threading.Event()
    first, second = servers

    def alive(body: Mapping[str, Any], which: int) -> Any:
        answered[which][body["seed"]] += 1
        return first.Reply(text=f"{body['seed']}", model=f"toy-{which}")

    def dying(body: Mapping[str, Any]) -> Any:
        if not dead.is_set() and answered[0].total() >= 40:
            dead.set()
            threading.Thread(target=first.close, daemon=True).start()
        return first.Reply(cut_after=0) if dead.is_set() else alive(body, 0)

    first.default, second.default = dying, lambda body: alive(body, 1)
    more = tuple(Call(Prompt("Be brief.", "Trees?"), seed=number) for number in range(1, CALLS))
    asking = Asking(route(deployment(first), deployment(second)), elicitation("sequence", seed=0, more=more))
    async with asyncio.timeout(60):
        responses = await asking.all()

    assert dead.is_set()
    assert [response.answer.text for response in responses] == [f"{number}" for number in range(CALLS)]
    assert [response.call for response in responses] == list(range(CALLS))
    assert answered[0] + answered[1] == Counter(range(CALLS))
    models = Counter(response.model for response in responses)
    assert models == {"toy-0": answered[0].total(), "toy-1": answered[1].total()}
    assert models["toy-0"] >= 40


async def test_load_spreads_by_weight(servers: tuple[Any, Any], route: Route, elicitation: Elicit) -> None:
    light, heavy = servers
    model = route(deployment(light, weight=1), deployment(heavy, weight=9))
    await asyncio.gather(*(model.respond(elicitation()) for _ in range(60)))
    assert len(light.bodies) + len(heavy.bodies) == 60
    assert len(heavy.bodies) > 2 * len(light.bodies)


async def test_a_deployment_in_trouble_is_passed_over_at_once_and_also_while_streaming(
    servers: tuple[Any, Any], route: Route, elicitation: Elicit
) -> None:
    sick, well = servers
    sick.always(status=500, body=b'{"error": {"message": "oops"}}')
    model = route(deployment(sick), deployment(well))
    attempts: list[Any] = []
    for _ in range(8):
        seen: list[str] = []
        response = await model.respond(elicitation(), seen.append, attempts.append)
        assert response.answer.text == seen[-1]
    assert attempts == []
    assert len(well.bodies) == 8
    assert sick.bodies


@pytest.mark.parametrize("watched", [True, False])
async def test_a_deployment_that_hangs_leaves_time_for_the_others(
    servers: tuple[Any, Any], route: Route, elicitation: Elicit, watched: bool
) -> None:
    stuck, well = servers
    stuck.always(hold=True)
    model = route(deployment(stuck, weight=1_000), deployment(well, weight=1), timeout=3)
    async with asyncio.timeout(20):
        response = await model.respond(elicitation(), (lambda text: None) if watched else None)
    assert response.answer.text
    assert len(well.bodies) == 1


async def test_a_stream_that_was_cut_short_is_not_trusted(fake_openai: Any, route: Route, elicitation: Elicit) -> None:
    fake_openai.then(pieces=["AAB"], finish_reason=None).then(text="AABBAB")
    response = await route(deployment(fake_openai)).respond(elicitation("sequence"), lambda text: None)
    assert response.answer.text == "AABBAB"


async def test_a_fallback_stands_in_and_the_response_names_who_answered(
    servers: tuple[Any, Any], route: Route, elicitation: Elicit
) -> None:
    sick, well = servers
    sick.always(status=500, body=b'{"error": {"message": "oops"}}')
    well.always(model="toy-large-2025")
    spare = deployment(well) | {"model_name": "spare"}
    settings = {"fallbacks": [{"crowd": ["spare"]}], "num_retries": 7, "timeout": 1}
    response = await route(deployment(sick), spare, router_settings=settings).respond(elicitation())
    assert response.model == "toy-large-2025"
    assert response.usage.cost_usd is None
    assert len(sick.bodies) == 1


async def test_a_name_of_ones_own_stands_for_a_file_in_yaml(
    fake_openai: Any, route: Route, elicitation: Elicit
) -> None:
    text = f"""
    model_list:
      - model_name: crowd
        litellm_params: {{model: openai/toy-model, api_base: {fake_openai.base}}}
    router_settings:
      routing_strategy: least-busy
    """
    model = route(text=text, name="mine")
    await model.respond(elicitation())
    (body,) = fake_openai.bodies
    assert model.name == "mine"
    assert (body["model"], body["temperature"]) == ("toy-model", 0.5)


async def test_keys_come_from_the_environment_and_a_providers_own_goes_nowhere_else(
    fake_openai: Any, route: Route, elicitation: Elicit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    monkeypatch.setenv("MY_KEY", "key-of-my-server")
    await route(deployment(fake_openai)).respond(elicitation())
    await route(deployment(fake_openai, api_key="os.environ/MY_KEY")).respond(elicitation())
    sent = [request.headers["authorization"] for request in fake_openai.requests]
    assert sent == ["Bearer unused", "Bearer key-of-my-server"]
    for variable, words in (("OPENAI_API_KEY", "sent to nobody else"), ("NO_SUCH_KEY", "set it")):
        with pytest.raises(RespondentError, match=words):
            await route(deployment(fake_openai, api_key=f"os.environ/{variable}")).respond(elicitation())
    assert len(fake_openai.requests) == 2


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({"model_list": []}, "is empty"),
        ({"models": []}, "unknown field `models`"),
        ({"model_list": [{"model_name": "a b", "litellm_params": {"model": "gpt-4o"}}]}, "one word"),
        ({"model_list": [{"model_name": "a", "litellm_params": {"model": "gpt-4o", "api_key": CANARY}}]}, "os.environ"),
        ({"model_list": [{"model_name": "a", "litellm_params": {"model": "gpt-4o", "api_base": "x"}}]}, "address"),
        ({"model_list": [{"model_name": "a", "litellm_params": {"model": "m", "aws_role": "x"}}]}, "aws_role"),
        (f"model_list: [\n  api_key: {CANARY}: {{", "neither YAML nor JSON"),
        (
            {"model_list": [{"model_name": "a", "litellm_params": {"model": "gpt-4o"}}]},
            "knows no model crowd; it has a",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence_without_its_secrets(
    route: Route, file: Any, words: str
) -> None:
    with pytest.raises(RespondentError, match=words) as caught:
        route(text=file if isinstance(file, str) else json.dumps(file))
    assert "router.yaml" in caught.value.message
    assert "canary" not in caught.value.message


async def test_when_all_are_in_trouble_it_ends_in_one_clear_error_and_prints_nothing(
    servers: tuple[Any, Any], route: Route, elicitation: Elicit, capfd: pytest.CaptureFixture[str]
) -> None:
    for server in servers:
        server.always(status=503, body=b'{"error": {"message": "busy"}}')
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    with pytest.raises(RespondentError, match="tried 3 times"):
        await route(*(deployment(server) for server in servers), wait=wait).respond(elicitation())
    assert len(waits) == 2
    assert len(servers[0].bodies) + len(servers[1].bodies) <= 6
    assert capfd.readouterr() == ("", "")
