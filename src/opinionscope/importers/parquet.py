"""Parquet files, read by pandas."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from opinionscope.importers.base import ImportRefusedError
from opinionscope.importers.figures import plainly
from opinionscope.importers.reading import RawTable
from opinionscope.survey.text import clean_line

if TYPE_CHECKING:
    import pandas

PARQUET_SUFFIXES = frozenset({".parquet", ".pq"})


def parquet_frame(path: Path) -> "pandas.DataFrame":
    """The rows of a file, an index with a name among the columns.

    Raises:
        ImportRefusedError: if a library is missing or the file is damaged.
    """
    if find_spec("pandas") is None or not (find_spec("pyarrow") or find_spec("fastparquet")):
        raise ImportRefusedError("parquet needs a library: pip install 'opinionscope[parquet]'")
    import pandas

    try:
        frame = pandas.read_parquet(path)
        return frame.reset_index() if any(frame.index.names) else frame
    except (OSError, ValueError, KeyError, NotImplementedError) as error:
        reason = clean_line(str(error))
        raise ImportRefusedError(f"{clean_line(path.name)} cannot be read as parquet: {reason}") from error


def parquet_columns(path: Path) -> list[str]:
    """The names of a file's columns, which are read alone; [] if they cannot be read."""
    if find_spec("pyarrow") is None:
        return []
    from pyarrow import ArrowException, parquet

    try:
        return [clean_line(name) for name in parquet.read_schema(path).names]
    except (OSError, ArrowException):
        return []


def grid_of_parquet(path: Path) -> RawTable:
    """The rows of a file as text.

    Raises:
        ImportRefusedError: as `parquet_frame`.
    """
    frame = parquet_frame(path)
    empty = frame.isna().to_numpy().tolist()
    grid = RawTable([clean_line(str(name)) for name in frame.columns], separator="")
    for at, (cells, none) in enumerate(zip(frame.to_numpy(object).tolist(), empty, strict=True), start=1):
        texts = ["" if gap else _text(cell) for cell, gap in zip(cells, none, strict=True)]
        grid.rows.append((f"row {at}", texts))
    return grid


def _text(cell: object) -> str:
    return plainly(cell) if isinstance(cell, int | float) else str(cell)
