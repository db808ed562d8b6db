"""Fixtures for runs: the bundled packs, and a history to keep them in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from opinionscope.history import History
from opinionscope.survey import Library


@pytest.fixture(scope="session")
def library(bundled_library: Library) -> Library:
    return bundled_library


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "history.db") as opened:
        yield opened
