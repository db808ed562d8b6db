"""What must be known to read the numbers is said where the numbers are."""

import math
from collections.abc import Callable

import pytest

from opinionscope.elicitation import Prompt, Reply, TokenLogprob, make_plan
from opinionscope.elicitation.reply import CUT_HERE
from opinionscope.report.caveats import caveats, infinity_sentence
from opinionscope.runs import Run
from opinionscope.survey import Distribution, Group, Library
from opinionscope.survey.question import Option

MakeRun = Callable[..., Run]
PUBLISHED = "published November 2024 with arXiv 2411.05403"
READABLE = Reply("{'A': '50%', 'B': '30%', 'C': '15%', 'D': '5%'}", finish_reason="stop")
NOTES = ("examples chosen by similarity of text: a, b",)


def test_an_unremarkable_run_needs_nothing_but_epsilon(make_run: MakeRun) -> None:
    assert caveats(make_run(READABLE)) == ("ε = 0.01",)
    assert caveats(make_run(Reply(figures=(50.0, 30.0, 15.0, 5.0)), PUBLISHED)) == ("ε = 0.01",)
    assert caveats(make_run(None)) == ()


def test_a_recorded_answer_is_not_said_to_have_seen_our_examples(make_run: MakeRun) -> None:
    answer = Reply(figures=(50.0, 30.0, 15.0, 5.0))
    live = caveats(make_run(READABLE, steering="few-shot", notes=NOTES))
    assert live[-1] == NOTES[0]
    recorded = " ".join(caveats(make_run(answer, PUBLISHED, steering="few-shot", notes=NOTES)))
    assert "similarity" not in recorded
    assert "authors' own examples, chosen with a look at the target's answer" in recorded
    someone = " ".join(caveats(make_run(answer, "asked by me in 2026", steering="few-shot", notes=NOTES)))
    assert "authors" not in someone
    assert "similarity" not in someone
    assert "examples" not in " ".join(caveats(make_run(answer, PUBLISHED)))


def test_an_infinite_kl_tells_what_was_not_offered_from_what_got_nothing(make_run: MakeRun) -> None:
    not_offered = make_run(Reply(figures=(50.0, 30.0, 20.0, None)), PUBLISHED)
    assert infinity_sentence(not_offered).endswith("not offered “Refused” when it was asked")
    nothing = make_run(Reply(figures=(50.0, 30.0, 20.0, 0.0)), PUBLISHED)
    assert infinity_sentence(nothing).endswith("gives nothing to “Refused”")
    assert infinity_sentence(make_run(READABLE)) == ""


@pytest.mark.parametrize(("mass", "said"), [(0.6, "40 % of the probability fell outside the options"), (0.999, "")])
def test_probability_outside_the_options_is_stated(make_run: MakeRun, mass: float, said: str) -> None:
    tokens = [
        *((letter, mass * share) for letter, share in zip("ABCD", (0.4, 0.3, 0.2, 0.1), strict=True)),
        ("The", 1 - mass),
    ]
    answer = Reply("A", tuple(TokenLogprob(token, math.log(p)) for token, p in tokens), finish_reason="length")
    found = caveats(make_run(answer, form="log-probs"))
    assert found == tuple(filter(None, ("ε = 0.01", said)))


def test_letters_that_were_never_offered_and_other_lengths_are_stated(make_run: MakeRun) -> None:
    found = caveats(make_run(Reply("ABBCABBADBABBCABBABBCDABZZ"), form="sequence"))
    assert "8 % of the answer went to what was not offered" in found
    assert "24 simulated answers counted, 30 asked for" in found
    assert "1 simulated answer counted, 30 asked for" in caveats(make_run(Reply("A"), form="samples"))
    assert len(caveats(make_run(Reply("ABBCABBADB" * 3), form="sequence"))) == 1


def test_a_cut_off_answer_says_so_even_if_it_could_not_be_read(make_run: MakeRun) -> None:
    read = make_run(Reply("ABBCABBADB" * 3, finish_reason="length"), form="sequence")
    assert "the answer was cut off at 240 tokens" in caveats(read)
    endless = make_run(Reply("ABBCABBADB" * 3, finish_reason=CUT_HERE), form="sequence")
    assert "the answer was cut after 1,000,000 characters" in caveats(endless)
    broken = make_run(Reply("ABBCABBADB" * 3, finish_reason="error"), form="sequence")
    assert "the answer was broken off by the provider" in caveats(broken)
    unread = make_run(Reply("Well, let me think", finish_reason="length"))
    assert unread.alignment is None
    assert any("cut off" in caveat for caveat in caveats(unread))


def test_few_people_and_dropped_refusals(make_run: MakeRun) -> None:
    found = caveats(
        make_run(READABLE, human=Distribution.from_counts([9, 5, 3, 2]), drop_nonresponse=True, steering="none")
    )
    assert "refusals dropped on both sides" in found
    assert "only 19 people answered: read with care" in found
    assert "no group was named to the model" in found


