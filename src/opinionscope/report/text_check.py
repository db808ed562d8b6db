"""First token against text, as a sentence and as JSON."""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import asdict

from opinionscope.runs import Run
from opinionscope.runs.text_check import text_check


def text_check_sentences(run: Run) -> Iterator[str]:
    """How often the first token and the written answer disagree; nothing where that was not asked for."""
    if not run.cell.recipe.check_text or not run.replies:
        return
    if (found := text_check(run)) is None:
        yield "first token against text: no answer gives an option by both, so that nothing can be compared"
        return
    share = found.disagree / found.compared
    interval = f"95 % interval {found.low * 100:.0f} % – {found.high * 100:.0f} %"
    without = f"; {found.without:,} more give no option by one of them" if found.without else ""
    far = f", TV {found.tv:.3f} between the two" if found.compared > 1 else ""
    yield (
        f"first token and text disagree in {found.disagree:,} of {found.compared:,} answers "
        f"({share * 100:.0f} %, {interval}){far}{without}"
    )


def text_check_json(run: Run) -> dict[str, Any] | None:
    """The same as `run --json` prints it; null where it was not asked for, or nothing can be compared."""
    found = text_check(run)
    return None if found is None else asdict(found)
