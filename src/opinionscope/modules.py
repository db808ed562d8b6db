"""Packages whose modules register what they define: how they are loaded, and how a module registers."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Concatenate, ParamSpec, Protocol, TypeVar


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_Function = TypeVar("_Function")
_Made = TypeVar("_Made", bound=_Named)
_About = ParamSpec("_About")


def registering(
    kind: Callable[Concatenate[_Function, _About], _Made], registry: dict[str, _Made]
) -> Callable[_About, Callable[[_Function], _Made]]:
    """A decorator that registers a `kind` by its name, made of the function and of what is said of it."""

    def described(*about: _About.args, **named: _About.kwargs) -> Callable[[_Function], _Made]:
        def register(function: _Function) -> _Made:
            made = kind(function, *about, **named)
            registry[made.name] = made
            return made

        return register

    return described


def load_all(package: str, first: Sequence[str]) -> None:
    """Import every module of a package: those named `first` in their order, then the others by name."""
    found = (each.name for each in iter_modules(sys.modules[package].__path__))
    for name in dict.fromkeys((*first, *found)):
        import_module(f"{package}.{name}")
