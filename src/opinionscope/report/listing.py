"""A list of runs as rows of cells, for CSV, for a page and for the clipboard."""

from collections.abc import Iterable, Sequence
from typing import Any

from opinionscope.cleaning import clean_line
from opinionscope.history import RunRow
from opinionscope.report.names import without_folders

MUTED_MARK = "*"
"""Behind a measure that stands on too little."""
RUN_COLUMNS = (
    "run_id", "created", "question", "group", "steering", "format", "model", "status", "kl", "tv", "answers", "tags",
    "measures_muted",
)  # fmt: skip


def row_cells(row: RunRow) -> dict[str, Any]:
    """A run under `RUN_COLUMNS`; KL in nats."""
    return {
        "run_id": row.id,
        "created": row.created.isoformat(),
        "question": row.question.id,
        "group": row.group,
        "steering": row.steering,
        "format": row.format,
        "model": without_folders(row.model),
        "status": row.status,
        "kl": row.kl,
        "tv": row.tv,
        "answers": f"{row.answered}/{row.planned}",
        "tags": "; ".join(row.tags),
        "measures_muted": row.measures_muted or None,
    }


def tab_separated(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as lines of cells with tabs between them, which spreadsheets take from the clipboard."""
    return "\n".join("\t".join("" if cell is None else clean_line(str(cell)) for cell in row) for row in rows)
