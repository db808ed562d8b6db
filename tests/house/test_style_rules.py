"""Style rules name widgets that exist: one that is called otherwise is drawn without its rules, and nothing says so."""

import ast
import re
from pathlib import Path

import textual

from opinionscope import tui

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
HEAD = re.compile(r"([^{};]+)\{")
NAME = re.compile(r"(?<![\w.#$:-])[A-Z]\w+")
ID_FIRST = re.compile(r"^#([\w-]+)")


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


def test_a_rule_for_an_id_alone_reaches_one_screen_only():
    """The rules of a screen hold for the whole program once it was opened: an id that another has is told by both."""
    own = Path(tui.__path__[0])
    sources = [path.read_text("utf-8") for path in own.rglob("*.py")]
    for sheet in own.rglob("*.tcss"):
        heads = HEAD.findall(COMMENT.sub("", sheet.read_text("utf-8")))
        alone = {name for head in heads for part in head.split(",") for name in ID_FIRST.findall(part.strip())}
        shared = {name for name in alone if sum(f'id="{name}"' in source for source in sources) > 1}
        assert not shared, f"{sheet.name}: {shared}"
