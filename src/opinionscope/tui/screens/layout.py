"""At which sizes screens change their layout: the class each size from there on brings."""

WIDTHS: list[tuple[int, str]] = [(0, "-narrow"), (120, "-wide"), (140, "-broad")]
HEIGHTS: list[tuple[int, str]] = [(0, "-short"), (34, "-tall")]
HIGH = 45
"""Rows from which on a screen has room for higher bars."""
