"""The actions of the main screens: the registry that bindings, footer, help and palette are made from.

Modal windows, such as the pickers, bind their few keys themselves.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct
from textual.binding import Binding, BindingType

from opinionscope.values import replace

Scope = Literal[
    "everywhere",
    "explore",
    "grid",
    "history",
    "saved run",
    "compare",
    "tables",
    "table row",
    "sweeps",
    "sweep",
    "new sweep",
    "write",
    "play",
]

SCOPE_TITLES: dict[Scope, str] = {
    "everywhere": "Everywhere",
    "explore": "Explore",
    "grid": "A grid of answers",
    "history": "History",
    "saved run": "A saved run",
    "compare": "Comparing runs",
    "tables": "Tables",
    "table row": "Behind a row of a table",
    "sweeps": "Sweeps",
    "sweep": "One sweep",
    "new sweep": "A new sweep",
    "write": "Writing a question",
    "play": "Play: guess how a group answered",
}


class Action(Struct, frozen=True):
    """Something a user can do.

    Attributes:
        id: stable name, for keymaps: of its scope and itself.
        method: Textual's action string, ``action_…`` without the prefix.
        keys: comma-separated keys.
        label: for the footer.
        help: one line, for the help and the palette.
        footer: whether the footer has room for it.
        anywhere: one of the keys, which works while one types and above every window as well.
        likely: place in the palette before anything is typed, from 1; 0 for after those, in the order of the registry.
        scope: the screens on which it can be done.
    """

    id: str
    method: str
    keys: str
    label: str
    help: str
    footer: bool = True
    anywhere: str = ""
    likely: int = 0
    scope: Scope = "everywhere"


def _of(scope: Scope, prefix: str, *actions: Action) -> Iterator[Action]:
    """Actions of one scope, the prefix put before their ids."""
    return (replace(action, id=f"{prefix}.{action.id}", scope=scope) for action in actions)


ACTIONS: tuple[Action, ...] = (
    *_of(
        "explore",
        "explore",
        Action("run", "run", "r,ctrl+r", "Run", "Ask the model, or keep the recorded answer as a run", likely=1),
        Action("cancel", "cancel", "escape", "Cancel", "Cancel the running calls; leave the search field or the tour"),
        Action("enough", "enough", "x", "Enough", "Stop early, or after a cancel use the answers so far"),
        Action("resume", "resume", "R", "Resume", "Ask only for the missing answers"),
        Action("search", "search", "slash", "Search", "Find a question by its words"),
        Action("group", "group", "g", "Group", "Choose the group of people, or compose one", likely=3),
        Action("steering", "steering", "s", "Steering", "Next steering method"),
        Action("format", "format", "f", "Format", "Next expression format"),
        Action("recipe", "recipe", "o", "How", "How it is asked: samples, repeats, order, voice, …"),
        Action("model", "model", "m", "Model", "Choose or type the model that is asked"),
        Action("local", "local", "l", "Local", "Ask a small model on this machine, live", footer=False, likely=2),
        Action("next", "next_question", "n,right_square_bracket", "Next", "Next question", footer=False),
        Action("previous", "previous_question", "N,left_square_bracket", "Previous", "Previous question", footer=False),
    ),
    *_of(
        "explore",
        "view",
        Action("prompt", "detail('prompt')", "p", "Prompt", "Show the prompt in full", footer=False),
        Action("answer", "detail('answer')", "a", "Answer", "Show the raw answer", footer=False),
        Action("reading", "detail('reading')", "i", "Reading", "Show how the answer was read", footer=False),
        Action("down", "turn_page(1)", "pagedown", "Page down", "Scroll the run down", footer=False),
        Action("up", "turn_page(-1)", "pageup", "Page up", "Scroll the run up", footer=False),
        Action(
            "differences", "toggle_differences", "D", "Differences", "Draw differences, or both sides", footer=False
        ),
        Action("unit", "toggle_unit", "u", "Unit", "Show KL in bits or in nats", footer=False),
    ),
    *_of(
        "explore",
        "explore",
        Action("refused", "toggle_refused", "d", "Refusals", "Keep or drop refusals in the comparison", footer=False),
        Action("card", "study_card", "c", "Study card", "Show who was asked, how, and who they are", footer=False),
        Action("hold", "hold", "equals_sign", "Pin", "Pin this result, to stand beside the next"),
        Action("compare", "compare", "C", "Compare", "Compare with the pinned result", footer=False),
        Action("grid", "grid", "G", "Grid", "Ask in many ways at once: steering × format, model, group", likely=4),
        Action("worst", "worst", "v", "Worst first", "Questions where the model is worst, first", footer=False),
        Action("measure", "measure", "V", "By measure", "Sort questions by another measure", footer=False),
    ),
    *_of(
        "grid",
        "grid",
        Action("open", "open", "enter", "Open", "Open the saved run, or the choices in Explore", likely=2),
        Action("by", "next_axis", "b", "By", "Steering × format, steering × model, or group × steering", likely=3),
        Action("ask", "ask", "a", "Ask missing", "Ask for what is missing; says calls and cost first", likely=1),
        Action("unit", "toggle_unit", "u", "Unit", "Show KL in bits or in nats"),
        Action("back", "back", "escape,backspace", "Back", "Stop asking, or go back to Explore"),
        Action("copy", "copy", "y", "Copy", "Copy the numbers, and write them to a file", footer=False),
        Action("chart", "chart", "X", "Chart", "Write the grid as SVG and text", footer=False),
        Action("down", "move(1, 0)", "j,down", "Down", "Cell below", footer=False),
        Action("up", "move(-1, 0)", "k,up", "Up", "Cell above", footer=False),
        Action("right", "move(0, 1)", "right", "Right", "Cell to the right", footer=False),
        Action("left", "move(0, -1)", "left", "Left", "Cell to the left", footer=False),
    ),
    *_of(
        "explore",
        "explore",
        Action("copy", "copy", "y", "Copy", "Copy the result, or the focused tab", footer=False),
        Action("chart", "write_chart", "X", "Chart", "Draw the chart into an SVG file", footer=False),
        Action("write", "write", "w", "Write", "Write a question of your own", footer=False),
        Action("change", "change", "W", "Change", "Change or delete a question of your own", footer=False),
    ),
    *_of(
        "history",
        "history",
        Action("open", "open_run", "o,enter", "Open", "Open the run under the cursor"),
        Action("filter", "filter", "slash", "Filter", "Filter runs: words, model:gpt-4, kl<0.2, …"),
        Action("leave", "leave_filter", "escape", "List", "Leave the filter; show all", footer=False),
        Action("mark", "mark", "space", "Mark", "Mark the run, or no longer; marks survive filters"),
        Action("unmark", "unmark", "U", "Unmark", "Take all marks away", footer=False),
        Action("compare", "compare", "c", "Compare", "Compare the marked runs, two to eight"),
        Action("explore", "explore", "E", "Explore", "Open the run in Explore", footer=False),
        Action("sort", "sort", "s", "Sort", "Sort by the next column, or by the heading you click"),
        Action("reverse", "reverse", "S", "Reverse", "Reverse the order", footer=False),
        Action("group", "group", "b", "By", "Group by question, model, day, or not", footer=False),
        Action("tag", "tag", "number_sign", "Tag", "Give tags to the run, or to the marked runs"),
        Action("note", "note", "n", "Note", "Write a note on the run"),
        Action("pin", "pin", "asterisk", "Pin", "Pin the run, or no longer", footer=False),
        Action("delete", "delete", "d,delete", "Delete", "Delete the run, or the marked runs"),
        Action("undo", "undo", "u", "Undo", "Bring back what was deleted last", footer=False),
        Action("saved", "saved_filters", "f", "Filters", "Choose a saved filter", footer=False),
        Action("save", "save_filter", "F", "Save filter", "Save the filter by a name", footer=False),
        Action("preview", "preview", "p", "Preview", "Show or hide the chart of the run", footer=False),
        Action("copy", "copy", "y", "Copy", "Copy the run or the marked ones as a table", footer=False),
        Action("copy_id", "copy_id", "Y", "Copy id", "Copy the id of the run", footer=False),
        Action("down", "move(1)", "j,down", "Down", "Next run", footer=False),
        Action("up", "move(-1)", "k,up", "Up", "Previous run", footer=False),
        Action("page_down", "turn(1)", "pagedown", "Page down", "Next page of runs", footer=False),
        Action("page_up", "turn(-1)", "pageup", "Page up", "Previous page of runs", footer=False),
        Action("first", "go(0)", "g,home", "First", "First run", footer=False),
        Action("last", "go(-1)", "G,end", "Last", "Last run", footer=False),
        Action("reload", "reload", "r", "Reload", "Read the history again", footer=False),
    ),
    *_of(
        "saved run",
        "run",
        Action("back", "back", "escape,backspace", "Back", "Cancel the running calls, or go back to the list of runs"),
        Action("again", "again", "r", "Again", "Ask the same again: same prompts, seeds and server", likely=1),
        Action("model", "other_model", "M", "Other model", "Ask another model the same", footer=False),
        Action("resume", "resume", "R", "Resume", "Ask only for the missing answers"),
        Action("score", "score", "x", "Score", "Score an interrupted run with the answers so far"),
        Action("explore", "explore", "E", "Explore", "Open in Explore, with all its choices", likely=2),
        Action("compare", "compare", "C", "Compare", "Compare with the run before, or the pinned one", likely=3),
        Action("pin", "hold", "equals_sign", "Pin", "Pin this run, to compare others with", footer=False),
        Action("today", "today", "v", "Today", "What today's reader and measures say", footer=False),
        Action("tag", "tag", "number_sign", "Tag", "Give tags to the run", footer=False),
        Action("note", "note", "n", "Note", "Write a note on the run", footer=False),
        Action("keep", "pin", "asterisk", "Star", "Pin the run in the list, or no longer", footer=False),
        Action("copy", "copy", "y", "Copy", "Copy the result, or the focused tab", footer=False),
        Action("copy_id", "copy_id", "Y", "Copy id", "Copy the id of the run", footer=False),
        Action("chart", "write_chart", "X", "Chart", "Draw the chart into an SVG file", footer=False),
        Action("prompt", "detail('prompt')", "p", "Prompt", "Show the prompt in full"),
        Action("answer", "detail('answer')", "a", "Answer", "Show the raw answer"),
        Action("reading", "detail('reading')", "i", "Reading", "Show how the answer was read"),
        Action(
            "differences", "toggle_differences", "D", "Differences", "Draw differences, or both sides", footer=False
        ),
        Action("unit", "toggle_unit", "u", "Unit", "Show KL in bits or in nats", footer=False),
        Action("card", "study_card", "c", "Card", "Show who was asked, and how", footer=False),
    ),
    *_of(
        "compare",
        "compare",
        Action("back", "back", "escape,backspace", "Back", "Go back to where you came from"),
        Action("part", "next_part", "tab,n", "Next part", "Next: bars, measures, verdicts, prompts, answers", likely=1),
        Action("pair", "pair(1)", "right_square_bracket", "Pair", "Next pair", footer=False),
        Action("pair_before", "pair(-1)", "left_square_bracket", "Pair", "Pair before", footer=False),
        Action("open", "open_run", "o", "Open", "Open one of the runs", likely=2),
        Action("unit", "toggle_unit", "u", "Unit", "Show KL in bits or in nats"),
        Action("copy", "copy", "y", "Copy", "Copy the table of measures", footer=False),
        Action("chart", "write_chart", "X", "Chart", "Draw the bars into an SVG file", likely=3),
        Action("down", "scroll(1)", "j,down", "Down", "Scroll down", footer=False),
        Action("up", "scroll(-1)", "k,up", "Up", "Scroll up", footer=False),
    ),
    *_of(
        "tables",
        "tables",
        Action("open", "open_row", "o,enter", "Open", "Show the answers behind the row"),
        Action("next", "table(1)", "right_square_bracket,right", "Next", "Next table"),
        Action("before", "table(-1)", "left_square_bracket,left", "Before", "Table before", footer=False),
        Action("filter", "filter", "slash", "Filter", "Which answers enter: model:gpt-4, tag:pilot, …"),
        Action("leave", "leave_filter", "escape", "All", "Leave the filter; take all", footer=False),
        Action("split", "split", "b", "By", "Split rows by the next field, or not"),
        Action("scoring", "scoring", "v", "Scoring", "Corrected scoring, or as in the paper"),
        Action("sort", "sort", "s", "Sort", "Sort by the next column"),
        Action("reverse", "reverse", "S", "Reverse", "Reverse the order", footer=False),
        Action("copy", "copy", "y", "Copy", "Copy the table, and write it to a file", footer=False),
        Action("chart", "chart", "X", "Chart", "Write the table as SVG and text", footer=False),
        Action("down", "move(1)", "j", "Down", "Next row", footer=False),
        Action("up", "move(-1)", "k", "Up", "Previous row", footer=False),
    ),
    *_of(
        "table row",
        "row",
        Action("back", "back", "escape,backspace", "Back", "Go back to the table"),
        Action("open", "open_item", "o,enter", "Open", "Open the saved run, or the answer in Explore", likely=1),
        Action("plot", "plot", "p", "Plot", "The model's shares against people's, or the list", likely=2),
        Action("down", "move(1)", "j", "Down", "Next answer", footer=False),
        Action("up", "move(-1)", "k", "Up", "Previous answer", footer=False),
    ),
    *_of(
        "sweeps",
        "sweeps",
        Action("open", "open_sweep", "o,enter", "Open", "Show how far the sweep is"),
        Action("new", "new_sweep", "n", "New", "Plan a sweep, from the choices in Explore"),
        Action("resume", "resume", "r", "Resume", "Ask what is missing, in a process of its own"),
        Action("pause", "pause", "p", "Pause", "Stop the process; what came is kept"),
        Action("runs", "runs", "H", "Runs", "Show the runs of the sweep in History", footer=False),
        Action("table", "table", "L", "Tables", "Show the sweep in the tables", footer=False),
        Action("copy", "copy", "y", "Copy", "Copy the command that goes on with the sweep", footer=False),
        Action("down", "move(1)", "j", "Down", "Next sweep", footer=False),
        Action("up", "move(-1)", "k", "Up", "Previous sweep", footer=False),
    ),
    *_of(
        "sweep",
        "sweep",
        Action("back", "back", "escape,backspace", "Back", "Back to all sweeps; the sweep goes on"),
        Action("resume", "resume", "r", "Resume", "Ask what is missing, in a process of its own"),
        Action("pause", "pause", "p", "Pause", "Stop the process; what came is kept"),
        Action("runs", "runs", "H", "Runs", "Show the runs of the sweep in History", likely=1),
        Action("table", "table", "L", "Tables", "Show the sweep in the tables", likely=2),
        Action("copy", "copy", "y", "Copy", "Copy the command that goes on with the sweep"),
    ),
    *_of(
        "new sweep",
        "new",
        Action("start", "start", "ctrl+s", "Start", "Write the plan and ask it; says the cost first"),
        Action("leave", "leave", "escape", "Leave", "Leave the form; nobody is asked"),
    ),
    *_of(
        "write",
        "write",
        Action("save", "save", "ctrl+s", "Save", "Save the question, and go to it"),
        Action("leave", "leave", "escape", "Leave", "Leave the form; asks first if something was typed"),
        Action("delete", "delete", "f8", "Delete", "Delete the question; asks first"),
    ),
    *_of(
        "play",
        "play",
        Action("lock", "lock", "enter", "Lock", "Lock the guess, so that it counts"),
        Action("next", "next", "space", "Next", "Go on: the next player, the next question, the scoreboard"),
        Action("more", "change(5)", "right", "+5", "Five percentage points more; digits set the percent"),
        Action("less", "change(-5)", "left", "−5", "Five percentage points less"),
        Action("one_more", "change(1)", "shift+right,plus", "+1", "One percentage point more", footer=False),
        Action("one_less", "change(-1)", "shift+left,minus", "−1", "One percentage point less", footer=False),
        Action("down", "move(1)", "j,down", "Down", "Next option", footer=False),
        Action("up", "move(-1)", "k,up", "Up", "Option before", footer=False),
        Action("equal", "equal", "equals_sign", "Equal", "Give all options the same again", footer=False),
        Action("page_down", "turn(1)", "pagedown", "Page down", "Scroll the text down", footer=False),
        Action("page_up", "turn(-1)", "pageup", "Page up", "Scroll the text up", footer=False),
        Action("again", "again", "n", "New round", "Play another round"),
        Action("copy", "copy", "y", "Copy card", "Copy the result card as text, and write it to a file"),
        Action("chart", "chart", "X", "Card", "Write the result card as SVG and text"),
        Action("back", "back", "escape", "Leave", "Leave the round; guesses so far are kept"),
    ),
    *_of(
        "everywhere",
        "app",
        Action("explore", "show_mode('explore')", "e", "Explore", "Go to Explore", footer=False),
        Action("history", "show_mode('history')", "h", "History", "Go to the history of runs", footer=False, likely=6),
        Action("tables", "show_mode('tables')", "T", "Tables", "Go to the tables", footer=False),
        Action("play", "play", "P", "Play", "Guess how groups answered, against the models", footer=False),
        Action("sweeps", "show_mode('sweeps')", "A", "Sweeps", "Go to the sweeps", footer=False),
        Action("theme", "change_theme", "t", "Theme", "Choose a theme", footer=False),
        Action(
            "problems",
            "problems",
            "exclamation_mark",
            "Not used",
            "Show which packs, themes and settings could not be used",
            footer=False,
        ),
        Action(
            "help",
            "help",
            "question_mark,f1",
            "Help",
            "What has the focus, then keys, measures and glyphs explained",
            footer=False,
            anywhere="f1",
        ),
        Action("tour", "tour", "f2", "Tour", "Show the tour: three steps on Explore", footer=False),
        Action(
            "suspend",
            "suspend_process",
            "ctrl+z",
            "Suspend",
            "Go to the shell; fg comes back",
            footer=False,
            anywhere="ctrl+z",
        ),
        Action("leave", "leave", "q", "Quit", "Go back; on a main screen, leave the program", footer=False),
        Action("quit", "quit", "ctrl+q", "Quit at once", "Leave the program", footer=False, anywhere="ctrl+q"),
    ),
)


def actions_in(*scopes: Scope) -> Iterator[Action]:
    """The actions of these scopes, in the order of the registry."""
    return (action for action in ACTIONS if action.scope in scopes)


def likely_first(actions: Iterable[Action], first: str = "") -> list[Action]:
    """Actions in the order of the palette.

    Args:
        first: id of the likeliest one now, if that depends on more than the screen.
    """
    return sorted(actions, key=lambda action: (action.id != first, action.likely or len(ACTIONS)))


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
