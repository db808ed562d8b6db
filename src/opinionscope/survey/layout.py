"""JSON laid out for people and for diffs: two blanks of indentation, and one line for what reads as a row."""

import json
from collections.abc import Collection

Json = dict[str, "Json"] | list["Json"] | str | float | bool | None


def laid_out(value: Json, rows: Collection[str], flat: Collection[str] = ()) -> str:
    """JSON text ending in a newline.

    Args:
        value: what to write; keys keep their order.
        rows: keys whose value is a table: each of its members takes one line.
        flat: keys whose value itself takes one line.
    """
    return _laid_out(value, rows, flat, "", "") + "\n"


def _laid_out(value: Json, rows: Collection[str], flat: Collection[str], key: str, margin: str) -> str:
    if not value or not isinstance(value, dict | list) or key in flat:
        return json.dumps(value, ensure_ascii=False)
    inner = margin + "  "

    def member(child: Json, name: str) -> str:
        if key in rows:
            return json.dumps(child, ensure_ascii=False)
        return _laid_out(child, rows, flat, name, inner)

    if isinstance(value, list):
        return "[\n" + ",\n".join(inner + member(child, "") for child in value) + f"\n{margin}]"
    lines = (f"{inner}{json.dumps(name, ensure_ascii=False)}: {member(child, name)}" for name, child in value.items())
    return "{\n" + ",\n".join(lines) + f"\n{margin}}}"
