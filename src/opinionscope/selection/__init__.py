"""Selection: which runs. One language for lists, comparisons, tables, sweeps and exports."""

from opinionscope.selection.fields import FIELDS
from opinionscope.selection.matching import matches
from opinionscope.selection.parsing import parse
from opinionscope.selection.terms import EVERYTHING, Selection, SelectionError, Term

__all__ = ["EVERYTHING", "FIELDS", "Selection", "SelectionError", "Term", "matches", "parse"]
