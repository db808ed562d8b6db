"""Rows of option letters in an answer, told apart from the words around them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

FEWEST_AMID_PROSE = 5
FEWEST_IN_SMALL_GROUPS = 12
SHORTEST_BLOCK = 6
LONGEST_WORD = 11
