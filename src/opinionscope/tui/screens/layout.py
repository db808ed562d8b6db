"""At which sizes screens change their layout: the class each size from there on brings."""

WIDTHS: list[tuple[int, str]] = [(0, "-narrow"), (120, "-wide"), (140, "-broad")]
HEIGHTS: list[tuple[int, str]] = [(0, "-short"), (34, "-tall")]
