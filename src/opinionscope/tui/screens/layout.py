"""At which sizes screens change their layout: the class each size from there on brings."""

WIDTHS: list[tuple[int, str]] = [(0, "-narrow"), (120, "-wide"), (140, "-broad")]
WIDTHS_OF_A_RUN: list[tuple[int, str]] = [*WIDTHS, (160, "-vast")]
"""Of screens that show a run: from 160 columns on, the prompt stands beside the chart."""
TALL = 34
"""Rows from which on there is room for more than the picture."""
HEIGHTS: list[tuple[int, str]] = [(0, "-short"), (TALL, "-tall")]
HIGH = 45
"""Rows from which on a screen has room for higher bars."""
