"""`opinionscope data list` and `data show`: the packs and recorded answers at hand, and who stands behind them."""

from pathlib import Path
from typing import Any

from opinionscope.commands.output import Page, print_json, print_table
from opinionscope.commands.printing import tell, write
from opinionscope.elicitation.stored import stored_under
from opinionscope.report.as_json import question_json
from opinionscope.report.card_drawing import draw_card
from opinionscope.report.study_card import study_card, study_card_json, with_claims
from opinionscope.settings import bundled
from opinionscope.survey import Pack, PackError
from opinionscope.survey.answers import AnswerSheet, read_answers
from opinionscope.survey.pack import CARD_TEXTS
from opinionscope.workspace import Workspace


def list_data(workspace: Workspace, as_json: bool) -> None:
    """Print packs, recorded answers, what could not be read, and the folder for the user's own files."""
    sheets: list[tuple[Path, AnswerSheet]] = []
    problems = list(workspace.library.problems)
    for path in workspace.library.answer_files:
        try:
            sheets.append((path, read_answers(path)))
        except PackError as problem:
            problems.append(problem)
    packs = [_pack_json(pack) for pack in workspace.library.packs]
    answers = [_sheet_json(path, sheet) for path, sheet in sheets]
    if as_json:
        listed = [{"file": str(each.path), "place": each.place, "reason": each.reason} for each in problems]
        print_json({"folder": str(workspace.paths.data), "packs": packs, "answers": answers, "problems": listed})
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
    write()
    print_table(("ANSWERS", "DATASET", "FORMATS", "HOW MANY", "KEPT AS", "FILE"), table, (28, 16, 33, 8, 8, 60))
    for each in problems:
        tell(f"Warning: {each}")
    tell(f"Your own packs and answers go to {workspace.paths.data}")


def show_data(workspace: Workspace, dataset: str, question_id: str | None, as_json: bool) -> None:
    """Print the study card of a dataset, and what is known of one of its questions.

    Raises:
        NotFoundError: if there is no such dataset, with those there are; or no such question in it.
    """
    library = workspace.library
    library.pack(dataset)
    question = library.question(f"{dataset}/{question_id.removeprefix(f'{dataset}/')}") if question_id else None
    view = with_claims(study_card(library, dataset, question), library, stored_under(workspace.paths.cache))
    pack = view.pack
    if as_json:
        card = {name: getattr(pack.card, name) for name in (*CARD_TEXTS, "notes")}
        shown_card = study_card_json(view)
        if question is not None:
            shown_card["question"] = question_json(question, library) | shown_card["question"]
        print_json({**_pack_json(pack), "card": card, **shown_card})
        return
    page = Page()
    page.print((f"{pack.title} ({pack.dataset}, version {pack.version}, {_file(pack.path)})", "bold"), wrap=False)
    page.print()
    page.draw(draw_card(view, page.width))


def _file(path: Path) -> str:
    return "bundled" if path.is_relative_to(bundled("data")) else str(path)


def _pack_json(pack: Pack) -> dict[str, Any]:
    return {
        "dataset": pack.dataset,
        "title": pack.title,
        "domain": pack.domain,
        "version": pack.version,
        "wording": ", ".join(dict.fromkeys(question.wording for question in pack.questions)),
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
