"""A temperature is fitted on other questions only, and said."""

from opinionscope.alignment.temperature import FEWEST, Scaling
from opinionscope.elicitation import Recipe, Reply, TokenLogprob
from opinionscope.history import HistoryWriter
from opinionscope.respondents.base import Respondent
from opinionscope.respondents.choosing import respondent_for
from opinionscope.runs.prober import Choices, Prober, Watch
from opinionscope.survey import Distribution
from opinionscope.values import replace

RECORDED = Choices("GAP21Q33_g_W82", "Democrat", "persona", "scaled-log-probs", "recorded/gpt-4")
SURE = tuple(TokenLogprob(letter, logprob) for letter, logprob in zip("ABC", (-0.02, -4.5, -5.5), strict=True))


class Sure(Respondent):
    """Gives nearly all to the first option, whatever it is asked."""

    name, kind = "sure", "live"

    async def respond(self, call, on_text=None, on_attempt=None):
        return Reply("A", SURE, model="sure-1")


def _prober(library, history):
    return Prober(
        library,
        lambda model, base: Sure() if model == "sure" else respondent_for(model, library),
        history and HistoryWriter(history),
    )


async def test_recorded_log_probs_are_flattened_and_the_fit_is_kept(library, history):
    run = await _prober(library, history).run(RECORDED)
    plain = await _prober(library, None).run(replace(RECORDED, format="log-probs"))
    assert run.scaling is not None
    assert run.scaling.tau > 1
    assert run.scaling.kl_after < run.scaling.kl_before
    assert max(run.reading.distribution.probabilities) < max(plain.reading.distribution.probabilities)
    assert any("held-out" in step and f"{run.scaling.tau:.3g}" in step for step in run.reading.trace)
    assert history.get(run.id) == run


async def test_the_question_shown_plays_no_part(library):
    """Turn its own human answer upside down: the temperature stays."""
    before = await _prober(library, None).run(RECORDED)
    pack = library.pack("opinionqa")
    upside_down = {
        group: Distribution(human.probabilities[::-1], human.n)
        for group, human in pack.humans["GAP21Q33_g_W82"].items()
    }
    changed = replace(pack, humans={**pack.humans, "GAP21Q33_g_W82": upside_down})
    others = tuple(changed if each is pack else each for each in library.packs)
    after = await _prober(replace(library, packs=others), None).run(RECORDED)
    assert after.human != before.human
    assert after.scaling == before.scaling


async def test_the_question_shown_asked_again_under_another_id_plays_no_part_either(library):
    """Its twin has the words but not the punctuation, and other people's answer."""
    pack = library.pack("opinionqa")
    shown = library.question(RECORDED.question)
    before = await _prober(library, None).run(RECORDED)
    other = next(question for question in pack.questions if question.id != shown.id)
    same_words = replace(shown, id=other.id, text=f"{shown.text} …")
    same_key = replace(other, source_key="the same", text="New words?")
    for twin in (same_words, same_key):
        target = replace(shown, source_key=twin.source_key)
        questions = tuple({shown.id: target, other.id: twin}.get(each.id, each) for each in pack.questions)
        changed = replace(pack, questions=questions)
        others = tuple(changed if each is pack else each for each in library.packs)
        after = await _prober(replace(library, packs=others), None).run(RECORDED)
        assert after.scaling.questions == before.scaling.questions - 1


async def test_answers_that_had_no_temperature_yet_serve_to_fit_one(library, history):
    prober = _prober(library, history)
    live = replace(RECORDED, model="sure")
    questions = [f"opinionqa/{question.id}" for question in library.pack("opinionqa").questions[: FEWEST + 1]]
    runs = [await prober.run(replace(live, question=question)) for question in questions]
    assert [run.status for run in runs] == ["unread"] * FEWEST + ["done"]
    reasoned = replace(live, question=questions[0], recipe=Recipe(temperature=0.5))
    assert (await prober.run(reasoned)).status == "unread"


async def test_repeats_are_scaled_while_they_arrive(library):
    parts = []
    several = replace(RECORDED, model="sure", recipe=Recipe(repeats=2))
    with_fit = Prober(library, lambda *_: Sure(), None)
    fitted = Scaling(3.0, 9, 9, "others", 0.5, 0.1)
    with_fit._scaling = lambda run: fitted
    run = await with_fit.run(several, Watch(on_part=parts.append))
    assert parts[-1].reading.distribution == run.reading.distribution


async def test_a_live_model_needs_enough_earlier_answers(library, history):
    prober = _prober(library, history)
    questions = [f"opinionqa/{question.id}" for question in library.pack("opinionqa").questions]
    live = replace(RECORDED, model="sure")
    early = await prober.run(replace(live, question=questions[0]))
    assert early.status == "unread"
    assert f"at least {FEWEST} other questions" in early.error
    for question in questions[1 : FEWEST + 1]:
        await prober.run(replace(live, question=question, format="log-probs"))
    late = await prober.run(replace(live, question=questions[0]))
    assert late.status == "done"
    assert (late.scaling.answers, late.scaling.questions) == (FEWEST, FEWEST)
    assert history.get(late.id) == late
