"""Tags and notes, asked for in a window; History and a saved run write them in the same way."""

from collections.abc import Callable, Iterable, Sequence

from textual.screen import Screen

from opinionscope.history import History
from opinionscope.tui.screens.line import LineScreen


def ask_tags(
    screen: Screen[None], tagged: Sequence[Sequence[str]], then: Callable[[list[str], list[str]], object]
) -> None:
    """Ask for the tags of some runs.

    Args:
        tagged: the tags of each run now; those they have in common can be changed.
        then: called with the tags in common before and the tags written, unless the window is left.
    """
    before = [tag for tag in tagged[0] if all(tag in tags for tags in tagged)]

    def written(text: str) -> None:
        then(before, [tag for tag in (part.lstrip("#") for part in text.replace(",", " ").split()) if tag])

    title = "Tags" if len(tagged) == 1 else f"Tags of {len(tagged):,} runs"
    hint = "Separate tags by blanks; tag:NAME finds them."
    LineScreen(title, " ".join(before), hint).ask(screen.app, written)


def set_tags(history: History, run_ids: Iterable[str], before: Sequence[str], wanted: Sequence[str]) -> None:
    """Give runs these tags in place of those before; blocks.

    Raises:
        HistoryError: if they cannot be written.
    """
    gone = [tag for tag in before if tag not in wanted]
    for run_id in run_ids:
        history.untag(run_id, *gone)
        history.tag(run_id, *wanted)


def ask_note(screen: Screen[None], before: str, then: Callable[[str], object]) -> None:
    """Ask for the note on a run; `then` is called with it, unless the window is left."""
    LineScreen("Note", " ".join(before.split()), "Leave it empty to take it away.").ask(screen.app, then)