@pytest.mark.parametrize(
    ("human", "said"),
    [
        (Distribution((0.5, 0.5, 0, 0), 1), "only 1 person answered: read with care"),
        (Distribution((0.5, 0.5, 0, 0), 23.44), "effective n only 23.4, people being weighted: read with care"),
        (Distribution((0.5, 0.5, 0, 0), 30), ""),
        (Distribution((0.5, 0.5, 0, 0)), ""),
        (None, "nobody in this group is known to have answered this question"),
    ],
)
def test_how_many_people_stand_behind_the_human_side(make_run: MakeRun, human: Distribution | None, said: str) -> None:
    run = make_run(READABLE, human=human, group=Group("Parents & women", (("child", "yes"), ("sex", "Female"))))
    found = [caveat for caveat in caveats(run) if not caveat.startswith("ε")]
    assert found == [said] * bool(said)


FLAT = "the answer is flat, as much for every option: it says nothing of the group"


@pytest.mark.parametrize(
    ("text", "form", "said"),
    [
        ('{"A": 25, "B": 25, "C": 25, "D": 25}', "verbalized", True),
        ('{"A": 33, "B": 33, "C": 34, "D": 0}', "verbalized", True),
        ('{"A": 0.34, "B": 0.33, "C": 0.33}', "verbalized", True),
        ('{"A": 26, "B": 25, "C": 25, "D": 24}', "verbalized", False),
        ('{"A": 0, "B": 34, "C": 33, "D": 33}', "verbalized", False),
        ("ABCD" * 7 + "AB", "sequence", True),
        ("ABC" * 10, "sequence", True),
        ("ABCD" * 7 + "AA", "sequence", False),
        ("A", "samples", False),
    ],
)
def test_a_flat_answer_says_nothing(make_run: MakeRun, text: str, form: str, said: bool) -> None:
    assert (FLAT in caveats(make_run(Reply(text), form=form))) is said


def test_half_and_half_is_said_of_two_options_alone(make_run: MakeRun) -> None:
    options = (Option("Yes"), Option("No"), Option("Don't know", nonresponse=True))
    for text, said in (
        ('{"A": 50, "B": 50, "C": 0}', "half and half"),
        ('{"A": 34, "B": 33, "C": 33}', "every option"),
    ):
        human = Distribution.from_counts([20, 10, 5])
        (flat,) = (each for each in caveats(make_run(Reply(text), options=options, human=human)) if " flat" in each)
        assert said in flat


def _shown(make_run: MakeRun, form: str) -> tuple[Prompt, list[str]]:
    """A prompt as it is really sent, and the answers of its worked examples."""
    question = make_run(None).cell.question
    prompt = make_plan(Library(()), question, Group("Parents"), "persona", form).first.prompt
    lines = [line.removeprefix("Answer: ") for line in prompt.user.splitlines() if line.startswith("Answer: ")]
    return prompt, lines


@pytest.mark.parametrize("form", ["verbalized", "sequence"])
def test_an_answer_that_repeats_a_worked_example_says_nothing(make_run: MakeRun, form: str) -> None:
    prompt, shown = _shown(make_run, form)
    found = [" ".join(caveats(make_run(Reply(text), form=form, prompt=prompt))) for text in shown]
    told = "the answer repeats a worked example of the prompt figure for figure: it says nothing of the group"
    assert any(told in each for each in found), "one of them has as many options as the question"
    own = READABLE if form == "verbalized" else Reply("ABBCABBADBABBCABBABBCDABBABBAC")
    assert "repeats" not in " ".join(caveats(make_run(own, form=form, prompt=prompt)))


def test_an_example_repeated_in_other_words_is_repeated(make_run: MakeRun) -> None:
    prompt = Prompt("", 'Question: x\nAnswer: {"A": 46, "B": 22, "C": 19, "D": 13}\n\nAnswer:')
    for text in (
        "A: 46%, B: 22%, C: 19%, D: 13%",
        "A: .46, B: .22, C: .19, D: .13",
        '[46]{"D":13,"C":19,"B":22,"A":46}',
    ):
        assert "repeats" in " ".join(caveats(make_run(Reply(text), prompt=prompt)))
    for text in ("A: 46%, B: 22%, C: 18%, D: 14%", "A: 22, B: 46, C: 19, D: 13"):
        assert "repeats" not in " ".join(caveats(make_run(Reply(text), prompt=prompt)))


def test_a_loop_is_told(make_run: MakeRun) -> None:
    found = caveats(make_run(Reply("ABBA" * 60), form="sequence"))
    assert "only the first 30 of 240 letters counted, for 30 were asked for" in found
