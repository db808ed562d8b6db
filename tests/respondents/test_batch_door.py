"""Batch APIs below litellm: files of results come whole, within a limit, and keys go to nobody else."""

import pytest
from rich.pretty import pretty_repr

from opinionscope.respondents import batch_door
from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.gateway import LiteLLMRespondent

CANARY = "canary0123456789ab"


@pytest.mark.parametrize("content_type", ["application/octet-stream", "application/jsonl", "text/event-stream"])
async def test_a_large_file_of_results_comes_whole_and_only_once(batch_server, monkeypatch, content_type):
    door = await LiteLLMRespondent("openai/toy", batch_server.base).batch_door()
    batch_server.content_type = content_type
    content = b'{"custom_id": "x", "response": {}}\n' * 500_000
    file_id = batch_server.keep(content)
    assert await door.content(file_id) == content
    monkeypatch.setattr(batch_door, "LARGEST_RESULTS", 1_000_000)
    with pytest.raises(RespondentError, match="larger than 1 MB"):
        await door.content(file_id)
    assert len(batch_server.requests) == 2


async def test_results_elsewhere_are_not_fetched_and_take_no_key_there(batch_server, fake_openai, monkeypatch):
    monkeypatch.setenv("OPINIONSCOPE_API_KEY", CANARY)
    door = await LiteLLMRespondent("openai/toy", batch_server.base).batch_door()
    batch_server.fails("GET /files", status=302, headers={"location": f"{fake_openai.base}/models"}, body=b"")
    batch_server.fails("GET /batches", status=401, body=b'{"error": {"message": "wrong key %s"}}' % CANARY.encode())
    with pytest.raises(RespondentError, match="on to another server"):
        await door.content("file-1")
    assert fake_openai.requests == []
    with pytest.raises(RespondentError, match="refused the key") as caught:
        await door.state("batch_1")
    assert CANARY not in str(caught.value) + repr(door) + pretty_repr(door)
