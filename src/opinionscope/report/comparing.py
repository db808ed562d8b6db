"""A comparison in words, as a drawing and as JSON: the same for the screen and the command line."""

import difflib
import math
from collections.abc import Iterator, Sequence
from string import ascii_uppercase
from typing import Any

from msgspec.structs import asdict
from rich.cells import cell_len

from opinionscope.alignment.measures import MEASURES
from opinionscope.charts.bars import BLOCKS, HALF_BLOCKS, INTERVAL_WORDS, Ends, bar_pieces, has_marks
from opinionscope.charts.chart import UNDER
from opinionscope.charts.lines import Line, Piece, Role, flow, shorten_apart
from opinionscope.comparison.comparing import Comparison
from opinionscope.comparison.pairwise import Difference, Verdict
from opinionscope.elicitation import OPTIONS
from opinionscope.report.as_json import run_json
from opinionscope.report.lines import BLANK, TextLine
from opinionscope.report.names import server_of, without_folders
from opinionscope.report.words import Unit, number
from opinionscope.runs import Run
from opinionscope.runs.spread import share_intervals
from opinionscope.survey.text import counted

WORDS = {
    "api_base": "server",
    "drop_nonresponse": "refusals kept or dropped",
    "epsilon": "ε",
    "human": "the humans' side",
    "order": "order of the options",
    "pack_version": "version of the data",
    "reasoning": "reasoning first",
    "samples": "number of simulated people",
}
LONGEST_NAME = 36
SHORTEST_BAR = 10
FIGURE = 6


def letters(runs: Sequence[Run]) -> list[str]:
    """A, B, C, … one a run."""
    return list(ascii_uppercase[: len(runs)])


def differs_sentence(differs: Sequence[str]) -> str:
    """What differs, as the first thing to know: "Only the steering differs", "Model and format differ"."""
    names = [WORDS.get(name, name.replace("_", " ")) for name in differs]
    if not names:
        return "Asked alike: nothing differs but the answers."
    if len(names) == 1:
        return f"Only the {names[0].removeprefix('the ')} differs."
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{listed[0].upper()}{listed[1:]} differ."


def run_name(run: Run, differs: Sequence[str]) -> str:
    """What tells a run from those it is compared with."""
    recipe = run.cell.recipe
    shown = {
        "model": without_folders(run.model),
        "steering": run.cell.steering,
        "format": run.cell.format,
        "group": run.cell.group.name,
        "voice": f"voice {recipe.voice}",
        "order": f"options {recipe.order}",
        "reasoning": "reasoning first" if recipe.reasoning else "no reasoning",
        "repeats": counted(recipe.repeats, "repeat"),
        "samples": f"N = {recipe.samples}",
        "temperature": f"temperature {recipe.temperature:g}",
        "examples": f"{recipe.examples} examples",
        **{option.name: f"{option.label.lower()} {option.of(recipe)}" for option in OPTIONS},
        "epsilon": f"ε = {run.epsilon:g}",
        "api_base": server_of(run),
        "seed": f"seed {run.plan.first.seed}",
    }
    parts = [shown[name] for name in differs if name in shown]
    return " · ".join(parts) or f"{without_folders(run.model)} · {run.created.astimezone():%Y-%m-%d %H:%M}"


