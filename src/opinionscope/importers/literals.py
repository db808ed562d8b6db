"""Python values written out as text, read without running anything."""

import ast
import math
import re
from typing import Any, TypeVar

import msgspec

from opinionscope.regexes import regex

T = TypeVar("T")
_DEFAULTDICT = regex(r"\s*(?:collections\.)?defaultdict\(\s*(?:<class '\w+'>|\w+)\s*,(.*)\)\s*", re.DOTALL)
_NAMES = {"nan": math.nan, "NaN": math.nan, "inf": math.inf, "null": None, "true": True, "false": False}


def read_literal(text: str) -> Any:
    """The value of a Python literal: what `ast.literal_eval` reads, and what tables keep beside that.

    A defaultdict passes for a dict, ``nan`` and ``inf`` for floats, ``null`` for None, and ``np.float64(0.5)`` for
    its number.

    Raises:
        ValueError: if it is none.
    """
    wrapped = _DEFAULTDICT.fullmatch(text)
    try:
        return _value(ast.parse((wrapped[1] if wrapped else text).strip(), mode="eval").body)
    except (SyntaxError, RecursionError, MemoryError, TypeError) as error:
        raise ValueError("not a Python literal") from error


def strings_in(text: str) -> list[str] | None:
    """The strings of a list that is written as a literal; None if it is none."""
    return _list(text, list[str])


def numbers_in(text: str) -> list[float] | None:
    """The finite numbers of a list that is written as a literal; None if it is none."""
    numbers = _list(text, list[float])
    return numbers if numbers is None or all(map(math.isfinite, numbers)) else None


def _list(text: str, shape: type[T]) -> T | None:
    try:
        return msgspec.convert(read_literal(text), shape)
    except (ValueError, msgspec.ValidationError):
        return None


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant():
            return node.value
        case ast.List() | ast.Tuple():
            return [_value(each) for each in node.elts]
        case ast.Dict():
            keys = [None if key is None else _value(key) for key in node.keys]
            if len(set(keys)) < len(keys):
                raise ValueError("a key stands twice")
            return dict(zip(keys, map(_value, node.values), strict=True))
        case ast.Name() if node.id in _NAMES:
            return _NAMES[node.id]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr=kind), args=[number], keywords=[]):
            if kind.startswith(("float", "int", "str")):
                return _value(number)
    raise ValueError("not a Python literal")
