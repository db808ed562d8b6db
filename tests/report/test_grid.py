"""A grid of the bundled recorded answers: its numbers, its drawing at many sizes, and the order of the questions."""

from functools import partial
from itertools import product

import numpy as np
import pytest
from rich.cells import cell_len

from opinionscope.charts.lines import plain
from opinionscope.collection import Collection, Item
from opinionscope.collection.item import told
from opinionscope.elicitation import PLAIN, Recipe
from opinionscope.report.grid import AXES, asked_alike, grid_rows, make_grid, with_run
from opinionscope.report.grid_cell import cell_lines
from opinionscope.report.grid_drawing import CURSOR, GridDrawing
from opinionscope.report.shift import shift_sentence
from opinionscope.report.words import calls_and_cost, plan_words
from opinionscope.report.worst import rank
from opinionscope.respondents.gateway import LiteLLMRespondent
from opinionscope.respondents.price_map import ModelFacts, facts_of
from opinionscope.runs.need import THOUGHT_TOKENS
from opinionscope.runs.prober import Choices, Prober
from opinionscope.runs.sweep_grid import Way
from opinionscope.settings import ModelSettings, Settings, bundled
from opinionscope.survey import Distribution, Library
from opinionscope.values import replace

QUESTION = "opinionqa/GAP21Q33_g_W82"
RECORDED = Choices(QUESTION, "Democrat", "persona", "verbalized", "recorded/gpt-4")
LIVE = replace(RECORDED, model="gpt-4o")
PRICED = ModelFacts(input_cost_per_token=1.0, output_cost_per_token=1000.0)
SIZES = tuple(product((78, 118, 196), (12, 17, 46)))


@pytest.fixture(scope="module")
def collection(tmp_path_factory) -> Collection:
    return Collection(Library.load([bundled("data")]), readings=tmp_path_factory.mktemp("readings"))


@pytest.fixture(scope="module")
def items(collection) -> list[Item]:
    return list(collection.items())


def tv(one, other):
    return np.abs(np.array(one) - np.array(other)).sum() / 2


def texts(drawing: GridDrawing) -> list[str]:
    return ["".join(piece.text for piece in line) for line in drawing.lines]


@pytest.mark.parametrize("by", AXES)
def test_every_cell_is_what_a_few_lines_of_numpy_say(collection, items, by):
    grid = make_grid(collection, RECORDED, by)
    answers = {(i.steering, i.format, i.model, i.group.name): i for i in items if i.asked[1] in QUESTION}
    compared = 0
    for row in grid_rows(grid):
        item = answers.get((row["steering"], row["format"], row["model"], row["group"]))
        if item is None or item.answer is None:
            assert row["tv"] is None
            assert row["reason"]
        else:
            assert row["tv"] == pytest.approx(tv(item.human.probabilities, item.answer.probabilities))
            compared += 1
    assert compared >= 6
    marked = {row["mark"]: row["tv"] for row in grid_rows(grid) if row["mark"]}
    reliable = [row["tv"] for row in grid_rows(grid) if row["tv"] is not None and not row["muted"]]
    assert marked == {"best": min(reliable), "worst": max(reliable)}


def test_what_was_never_recorded_is_left_out_and_named(collection):
    grid = make_grid(collection, RECORDED, "format")
    assert set(grid.left_out) >= {"both", "people", "samples"}
    assert not set(grid.left_out) & {*grid.rows, *grid.columns}
    assert "nothing recorded: both, people, samples" in plain(GridDrawing(grid, 120).lines)


def test_answers_that_are_not_reliable_are_not_called_alike(collection):
    grid = make_grid(collection, RECORDED, "format")
    assert len(grid.reliable) > 2
    doubtful = replace(grid, cells=[[replace(cell, muted="2 people") for cell in row] for row in grid.cells])
    assert "Fewer than two answers are reliable: no best or worst." in plain(GridDrawing(doubtful, 120).lines)


def test_an_empty_cell_says_what_it_takes(collection):
    grid = make_grid(collection, replace(LIVE, recipe=Recipe(samples=12, repeats=2)), "format")
    words = {column: grid[0, at].word for at, column in enumerate(grid.columns)}
    assert (words["verbalized"], words["samples"]) == ("2 calls", "24 calls")
    assert len(grid.missing) == len(grid.rows) * len(grid.columns)
    assert grid.ends is None
    assert "Not asked yet: 2 calls" in plain(cell_lines(grid, (0, 0), "nats"))


