"""Style rules name widgets that exist: one that is called otherwise is drawn without its rules, and nothing says so."""

import ast
import re
from pathlib import Path

import textual

from opinionscope import tui

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
HEAD = re.compile(r"([^{};]+)\{")
NAME = re.compile(r"(?<![\w.#$:-])[A-Z]\w+")


def _classes(package: Path) -> set[str]:
    trees = (ast.parse(path.read_text("utf-8")) for path in package.rglob("*.py"))
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def test_every_class_that_a_rule_names_exists():
    own, theirs = (Path(module.__path__[0]) for module in (tui, textual))
    known = _classes(own) | _classes(theirs)
    for sheet in own.rglob("*.tcss"):
        heads = HEAD.findall(COMMENT.sub("", sheet.read_text("utf-8")))
        named = {name for head in heads for name in NAME.findall(head)}
        assert named <= known, f"{sheet.name}: {named - known}"
