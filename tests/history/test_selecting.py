"""Selections as SQL: they select what `matching` selects, in the wanted order, and no text gets into the SQL."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opinionscope.alignment.measures import MEASURES
from opinionscope.elicitation import OPTIONS
from opinionscope.history import History, ordering
from opinionscope.history.ordering import SORTS, SortError
from opinionscope.runs import Run, new_run_id, rescore
from opinionscope.selection import FIELDS, Selection, SelectionError, matches, parse
from opinionscope.selection.matching import Value
from opinionscope.survey import Distribution, Group
from opinionscope.survey.text import fold
from opinionscope.values import replace

MakeRun = Callable[..., Run]
NOW = datetime(2026, 5, 14, 15, 30).astimezone()
TEXTS = (
    "{'A': 50, 'B': 30, 'C': 20, 'D': 0}",
    "I think: TOP  priority, naïve über-answer; Straße 50%.",
    "{'A': '10%', 'B': '60%', 'C': '25%', 'D': '5%'}",
    "移民は最優先の課題です",
)


def value_of(run: Run, name: str) -> Value:
    """The fields of a run, written down a second time: from the run itself."""
    cell = run.cell
    question, group, recipe = cell.question, cell.group, cell.recipe
    if name in MEASURES:
        return run.alignment[name] if run.alignment else None
    prompts = [text for call in run.plan.calls for text in (call.prompt.system, call.prompt.user)]
    answers = [text for reply in run.replies for text in (reply.text or "", reply.thought)]
    return {
        "words": (
            f"{question.id} {question.dataset} {question.title} {question.text}",
            f"{group.name} {group.expression}",
            f"{run.model} {cell.steering} {cell.format} {run.status}",
            *run.tags,
        ),
        "text": (question.text, question.context, *prompts, *answers),
        "question": f"{question.id} {question.title}",
        "dataset": question.dataset,
        "domain": question.domain,
        "topic": question.topics,
        "group": f"{group.name} {group.expression}",
        "steering": cell.steering,
        "format": cell.format,
        "model": run.model,
        "server": run.api_base or "",
        "kind": "recorded" if run.is_recorded else "live",
        "status": run.status,
        "voice": recipe.voice,
        "order": recipe.order,
        "reasoning": "yes" if recipe.reasoning else "no",
        "tag": run.tags,
        "sweep": (),
        "id": run.id,
        "on": run.created,
        "n": run.human.n if run.human else None,
        "repeats": recipe.repeats,
        "samples": recipe.samples,
        "examples": recipe.examples,
        "temperature": recipe.temperature,
        **{option.name: option.of(recipe) for option in OPTIONS},
        "coverage": run.reading.coverage if run.reading else None,
    }[name]  # type: ignore[return-value]


@pytest.fixture(scope="module")
def stocked(done: MakeRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[History, list[Run]]]:
    """A history of runs that differ in every field, and the runs, newest first."""
    random = Random(7)
    pattern = done()
    question = pattern.cell.question
    questions = (
        question,
        replace(question, id="ROADS%1", title="Roads: 100% tar", text="More tar?", dataset="town_2", topics=()),
        replace(question, id="X", title="Zürich", text="Straße or street?", context="", domain="political"),
    )
    groups = (pattern.cell.group, Group("Men", (("sex", "Male"),)), Group("none", (("city", "none"),)))
    runs = []
    for number in range(60):
        recipe = replace(
            pattern.cell.recipe, voice=random.choice(("instruction", "interview")), reasoning=random.random() < 0.5,
            repeats=random.randint(1, 3), repair=random.randint(0, 1),
            order=random.choice(("survey", "reversed")), temperature=number / 60,
        )  # fmt: skip
        run = done(
            question=random.choice(questions), group=random.choice(groups), recipe=recipe,
            model=random.choice(("gpt-4o", "recorded/gpt-4", "ollama/llama3")),
            api_base=random.choice((None, "http://gpu-1:8000/v1", "http://10.0.0.2:8000")),
            steering=random.choice(("none", "persona", "few-shot")),
            tags=random.choice(((), ("pilot",), ("a_b", "demo day"), ("none",))),
        )  # fmt: skip
        reply = replace(run.replies[0], text=random.choice(TEXTS), thought=random.choice(("", "top priority 50")))
        counts = [random.randint(1, 90) for _ in range(4)]
        human = random.choice((None, Distribution.from_counts(counts), Distribution((0.4, 0.3, 0.2, 0.1))))
        created = NOW.astimezone(UTC) - timedelta(hours=11 * (60 - number))
        run = replace(
            run, id=new_run_id(), created=created, human=human, replies=(reply,), reading=None, alignment=None
        )
        runs.append(rescore(run))
    path = tmp_path_factory.mktemp("history") / "history.db"
    with History.open(path) as history:
        for run in runs:
            history.finish(run)
        yield history, sorted((history.get(run.id) for run in runs), key=lambda run: run.created, reverse=True)


NAMES = st.sampled_from(
    ["gpt-4o", "gpt-4", "recorded/*", "llama3", "none", "persona", "few-shot", "verbalized", "town", "town_2", "own",
     "done", "unread", "interview", "reversed", "yes", "no", "live", "recorded", "pilot", "demo day", "parks", "roads",
     "zurich", "ZÜRICH*", "gpu-1", "8000", "male", "female", "sex", "x", "money", "political", "", "*", "%",
     "p*", "ſ", "'"]
)  # fmt: skip
PHRASES = st.sampled_from(
    ["top priority", "TOP priority, naive", "priority top", "50%", "%", "straße", "strasse", "uber answer", "移民",
     "最優先", "more benches", "benc*", "again", "estimate the", "three parks", "know", "'", "", "*", '" OR 1 --',
     "NEAR(a b)"]
)  # fmt: skip
NUMBERS = st.sampled_from(["0", "0.1", "0.2", "0.5", "1", "2", "58.5", "100", "-1", "nan", "inf", ".1"])
DAYS = st.sampled_from(["today", "yesterday", "monday", "3d", "2026-05", "2026-05-10", "2026", "0001", "9999-12-31"])


@st.composite
def term(draw: st.DrawFn) -> str:
    negated = draw(st.sampled_from(["", "-"]))
    field = draw(st.sampled_from([*FIELDS.values(), None]))
    if field is None:
        word = draw(st.one_of(NAMES, PHRASES.map('"{}"'.format)))
        return f"{negated}{word}"
    if field.kind in ("name", "words"):
        values = draw(st.lists(NAMES, min_size=1, max_size=2))
        return f"{negated}{field.name}:{','.join(f'{chr(34)}{value}{chr(34)}' for value in values)}"
    bounds = DAYS if field.kind == "date" else NUMBERS
    low, high = draw(bounds), draw(st.one_of(bounds, st.just("")))
    ends = draw(
        st.sampled_from([f"<{low}", f"<={low}", f">{low}", f">={low}", f":{low}..{high}", f":..{low}", f":{low}"])
    )
    return f"{negated}{field.name}{ends}"


@pytest.mark.parametrize(("few", "many"), [(2_000, 10), (3, 2), (0, 1)])
@given(st.lists(term(), max_size=3))
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_sql_selects_what_matching_selects(
    stocked: tuple[History, list[Run]], monkeypatch: pytest.MonkeyPatch, few: int, many: int, terms: list[str]
) -> None:
    """Whichever way SQLite goes about it: looked up, or walked."""
    history, runs = stocked
    monkeypatch.setattr(ordering, "FEW", few)
    monkeypatch.setattr(ordering, "MANY", many)
    try:
        selection = parse(" ".join(terms), NOW)
    except SelectionError:
        return
    expected = [run.id for run in runs if matches(selection, lambda name, run=run: value_of(run, name))]
    assert history.ids(selection) == expected
    assert history.count(selection) == len(expected)
    assert [row.id for row in history.page(selection, limit=4, offset=2)] == expected[2:6]


@pytest.mark.parametrize(("few", "many"), [(2_000, 10), (0, 1)])
@pytest.mark.parametrize("text", ["", "gpt-4o", "-tag:pilot kl>0"])
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("sort", [*SORTS, "kl", "wasserstein"])
def test_every_sort(
    stocked: tuple[History, list[Run]],
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    many: int,
    text: str,
    descending: bool,
    sort: str,
) -> None:
    history, runs = stocked
    monkeypatch.setattr(ordering, "FEW", few)
    monkeypatch.setattr(ordering, "MANY", many)
    selection = parse(text, NOW)
    fitting = [run for run in runs if matches(selection, lambda name, run=run: value_of(run, name))]

    def key(run: Run) -> object:
        match sort:
            case "created":
                return run.created
            case "question":
                return fold(f"{run.cell.question.title} {run.cell.question.id}")
            case "group":
                return fold(run.cell.group.name)
            case _:
                value = value_of(run, sort)
                return fold(value) if isinstance(value, str) else value

    known = [run for run in fitting if key(run) is not None]
    if sort in MEASURES:
        known.reverse()
    if sort in MEASURES and descending:
        known.reverse()
    known.sort(key=key, reverse=descending)  # type: ignore[arg-type]
    expected = [run.id for run in (*known, *(run for run in fitting if key(run) is None))]
    assert history.ids(selection, sort=sort, descending=descending) == expected
    pages = [
        row.id
        for offset in range(0, len(expected) + 7, 7)
        for row in history.page(selection, 7, offset=offset, sort=sort, descending=descending)
    ]
    assert pages == expected


def test_an_unknown_sort_is_named(stocked: tuple[History, list[Run]]) -> None:
    with pytest.raises(SortError, match=r'created, question.*kl.*got "size"'):
        stocked[0].page(sort="size")


def test_nothing_that_is_typed_becomes_sql(stocked: tuple[History, list[Run]]) -> None:
    history, runs = stocked
    for text in ("'; DROP TABLE runs; --", 'model:"\') OR 1=1 --"', '"x" OR "y', '"a* OR b"', '"NEAR(a, b)"', "id:%*"):
        assert history.ids(text) == []
    assert history.count() == len(runs)


def test_full_text_is_kept_up_to_date(history: History, done: MakeRun, path: Path) -> None:
    run = done()
    history.finish(run)
    assert history.count('"estimate the shares"') == 1
    assert history.count('"50 b 30"') == 1
    changed = replace(run, replies=(replace(run.replies[0], text="Nothing of the kind."),))
    history.finish(rescore(changed))
    assert (history.count('"50 b 30"'), history.count('"of the kind"')) == (0, 1)
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("VACUUM")
    assert history.ids('"you know surveys"') == [run.id]
    history.delete(run.id)
    assert (history.count('"of the kind"'), history.count('"you know surveys"')) == (0, 0)
    with closing(sqlite3.connect(path)) as plain:
        for table in ("prompt_search", "call_search"):
            plain.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
        assert plain.execute("SELECT count(*) FROM prompt_keys").fetchone() == (0,)


def test_everything_is_selected_without_a_condition(stocked: tuple[History, list[Run]]) -> None:
    history, runs = stocked
    assert history.ids(Selection()) == [run.id for run in runs]
