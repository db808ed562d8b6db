"""The history and recorded answers as one stream of items, and as arrays."""

import numpy as np
import pytest

from opinionscope.collection import Collection, pairs_of
from opinionscope.history import History, HistoryWriter
from opinionscope.respondents.choosing import respondent_for
from opinionscope.runs.prober import Choices, Prober
from opinionscope.selection import parse
from opinionscope.tables import TABLES
from opinionscope.values import replace

CHOICES = Choices("opinionqa/GAP21Q33_g_W82", "Democrat", "persona", "verbalized", "recorded/gpt-4")
HERE = "question:GAP21Q33_g_W82 group:democrat steering:persona format:verbalized model:gpt-4"


@pytest.fixture
def prober(bundled_library, tmp_path):
    history = History(tmp_path / "history.db")
    connect = lambda model, base: respondent_for(model, bundled_library, base)  # noqa: E731
    yield Prober(bundled_library, connect, HistoryWriter(history)), history
    history.close()


async def test_a_run_and_the_recorded_answer_it_came_from_are_the_same_item_twice(bundled_library, prober) -> None:
    asker, history = prober
    run = await asker.run(CHOICES)
    history.tag(run.id, "pilot")
    kept, recorded = Collection(bundled_library, history).items(parse(HERE))
    assert (kept.run_id, kept.kind, kept.tags) == (run.id, "recorded", ("pilot",))
    assert (recorded.run_id, recorded.created) == ("", None)
    assert kept.human == recorded.human == run.human
    assert kept.answer == pytest.approx(recorded.answer) or kept.answer == recorded.answer
    assert kept.scores["tv"] == run.alignment["tv"]
    assert kept.asked == recorded.asked
    for text, number in (("tag:pilot", 1), ("-tag:pilot", 1), (f"id:{run.id}", 1), ("tv<0.5", 1), ("on:today", 1)):
        assert len(list(Collection(bundled_library, history).items(parse(f"{HERE} {text}")))) == number, text


async def test_a_recorded_answer_counts_once_however_often_it_was_kept(bundled_library, prober) -> None:
    asker, history = prober
    first, second = await asker.run(CHOICES), await asker.run(CHOICES)
    history.tag(first.id, "pilot")
    history.tag(second.id, "pilot")
    collection = Collection(bundled_library, history)
    assert [item.run_id for item in collection.once(parse(HERE))] == [""]
    assert [item.run_id for item in collection.once(parse(f"{HERE} tag:pilot"))] == [second.id]
    (row,) = (row for row in TABLES["leaderboard"](collection, parse(HERE)).rows if row["model"] == "gpt-4")
    assert row["items"] == 1


async def test_every_recorded_answer_is_measured_as_a_run_of_it_is(bundled_library, prober) -> None:
    asker, _ = prober
    selection = parse("dataset:nytimes group:female model:anthropic_opus format:verbalized,sequence")
    items = [item for item in Collection(bundled_library).items(selection) if item.answer and item.human]
    assert len(items) > 50
    pairs = pairs_of(items)
    assert pairs.human.shape == pairs.model.shape == (len(items), 4)
    for at in (0, len(items) // 2, -1):
        item = items[at]
        run = await asker.peek(
            Choices(f"nytimes/{item.question.id}", item.group.name, item.steering, item.format, item.model)
        )
        assert run.alignment["tv"] == pytest.approx(float(np.abs(pairs.human[at] - pairs.model[at]).sum() / 2))
        assert run.measures_muted == item.muted


def test_a_model_that_was_asked_for_everybody_is_held_against_each_group(bundled_library) -> None:
    items = list(
        Collection(bundled_library).items(parse("question:the-bee-sting steering:none format:verbalized model:gpt-4"))
    )
    assert {item.group for item in items} == set(bundled_library.groups(bundled_library.question("the-bee-sting")))
    assert len({item.answer for item in items}) == 1


def test_what_an_unread_answer_lacks_is_there_for_coverage(bundled_library) -> None:
    unread = list(Collection(bundled_library).items(parse("status:unread")))
    assert unread
    assert all(item.answer is None and item.reason for item in unread)
    with pytest.raises(ValueError, match="a human and a model side"):
        pairs_of(unread)


def test_the_pool_of_a_group_is_its_attribute_weighted_by_people(bundled_library) -> None:
    question = bundled_library.question("opinionqa/GAP21Q33_g_W82")
    group = bundled_library.group(question, "Democrat")
    pooled = bundled_library.pooled(question, group)
    parties = [each for each in bundled_library.groups(question) if each.attributes[0][0] == group.attributes[0][0]]
    assert {each.name for each in parties} >= {"Democrat", "Republican"}
    sides = [bundled_library.human(question, each) for each in parties]
    counts = sum(np.array(side.probabilities) * side.n for side in sides)
    assert pooled.n == pytest.approx(sum(side.n for side in sides))
    assert pooled.probabilities == pytest.approx(counts / counts.sum())
    assert bundled_library.pooled(replace(question, dataset="gone"), group) is None
