"""`opinionscope history appendix`: what a paper reports on its runs, as Markdown or LaTeX."""

import re
from collections.abc import Sequence
from pathlib import Path

from opinionscope.cleaning import clean
from opinionscope.commands.printing import tell
from opinionscope.commands.selecting import selected
from opinionscope.commands.tables_out import OutputFormatError, latex, put_text, table_text
from opinionscope.report.appendix import AppendixTable, Block, Heading, Paragraph, write_appendix
from opinionscope.survey.text import counted
from opinionscope.workspace import Workspace

LATEX_HEAD = "% Needs the packages booktabs, longtable and fvextra; where letters are not Latin, XeLaTeX or LuaLaTeX."
LATEX_TABLE = r"""{\tiny\setlength{\tabcolsep}{2pt}
\setlength{\LTleft}{0pt plus 1fill minus 1fill}\setlength{\LTright}{0pt plus 1fill minus 1fill}
\begin{longtable}{%s}
%s
\end{longtable}
}"""
"""A table of many columns: small and close, and over both margins alike where it is wider than the text."""
LONG, LATEX_LONG = 26, "p{25mm}"
"""Columns of texts longer than the id of a run have lines of that width."""
ENDINGS = {".md": "markdown", ".tex": "latex"}


def print_appendix(workspace: Workspace, words: Sequence[str], *, as_latex: bool, out: Path | None) -> None:
    """Write the appendix on the runs of a selection, oldest first, to a file or to stdout.

    Raises:
        SelectionError: if the selection cannot be understood.
        OutputFormatError: if the file cannot be written, or its ending says nothing.
    """
    kind = "latex" if as_latex else "markdown" if out is None else ENDINGS.get(out.suffix.lower())
    if kind is None:
        raise OutputFormatError(f"{out} must end in {' or '.join(ENDINGS)}")
    selection = selected(workspace, words)
    history = workspace.history
    ids = history.ids(selection)[::-1]
    blocks = write_appendix(map(history.get, ids), selection.text)
    if kind == "latex":
        put_text("\n\n".join([LATEX_HEAD, *map(_latex, blocks)]), out)
    else:
        put_text("\n\n".join(map(_markdown, blocks)), out)
    tell(counted(len(ids), "run"))


def _markdown(block: Block) -> str:
    if isinstance(block, Heading):
        return f"## {block.text}"
    if isinstance(block, Paragraph):
        return re.sub(r"([\\`*_<\[])", r"\\\1", clean(block.text))
    if isinstance(block, AppendixTable):
        return table_text(list(block.rows[0]), block.rows, "markdown")
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", block.text)), default=0))
    return f"{fence}text\n{clean(block.text)}\n{fence}"


def _latex_table(table: AppendixTable) -> str:
    columns = list(table.rows[0])
    head, *lines, _ = table_text(columns, table.rows, "latex").splitlines()
    kinds = zip(columns, head.removeprefix(r"\begin{tabular}{"), strict=False)
    longest = {name: max(len(str(row[name])) for row in table.rows) for name in columns}
    form = "".join(LATEX_LONG if kind == "l" and longest[name] > LONG else kind for name, kind in kinds)
    return LATEX_TABLE % (form, "\n".join(lines))


def _latex(block: Block) -> str:
    if isinstance(block, Heading):
        return rf"\section*{{{latex(block.text)}}}"
    if isinstance(block, Paragraph):
        return latex(clean(block.text))
    if isinstance(block, AppendixTable):
        return _latex_table(block)
    text = clean(block.text).replace(r"\end{Verbatim}", r"\end {Verbatim}")
    return f"\\begin{{Verbatim}}[breaklines,fontsize=\\small]\n{text}\n\\end{{Verbatim}}"
