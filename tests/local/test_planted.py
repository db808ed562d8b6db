"""The real llama.cpp, with a model whose next token has a known distribution: what is read is what was planted."""

import json
import math
from typing import Any

import httpx
import pytest

from opinionscope.elicitation import Recipe
from opinionscope.local import serving
from opinionscope.respondents.base import RespondentError

ASKED = 400


def _shares(planted: dict[str, float]) -> list[float]:
    return [share / sum(planted.values()) for share in planted.values()]


async def test_log_probs_are_read_back_exactly(planted_here: Any, ask: Any, planted: dict[str, float]) -> None:
    run = await ask("log-probs")
    assert run.status == "done"
    read = {each.token: each.logprob for each in run.replies[0].first_token}
    for letter, share in planted.items():
        assert read[letter] == pytest.approx(math.log(share), abs=1e-6)
    assert run.reading.distribution.probabilities == pytest.approx(_shares(planted), abs=1e-6)
    assert run.reading.coverage == pytest.approx(sum(planted.values()), abs=1e-4)
    assert (run.model, run.api_base, run.replies[0].model) == ("local/planted", None, "local/planted")
    assert run.usage.cost_usd == 0, "nobody is paid for it: not a price that is unknown"


async def test_samples_are_drawn_from_what_was_planted(planted_here: Any, ask: Any, planted: dict[str, float]) -> None:
    run = await ask("samples", recipe=Recipe(samples=ASKED))
    said = [reply.text.strip()[:1] for reply in run.replies if reply.text]
    for letter, share in planted.items():
        assert abs(said.count(letter) / ASKED - share) < 5 * math.sqrt(share * (1 - share) / ASKED)


async def test_a_sequence_is_an_array_of_exactly_as_many_letters(
    planted_here: Any, ask: Any, planted: dict[str, float]
) -> None:
    run = await ask("sequence", recipe=Recipe(samples=200))
    assert run.status == "done", run.reading
    assert run.reading.sample_size == 200
    assert run.replies[0].structured
    assert any("an array of exactly 200 letters" in note for note in run.plan.notes)
    for share, found in zip(_shares(planted), run.reading.distribution.probabilities, strict=True):
        assert abs(found - share) < 5 * math.sqrt(share * (1 - share) / 200)


async def test_verbalized_is_held_to_an_object_of_percentages(planted_here: Any, ask: Any) -> None:
    run = await ask("verbalized")
    assert run.replies[0].structured
    stated = json.loads(run.replies[0].text)
    assert len(stated) == 4
    assert all(0 <= figure <= 100 for figure in stated.values())
    # Whether four drawn figures sum to about 100 is chance: they are read as figures, or kept as what was stated.
    assert list(run.reading.figures or run.reading.stated) == list(stated.values())


async def test_the_prompt_is_computed_once_for_all_people(planted_here: Any, ask: Any) -> None:
    """llama.cpp keeps the prompt, of which each further call computes the last token alone."""
    await ask("samples", recipe=Recipe(samples=10))
    (log,) = (planted_here.cache / "local").glob("*.log")
    computed = [line for line in log.read_text().splitlines() if "prompt eval time" in line]
    tokens = [int(line.partition(" tokens")[0].rpartition("/")[2]) for line in computed]
    assert len(tokens) == 10
    assert tokens[0] > 100
    assert tokens[1:] == [1] * 9


async def test_what_does_not_fit_is_said(planted_here: Any, connect: Any, bundled_library: Any, ask: Any) -> None:
    run = await ask("sequence", recipe=Recipe(samples=30, examples=5, example_ids=()), epsilon=0.02)
    call = run.plan.first
    small = connect(local_context=256)
    with pytest.raises(RespondentError) as caught:
        await small.respond(call)
    assert caught.value.title == "The prompt is too long for this model"


async def test_the_server_is_closed_to_others(planted_here: Any, ask: Any) -> None:
    """No key, no answer; and no page in a browser may ask."""
    await ask("log-probs")
    ((served, _),) = serving._held.values()
    address, question = f"{served.api_base}/models", f"{served.api_base}/chat/completions"
    async with httpx.AsyncClient(headers={"Origin": "https://example.org"}, trust_env=False) as client:
        assert (await client.post(question, json={"messages": []})).status_code == 401
        answer = await client.get(address, headers={"Authorization": f"Bearer {served.key}"})
    assert answer.status_code == 200
    assert not answer.headers["Access-Control-Allow-Origin"]
