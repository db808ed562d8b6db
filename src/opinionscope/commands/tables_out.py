"""Tables as text for other programs: CSV, JSON, JSON lines, Markdown, LaTeX, and parquet where pyarrow is there.

Every command that lists or tabulates gives its rows to `put_out`, so that all of them write the same formats.
"""

import csv
import io
import json
import math
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from opinionscope.cleaning import clean_line, escape_json
from opinionscope.commands.opening import FILE, decorated, json_option
from opinionscope.commands.printing import tell, write, write_json
from opinionscope.errors import OpinionscopeError
from opinionscope.streams import write_bytes

TEXT_FORMATS = ("csv", "json", "jsonl", "markdown", "latex")
FORMATS = (*TEXT_FORMATS, "parquet")
ENDINGS: Mapping[str, str] = {
    ".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".md": "markdown", ".tex": "latex",
    ".parquet": "parquet",
}  # fmt: skip
DIGITS = 3
BETWEEN = "; "
"""What stands between the values of a list in one cell: labels and tags have blanks of their own."""
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
        "|": r"\textbar{}", "–": "--", "−": "$-$", "∞": r"$\infty$", "‖": r"$\Vert$",
        "₁": "$_1$", "ε": r"$\varepsilon$", "Δ": r"$\Delta$", "≥": r"$\geq$", "≤": r"$\leq$", "≈": r"$\approx$",
        "×": r"$\times$", "·": r"$\cdot$", "…": r"\dots{}",
    }
)  # fmt: skip

Row = Mapping[str, Any]


class OutputFormatError(OpinionscopeError):
    """A table cannot be written in that format, or to that place."""

    title = "Output"


output_options = decorated(
    json_option,
    click.option("--csv", "as_csv", is_flag=True, help="Print CSV."),
    click.option("--markdown", "as_markdown", is_flag=True, help="Print a Markdown table."),
    click.option("--latex", "as_latex", is_flag=True, help="Print a LaTeX table (booktabs)."),
    click.option("-o", "--output", "out", type=FILE, help="Write to FILE; its ending names the format."),
)
"""Gives a command the parameters of `wanted_format`."""


def wanted_format(
    out: Path | None, *, as_json: bool = False, as_csv: bool = False, as_markdown: bool = False, as_latex: bool = False
) -> str:
    """The format that is asked for by an option or by the ending of the file; "" for none, on stdout.

    Raises:
        OutputFormatError: if several are asked for, or the ending says nothing.
    """
    asked = {"json": as_json, "csv": as_csv, "markdown": as_markdown, "latex": as_latex}
    named = [name for name, is_asked in asked.items() if is_asked]
    if len(named) > 1:
        raise OutputFormatError(f"expected one format, got {', '.join(f'--{name}' for name in named)}")
    if named or out is None:
        return named[0] if named else ""
    if out.suffix.lower() not in ENDINGS:
        raise OutputFormatError(f"{out} must end in {', '.join(ENDINGS)}, or name the format: --csv, --json …")
    return ENDINGS[out.suffix.lower()]


def put_out(columns: Sequence[str], rows: Iterable[Row], kind: str, out: Path | None = None) -> int:
    """Write a table to a file, or to stdout, and return how many rows it has.

    Args:
        columns: in order; a row that lacks one has nothing there.
        kind: one of `FORMATS`.

    Raises:
        OutputFormatError: if the file cannot be written, is there already, or pyarrow is needed and not there.
    """
    whole = list(rows)
    if kind == "parquet":
        _write(_parquet(columns, whole), out)
    elif out is not None:
        put_text(table_text(columns, whole, kind), out)
    elif kind == "json":
        write_json(table_text(columns, whole, kind))
    elif kind == "jsonl":
        for row in whole:
            write_json(_json(_chosen(columns, row)))
    else:
        write(table_text(columns, whole, kind))
    return len(whole)


def put_text(text: str, out: Path | None) -> None:
    """Write a text to a file, or to stdout.

    Raises:
        OutputFormatError: if the file cannot be written, or is there already.
    """
    if out is None:
        write(text)
    else:
        _write((text + "\n").encode("utf-8", "replace"), out)


def table_text(columns: Sequence[str], rows: Sequence[Row], kind: str, numbers: Container[str] = ()) -> str:
    """A table in one of `TEXT_FORMATS`, without a newline at the end.

    Args:
        numbers: columns that stand to the right although their values are texts, such as rounded numbers.
    """
    if kind == "json":
        return json_text([_chosen(columns, row) for row in rows])
    if kind == "jsonl":
        return "\n".join(escape_json(_json(_chosen(columns, row))) for row in rows)
    cells = [[row.get(column) for column in columns] for row in rows]
    if kind == "csv":
        return _csv(columns, cells)
    is_right = [name in numbers or _is_number(at, cells) for at, name in enumerate(columns)]
    return (_markdown if kind == "markdown" else _latex)(columns, cells, is_right)


