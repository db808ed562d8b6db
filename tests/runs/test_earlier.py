"""An identical request at temperature 0 is answered by the reply that the history has, where the user wants it so."""

import pytest

from opinionscope.elicitation import Recipe
from opinionscope.history import HistoryWriter
from opinionscope.respondents.choosing import respondent_for
from opinionscope.runs.job import Watch
from opinionscope.runs.prober import Choices, Prober
from opinionscope.settings import ModelSettings, Settings
from opinionscope.values import replace

COLD = Recipe(temperature=0.0)


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0123456789")


@pytest.fixture
def ask(library, history, fake_openai):
    """Asks in a run of its own; `choices` replace those of a question at temperature 0."""

    async def make(named=None, watch=Watch(), save=True, **choices):  # noqa: B008
        settings = Settings(models=named or {}, timeout=20, attempts=1)
        chosen = Choices(
            "GAP21Q33_g_W82", "Democrat", "persona", "verbalized", "openai/toy-model", fake_openai.base, recipe=COLD
        )
        prober = Prober(
            library,
            lambda model, base: respondent_for(model, library, base, settings=settings),
            HistoryWriter(history) if save else None,
            earlier=history.earlier,
        )
        return await prober.run(replace(chosen, **choices), watch)

    return make


@pytest.mark.parametrize("save", [True, False])
async def test_the_same_request_in_another_run_is_not_sent_and_says_where_its_answer_is_from(ask, fake_openai, save):
    first, seen = await ask(), []
    again = await ask(watch=Watch(on_text=seen.append), save=save)
    assert len(fake_openai.bodies) == 1
    (was,), (now,) = first.replies, again.replies
    assert was.recorded == ""
    assert now.recorded == f"from the cache, asked on {was.answered:%Y-%m-%d %H:%M} UTC"
    assert (now.text, now.model, now.answered, now.kind) == (was.text, was.model, was.answered, "live")
    assert seen == [was.text]
    assert (now.usage.prompt_tokens, now.usage.cost_usd) == (0, 0.0)
    assert again.reading == first.reading


async def test_repeats_within_a_run_are_asked_each_and_come_back_each_in_the_next(ask, fake_openai):
    for number in range(3):
        fake_openai.then(text=f"{number}", hold=False)
    recipe = replace(COLD, repeats=3)
    first = [reply.text for reply in (await ask(recipe=recipe)).replies]
    again = [reply.text for reply in (await ask(recipe=recipe)).replies]
    assert sorted(first) == ["0", "1", "2"]
    assert again == first
    assert len(fake_openai.bodies) == 3
    more = await ask(recipe=replace(COLD, repeats=4))
    assert [reply.text for reply in more.replies][:3] == first
    assert len(fake_openai.bodies) == 4


async def test_a_run_that_is_resumed_is_not_given_its_own_answers_again(ask, history, library, fake_openai):
    fake_openai.default = lambda body: fake_openai.Reply(text=f"{{'A': {len(fake_openai.bodies)}}}")
    run = await ask(recipe=replace(COLD, repeats=3))
    history.finish(replace(run, status="cancelled", reading=None, alignment=None, replies=run.replies[:2]))
    prober = Prober(
        library,
        lambda model, base: respondent_for(model, library, base, settings=Settings(attempts=1)),
        HistoryWriter(history),
        earlier=history.earlier,
    )
    resumed = await prober.resume(run.id)
    assert len({reply.text for reply in resumed.replies}) == 3
    assert len(fake_openai.bodies) == 4


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 5},
        {"format": "sequence"},
        {"recipe": Recipe(temperature=0.2)},
        {"model": "openai/other"},
        {"group": "Republican"},
        {"model": "mine", "api_base": None, "parameters": {"temperature": 0, "top_p": 0.5}},
        {"model": "mine", "api_base": None, "headers": {"X-Team": "MY_TEAM"}},
    ],
)
async def test_whatever_else_is_asked_is_really_asked(ask, fake_openai, monkeypatch, other):
    monkeypatch.setenv("MY_TEAM", "blue")
    own = {name: other.pop(name) for name in ("parameters", "headers") if name in other}
    await ask()
    await ask({"mine": ModelSettings("openai/toy-model", fake_openai.base, **own)} if own else None, **other)
    assert len(fake_openai.bodies) == 2


async def test_another_server_named_by_the_environment_is_asked_itself(ask, fake_openai, monkeypatch):
    for path in ("/v1", "/v1/"):
        monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{fake_openai.port}{path}")
        await ask(api_base=None)
    assert len(fake_openai.bodies) == 2


async def test_nothing_is_given_again_at_other_temperatures_nor_of_failures(ask, fake_openai):
    for _ in range(2):
        await ask(recipe=Recipe(temperature=1.0))
    fake_openai.fails(400)
    assert (await ask()).status == "failed"
    assert (await ask()).replies[0].recorded == ""
    assert len(fake_openai.bodies) == 4


@pytest.mark.parametrize("reasoning", [False, True])
async def test_log_probs_come_back_whole(ask, fake_openai, reasoning):
    chosen = {"format": "log-probs", "recipe": replace(COLD, reasoning=reasoning)}
    first = await ask(**chosen)
    sent = len(fake_openai.bodies)
    again = await ask(watch=Watch(on_text=lambda text: pytest.fail("log-probs do not stream")), **chosen)
    assert again.reply.first_token == first.reply.first_token
    assert again.reply.thought == first.reply.thought
    assert again.reading == first.reading
    assert len(fake_openai.bodies) == sent


async def test_a_history_that_cannot_be_read_means_asking(ask, history, fake_openai):
    await ask()
    history.close()
    history.path.write_bytes(b"no database")
    assert (await ask(save=False)).replies[0].recorded == ""
    assert len(fake_openai.bodies) == 2


async def test_no_key_is_in_the_history(ask, history):
    await ask()
    history.close()
    assert b"canary" not in b"".join(path.read_bytes() for path in history.path.parent.iterdir())
