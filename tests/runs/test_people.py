"""A run about single people: filled person by person, kept with whom it was about, and told how often it is right."""

import math
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from opinionscope.alignment.agreement import agreement_of
from opinionscope.comparison.differing import differing
from opinionscope.elicitation import Recipe
from opinionscope.history import History, HistoryWriter
from opinionscope.report.as_json import run_json
from opinionscope.report.details import answer_lines
from opinionscope.report.people import asked_of, people_sentences
from opinionscope.report.repeating import run_command
from opinionscope.report.words import recipe_words
from opinionscope.respondents.choosing import respondent_for
from opinionscope.runs import Run, rescore
from opinionscope.runs.job import UNWATCHED, Watch
from opinionscope.runs.prober import Choices, Prober
from opinionscope.runs.spread import share_intervals, spread_of
from opinionscope.runs.sweep_grid import SweepGrid
from opinionscope.runs.sweep_plan import PlanError, SweepPlan
from opinionscope.survey import Library
from opinionscope.values import replace

HEAVY = [9.0 if at == 0 else 1.0 for at in range(40)]


@pytest.fixture
def library(island: Callable[..., Path]) -> Library:
    return Library.load([island(weights=HEAVY)])


@pytest.fixture
def prober(library: Library, home: Path) -> Prober:
    store = HistoryWriter(History(home / "history.db"))
    return Prober(library, lambda model, base: respondent_for(model, library, base), store)


@pytest.fixture
def ask(prober: Prober, fake_openai: Any) -> Callable[..., Any]:
    async def probe(form: str = "samples", watch: Watch = UNWATCHED, **recipe: Any) -> Run:
        how = Recipe(**{"samples": 8} | recipe)
        where = ("ferry", "town=Upper", "people", form, "openai/toy", fake_openai.base)
        return await prober.run(Choices(*where, seed=5, recipe=how), watch)

    return probe


async def test_it_fills_person_by_person_and_is_kept_with_whom_it_was_about(
    ask: Any, fake_openai: Any, home: Path, prober: Prober
) -> None:
    fake_openai.then(text="B").then(text="no idea")
    fake_openai.always(text="A")
    parts: list[Run] = []
    run = await ask(watch=Watch(on_part=parts.append), own_answers=2)
    assert len({body["messages"][-1]["content"] for body in fake_openai.bodies}) == len(
        {p.place for p in run.plan.people}
    )
    assert parts
    assert run.reading.sample_size == 7
    kept = History(home / "history.db").get(run.id)
    assert (kept.plan, kept.replies, kept.reading) == (run.plan, run.replies, run.reading)
    assert kept.plan.people
    assert "--own-answers 2" in run_command(kept)
    assert "-s people" in run_command(kept)
    assert "2 of their own answers shown" in recipe_words(kept.cell.recipe, "people", "samples")
    assert "own answers" not in recipe_words(kept.cell.recipe, "persona", "samples")
    again = await prober.again(kept)
    assert again.plan.people == run.plan.people
    assert differing([kept, again]) == ()


async def test_accuracy_stands_beside_kl_with_what_chance_would_give(ask: Any, fake_openai: Any) -> None:
    run = await _answered_by_age(ask, fake_openai)
    asked = asked_of(run)
    assert [each.person for each in asked] == list(run.plan.people)
    hits = sum(each.said == each.person.answer for each in asked)
    said = [each.said for each in asked]
    real = [each.person.answer for each in asked]
    chance = sum(said.count(label) * real.count(label) for label in ("Yes", "No", "Refused")) / 64
    found = run_json(run)["people"]
    assert (found["accuracy"]["hits"], found["accuracy"]["answers"]) == (hits, 8)
    assert found["accuracy"]["by_chance"] == pytest.approx(chance)
    assert found["accuracy"]["low"] < found["accuracy"]["value"] < found["accuracy"]["high"]
    assert [each["person"] for each in found["each"]] == [person.place + 1 for person in run.plan.people]
    assert [each["real"] for each in found["each"]] == real
    assert found["seed"] == 5
    first = next(people_sentences(run))
    assert f"({hits} of 8" in first
    assert "by chance" in first
    table = [line.text for line in answer_lines(run)]
    rows = [line for line in table if line[:2] in ("= ", "≠ ") and "age " in line]
    assert len(rows) == 8
    assert sum(line.startswith("= ") for line in rows) == hits
    assert all(f"age {dict(each.person.attributes)['age']}" in row for each, row in zip(asked, rows, strict=True))
    # The heavy person is drawn for the weight, and the answers are then counted once each.
    counts = [said.count(label) / 8 for label in ("Yes", "No", "Refused")]
    assert run.reading.distribution.probabilities == pytest.approx(counts)
    assert [person.place for person in run.plan.people].count(0) in (2, 3)


