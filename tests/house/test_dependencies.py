"""What pyproject.toml declares, what the source imports and what the gate last installed agree."""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CONSTRAINTS = (ROOT / ".ci" / "constraints.txt").read_text("utf-8").splitlines()

IMPORTED_AS = {"python-ulid": "ulid"}
NEVER_IMPORTED_BY_SRC = {"pyarrow": "pandas reads and writes parquet with it"}
COME_WITH_OTHERS = {
    "aiohttp": "textual-serve's, in whose words requests are answered",
    "httpx2": "openai's, guarded where it is there",
    "fastparquet": "asked for beside pyarrow",
    "pip": "run, where it is",
}


def requirements(*extras: str) -> dict[str, Requirement]:
    """The requirements of the program itself, and of the extras; those that are extras of ours are left out."""
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in PROJECT["optional-dependencies"][extra])]
    found = {canonicalize_name(each.name): each for each in map(Requirement, lines)}
    return {name: each for name, each in found.items() if name != PROJECT["name"]}


USED = requirements("excel", "local", "parquet", "spss", "stata", "web")
TRIED = USED | requirements("test")


@cache
def imported() -> set[str]:
    """Top-level names of the foreign packages that the source imports, by statement or by `import_module`."""
    names: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Import():
                    names.update(alias.name for alias in node.names)
                case ast.ImportFrom(module=str(module), level=0):
                    names.add(module)
                case ast.Call(
                    func=ast.Name(id="import_module" | "find_spec"), args=[ast.Constant(value=str(module)), *_]
                ):
                    names.add(module)
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"opinionscope"}


def test_every_dependency_has_a_lower_and_an_upper_bound_and_no_other():
    operators = {name: sorted(each.operator for each in one.specifier) for name, one in TRIED.items()}
    assert {name: found for name, found in operators.items() if found != ["<", ">="]} == {}


def test_a_package_has_the_same_bounds_wherever_it_is_declared():
    lines = [*PROJECT["dependencies"], *(line for extra in PROJECT["optional-dependencies"].values() for line in extra)]
    assert len({line.replace(" ", "") for line in lines}) == len({Requirement(line).name for line in lines})


def test_what_is_imported_is_declared():
    known = {IMPORTED_AS.get(name, name.replace("-", "_")) for name in USED}
    assert imported() - COME_WITH_OTHERS.keys() <= known


def test_what_is_declared_is_imported():
    unused = {name for name in USED if IMPORTED_AS.get(name, name.replace("-", "_")) not in imported()}
    assert unused <= NEVER_IMPORTED_BY_SRC.keys()


def test_the_constraints_are_names_and_versions_and_nothing_else():
    assert [line for line in CONSTRAINTS if not re.fullmatch(r"[\w.-]+==[\w.!+-]+", line)] == []


def test_the_constraints_are_within_the_bounds():
    pinned = {canonicalize_name(name): version for name, version in (line.split("==") for line in CONSTRAINTS)}
    assert [name for name, one in TRIED.items() if not one.specifier.contains(pinned.get(name, "0"))] == []


def test_what_is_installed_is_within_the_bounds():
    """The suite says nothing about the bounds where it runs outside them."""
    assert [name for name, one in TRIED.items() if not one.specifier.contains(version(name))] == []
