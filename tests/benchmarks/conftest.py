import os
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Times mean nothing beside other tests: benchmarks run alone, ``pytest tests/benchmarks -s -p no:xdist``."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        alone = pytest.mark.skip(reason="a benchmark is measured alone: pytest tests/benchmarks -s -p no:xdist")
        for item in items:
            if item.path.is_relative_to(HERE):
                item.add_marker(alone)