@pytest.mark.parametrize("by", AXES)
@pytest.mark.parametrize("chosen", [RECORDED, LIVE], ids=["recorded", "live"])
def test_a_drawing_keeps_to_its_size_shows_the_cursor_and_says_what_is_out_of_sight(collection, by, chosen):
    grid = make_grid(collection, chosen, by)
    for (width, height), cursor in product(SIZES, (grid.start, (len(grid.rows) - 1, len(grid.columns) - 1))):
        drawing = GridDrawing(grid, width, height, cursor)
        lines = texts(drawing)
        assert len(lines) <= height
        assert max(map(cell_len, lines)) <= width
        at = next(at for at, line in enumerate(drawing.lines) if (CURSOR, "heading") in line)
        before = drawing.lines[at][: drawing.lines[at].index((CURSOR, "heading"))]
        assert drawing.place_at(sum(cell_len(piece.text) for piece in before), at) == cursor
        whole = all(any(line.startswith(name[:8]) for line in lines) for name in grid.rows)
        assert whole or any("more above" in line or "more below" in line for line in lines)


def test_cells_grow_with_the_room(collection):
    grid = make_grid(collection, RECORDED, "format")
    small, marked, paired = (plain(GridDrawing(grid, w, h, (0, 0)).lines) for w, h in ((78, 17), (116, 24), (196, 50)))
    assert "A bar an option; █ is" in small
    assert "┃" not in small
    assert "▀ model, ┃ humans" in marked
    assert "█ humans, ▀ model" in paired
    roles = {piece.text: piece.role for line in GridDrawing(grid, 196, 50, (0, 0)).lines for piece in line}
    assert (roles["█ humans"], roles["▀ model"]) == ("human", "model")  # as their bars
    for each in (small, marked, paired):
        assert "▲ best" in each
        assert "▼ worst" in each


def test_an_answer_that_comes_in_fills_its_cell(collection, make_run):
    grid = make_grid(collection, LIVE, "format")
    question, human = grid.question, grid[0, 0].human
    run = make_run(None)
    cell = replace(run.cell, question=question, group=grid[0, 0].group, steering="few-shot", format="samples")
    plan = replace(run.plan, cell=cell, calls=run.plan.calls * 30)
    run = replace(run, id="01A", model="gpt-4o", plan=plan, human=human, status="running")
    place = grid.place_of(run)
    assert grid[place].choices == replace(LIVE, steering="few-shot", format="samples")
    assert with_run(grid, run)[place].waiting == "0 of 30"
    failed = with_run(grid, replace(run, status="failed", error="no route to the server"))
    assert (failed[place].word, failed[place].is_missing, failed[place].waiting) == ("failed", True, "")
    assert "no route to the server" in plain(cell_lines(failed, place, "nats"))
    assert with_run(grid, replace(run, model="another")) == grid


def test_group_shift_is_the_slope_over_pairs_of_groups_of_one_attribute(collection):
    grid = make_grid(collection, RECORDED, "group")
    column = grid.columns.index("persona")
    cells = [row[column] for row in grid.cells if row[column].alignment and not row[column].muted]
    products = squares = pairs = 0
    for at, a in enumerate(cells):
        for b in cells[at + 1 :]:
            if {name for name, _ in a.group.attributes} == {name for name, _ in b.group.attributes}:
                human = np.subtract(a.human.probabilities, b.human.probabilities)
                model = np.subtract(a.model.probabilities, b.model.probabilities)
                products, squares, pairs = products + human @ model, squares + human @ human, pairs + 1
    sentence = shift_sentence(grid, "persona")
    assert f"slope {products / squares:.2f}".replace("0.", ".") in sentence
    assert f"({pairs} pairs;" in sentence
    assert "told of no group" in shift_sentence(grid, "none")


def test_the_worst_questions_come_first(collection, items):
    ranking = rank(collection, RECORDED)
    found = {}
    for item in items:
        fits = (item.steering, item.format, item.model, item.group.name)
        if fits == ("persona", "verbalized", "recorded/gpt-4", "Democrat") and item.answer and not item.muted:
            found[f"{item.question.dataset}/{item.question.id}"] = tv(
                item.human.probabilities, item.answer.probabilities
            )
    assert ranking.values == pytest.approx(found)
    order = sorted([*found, "nowhere/at-all"], key=ranking.badness, reverse=True)
    assert order[0] == max(found, key=found.__getitem__)
    assert order[-1] == "nowhere/at-all"
    assert ranking.figure(order[0], "nats") == f"█ {found[order[0]]:.3f}"
    assert ranking.figure("nowhere/at-all", "nats") == ""
    best_score = rank(collection, RECORDED, "score")
    assert max(best_score.values, key=best_score.badness) == min(best_score.values, key=best_score.values.__getitem__)


def test_refusals_are_left_out_of_the_order_if_they_are_dropped(collection):
    kept, dropped = (rank(collection, replace(RECORDED, drop_nonresponse=drop)).values for drop in (False, True))
    grid = make_grid(collection, replace(RECORDED, drop_nonresponse=True), "format")
    assert dropped[QUESTION] == pytest.approx(grid[grid.start]["tv"])
    assert dropped[QUESTION] != kept[QUESTION]