def paper_text(columns: Sequence[str], rows: Sequence[Row], kind: str, numbers: Container[str], said: list[str]) -> str:
    """A Markdown or LaTeX table with what it says below, as a list or as comments."""
    first, *others = said
    below = [f"% {line}" for line in said] if kind == "latex" else ["", first, *(f"- {line}" for line in others)]
    return "\n".join([table_text(columns, rows, kind, numbers), *below])


def json_text(data: Any) -> str:
    """A JSON document, with escapes for what `clean` would change."""
    return escape_json(_json(data, indent=2))


def _chosen(columns: Sequence[str], row: Row) -> dict[str, Any]:
    return {column: _finite(row.get(column)) for column in columns}


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _json(data: Any, indent: int | None = None) -> str:
    return json.dumps(data, ensure_ascii=False, indent=indent, allow_nan=False)


def _csv(columns: Sequence[str], cells: Sequence[Sequence[Any]]) -> str:
    """RFC 4180 but for the ends of lines; numbers with all their digits, nothing for what is not known."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(["" if cell is None else _plain(cell) for cell in row] for row in cells)
    return text.getvalue().rstrip("\n")


def _plain(cell: Any) -> Any:
    if isinstance(cell, list | tuple):
        return clean_line(BETWEEN.join(map(str, cell)))
    return clean_line(cell) if isinstance(cell, str) else cell


def _shown(cell: Any, empty: str, infinite: str) -> str:
    """A cell for people: numbers rounded."""
    if cell is None or cell == "" or (isinstance(cell, float) and math.isnan(cell)):
        return empty
    if isinstance(cell, float):
        if math.isinf(cell):
            return infinite if cell > 0 else f"-{infinite}"
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) >= 1 else f"{cell:.{DIGITS}f}"
    return str(_plain(cell))


def _markdown(columns: Sequence[str], cells: Sequence[Sequence[Any]], is_right: Sequence[bool]) -> str:
    def line(parts: Iterable[str]) -> str:
        return "| " + " | ".join(part.replace("\\", r"\\").replace("|", r"\|") for part in parts) + " |"

    ruled = ["---:" if right else "---" for right in is_right]
    return "\n".join(
        (line(columns), "| " + " | ".join(ruled) + " |", *(line(_shown(c, "–", "∞") for c in row) for row in cells))
    )


def _latex(columns: Sequence[str], cells: Sequence[Sequence[Any]], is_right: Sequence[bool]) -> str:
    """A tabular for the package booktabs."""

    def line(parts: Iterable[str]) -> str:
        return " & ".join(parts) + r" \\"

    def cell(value: Any) -> str:
        return latex(_shown(value, "–", "∞"))

    aligned = "".join("r" if right else "l" for right in is_right)
    head = line(map(latex, columns))
    body = (line(map(cell, row)) for row in cells)
    return "\n".join(
        (rf"\begin{{tabular}}{{{aligned}}}", r"\toprule", head, r"\midrule", *body, r"\bottomrule", r"\end{tabular}")
    )


def latex(text: str) -> str:
    """A text as LaTeX sets it."""
    return text.translate(_LATEX)


def _is_number(column: int, cells: Sequence[Sequence[Any]]) -> bool:
    known = [row[column] for row in cells if row[column] is not None]
    return bool(known) and all(isinstance(cell, int | float) for cell in known)


def _parquet(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise OutputFormatError("parquet needs pyarrow: pip install 'opinionscope[parquet]'") from error
    table = pa.table({column: [row.get(column) for row in rows] for column in columns})
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def require_new(out: Path) -> None:
    """See that a file is not there yet.

    Raises:
        OutputFormatError: if it is.
    """
    if out.exists():
        raise _is_there(out)


def _is_there(out: Path) -> OutputFormatError:
    return OutputFormatError(f"{out} is there already; name another file")


def _write(content: bytes, out: Path | None) -> None:
    if out is None or out == Path("-"):
        write_bytes(content)
        return
    try:
        with out.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise _is_there(out) from error
    except OSError as error:
        raise OutputFormatError(f"{out} cannot be written ({error.strerror}); check the path and its rights") from error
    tell(f"Written to {out}")
