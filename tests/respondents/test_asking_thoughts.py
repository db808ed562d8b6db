"""Calls in which the model reasons first: what is thought, what is answered, and how many calls that takes."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from opinionscope.elicitation import Call, Plan, Recipe, read_reply
from opinionscope.respondents.base import OnText, RespondentError
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.runs import Run
from opinionscope.runs.job import Job, Watch
from opinionscope.runs.scheduler import Scheduler

MakeCall = Callable[..., Call]
Make = Callable[..., LiteLLMRespondent]


async def _ask(model: LiteLLMRespondent, call: Call, on_text: OnText | None = None) -> Run:
    plan = Plan(call.cell, (call,))
    run = Run("R", datetime(2026, 1, 2, tzinfo=UTC), "running", plan, "somebody", None, 0.01)
    return await Scheduler().run(Job(run, model, Watch(on_text=on_text)))


@pytest.mark.parametrize("form", ["verbalized", "sequence", "samples"])
async def test_a_thought_is_set_apart_from_the_answer(
    fake_openai: Any, respondent: Make, call: MakeCall, form: str
) -> None:
    answers = {"verbalized": '{"A": 80, "B": 20}', "sequence": "AAAAAAAABB", "samples": "A"}
    fake_openai.always(text=f"Some B, B, B.\n\nAnswer: B\n\nANSWER: {answers[form]}")
    made = call(form, recipe=Recipe(samples=1, reasoning=True))
    texts: list[str] = []
    (response,) = (await _ask(respondent(), made, texts.append)).replies
    assert (response.text, response.thought) == (answers[form], "Some B, B, B.\n\nAnswer: B")
    assert texts[-1].endswith(answers[form])
    assert read_reply(response, form, made.cell.question).figures[0] in (80, 8, 1)


async def test_a_thought_that_is_cut_off_is_no_answer(fake_openai: Any, respondent: Make, call: MakeCall) -> None:
    fake_openai.always(text="AAAAAAAAAAAAA BBBBBBBBB\n\nAnswer: A is", finish_reason="length")
    made = call("sequence", recipe=Recipe(reasoning=True))
    (response,) = (await _ask(respondent(), made)).replies
    assert response.text is None
    assert "cut off" in read_reply(response, "sequence", made.cell.question).reason
    assert response.thought.startswith("AAAA")


async def test_log_probs_after_a_thought_take_two_calls(fake_openai: Any, respondent: Make, call: MakeCall) -> None:
    fake_openai.then(text="Most like trees, so B.")
    fake_openai.always(text="A", tokens=(("A", -0.1), ("B", -2.4)))
    made = call("log-probs", recipe=Recipe(reasoning=True))
    texts: list[str] = []
    (response,) = (await _ask(respondent(), made, texts.append)).replies
    thinking, answering = fake_openai.bodies
    assert "logprobs" not in thinking
    assert thinking["max_tokens"] >= 500
    assert (answering["top_logprobs"], answering["max_tokens"]) == (20, 1)
    assert answering["messages"][:2] == thinking["messages"]
    assert answering["messages"][2] == {"role": "assistant", "content": "Most like trees, so B."}
    assert answering["messages"][3]["role"] == "user"
    assert response.thought == "Most like trees, so B."
    assert response.first_token is not None
    assert (response.usage.prompt_tokens, response.usage.completion_tokens) == (240, 34)
    assert texts[-1] == "Most like trees, so B."


@pytest.mark.parametrize(("ending", "told"), [("stop", "length"), ("length", "length while it reasoned, then length")])
async def test_that_a_thought_before_log_probs_was_cut_off_is_kept_with_the_answer(
    fake_openai: Any, respondent: Make, call: MakeCall, ending: str, told: str
) -> None:
    fake_openai.then(text="Most like trees, and", finish_reason=ending)
    fake_openai.always(text="A", finish_reason="length")
    (response,) = (await _ask(respondent(), call("log-probs", recipe=Recipe(reasoning=True)))).replies
    assert (response.text, response.thought) == ("A", "Most like trees, and")
    assert response.finish_reason == told


async def test_a_provider_without_log_probs_is_refused_before_it_is_made_to_reason(
    fake_openai: Any, respondent: Make, call: MakeCall
) -> None:
    made = call("log-probs", recipe=Recipe(reasoning=True))
    with pytest.raises(RespondentError, match="verbalized, sequence or samples"):
        await _ask(respondent("mistral/toy"), made)
    assert fake_openai.requests == []
