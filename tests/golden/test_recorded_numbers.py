"""Every reading and measure of all bundled recorded answers, and all that `run --json` prints of each fourth.

One hash a file of answers.

Whoever changes a parser or a measure on purpose runs this file with OPINIONSCOPE_GOLDEN=write, looks at what changed,
and says so in the commit.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from opinionscope.alignment.scores import measured
from opinionscope.collection import Collection, Item
from opinionscope.collection.arrays import pairs_of
from opinionscope.report.as_json import run_json
from opinionscope.respondents.choosing import respondent_for
from opinionscope.respondents.recorded import RECORDED_PREFIX
from opinionscope.runs.prober import Choices, Prober
from opinionscope.selection import parse
from opinionscope.settings import bundled
from opinionscope.survey import Library
from opinionscope.survey.answers import read_answers

HASHES = Path(__file__).with_name("recorded_numbers.json")
MEASURES = ("kl", "kl_unsmoothed", "tv", "js", "wasserstein", "score")
PRINTED_OF = 4
"""Of so many answers one is printed."""
TAKEN = (
    "status", "error", "question", "group", "steering", "format", "seed", "recipe", "notes", "calls", "resolved_model",
    "human", "answer", "answers", "caveats", "scaling", "measures_muted", "spread", "epsilon", "noise_floor",
)  # fmt: skip
RECIPE = ("samples", "repeats", "order", "reasoning", "voice", "examples", "temperature")
"""Of a recipe. Further fields stand at their defaults and are no part of the hash."""
DIGITS = 9
"""Significant digits that count: sums in another order differ in the sixteenth."""
DECIMALS = 12
"""What is less than this from 0 is 0."""


def choices(library: Library, path: Path) -> Iterator[Choices]:
    """Each recorded answer of a file, once."""
    sheet = read_answers(path)
    for form in sheet.formats():
        for question in (f"{sheet.dataset}/{each}" for each in sheet.questions()):
            asked = library.question(question)
            for steering in sheet.steerings(asked.id, form):
                groups = library.groups(asked)[:1] if steering == "none" else library.groups(asked)
                for group in groups:
                    if sheet.answer(asked, form, steering, group.name) is not None:
                        yield Choices(question, group.name, steering, form, RECORDED_PREFIX + sheet.model)


def rounded(value: Any) -> Any:
    """Floats to so many digits, in whatever they stand."""
    match value:
        case float():
            return float(f"{round(value, DECIMALS):.{DIGITS}g}") + 0.0
        case dict():
            return {key: rounded(each) for key, each in value.items()}
        case list():
            return [rounded(each) for each in value]
    return value


def readings_and_measures(items: list[Item]) -> Iterator[Any]:
    """Of each item what its answer says, and what the measures say of it beside the people."""
    compared = [item for item in items if item.human and item.answer]
    values = measured(pairs_of(compared), MEASURES)
    rows = zip(*(np.nan_to_num(values[name], nan=-1.0).tolist() for name in MEASURES), strict=True)
    for item in items:
        probabilities = item.answer and item.answer.probabilities
        yield [item.question.id, item.group.name, item.steering, item.format, item.reason, item.coverage, item.stated]
        yield [list(each) for each in (probabilities or (), *item.singles)]
        yield list(next(rows)) if item.human and item.answer else None


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.load([bundled("data")])


@pytest.mark.parametrize("path", sorted(bundled("data").glob("*.answers.json")), ids=lambda path: path.name)
async def test_every_number_of_every_recorded_answer_is_as_it_was(library: Library, path: Path):
    digest = hashlib.blake2b(digest_size=16)

    def add(value: Any) -> None:
        digest.update(json.dumps(rounded(value), sort_keys=True).encode())

    sheet = read_answers(path)
    model = RECORDED_PREFIX + sheet.model
    of_dataset = Collection(library).items(parse(f"dataset:{sheet.dataset} model:{sheet.model}"))
    items = [item for item in of_dataset if item.model == model]
    for value in readings_and_measures(items):
        add(value)
    connect = cache(lambda model, base: respondent_for(model, library, base))
    prober = Prober(library, connect)
    for each in islice(choices(library, path), 0, None, PRINTED_OF):
        printed = run_json(await prober.peek(each))
        measures = {name: printed["measures"][name] for name in (*MEASURES, "kl_infinite_at")}
        taken = {name: printed[name] for name in TAKEN} | measures
        taken["recipe"] = {name: taken["recipe"][name] for name in RECIPE}
        taken["answers"] = [{name: each[name] for name in each if name != "before"} for each in taken["answers"]]
        add(taken)
    found = {"answers": len(items), "hash": digest.hexdigest()}
    known = json.loads(HASHES.read_text()) if HASHES.exists() else {}
    if os.environ.get("OPINIONSCOPE_GOLDEN") == "write":
        HASHES.write_text(json.dumps({**known, path.name: found}, indent=2, sort_keys=True) + "\n")
        return
    assert found == known[path.name]
