"""Regular expressions that are compiled when they are first used: a hundred of them stand before the first chart."""

import re
from typing import Any, AnyStr, cast

_METHODS = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer", "pattern", "flags", "groups")


class _LazyPattern:
    """Stands in for an `re.Pattern`; from the first use on its methods are those of the compiled one."""

    def __init__(self, expression: str | bytes, flags: int) -> None:
        self._expression, self._flags = expression, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked for by copy and pickle, of an object that is not made yet
            raise AttributeError(name)
        compiled = re.compile(self._expression, self._flags)
        vars(self).update({each: getattr(compiled, each) for each in _METHODS})
        return getattr(compiled, name)


def regex(expression: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`, which is called when the expression is first used and raises `re.error` then.

    For its methods only: `re` and other libraries do not know it as a pattern.
    """
    return cast("re.Pattern[AnyStr]", _LazyPattern(expression, flags))
