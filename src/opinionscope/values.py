"""Values that do not change are frozen Structs of msgspec; `replace` makes a changed copy.

A dataclass takes 1.3 ms to define and a Struct 0.03: dataclasses were a sixth of the time to the first chart.
"""

import dataclasses
from typing import TYPE_CHECKING

from msgspec import Struct, structs

__all__ = ["replace"]

if TYPE_CHECKING:
    # mypy knows the fields of Structs as well, and checks the changes against them.
    from dataclasses import replace
else:

    def replace(value, /, **changes):
        """A copy of a Struct or a dataclass with other fields."""
        return (structs.replace if isinstance(value, Struct) else dataclasses.replace)(value, **changes)