def comparison_lines(comparison: Comparison, width: int, height: int = 0, *, is_brief: bool = False) -> list[Line]:
    """Aligned bars: for every option those of the humans and of each run, on one axis from 0 to 100 %.

    Args:
        height: rows that the bars may take; the humans' are as high as fits, up to four rows, the runs' half as high.
        is_brief: the name of each run takes one row, and is cut if it is longer.
    """
    first = comparison.runs[0]
    positions = first.alignment.positions if first.alignment else range(len(first.cell.question.options))
    labels = [first.cell.question.labels[at] for at in positions]
    names = ["humans", *letters(comparison.runs)]
    name_width = max(map(cell_len, names))
    bar_width = max(SHORTEST_BAR, min(width, 100) - name_width - 3 - FIGURE)
    lines: list[Line] = []
    told = [run_name(run, comparison.differs) for run in comparison.runs]
    if is_brief:
        told = shorten_apart(told, width - name_width - 3)
    for name, words in zip(names[1:], told, strict=True):
        shown = flow([Piece(words, "label")], width - name_width - 3)
        lines += [[Piece(f"{'' if at else name:<{name_width}}  ", "model"), *line] for at, line in enumerate(shown)]
    humans = first.alignment.human if first.alignment else first.human
    sides = [(humans.probabilities if humans else None, share_intervals(first)[0])]
    sides += [
        (run.alignment.model.probabilities if run.alignment else None, share_intervals(run)[1])
        for run in comparison.runs
    ]
    has_intervals = any(has_marks(shares, ends, bar_width) for shares, ends in sides)
    lines.append([Piece(" " * (name_width + 2) + INTERVAL_WORDS, "muted")] if has_intervals else [])
    high, low, free = _rows(len(labels), len(comparison.runs), height)
    for at, label in enumerate(shorten_apart(labels, width)):
        lines += [[] for _ in range(free if at else 0)]
        lines.append([Piece(label, "heading")])
        for name, (shares, ends) in zip(names, sides, strict=True):
            share = shares[at] if shares else None
            rows = high if name == "humans" else low
            lines += _bar_rows(name, share, ends[at] if ends else None, name_width, bar_width, rows)
    scale = "0" + "50".rjust(bar_width // 2) + "100 %".rjust(bar_width - bar_width // 2 - 1)
    lines.append([Piece(" " * (name_width + 2) + scale, "muted")])
    return lines


def _rows(options: int, runs: int, height: int) -> tuple[int, int, int]:
    """Rows of the humans' bar, of a run's, and free ones before the next option: the highest that fit."""
    fitting = (each for each in UNDER if options * (1 + each[0] + runs * each[1] + each[2]) <= height)
    return next(fitting, UNDER[-1])


def _bar_rows(name: str, share: float | None, ends: Ends | None, name_width: int, width: int, rows: int) -> list[Line]:
    """A bar over so many rows: name, interval and figure in the first; the last of a run's is half as high."""
    is_human = name == "humans"
    head = Piece(f"{name:<{name_width}}  ", "human" if is_human else "model")
    if share is None:
        return [[head, Piece("no measures", "muted")]]
    blank = Piece(" " * (name_width + 2), "label")
    role: Role = "human-bar" if is_human else "model-bar"
    first = bar_pieces(share, width, BLOCKS if is_human or rows > 1 else HALF_BLOCKS, role, ends=ends)
    others = bar_pieces(share, width, BLOCKS if is_human else HALF_BLOCKS, role)[:-1]
    return [[head, *first], *([blank, *others] for _ in range(rows - 1))]


def measure_rows(comparison: Comparison, unit: Unit) -> list[list[str]]:
    """A table of all measures: a heading row, then one row a measure with the value of each run.

    Of two runs, the difference A − B stands behind them with its 95 % interval.
    """
    names = letters(comparison.runs)
    is_pair = len(names) == 2
    alone = any(each.covers == "people" for each in comparison.differences)
    interval = "95 % interval, people alone" if alone else "95 % interval"
    rows = [["measure", *names, *(["A − B", interval] if is_pair else [])]]
    by_measure = {each.measure: each for each in comparison.differences}
    for name, measure in MEASURES.items():
        values = [run.alignment[name] if run.alignment else None for run in comparison.runs]
        if all(value is None for value in values):
            continue
        shown = ["–" if value is None else number(measure, value, unit) for value in values]
        row = [f"{measure.label} {unit if measure.unit == 'nats' else ''}".strip(), *shown]
        if is_pair:
            row += difference_cells(by_measure.get(name), unit)
        rows.append(row)
    return rows


def difference_cells(found: Difference | None, unit: Unit) -> list[str]:
    """A difference and its interval, with their signs; "" where there is none."""
    if found is None:
        return ["", ""]
    value = signed(found.measure, found.value, unit)
    if found.low is None or found.high is None:
        return [value, ""]
    return [value, f"{signed(found.measure, found.low, unit)} to {signed(found.measure, found.high, unit)}"]


def signed(name: str, value: float, unit: Unit) -> str:
    """A difference of a measure as text, with its sign."""
    measure = MEASURES[name]
    shown = number(measure, abs(value), unit)
    zero = number(measure, 0.0, unit)
    return shown if shown == zero else ("+" if value > 0 else "−") + shown


def verdict_sentence(verdict: Verdict, comparison: Comparison) -> str:
    """The verdict on one pair, under the letters of the runs."""
    names = dict(zip((run.id for run in comparison.runs), letters(comparison.runs), strict=True))
    a, b = names[verdict.a], names[verdict.b]
    reason = verdict_words(verdict, names.get(verdict.closer or ""))
    return f"{a} and {b}: {reason}." if len(comparison.runs) > 2 else f"{reason[0].upper()}{reason[1:]}."


def comparison_sentences(comparison: Comparison) -> Iterator[str]:
    """What differs, the verdicts, and which run each letter stands for."""
    yield differs_sentence(comparison.differs)
    yield from (verdict_sentence(verdict, comparison) for verdict in comparison.verdicts)
    for letter, run in zip(letters(comparison.runs), comparison.runs, strict=True):
        yield f"{letter}: {run_name(run, comparison.differs)}, run {run.id}."


def verdict_words(verdict: Verdict, closer: str | None) -> str:
    """Which one is closer, if one is, and why that is said."""
    return verdict.reason if closer is None else f"{closer} closer: {verdict.reason}"


def verdict_mark(verdict: Verdict) -> str:
    """✓ where one is closer, ≈ where the difference is noise, ? where that cannot be said."""
    if verdict.closer is not None:
        return "✓"
    return "≈" if verdict.is_noise else "?"


def prompt_difference(a: Run, b: Run) -> Iterator[TextLine]:
    """The first prompts of two runs as a unified diff, or why there is none."""
    if "person" in (a.kind, b.kind):
        yield TextLine("A person is sent no prompt.", "muted")
        return
    if a.is_recorded or b.is_recorded:
        yield TextLine("The prompt of a recorded model is not known.", "muted")
        return
    one, other = (f"{run.plan.first.prompt.system}\n\n{run.plan.first.prompt.user}".splitlines() for run in (a, b))
    for line in difflib.unified_diff(one, other, "A", "B", lineterm="", n=1):
        yield TextLine(line, "strong" if line[:1] in "+-" else "muted")
    if one == other:
        yield from (TextLine("Both were sent the same prompt.", "muted"), BLANK)


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """As `compare --json` prints it."""
    return {
        "runs": [run_json(run) for run in comparison.runs],
        "differs": list(comparison.differs),
        "differences": [difference_json(each) for each in comparison.differences],
        "verdicts": [verdict_json(each) for each in comparison.verdicts],
    }


def difference_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """A row for each pair and measure: both values, their difference and its interval; KL and JS in nats."""
    runs = {run.id: run for run in comparison.runs}
    return [
        {
            "run_a": each.a,
            "run_b": each.b,
            "measure": each.measure,
            "value_a": _value(runs[each.a], each.measure),
            "value_b": _value(runs[each.b], each.measure),
            **{name: value for name, value in difference_json(each).items() if name not in ("a", "b", "measure")},
        }
        for each in comparison.differences
    ]


def _value(run: Run, measure: str) -> float | None:
    return run.alignment[measure] if run.alignment else None


def difference_json(found: Difference) -> dict[str, Any]:
    """As `compare --json` prints a difference; None where it is not finite."""
    return asdict(found) | {"value": found.value if math.isfinite(found.value) else None}


def verdict_json(found: Verdict) -> dict[str, Any]:
    """As `compare --json` prints a verdict."""
    return {"a": found.a, "b": found.b, "closer": found.closer, "reason": found.reason}
