"""`opinionscope data list` and `data show`: the packs and recorded answers at hand, and who stands behind them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any

import click

from opinionscope.commands.output import console, print_json, print_table
from opinionscope.session import Session
from opinionscope.settings import bundled
from opinionscope.survey import Pack, PackError
from opinionscope.survey.answers import AnswerSheet, read_answers
from opinionscope.survey.library import NotFoundError

WIDEST = 100
CARD_FIELDS = {
    "asked_by": "Asked by",
    "platform": "Platform",
    "population": "Population",
    "fielded": "Fielded",
    "mode": "Mode",
    "sample": "Sample",
    "weights": "Weights",
    "citation": "Citation",
    "licence": "Licence",
}


@dataclass(frozen=True, slots=True)
class _GroupSize:
    """How many questions a group answered, and with how many people: fewest and most, None where not published."""

    name: str
    questions: int
    fewest: float | None
    most: float | None


def list_data(session: Session, as_json: bool) -> None:
    """Print packs, recorded answers, what could not be read, and the folder for the user's own files."""
    sheets: list[tuple[Path, AnswerSheet]] = []
    problems = list(session.library.problems)
    for path in session.library.answer_files:
        try:
            sheets.append((path, read_answers(path)))
        except PackError as problem:
            problems.append(problem)
    packs = [_pack_json(pack) for pack in session.library.packs]
    answers = [_sheet_json(path, sheet) for path, sheet in sheets]
    if as_json:
        listed = [{"file": str(each.path), "place": each.place, "reason": each.reason} for each in problems]
        print_json({"folder": str(session.paths.data), "packs": packs, "answers": answers, "problems": listed})
        return
    rows = [[str(pack[name]) for name in ("dataset", "title", "domain", "version", "wording")] for pack in packs]
    for row, pack in zip(rows, packs, strict=True):
        row += [str(pack["questions"]), str(pack["groups"]), pack["file"]]
    header = ("PACK", "TITLE", "DOMAIN", "VERSION", "WORDING", "QUESTIONS", "GROUPS", "FILE")
    print_table(header, rows, (16, 20, 9, 17, 8, 9, 6, 60))
    table = [
        (f"recorded/{a['model']}", a["dataset"], ", ".join(a["formats"]), f"{a['answers']:,}", a["kept"], a["file"])
        for a in answers
    ]
    click.echo()
    print_table(("ANSWERS", "DATASET", "FORMATS", "HOW MANY", "KEPT AS", "FILE"), table, (28, 16, 33, 8, 8, 60))
    for each in problems:
        click.echo(f"Warning: {each}", err=True)
    click.echo(f"Your own packs and answers go to {session.paths.data}", err=True)


def show_data(session: Session, dataset: str, as_json: bool) -> None:
    """Print the study card of a dataset, with the sizes of its groups.

    Raises:
        NotFoundError: if there is no such dataset; with those there are.
    """
    pack = next((pack for pack in session.library.packs if pack.dataset == dataset), None)
    if pack is None:
        known = ", ".join(pack.dataset for pack in session.library.packs)
        raise NotFoundError(f'no survey pack "{dataset}" is installed; there are {known}')
    card = {name: getattr(pack.card, name) for name in CARD_FIELDS}
    sizes = list(_sizes(pack))
    if as_json:
        groups = [
            {"name": s.name, "questions": s.questions, "smallest_n": s.fewest, "largest_n": s.most} for s in sizes
        ]
        print_json({**_pack_json(pack), "card": {**card, "notes": pack.card.notes}, "group_sizes": groups})
        return
    shown = console()
    width = min(WIDEST, shown.width)
    click.echo(f"{pack.title} ({pack.dataset}, version {pack.version})")
    click.echo(f"{len(pack.questions)} questions, wording {_wording(pack)} · {_file(pack.path)}\n")
    for name, title in CARD_FIELDS.items():
        if card[name]:
            lines = wrap(card[name], width - 12) or [""]
            click.echo("\n".join(f"{title if not at else '':<12}{line}" for at, line in enumerate(lines)))
    for note in pack.card.notes:
        click.echo("\n".join(wrap(note, width, initial_indent="\n• ", subsequent_indent="  ")))
    click.echo()
    rows = [(s.name, str(s.questions), _range(s)) for s in sizes]
    print_table(("GROUP", "QUESTIONS", "n"), rows, (28, 9, 20))


def _sizes(pack: Pack) -> Iterator[_GroupSize]:
    for name in pack.groups:
        humans = [by_group[name] for by_group in pack.humans.values() if name in by_group]
        counts = [human.n for human in humans if human.n is not None]
        yield _GroupSize(name, len(humans), min(counts, default=None), max(counts, default=None))


def _range(size: _GroupSize) -> str:
    if size.fewest is None or size.most is None:
        return "not published"
    return f"{size.fewest:,.0f}" if size.fewest == size.most else f"{size.fewest:,.0f} to {size.most:,.0f}"


def _file(path: Path) -> str:
    return "bundled" if path.is_relative_to(bundled("data")) else str(path)


def _wording(pack: Pack) -> str:
    return ", ".join(dict.fromkeys(question.wording for question in pack.questions))


def _pack_json(pack: Pack) -> dict[str, Any]:
    return {
        "dataset": pack.dataset,
        "title": pack.title,
        "domain": pack.domain,
        "version": pack.version,
        "wording": _wording(pack),
        "questions": len(pack.questions),
        "groups": len(pack.groups),
        "file": _file(pack.path),
    }


def _sheet_json(path: Path, sheet: AnswerSheet) -> dict[str, Any]:
    counts = sheet.counts()
    answers, raw = (sum(column) for column in zip(*counts.values(), strict=True)) if counts else (0, 0)
    return {
        "model": sheet.model,
        "dataset": sheet.dataset,
        "formats": list(counts),
        "answers": answers,
        "kept": "raw text" if raw == answers else "figures" if not raw else "both",
        "file": _file(path),
    }
