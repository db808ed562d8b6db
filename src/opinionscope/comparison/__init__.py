"""Comparison: two to eight runs beside each other, or whole sets of answers matched by item."""
