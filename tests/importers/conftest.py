"""Fixtures for the importers: tables to import, and a profile of hypothesis the same everywhere."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from opinionscope.importers import gather
from opinionscope.importers.base import Gathered, ImportOptions, ImportRefusedError


class Field:
    """Writes a table as somebody else might, imports it, and looks at what came of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, content: str | bytes, name: str = "field.csv") -> Path:
        path = self._folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def gather(self, content: str | bytes, name: str = "field.csv", **options: Any) -> Gathered:
        path = self.write(content, name)
        return gather(path, ImportOptions(**options))

    def refused(self, content: str | bytes, name: str = "field.csv", **options: Any) -> str:
        with pytest.raises(ImportRefusedError) as refused:
            self.gather(content, name, **options)
        return refused.value.message

    @staticmethod
    def csv(header: Sequence[str], rows: Sequence[Sequence[object]], separator: str = ",") -> str:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=separator).writerows([header, *rows])
        return out.getvalue()

    def people(self, cells: Sequence[str], separator: str = ",", n: int = 60) -> str:
        """Of n people of two sexes, who gave these answers in turn."""
        return self.csv(["sex", "q"], [["FM"[at % 2], cells[(at // 2) % len(cells)]] for at in range(n)], separator)

    def counts(self, *figures: str, separator: str = ";", measure: str = "count") -> str:
        """How many women and men like buses, and how many do not."""
        cells = [("Yes", "Women"), ("No", "Women"), ("Yes", "Men"), ("No", "Men")]
        rows = [["Like buses?", option, group, figure] for (option, group), figure in zip(cells, figures, strict=False)]
        return self.csv(["question", "option", "group", measure], rows, separator)

    def human(self, gathered: Gathered, group: str = "Women") -> Any:
        """What came of the figures of a group."""
        human = self.entries(gathered)["Like buses?"]["human"][group]
        return human["shares"] if isinstance(human, dict) else human

    @staticmethod
    def entries(gathered: Gathered) -> dict[str, dict[str, Any]]:
        """The questions by their texts."""
        pack = json.loads(next(text for name, text in gathered.texts.items() if name.endswith(".pack.json")))
        return {entry["text"]: entry for entry in pack["questions"]}

    @staticmethod
    def labels(entry: dict[str, Any]) -> list[str]:
        return [each if isinstance(each, str) else each["label"] for each in entry["options"]]

    @staticmethod
    def values(entry: dict[str, Any]) -> list[float | None]:
        return [each.get("value") for each in entry["options"]]

    @staticmethod
    def told(gathered: Gathered) -> str:
        return " ".join(gathered.decisions)


@pytest.fixture
def field(tmp_path: Path) -> Field:
    """A table in a fresh folder, to be imported."""
    return Field(tmp_path)
