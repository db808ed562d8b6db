"""Runs as a collection: the history, recorded answers and imports in one stream, filtered by one selection."""

from opinionscope.collection.arrays import pairs_of
from opinionscope.collection.collection import Collection
from opinionscope.collection.item import Item, changed_figures

__all__ = ["Collection", "Item", "changed_figures", "pairs_of"]
