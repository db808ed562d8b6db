"""The cells of a plan: which there are, that each has a key of its own, and what plays no part in them."""

import msgspec
import pytest

from opinionscope.elicitation import VoiceError
from opinionscope.runs.sweep_grid import SweepGrid
from opinionscope.runs.sweep_plan import PlanError, SweepPlan, parse_plan, plan_text
from opinionscope.survey.library import NotFoundError

BOOK, POLL = "nytimes/the-bee-sting", "opinionqa/GAP21Q33_g_W82"


def plan(**fields):
    return SweepPlan(**{"models": ("gpt-4o",), "questions": (BOOK, POLL), **fields})


def test_every_combination_is_a_cell_of_its_own(library):
    grid = SweepGrid(
        plan(models=("a", "b"), steering=("persona", "both"), formats=("samples",), samples=(5, 9)), library
    )
    cells = list(grid)
    assert len(cells) == len(grid) == len({cell.key for cell in cells}) == grid.pairs * 2 * 2 * 2
    assert sum(cell.way.calls for cell in cells) == grid.calls == grid.pairs * 2 * 2 * (5 + 9)
    assert [cell.key for cell in SweepGrid(grid.plan, library)] == [cell.key for cell in cells]


def test_a_list_that_plays_no_part_makes_no_cells(library):
    many = plan(voices=("instruction", "interview"), samples=(5, 9), groups=("Democrat",))
    assert len(SweepGrid(many, library)) == 2 * 2
    assert len(SweepGrid(msgspec.structs.replace(many, steering=("none",)), library)) == 2
    assert len(SweepGrid(msgspec.structs.replace(many, formats=("sequence",)), library)) == 2 * 2 * 2


def test_options_of_the_recipe_hold_where_they_have_an_effect(library):
    fields = {"repair": 2, "normalise": "any", "place_and_time": True, "check_text": True, "own_answers": 3}
    grid = SweepGrid(plan(formats=("verbalized", "log-probs"), groups=("Democrat",), **fields), library)
    stated, drawn = (way.recipe for way in grid.ways)
    assert (stated.repair, stated.check_text, drawn.repair, drawn.check_text) == (2, False, 0, True)
    assert (stated.normalise, drawn.normalise) == ("any", "near")
    assert {(each.place_and_time, each.own_answers) for each in (stated, drawn)} == {(True, 0)}
    usual = SweepGrid(plan(formats=("verbalized", "log-probs"), groups=("Democrat",)), library)
    assert not {cell.key for cell in grid} & {cell.key for cell in usual}


def test_reasoning_before_log_probs_takes_two_requests(library):
    grid = SweepGrid(plan(groups=("Democrat",), formats=("log-probs", "verbalized"), reasoning=True), library)
    assert [cell.way.calls for cell in grid] == [2, 1, 2, 1]


def test_a_group_is_asked_where_its_answer_is_known(library):
    grid = SweepGrid(plan(groups=("democrat", "race=Black")), library)
    names = {question.dataset: [group.name for group in groups] for question, groups in grid.groups.items()}
    assert names == {"opinionqa": ["Democrat", "Black"], "nytimes": ["Democrat"]}
    assert grid.left_out == 1


def test_unknown_names_are_refused_with_the_nearest(library):
    with pytest.raises(PlanError, match="did you mean Democrat"):
        SweepGrid(plan(groups=("Demokrat",)), library)
    with pytest.raises(PlanError, match="did you mean Democrat"):
        SweepGrid(plan(groups=("Male", "Demokrat")), library)
    with pytest.raises(NotFoundError, match="bee-sting"):
        SweepGrid(plan(questions=("nytimes/the-be-sting",)), library)
    with pytest.raises(VoiceError):
        SweepGrid(plan(voices=("loud",)), library)


def test_a_plan_is_read_back_as_it_was_written():
    whole = plan(name='a "name"\\', seed=7, orders=("reversed",), temperature=0.0, reasoning=True, groups=("é", "all"))
    whole = msgspec.structs.replace(whole, repair=1, normalise="any", place_and_time=True)
    assert parse_plan(plan_text(whole)) == whole
    assert "voices" not in plan_text(plan())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("models = 3", "models"),
        ('models = ["a"]', "questions"),
        ('models = ["a"]\nquestions = ["q"]\nsteering = ["persna"]', "did you mean persona"),
        ('models = ["a"]\nquestions = ["q"]\nsteerings = ["persona"]', "steerings"),
        ("models = [", "sweep plan --example"),
    ],
)
def test_a_plan_that_cannot_be_used_is_refused_by_name(text, said):
    with pytest.raises(PlanError, match=said):
        parse_plan(text)
