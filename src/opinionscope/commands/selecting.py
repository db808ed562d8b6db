"""A selection on the command line: its words, what is saved under a name, and where a mistake stands."""

from collections.abc import Iterator, Sequence

from opinionscope.commands.printing import tell
from opinionscope.errors import OpinionscopeError
from opinionscope.selection import Selection, SelectionError, Term, parse
from opinionscope.selection.fields import VALUES
from opinionscope.suggesting import did_you_mean
from opinionscope.survey.text import search_words
from opinionscope.workspace import Workspace


def selected(workspace: Workspace, words: Sequence[str], search: str = "") -> Selection:
    """The selection that was typed.

    Args:
        words: words or whole selections; ``@NAME`` stands for a saved selection.
        search: plain words that have to be found as well, whatever they mean in a selection.

    Raises:
        SelectionError: if it cannot be understood; the place of the mistake has been marked on stderr by then.
    """
    text = " ".join(_whole(workspace, word) for word in words)
    try:
        selection = parse(text)
    except SelectionError as error:
        mark(text, error)
        raise
    for hint in _hints(selection):
        tell(hint)
    terms = tuple(Term("word", values=(word,)) for word in search_words(search))
    return Selection(" ".join(filter(None, (selection.text, search))), (*selection.terms, *terms))


def _hints(selection: Selection) -> Iterator[str]:
    """A sentence for each value that a field cannot have."""
    for term in selection.terms:
        known = VALUES.get(term.field, ())
        for value in term.values:
            if known and not value.endswith("*") and value.casefold() not in (*known, "none"):
                hint = did_you_mean(value, known, f"there are {', '.join(known)}")
                yield f'Note: there is no {term.field} "{value}"; {hint}'


def mark(text: str, error: SelectionError) -> None:
    """Show where in a selection a mistake stands, on stderr."""
    from rich.cells import cell_len

    tell(text)
    tell(" " * cell_len(text[: error.start]) + "^" * max(1, cell_len(text[error.start : error.end])))


def _whole(workspace: Workspace, word: str) -> str:
    """A word, or the selection that is saved under its name."""
    return saved_as(workspace, word[1:]) if word.startswith("@") and len(word) > 1 else word


def saved_as(workspace: Workspace, name: str) -> str:
    """The selection that is saved by a name.

    Raises:
        OpinionscopeError: if there is none.
    """
    saved = workspace.history.selections()
    if name not in saved:
        known = ", ".join(saved) or "none; `opinionscope history save NAME SELECTION` saves one"
        raise OpinionscopeError(f'no selection is saved as "{name}"; there are {known}', title="Selection")
    return saved[name]
