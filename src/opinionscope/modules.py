"""Loading of a package whose modules register what they define."""

import sys
from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules


def load_all(package: str, first: Sequence[str]) -> None:
    """Import every module of a package: those named `first` in their order, then the others by name."""
    found = (each.name for each in iter_modules(sys.modules[package].__path__))
    for name in dict.fromkeys((*first, *found)):
        import_module(f"{package}.{name}")
