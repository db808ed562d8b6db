"""Thoughts between markers of any family: what is in one is never read, whatever a server calls it."""

import pytest

from opinionscope.elicitation import Reply, read_reply
from opinionscope.elicitation.thoughts import FAMILIES, bare_answer, part_thoughts
from opinionscope.survey.question import Question

DRAFT = 'Say {"A": 1, "B": 2, "C": 3, "D": 94}? Or DDDDDDDDDDDDDDDDDDDDDDDDDDDDDD? Answer: D'
ANSWERS = {"verbalized": '{"A": 50, "B": 30, "C": 15, "D": 5}', "sequence": "AABBCCADAABBCC", "samples": "A"}

AROUND = {
    "think": ("<think>", "</think>\n\n"),
    "shouted": ("<THINK>", "</THINK>"),
    "blanks in the tag": ("< think >", "< / think >"),
    "attributes": ('<think budget="3">', "</think>"),
    "Mistral": ("[THINK]", "[/THINK]\n"),
    "Mistral, small": ("[think]", "[/think]"),
    "Seed": ("<seed:think>", "</seed:think>"),
    "thinking": ("<thinking>\n", "\n</thinking>\n"),
    "fast": ("<think_fast>", "</think_fast>"),
    "Apertus": ("<|inner_prefix|>", "<|inner_suffix|>"),
    "MedGemma": ("<unused94>thought\n", "<unused95>"),
    "reasoning": ("<reasoning>", "</reasoning>"),
    "reflection": ("<reflection>", "</reflection>"),
    "thought": ("<thought>", "</thought>"),
    "analysis": ("<analysis>", "</analysis>"),
    "scratchpad": ("<scratchpad>", "</scratchpad>"),
    "chain of thought": ("<chain_of_thought>", "</chain_of_thought>"),
    "inner monologue": ("<inner_monologue>", "</inner_monologue>"),
    "antThinking": ("<antThinking>", "</antThinking>"),
    "bars": ("<|think|>", "<|/think|>"),
    "Kimi": ("◁think▷", "◁/think▷"),
    "brackets of books": ("【think】", "【/think】"),
    "mathematical brackets": ("⟨think⟩", "⟨/think⟩"),
    "guillemets": ("«think»", "«/think»"),
    "begin of thought": ("<|begin_of_thought|>", "<|end_of_thought|>\n\n<|begin_of_solution|>"),
    "Cohere": ("<|START_THINKING|>", "<|END_THINKING|><|START_RESPONSE|>"),
    "harmony": ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    "harmony, opened": ("<|start|>assistant<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),
    "harmony, constrained": ("<|channel|>analysis<|message|>", "<|channel|>final <|constrain|>json<|message|>"),
    "harmony, a remark between": (
        "<|channel|>analysis<|message|>x<|end|><|start|>assistant<|channel|>commentary<|message|>",
        "<|end|><|start|>assistant<|channel|>final<|message|>",
    ),
    "harmony, stripped": ("analysisWe think. ", "assistantfinal"),
    "harmony, stripped, a remark between": ("analysisWe think.assistantcommentary", "assistantfinal"),
    "Gemma": ("<|channel>thought\n", "<channel|>"),
    "Ollama": ("Thinking...\n", "\n...done thinking.\n"),
    "Granite": ("Here is my thought process:\n", "\n\nHere is my response:\n"),
    "Granite, on a line": ("Here is my thought process: ", " Here is my response: "),
    "Granite, apostrophes": ("Here’s my thought process:\n", "\nHere's my response:\n"),
    "headings": ("### Thinking\n", "\n### Response\n"),
    "code fence": ("```thinking\n", "\n```\n"),
    "in a code fence": ("```\n<think>", "</think>\n```\n"),
    "escaped": ("&lt;think&gt;", "&lt;/think&gt;"),
    "nested": ("<think>One <think>two</think> ", "</think>"),
    "repeated": ("<think>One</think> draft: B <think>", "</think>"),
    "two names": ("<thinking>", "</think>"),
    "only its end": ("", "</think>\n"),
    "only its end, Mistral": ("", "[/THINK]"),
    "only its end, Cohere": ("", "<|END_THINKING|><|START_RESPONSE|>"),
    "only its end, harmony": ("", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    "only its end, harmony, stripped": ("", "assistantfinal"),
    "only its end, Gemma": ("", "<channel|>"),
    "an answer in tags": ("<think>", "</think><answer>"),
}
BROKEN_OFF = {
    name: begins
    for name, (begins, _) in AROUND.items()
    if begins and name not in ("headings", "Ollama", "repeated", "nested", "two names")
} | {
    "after an end": "<think>One</think> no, <think>",
    "nested": "<think>One <think>two</think> ",
    "Gemma, stripped": "thought\n",
}


@pytest.mark.parametrize("format_name", ANSWERS)
@pytest.mark.parametrize(("begins", "ends"), AROUND.values(), ids=AROUND)
def test_only_what_stands_outside_is_read(begins: str, ends: str, format_name: str, priority: Question) -> None:
    raw = f"{begins}{DRAFT}{ends}{ANSWERS[format_name]}"
    expected = read_reply(Reply(ANSWERS[format_name]), format_name, priority)
    assert expected.distribution is not None
    assert read_reply(Reply(raw), format_name, priority).distribution == expected.distribution


@pytest.mark.parametrize("format_name", ANSWERS)
@pytest.mark.parametrize("finish_reason", ["length", "stop"])
@pytest.mark.parametrize("begins", BROKEN_OFF.values(), ids=BROKEN_OFF)
def test_an_answer_that_broke_off_in_a_thought_is_unread(
    begins: str, finish_reason: str, format_name: str, priority: Question
) -> None:
    reading = read_reply(Reply(f"{begins}{DRAFT}", finish_reason=finish_reason), format_name, priority)
    assert reading.distribution is None
    assert reading.stated == ()
    assert "; " in reading.reason, "a next step"


@pytest.mark.parametrize("format_name", ANSWERS)
@pytest.mark.parametrize("name", ["plan", "notes", "internal", "my:draft"])
def test_an_answer_that_was_cut_off_in_any_tag_is_unread(name: str, format_name: str, priority: Question) -> None:
    cut = read_reply(Reply(f"<{name}>{DRAFT}", finish_reason="length"), format_name, priority)
    assert cut.distribution is None
    assert "max_tokens" in cut.reason
    wrapped = Reply(f"<answer>{ANSWERS[format_name]}", finish_reason="length")
    assert read_reply(wrapped, format_name, priority).distribution is not None


@pytest.mark.parametrize("format_name", ANSWERS)
@pytest.mark.parametrize("behind", ["<reflection>Fine: D</reflection>", "\n<think>Was D better?</think>"])
def test_a_thought_behind_the_answer_takes_nothing_from_it(behind: str, format_name: str, priority: Question) -> None:
    expected = read_reply(Reply(ANSWERS[format_name]), format_name, priority)
    assert read_reply(Reply(ANSWERS[format_name] + behind), format_name, priority).figures == expected.figures


NO_THOUGHTS = [
    '{"A": 50, "B": 30, "C": 15, "D": 5}\n\nReasoning: they think so.',
    "Analysis: A: 50, B: 30, C: 15, D: 5",
    "analysis shows that A: 50, B: 30, C: 15, D: 5",
    "A: 50, B: 30, C: 15, D: 5. Here is my reasoning: they would.",
    "I thought about it.\nA: 50, B: 30, C: 15, D: 5",
    "A: 50%, B: 30%, C: 15%, D: <1%",
    "<A>50</A><B>30</B><C>15</C><D>5</D>",
]


@pytest.mark.parametrize("text", NO_THOUGHTS)
def test_words_of_thinking_are_no_markers(text: str, priority: Question) -> None:
    assert part_thoughts(text) == ("", text)
    assert read_reply(Reply(text), "verbalized", priority).distribution is not None


def test_the_thought_is_kept_word_for_word() -> None:
    assert part_thoughts("[THINK]One.\nTwo.[/THINK] A") == ("One.\nTwo.", "A")
    assert part_thoughts("<think>\n\n</think>\n\nA") == ("", "A")


def test_every_family_is_tried_here() -> None:
    begun = {
        family.name: any(part_thoughts(begins + "x")[1] == "" for begins in BROKEN_OFF.values()) for family in FAMILIES
    }
    assert len(begun) == len(FAMILIES)
    assert all(begun.values())


LEAKED = {
    "ChatML": "{}<|im_end|>",
    "ChatML, cut by the limit of tokens": "{}<|im_en",
    "Alpaca, cut by a stop sequence": "{}\n\n### ",
    "ChatML, a turn made up": "{}<|im_end|>\n<|im_start|>user\nAnd C?<|im_end|>\n<|im_start|>assistant\nC",
    "ChatML, begun": "<|im_start|>assistant\n{}<|im_end|>",
    "Llama 2": "{}</s>",
    "Llama 2, a turn made up": "{}</s><s>[INST] And C? [/INST] C",
    "Llama 3": "{}<|eot_id|>",
    "Llama 3, begun": "<|start_header_id|>assistant<|end_header_id|>\n\n{}<|eot_id|>",
    "Gemma": "{}<end_of_turn>",
    "Gemma 4": "{}<turn|>",
    "GPT": "{}<|endoftext|>",
    "Mistral": "{}[/INST]",
    "Mistral, begun": "[/INST] {}",
    "eos": "{}<eos>",
    "DeepSeek": "{}<｜end▁of▁sentence｜>",
    "harmony": "{}<|return|>",
    "Cohere": "<|START_RESPONSE|>{}<|END_RESPONSE|>",
    "padding": "<pad><pad>{}</s></s>",
    "answer": "<answer>{}</answer>",
    "answer, in lines": "<answer>\n{}\n</answer>",
    "answer, shouted": "<ANSWER>{}</ANSWER>",
    "answer, not closed": "<answer>{}",
    "answer, behind words": "They may say C or D. <answer>{}</answer>",
    "response": "<response>{}</response>",
    "solution": "<|begin_of_solution|>{}<|end_of_solution|>",
    "answer and end": "<answer>{}</answer><|im_end|>",
}


@pytest.mark.parametrize("format_name", ANSWERS)
@pytest.mark.parametrize("leaked", LEAKED.values(), ids=LEAKED)
def test_what_leaked_round_an_answer_is_set_aside_and_said(leaked: str, format_name: str, priority: Question) -> None:
    answer = ANSWERS[format_name]
    expected = read_reply(Reply(answer), format_name, priority)
    reading = read_reply(Reply(leaked.replace("{}", answer)), format_name, priority)
    assert reading.distribution == expected.distribution
    assert "leaked" in reading.trace[0]


def test_of_two_wrapped_answers_none_is_preferred(priority: Question) -> None:
    assert read_reply(Reply("<answer>A</answer> <answer>B</answer>"), "samples", priority).distribution is None
    assert bare_answer("a < b and c > d") == "a < b and c > d"
    assert bare_answer("<|im_end|>") == ""
