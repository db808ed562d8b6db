"""No private name of another library is read, called, overridden or shadowed: those change without a word."""

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from opinionscope import tui
from opinionscope.settings import bundled

SOURCE = bundled("data").parent / "src" / "opinionscope"
GUARD = SOURCE / "respondents" / "guard.py"
"""The one module that may touch the insides of other libraries."""
DOCUMENTED = ("_exit",)
"""Of `os`: public, in spite of its name."""


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def sources() -> list[Path]:
    return [path for path in sorted(SOURCE.rglob("*.py")) if path != GUARD]


def names_defined(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Constant(value=str(name)):  # names in __slots__ and the like
                yield name


def names_read(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name, ctx=ast.Load()):
                yield node.lineno, name
            case ast.ImportFrom(module=module, names=aliases) if not (module or "").startswith("opinionscope"):
                yield from ((node.lineno, part) for part in (module or "").split("."))
                yield from ((node.lineno, alias.name) for alias in aliases)


def test_every_private_name_that_is_read_is_our_own() -> None:
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sources()}
    own = {name for tree in trees.values() for name in names_defined(tree)}
    foreign = [
        f"{path.name}:{line} {name}"
        for path, tree in trees.items()
        for line, name in names_read(tree)
        if is_private(name) and name not in own and name not in DOCUMENTED
    ]
    assert foreign == []


@cache
def private_names(kind: type) -> set[str]:
    """The private names that a class defines, on itself or on ``self``."""
    return {name for name in {*vars(kind), *names_set_on_self(kind)} if is_private(name)}


@cache
def names_set_on_self(kind: type) -> tuple[str, ...]:
    return tuple(
        node.attr
        for node in ast.walk(classes_in(kind.__module__)[kind.__qualname__])
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )


@cache
def classes_in(module: str) -> dict[str, ast.ClassDef]:
    """The classes of a module by their full names, each parsed once: `inspect.getsource` parses the module anew."""
    return dict(named_classes(ast.parse(inspect.getsource(sys.modules[module]))))


def named_classes(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.ClassDef]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield prefix + node.name, node
            yield from named_classes(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from named_classes(node, f"{prefix}{node.name}.<locals>.")
        else:
            yield from named_classes(node, prefix)


def classes_of_ours() -> list[type]:
    modules = [import_module(module.name) for module in walk_packages(tui.__path__, "opinionscope.tui.")]
    found = [kind for module in modules for kind in vars(module).values() if isinstance(kind, type)]
    return [kind for kind in dict.fromkeys(found) if kind.__module__.startswith("opinionscope.tui")]


def test_no_class_of_the_terminal_program_takes_a_private_name_of_textual() -> None:
    taken, looked_at = [], 0
    for kind in classes_of_ours():
        theirs = [base for base in kind.__mro__ if base.__module__.startswith("textual")]
        looked_at += bool(theirs)
        names: set[str] = set().union(*map(private_names, theirs))
        # What the Textual metaclass puts on every class is its own.
        ours = names_set_on_self(kind)
        methods = [name for name, value in vars(kind).items() if inspect.isfunction(value)]
        taken += [f"{kind.__name__} {name}" for name in (*ours, *methods) if name in names]
    assert looked_at > 30
    assert taken == []