AS_USUAL = told(PLAIN)


@pytest.mark.parametrize(
    ("recipe", "steering", "form", "alike"),
    [
        (Recipe(), "persona", "verbalized", True),
        (Recipe(order="reversed"), "persona", "verbalized", False),
        (Recipe(voice="interview"), "persona", "verbalized", False),
        (Recipe(voice="interview"), "none", "verbalized", True),
        (Recipe(samples=100), "persona", "verbalized", True),
        (Recipe(samples=100), "persona", "samples", False),
        (Recipe(examples=3), "persona", "verbalized", True),
        (Recipe(examples=3), "few-shot", "verbalized", False),
        (Recipe(place_and_time=True), "persona", "samples", False),
        (Recipe(repair=2), "persona", "verbalized", False),
        (Recipe(repair=2), "persona", "samples", True),
        (Recipe(own_answers=3), "persona", "samples", True),
        (Recipe(own_answers=3), "people", "samples", False),
    ],
)
def test_only_answers_that_were_asked_for_alike_stand_in_a_grid(collection, recipe, steering, form, alike):
    question = collection.library.question(QUESTION)
    side = Distribution((0.25,) * 4)
    group = collection.library.groups(question)[0]
    item = Item(question, group, steering, form, "m", "live", side, side, recipe=AS_USUAL)
    chosen = replace(RECORDED, model="m", recipe=recipe)
    assert asked_alike(item, chosen) is alike


@pytest.mark.parametrize(
    ("model", "asked_at", "chosen_at", "alike"),
    [
        ("m", "", None, True),
        ("m", "http://gpu-1:8000", "http://key@gpu-1:8000", True),
        ("m", "http://gpu-1:8000", None, False),
        ("m", "", "http://gpu-1:8000", False),
        ("another", "http://gpu-1:8000", None, True),
    ],
)
def test_answers_of_the_same_model_at_another_server_are_left_out_of_a_grid(
    collection, model, asked_at, chosen_at, alike
):
    question = collection.library.question(QUESTION)
    group = collection.library.groups(question)[0]
    item = Item(question, group, "none", "verbalized", model, "live", None, None, recipe=AS_USUAL, server=asked_at)
    assert asked_alike(item, replace(RECORDED, model="m", api_base=chosen_at)) is alike


def test_cost_is_reckoned_from_prompts_or_said_to_be_unknown(make_run):
    draft = make_run(None)
    words = "x" * 4_000_000
    call = replace(draft.plan.first, prompt=replace(draft.plan.first.prompt, system="", user=words))
    draft = replace(draft, model="gpt-4o", plan=replace(draft.plan, calls=(call,)))
    own = {"mine": ModelSettings("gpt-4o"), "small": ModelSettings("local/tiny")}
    named = partial(facts_of, settings=Settings(models=own))
    assert calls_and_cost([draft, draft], facts_of) == "2 calls, about $5.00"
    assert calls_and_cost([replace(draft, model="mine")], named) == "1 call, about $2.50"
    assert calls_and_cost([draft, replace(draft, model="nobody/knows")], facts_of) == "2 calls, cost unknown"
    assert calls_and_cost([replace(draft, api_base="http://127.0.0.1:1/v1")], facts_of) == "1 call, cost unknown"
    assert calls_and_cost([replace(draft, model="local/tiny")], facts_of) == "1 call on this machine"
    assert calls_and_cost([replace(draft, model="small")], named) == "1 call on this machine"
    assert calls_and_cost([draft, replace(draft, model="small")], named) == "2 calls, about $2.50"


def test_reasoning_before_log_probs_takes_two_requests_wherever_calls_and_cost_are_said(collection):
    recipe = Recipe(reasoning=True, repeats=5)
    choices = replace(LIVE, format="log-probs", recipe=recipe)
    prober = Prober(collection.library, lambda model, base: LiteLLMRespondent(model, base))
    draft = prober.draft(choices)
    (call,) = {each.prompt for each in draft.plan.calls}
    tokens_in = 10 * (len(call.system) + len(call.user)) / 4 + 5 * THOUGHT_TOKENS
    tokens_out = 5 * (THOUGHT_TOKENS + 1)
    assert calls_and_cost([draft], lambda *_: PRICED) == f"10 calls, about ${tokens_in + 1000 * tokens_out:.2f}"
    assert plan_words(draft) == f"10 calls · about {tokens_in:,.0f} tokens in · up to {5 * 801:,} out"
    grid = make_grid(collection, choices, "format")
    words = {grid[place].choices.format: grid[place].word for place in grid.missing}
    assert (words["log-probs"], words["verbalized"]) == ("10 calls", "5 calls")
    way = Way("persona", "log-probs", recipe)
    assert way.calls == 10