async def test_log_probs_of_people_are_averaged_and_the_likeliest_letter_is_their_answer(
    ask: Any, fake_openai: Any
) -> None:
    fake_openai.then(text="B", tokens=[("B", math.log(0.75)), ("A", math.log(0.25))])
    fake_openai.always(text="A", tokens=[("A", math.log(0.75)), ("B", math.log(0.25))])
    run = await ask("log-probs")
    assert len(run.replies) == len(fake_openai.bodies) == 8
    assert run.reading.distribution.probabilities == pytest.approx(((0.25 + 7 * 0.75) / 8, (0.75 + 7 * 0.25) / 8, 0))
    assert [each.said for each in asked_of(run)].count("Yes") == 7
    assert {round(each.likelihood, 6) for each in asked_of(run)} == {0.25, 0.75}
    assert run.alignment.scores["kl"].low is None  # measures of one person alone make no interval of the pool's
    assert "of real" in next(line.text for line in answer_lines(run))
    assert any("probability of" in sentence for sentence in people_sentences(run))


async def test_with_refusals_dropped_they_count_in_neither(ask: Any, fake_openai: Any) -> None:
    fake_openai.then(text="C").then(text="C")
    fake_openai.always(text="A")
    run = await ask()
    assert run_json(run)["people"]["accuracy"]["answers"] == 8
    assert run_json(rescore(replace(run, drop_nonresponse=True)))["people"]["accuracy"]["answers"] == 6


@pytest.mark.parametrize("form", ["samples", "log-probs"])
async def test_intervals_count_people_who_were_asked_in_every_repeat_once(
    ask: Any, fake_openai: Any, form: str
) -> None:
    def by_persona(body: Mapping[str, Any]) -> Any:
        letter, other = ("AB", "BA")[zlib.crc32(str(body["messages"]).encode()) % 2]
        return fake_openai.Reply(text=letter, tokens=[(letter, math.log(0.75)), (other, math.log(0.25))])

    fake_openai.default = by_persona
    once, thrice = [await ask(form, samples=20, repeats=repeats) for repeats in (1, 3)]
    assert len(thrice.replies) == 60
    (_, of_once), (_, of_thrice) = share_intervals(once), share_intervals(thrice)
    assert of_thrice[0] == pytest.approx(of_once[0], abs=0.02)
    assert of_once[0][1] - of_once[0][0] > 0.1
    if form == "samples":
        kl, again = (spread_of(run).intervals["kl"] for run in (once, thrice))
        assert (again.low, again.high) == pytest.approx((kl.low, kl.high), abs=0.02)


def test_several_answers_of_one_person_are_worth_no_more_than_one() -> None:
    once = agreement_of([0, 0, 1, 1], [0, 1, 1, 0], [1, 2, 3, 4])
    thrice = agreement_of([0, 0, 1, 1] * 3, [0, 1, 1, 0] * 3, [1, 2, 3, 4] * 3)
    assert once is not None
    assert thrice is not None
    assert (once.share, once.by_chance, once.most_frequent) == (0.5, 0.5, 0.5)
    assert (thrice.low, thrice.high) == (once.low, once.high)
    assert once.low == pytest.approx(0.15, abs=0.005)  # Wilson, 2 of 4: 0.150 – 0.850
    assert agreement_of([], [], []) is None


def test_a_sweep_asks_people_where_they_fit_and_tells_cells_apart(library: Library) -> None:
    plan: dict[str, Any] = {"models": ("openai/toy",), "questions": ("ferry",), "groups": ("town=Upper",), "seed": 5}
    formats = ("verbalized", "samples", "log-probs")
    grid = SweepGrid(SweepPlan(**plan, steering=("persona", "people"), formats=formats, samples=(10, 20)), library)
    ways = [(way.steering, way.format, way.recipe.samples) for way in grid.ways]
    assert [way for way in ways if way[0] == "people"] == [
        ("people", form, number) for form in ("samples", "log-probs") for number in (10, 20)
    ]
    assert ("persona", "log-probs", 30) in ways
    assert sum(way.calls for way in grid.ways if way.steering == "people") == 60
    people = plan | {"steering": ("people",), "formats": ("samples",)}
    others = [{}, {"seed": 6}, {"samples": (10,)}, {"own_answers": 3}]
    keys = [cell.key for more in others for cell in SweepGrid(SweepPlan(**people | more), library)]
    assert len(set(keys)) == len(keys) == 4
    with pytest.raises(PlanError, match="choose samples or log-probs"):
        SweepGrid(SweepPlan(**plan, steering=("people",), formats=("verbalized",)), library)


async def _answered_by_age(ask: Any, fake_openai: Any) -> Run:
    """A run whose model says No of those whose age it was told is odd in its tens, else Yes."""

    def answer(body: Mapping[str, Any]) -> Any:
        user = body["messages"][-1]["content"]
        age = int(user.partition("aged ")[2][:2])
        return fake_openai.Reply(text="B" if age // 10 % 2 else "A")

    fake_openai.default = answer
    run: Run = await ask()
    return run
