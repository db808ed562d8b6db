"""What a shell is offered for the word that is being typed; nothing here loads litellm or asks a server."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class
from typing_extensions import override

from opinionscope.cleaning import clean_line
from opinionscope.errors import OpinionscopeError
from opinionscope.regexes import regex

if TYPE_CHECKING:
    from opinionscope.workspace import Workspace

Offered = Iterable[tuple[str, str]]
"""Words, and a few words on each."""
Given = Mapping[str, Any]
"""What stands on the line already, by the names of parameters."""

MOST_RUNS = 200
_SPECIAL = regex(r"[^\w@%+=:,./-]")


def completions(kind: str, ctx: click.Context, incomplete: str) -> "list[CompletionItem[str]]":
    """Return what of a kind begins with what is typed; nothing where settings, data or history cannot be read."""
    from opinionscope.workspace import Workspace

    typed = incomplete.casefold()
    try:
        workspace = Workspace.open(ctx.find_root().params.get("db"))
        with workspace.history:
            if kind == "selection":
                words = _selection(workspace, incomplete)
            else:
                offered = OFFERS[kind](workspace, ctx.params)
                words = {word: note for word, note in offered if word.casefold().startswith(typed)}
    except OpinionscopeError:
        return []
    return [CompletionItem(word, help=clean_line(words[word])) for word in words if word == clean_line(word)]


def _selection(workspace: "Workspace", incomplete: str) -> dict[str, str]:
    """Fields of the selection language, and their values in the history, behind what is typed already."""
    from opinionscope.history import values_in
    from opinionscope.selection.completing import completions as found

    offered = found(incomplete, len(incomplete), partial(values_in, workspace.history))
    return {incomplete[: each.start] + each.text: each.meaning for each in offered}


def _questions(workspace: "Workspace", given: Given) -> Offered:
    dataset = given.get("dataset")
    found = [question for question in workspace.library.questions if dataset in (None, question.dataset)]
    yield from ((question.id, question.title) for question in found)
    yield from ((question.key, question.title) for question in found)


def _groups(workspace: "Workspace", given: Given) -> Offered:
    """The groups of the question that stands before, else of all."""
    library, named = workspace.library, given.get("question") or next(iter(given.get("questions") or ()), None)
    for question in [library.question(named)] if named else library.questions:
        yield from ((group.name, group.expression) for group in library.groups(question))


def _models(workspace: "Workspace", given: Given) -> Offered:
    from opinionscope.respondents.catalog import models_without_asking

    remembered, _ = workspace.state.read()
    used = (*remembered.favourites, *(each.model for each in remembered.used))
    yield from ((name, "used before") for name in used)
    yield from ((card.name, card.detail) for card in models_without_asking(workspace.library, workspace.settings))


def _runs(workspace: "Workspace", given: Given) -> Offered:
    rows = workspace.history.page("", limit=MOST_RUNS)
    return [(row.id, f"{row.question.id}, {row.group}, {row.model}, {row.status}") for row in rows]


def _tables(workspace: "Workspace", given: Given) -> Offered:
    from opinionscope.tables import TABLES

    return [(table.name, table.summary) for table in TABLES.values()]


def _themes(workspace: "Workspace", given: Given) -> Offered:
    """By their files' names, as ours and most are called, and Textual's own."""
    from textual.theme import BUILTIN_THEMES

    from opinionscope.settings import bundled

    files = [path for folder in (bundled("themes"), workspace.paths.themes) for path in folder.glob("*.toml")]
    return [(name, "") for name in (*sorted(path.stem for path in files), *BUILTIN_THEMES)]


OFFERS: Mapping[str, Callable[["Workspace", Given], Offered]] = {
    "question": _questions,
    "group": _groups,
    "model": _models,
    "voice": lambda workspace, _: ((voice.name, voice.summary) for voice in workspace.voices),
    "dataset": lambda workspace, _: ((pack.dataset, pack.title) for pack in workspace.library.packs),
    "domain": lambda workspace, _: ((question.domain, "") for question in workspace.library.questions),
    "run": _runs,
    "sweep": lambda workspace, _: ((row.id, row.name or f"{row.cells:,} cells") for row in workspace.history.sweeps()),
    "table": _tables,
    "theme": _themes,
}


class EscapingBash(BashComplete):
    """bash puts a completion into the line as it is: blanks and the like in it need a backslash.

    Two are printed before each, for click's script reads one away.
    """

    @override
    def format_completion(self, item: "CompletionItem[str]") -> str:
        value = _SPECIAL.sub(lambda match: rf"\\{match.group()}", str(item.value))
        return f"{item.type},{value}"


def register() -> None:
    """Take the place of click's own completion for bash."""
    add_completion_class(EscapingBash, "bash")
