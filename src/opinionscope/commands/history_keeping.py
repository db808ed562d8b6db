"""`opinionscope history tag`, `note`, `pin`, `delete`, `merge`, `export`, `save` and `command`."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from opinionscope.alignment.measures import MEASURES
from opinionscope.commands.output import print_json
from opinionscope.commands.printing import agreed, tell, write, write_json
from opinionscope.commands.selecting import saved_as, selected
from opinionscope.commands.tables_out import ENDINGS, OutputFormatError, put_out
from opinionscope.errors import FAILED, OpinionscopeError
from opinionscope.history import History, HistoryError, NoHistoryError
from opinionscope.history.exporting import COLUMNS, measure_columns
from opinionscope.regexes import regex
from opinionscope.report.as_json import run_json
from opinionscope.report.repeating import run_command
from opinionscope.survey.text import counted
from opinionscope.workspace import Workspace

PAGES = ("markdown", "latex")
SHOWN = 10
_ID = regex(r"(?=\w*\d)[0-9A-Za-z]{4,26}|[0-9A-Z]{8,26}")


class DeleteError(OpinionscopeError):
    """Runs cannot be deleted."""

    title = "Not deleted"


def tag_run(workspace: Workspace, run_id: str, tags: Sequence[str], remove: bool) -> None:
    """Add tags to a run or take them away, and print those it has then."""
    history = workspace.history
    (history.untag if remove else history.tag)(run_id, *tags)
    write(" ".join(history.get(run_id).tags))


def note_run(workspace: Workspace, run_id: str, text: Sequence[str]) -> None:
    """Put a note on a run in place of the one it has; without text, take it away."""
    workspace.history.note(run_id, " ".join(text))
    tell("Note saved." if "".join(text).strip() else "Note removed.")


def pin_runs(workspace: Workspace, run_ids: Sequence[str], remove: bool) -> None:
    """Pin runs, or take pins away."""
    (workspace.history.unpin if remove else workspace.history.pin)(*run_ids)
    tell(f"{counted(len(run_ids), 'run')} {'no longer pinned' if remove else 'pinned'}")


def delete_runs(workspace: Workspace, words: Sequence[str], yes: bool) -> int:
    """Delete runs for good, named by ids or by a selection, when that has been agreed to; return the exit code.

    Raises:
        DeleteError: if nobody can be asked.
        NoHistoryError: if there is no history.
    """
    history = workspace.history
    if not history.exists:
        raise NoHistoryError(history.path)
    ids = _named(history, words) or history.ids(selected(workspace, words))
    if not ids:
        tell("No run is selected; nothing deleted.")
        return FAILED
    for run_id in ids[:SHOWN]:
        run = history.get(run_id)
        tell(f"  {run.id}  {run.cell.question.id}, {run.cell.group.name}, {run.model}, {run.status}")
    if len(ids) > SHOWN:
        tell(f"  … and {len(ids) - SHOWN:,} more")
    if not yes:
        if not sys.stdin.isatty():
            raise DeleteError("there is nobody to ask here; --yes deletes the runs above")
        if not agreed(f"Delete {counted(len(ids), 'run')} for good?"):
            tell("Nothing deleted.")
            return 0
    tell(f"{counted(history.delete(*ids), 'run')} deleted")
    return 0


def _named(history: History, words: Sequence[str]) -> list[str]:
    """The runs that are named one by one; none if some word is no id, so that it is a selection."""
    if not all(_ID.fullmatch(word) for word in words):
        return []
    try:
        return [history.get(word).id for word in words]
    except HistoryError:
        return []


def merge_history(workspace: Workspace, path: Path, as_json: bool) -> int:
    """Add the runs of another history, name what conflicts, and return 1 if anything does."""
    merged = workspace.history.merge(path)
    conflicts = len(merged.conflicts) + len(merged.selections)
    if as_json:
        print_json(to_builtins(merged))
        return FAILED if conflicts else 0
    for run_id in merged.conflicts:
        write(run_id)
    tell(f"{counted(len(merged.added), 'run')} added, {merged.known:,} known already")
    if merged.conflicts:
        tell(f"{counted(len(merged.conflicts), 'run')} above with the same id but other content: left as it is here")
    for name in merged.selections:
        tell(f'The selection "{name}" is saved here with another text: left as it is here')
    return FAILED if conflicts else 0


def export_runs(workspace: Workspace, words: Sequence[str], kind: str | None, out: Path | None) -> None:
    """Write one row a run, to a file or to stdout.

    JSON and JSON lines have runs as `run --json` prints them, with their tags, pin and note; Markdown and LaTeX only
    the columns that a page holds.

    Raises:
        OutputFormatError: if the format is not known, or the file cannot be written.
    """
    chosen = kind or (ENDINGS.get(out.suffix.lower()) if out else "csv")
    if chosen is None:
        raise OutputFormatError(f"{out} must end in {', '.join(ENDINGS)}, or name the format with --format")
    history, selection = workspace.history, selected(workspace, words)
    if chosen == "jsonl" and out is None:
        for run in _runs(history, history.ids(selection)):
            write_json(json.dumps(run, ensure_ascii=False, allow_nan=False))
        return
    if chosen in ("json", "jsonl"):
        runs = list(_runs(history, history.ids(selection)))
        number = put_out(list(runs[0]) if runs else [], runs, chosen, out)
    else:
        rows = list(history.exported(selection))
        muted = any(row["measures_muted"] for row in rows)
        number = put_out([*_columns(chosen), *["measures_muted"] * (muted and chosen in PAGES)], rows, chosen, out)
    tell(counted(number, "run"))


def _runs(history: History, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    for run_id in ids:
        run = history.get(run_id)
        finished = run.finished.isoformat() if run.finished else None
        yield run_json(run) | {"finished": finished, "tags": run.tags, "pinned": run.pinned, "note": run.note}


def _columns(kind: str) -> list[str]:
    if kind in PAGES:
        main = [name for name, measure in MEASURES.items() if measure.is_main or name == "kl"]
        return ["question", "group", "steering", "format", "model", "n", *main]
    return [*COLUMNS, *measure_columns()]


def save_selection(workspace: Workspace, name: str, words: Sequence[str]) -> None:
    """Save a selection by a name; without words, forget it.

    Raises:
        SelectionError: if the selection cannot be understood.
        OpinionscopeError: if there is none of that name to forget.
    """
    if not words:
        saved_as(workspace, name)
        workspace.history.forget_selection(name)
        tell(f'"{name}" is forgotten.')
        return
    workspace.history.save_selection(name, selected(workspace, words).text)
    tell(f"Saved; @{name} stands for it.")


def print_command(workspace: Workspace, run_id: str) -> None:
    """Print the command that repeats a run."""
    write(run_command(workspace.history.get(run_id)))
