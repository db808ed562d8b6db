"""The actions of the main screens: the registry that bindings, footer, help and palette are made from.

Modal windows, such as the pickers, bind their few keys themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from textual.binding import Binding, BindingType

Scope = Literal["everywhere", "explore", "history", "saved run", "write"]

SCOPE_TITLES: dict[Scope, str] = {
    "everywhere": "Everywhere",
    "explore": "Explore",
    "history": "History",
    "saved run": "A saved run",
    "write": "Writing a question",
}


@dataclass(frozen=True, slots=True)
class Action:
    """Something a user can do.

    Attributes:
        id: stable name, for keymaps.
        scope: the screens on which it can be done.
        method: Textual's action string, ``action_…`` without the prefix.
        keys: comma-separated keys.
        label: for the footer.
        help: one line, for the help and the palette.
        footer: whether the footer has room for it.
        anywhere: one of the keys, which works while one types and above every window as well.
    """

    id: str
    scope: Scope
    method: str
    keys: str
    label: str
    help: str
    footer: bool = True
    anywhere: str = ""


ACTIONS: tuple[Action, ...] = (
    Action("explore.run", "explore", "run", "r,ctrl+r", "Run", "Ask the model, or keep the recorded answer as a run"),
    Action(
        "explore.cancel",
        "explore",
        "cancel",
        "escape",
        "Cancel",
        "Cancel the running calls, or leave the search field",
    ),
    Action(
        "explore.enough",
        "explore",
        "enough",
        "x",
        "Enough",
        "Stop early and use the answers so far; also after a cancel",
    ),
    Action("explore.resume", "explore", "resume", "R", "Resume", "Ask only for the missing answers"),
    Action("explore.search", "explore", "search", "slash", "Search", "Find a question by its words"),
    Action("explore.group", "explore", "group", "g", "Group", "Choose the group of people, or compose one"),
    Action("explore.steering", "explore", "steering", "s", "Steering", "Next steering method"),
    Action("explore.format", "explore", "format", "f", "Format", "Next expression format"),
    Action("explore.recipe", "explore", "recipe", "o", "How", "How it is asked: samples, repeats, order, voice, …"),
    Action("explore.model", "explore", "model", "m", "Model", "Choose or type the model that is asked"),
    Action("explore.next", "explore", "next_question", "n,right_square_bracket", "Next", "Next question", footer=False),
    Action(
        "explore.previous",
        "explore",
        "previous_question",
        "N,left_square_bracket",
        "Previous",
        "Previous question",
        footer=False,
    ),
    Action("view.prompt", "explore", "detail('prompt')", "p", "Prompt", "Show the prompt in full", footer=False),
    Action("view.answer", "explore", "detail('answer')", "a", "Answer", "Show the raw answer", footer=False),
    Action(
        "view.reading", "explore", "detail('reading')", "i", "Reading", "Show how the answer was read", footer=False
    ),
    Action("view.down", "explore", "turn_page(1)", "pagedown", "Page down", "Scroll the run down", footer=False),
    Action("view.up", "explore", "turn_page(-1)", "pageup", "Page up", "Scroll the run up", footer=False),
    Action("view.unit", "explore", "toggle_unit", "u", "Unit", "Show KL in bits or in nats", footer=False),
    Action(
        "explore.refused",
        "explore",
        "toggle_refused",
        "d",
        "Refusals",
        "Keep or drop refusals in the comparison",
        footer=False,
    ),
    Action(
        "explore.card",
        "explore",
        "study_card",
        "c",
        "Study card",
        "Show who was asked, how, and who they are",
        footer=False,
    ),
    Action("explore.write", "explore", "write", "w", "Write", "Write a question of your own", footer=False),
    Action(
        "explore.change", "explore", "change", "W", "Change", "Change or delete a question of your own", footer=False
    ),
    Action("history.open", "history", "open_run", "o", "Open", "Open the run under the cursor"),
    Action("history.filter", "history", "filter", "slash", "Filter", "Filter runs as you type"),
    Action(
        "history.leave", "history", "leave_filter", "escape", "List", "Leave the filter, and show all", footer=False
    ),
    Action("history.reload", "history", "reload", "r", "Reload", "Read the history again", footer=False),
    Action(
        "run.back",
        "saved run",
        "back",
        "escape,backspace",
        "Back",
        "Cancel the running calls, or go back to the list of runs",
    ),
    Action("run.resume", "saved run", "resume", "r", "Resume", "Ask only for the missing answers"),
    Action("run.score", "saved run", "score", "x", "Score", "Score an interrupted run with the answers so far"),
    Action("run.prompt", "saved run", "detail('prompt')", "p", "Prompt", "Show the prompt in full"),
    Action("run.answer", "saved run", "detail('answer')", "a", "Answer", "Show the raw answer"),
    Action("run.reading", "saved run", "detail('reading')", "i", "Reading", "Show how the answer was read"),
    Action("run.unit", "saved run", "toggle_unit", "u", "Unit", "Show KL in bits or in nats"),
    Action("run.card", "saved run", "study_card", "c", "Card", "Show who was asked, how, and who they are"),
    Action("write.save", "write", "save", "ctrl+s", "Save", "Save the question, and go to it"),
    Action("write.leave", "write", "leave", "escape", "Leave", "Leave the form; asks first if something was typed"),
    Action("write.delete", "write", "delete", "f8", "Delete", "Delete the question; asks first"),
    Action("app.explore", "everywhere", "show_mode('explore')", "e", "Explore", "Go to Explore", footer=False),
    Action(
        "app.history", "everywhere", "show_mode('history')", "h", "History", "Go to the history of runs", footer=False
    ),
    Action("app.theme", "everywhere", "change_theme", "t", "Theme", "Choose a theme", footer=False),
    Action(
        "app.problems",
        "everywhere",
        "problems",
        "exclamation_mark",
        "Passed over",
        "Show which packs, themes and settings could not be used",
        footer=False,
    ),
    Action(
        "app.help",
        "everywhere",
        "help",
        "question_mark,f1",
        "Help",
        "Keys, measures and glyphs explained",
        footer=False,
    ),
    Action(
        "app.suspend",
        "everywhere",
        "suspend_process",
        "ctrl+z",
        "Suspend",
        "Go to the shell; fg comes back",
        False,
        "ctrl+z",
    ),
    Action("app.quit", "everywhere", "quit", "q,ctrl+q", "Quit", "Leave the program", False, "ctrl+q"),
)


def actions_in(*scopes: Scope) -> Iterator[Action]:
    """The actions of these scopes, in the order of the registry."""
    return (action for action in ACTIONS if action.scope in scopes)


def bindings_in(scope: Scope) -> list[BindingType]:
    """Textual's bindings for the actions of a scope."""
    return [
        *(
            Binding(action.keys, action.method, action.label, show=action.footer, tooltip=action.help, id=action.id)
            for action in actions_in(scope)
        ),
        *(
            Binding(action.anywhere, action.method, action.label, show=False, priority=True, tooltip=action.help)
            for action in actions_in(scope)
            if action.anywhere
        ),
    ]
