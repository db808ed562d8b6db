"""The actions of the main screens: the registry that bindings, footer, help and palette are made from.

Modal windows, such as the pickers, bind their few keys themselves.
"""

from collections.abc import Iterable, Iterator

from textual.binding import Binding, BindingType

from opinionscope.tui.action import SCOPE_TITLES, Action, Scope

__all__ = ["ACTIONS", "SCOPE_TITLES", "Action", "Scope", "actions_in", "bindings_in", "likely_first"]

ACTIONS: tuple[Action, ...] = (
    Action(
        "explore.run",
        "explore",
        "run",
        "r,ctrl+r",
        "Run",
        "Ask the model, or keep the recorded answer as a run",
        likely=1,
    ),
    Action(
        "explore.cancel",
        "explore",
        "cancel",
        "escape",
        "Cancel",
        "Cancel the running calls; leave the search field or the tour",
    ),
    Action(
        "explore.enough",
        "explore",
        "enough",
        "x",
        "Enough",
        "Stop early, or after a cancel use the answers so far",
    ),
    Action("explore.resume", "explore", "resume", "R", "Resume", "Ask only for the missing answers"),
    Action("explore.search", "explore", "search", "slash", "Search", "Find a question by its words"),
    Action("explore.group", "explore", "group", "g", "Group", "Choose the group of people, or compose one", likely=3),
    Action("explore.steering", "explore", "steering", "s", "Steering", "Next steering method"),
    Action("explore.format", "explore", "format", "f", "Format", "Next expression format"),
    Action("explore.recipe", "explore", "recipe", "o", "How", "How it is asked: samples, repeats, order, voice, …"),
    Action("explore.model", "explore", "model", "m", "Model", "Choose or type the model that is asked"),
    Action(
        "explore.local",
        "explore",
        "local",
        "l",
        "Local",
        "Ask a small model on this machine, live",
        footer=False,
        likely=2,
    ),
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
    Action("explore.hold", "explore", "hold", "equals_sign", "Pin", "Pin this result, to stand beside the next"),
    Action(
        "explore.compare",
        "explore",
        "compare",
        "C",
        "Compare",
        "Compare with the pinned result",
        footer=False,
    ),
    Action(
        "explore.grid",
        "explore",
        "grid",
        "G",
        "Grid",
        "Ask in many ways at once: steering × format, model, group",
        likely=4,
    ),
    Action(
        "explore.worst",
        "explore",
        "worst",
        "v",
        "Worst first",
        "Questions where the model is worst, first",
        footer=False,
    ),
    Action(
        "explore.measure", "explore", "measure", "V", "By measure", "Sort questions by another measure", footer=False
    ),
    Action("grid.open", "grid", "open", "enter", "Open", "Open the saved run, or the choices in Explore", likely=2),
    Action(
        "grid.by", "grid", "next_axis", "b", "By", "Steering × format, steering × model, or group × steering", likely=3
    ),
    Action(
        "grid.ask", "grid", "ask", "a", "Ask missing", "Ask for what is missing; says calls and cost first", likely=1
    ),
    Action("grid.unit", "grid", "toggle_unit", "u", "Unit", "Show KL in bits or in nats"),
    Action("grid.back", "grid", "back", "escape,backspace", "Back", "Stop asking, or go back to Explore"),
    Action("grid.copy", "grid", "copy", "y", "Copy", "Copy the numbers, and write them to a file", footer=False),
    Action("grid.chart", "grid", "chart", "X", "Chart", "Write the grid as SVG and text", footer=False),
    Action("grid.down", "grid", "move(1, 0)", "j,down", "Down", "Cell below", footer=False),
    Action("grid.up", "grid", "move(-1, 0)", "k,up", "Up", "Cell above", footer=False),
    Action("grid.right", "grid", "move(0, 1)", "right", "Right", "Cell to the right", footer=False),
    Action("grid.left", "grid", "move(0, -1)", "left", "Left", "Cell to the left", footer=False),
    Action("explore.copy", "explore", "copy", "y", "Copy", "Copy the result, or the focused tab", footer=False),
    Action("explore.chart", "explore", "write_chart", "X", "Chart", "Draw the chart into an SVG file", footer=False),
    Action("explore.write", "explore", "write", "w", "Write", "Write a question of your own", footer=False),
    Action(
        "explore.change", "explore", "change", "W", "Change", "Change or delete a question of your own", footer=False
    ),
    Action("history.open", "history", "open_run", "o,enter", "Open", "Open the run under the cursor"),
    Action("history.filter", "history", "filter", "slash", "Filter", "Filter runs: words, model:gpt-4, kl<0.2, …"),
    Action("history.leave", "history", "leave_filter", "escape", "List", "Leave the filter; show all", footer=False),
    Action("history.mark", "history", "mark", "space", "Mark", "Mark the run, or no longer; marks survive filters"),
    Action("history.unmark", "history", "unmark", "U", "Unmark", "Take all marks away", footer=False),
    Action("history.compare", "history", "compare", "c", "Compare", "Compare the marked runs, two to eight"),
    Action("history.explore", "history", "explore", "E", "Explore", "Open the run in Explore", footer=False),
    Action("history.sort", "history", "sort", "s", "Sort", "Sort by the next column, or by the heading you click"),
    Action("history.reverse", "history", "reverse", "S", "Reverse", "Reverse the order", footer=False),
    Action("history.group", "history", "group", "b", "By", "Group by question, model, day, or not", footer=False),
    Action("history.tag", "history", "tag", "number_sign", "Tag", "Give tags to the run, or to the marked runs"),
    Action("history.note", "history", "note", "n", "Note", "Write a note on the run"),
    Action("history.pin", "history", "pin", "asterisk", "Pin", "Pin the run, or no longer", footer=False),
    Action("history.delete", "history", "delete", "d,delete", "Delete", "Delete the run, or the marked runs"),
    Action("history.undo", "history", "undo", "u", "Undo", "Bring back what was deleted last", footer=False),
    Action("history.saved", "history", "saved_filters", "f", "Filters", "Choose a saved filter", footer=False),
    Action("history.save", "history", "save_filter", "F", "Save filter", "Save the filter by a name", footer=False),
    Action("history.preview", "history", "preview", "p", "Preview", "Show or hide the chart of the run", footer=False),
    Action("history.copy", "history", "copy", "y", "Copy", "Copy the run or the marked ones as a table", footer=False),
    Action("history.copy_id", "history", "copy_id", "Y", "Copy id", "Copy the id of the run", footer=False),
    Action("history.down", "history", "move(1)", "j,down", "Down", "Next run", footer=False),
    Action("history.up", "history", "move(-1)", "k,up", "Up", "Previous run", footer=False),
    Action("history.page_down", "history", "turn(1)", "pagedown", "Page down", "Next page of runs", footer=False),
    Action("history.page_up", "history", "turn(-1)", "pageup", "Page up", "Previous page of runs", footer=False),
    Action("history.first", "history", "go(0)", "g,home", "First", "First run", footer=False),
    Action("history.last", "history", "go(-1)", "G,end", "Last", "Last run", footer=False),
    Action("history.reload", "history", "reload", "r", "Reload", "Read the history again", footer=False),
    Action(
        "run.back",
        "saved run",
        "back",
        "escape,backspace",
        "Back",
        "Cancel the running calls, or go back to the list of runs",
    ),
    Action(
        "run.again", "saved run", "again", "r", "Again", "Ask the same again: same prompts, seeds and server", likely=1
    ),
    Action("run.model", "saved run", "other_model", "M", "Other model", "Ask another model the same", footer=False),
    Action("run.resume", "saved run", "resume", "R", "Resume", "Ask only for the missing answers"),
    Action("run.score", "saved run", "score", "x", "Score", "Score an interrupted run with the answers so far"),
    Action("run.explore", "saved run", "explore", "E", "Explore", "Open in Explore, with all its choices", likely=2),
    Action(
        "run.compare",
        "saved run",
        "compare",
        "C",
        "Compare",
        "Compare with the run before, or the pinned one",
        likely=3,
    ),
    Action("run.pin", "saved run", "hold", "equals_sign", "Pin", "Pin this run, to compare others with", footer=False),
    Action("run.today", "saved run", "today", "v", "Today", "What today's reader and measures say", footer=False),
    Action("run.tag", "saved run", "tag", "number_sign", "Tag", "Give tags to the run", footer=False),
    Action("run.note", "saved run", "note", "n", "Note", "Write a note on the run", footer=False),
    Action("run.keep", "saved run", "pin", "asterisk", "Star", "Pin the run in the list, or no longer", footer=False),
    Action("run.copy", "saved run", "copy", "y", "Copy", "Copy the result, or the focused tab", footer=False),
    Action("run.copy_id", "saved run", "copy_id", "Y", "Copy id", "Copy the id of the run", footer=False),
    Action("run.chart", "saved run", "write_chart", "X", "Chart", "Draw the chart into an SVG file", footer=False),
    Action("run.prompt", "saved run", "detail('prompt')", "p", "Prompt", "Show the prompt in full"),
    Action("run.answer", "saved run", "detail('answer')", "a", "Answer", "Show the raw answer"),
    Action("run.reading", "saved run", "detail('reading')", "i", "Reading", "Show how the answer was read"),
    Action("run.unit", "saved run", "toggle_unit", "u", "Unit", "Show KL in bits or in nats", footer=False),
    Action("run.card", "saved run", "study_card", "c", "Card", "Show who was asked, and how", footer=False),
    Action("compare.back", "compare", "back", "escape,backspace", "Back", "Go back to where you came from"),
    Action(
        "compare.part",
        "compare",
        "next_part",
        "tab,n",
        "Next part",
        "Next: bars, measures, verdicts, prompts",
        likely=1,
    ),
    Action("compare.pair", "compare", "pair(1)", "right_square_bracket", "Pair", "Next pair", footer=False),
    Action("compare.pair_before", "compare", "pair(-1)", "left_square_bracket", "Pair", "Pair before", footer=False),
    Action("compare.open", "compare", "open_run", "o", "Open", "Open one of the runs", likely=2),
    Action("compare.unit", "compare", "toggle_unit", "u", "Unit", "Show KL in bits or in nats"),
    Action("compare.copy", "compare", "copy", "y", "Copy", "Copy the table of measures", footer=False),
    Action("compare.chart", "compare", "write_chart", "X", "Chart", "Draw the bars into an SVG file", likely=3),
    Action("compare.down", "compare", "scroll(1)", "j,down", "Down", "Scroll down", footer=False),
    Action("compare.up", "compare", "scroll(-1)", "k,up", "Up", "Scroll up", footer=False),
    Action("tables.open", "tables", "open_row", "o,enter", "Open", "Show the answers behind the row"),
    Action("tables.next", "tables", "table(1)", "right_square_bracket,right", "Next", "Next table"),
    Action("tables.before", "tables", "table(-1)", "left_square_bracket,left", "Before", "Table before", footer=False),
    Action("tables.filter", "tables", "filter", "slash", "Filter", "Which answers enter: model:gpt-4, tag:pilot, …"),
    Action("tables.leave", "tables", "leave_filter", "escape", "All", "Leave the filter; take all", footer=False),
    Action("tables.split", "tables", "split", "b", "By", "Split rows by the next field, or not"),
    Action("tables.scoring", "tables", "scoring", "v", "Scoring", "Corrected scoring, or as in the paper"),
    Action("tables.sort", "tables", "sort", "s", "Sort", "Sort by the next column"),
    Action("tables.reverse", "tables", "reverse", "S", "Reverse", "Reverse the order", footer=False),
    Action("tables.copy", "tables", "copy", "y", "Copy", "Copy the table, and write it to a file", footer=False),
    Action("tables.chart", "tables", "chart", "X", "Chart", "Write the table as SVG and text", footer=False),
    Action("tables.down", "tables", "move(1)", "j", "Down", "Next row", footer=False),
    Action("tables.up", "tables", "move(-1)", "k", "Up", "Previous row", footer=False),
    Action("row.back", "table row", "back", "escape,backspace", "Back", "Go back to the table"),
    Action(
        "row.open",
        "table row",
        "open_item",
        "o,enter",
        "Open",
        "Open the saved run, or the answer in Explore",
        likely=1,
    ),
    Action("row.plot", "table row", "plot", "p", "Plot", "The model's shares against people's, or the list", likely=2),
    Action("row.down", "table row", "move(1)", "j", "Down", "Next answer", footer=False),
    Action("row.up", "table row", "move(-1)", "k", "Up", "Previous answer", footer=False),
    Action("sweeps.open", "sweeps", "open_sweep", "o,enter", "Open", "Show how far the sweep is"),
    Action("sweeps.new", "sweeps", "new_sweep", "n", "New", "Plan a sweep, from the choices in Explore"),
    Action("sweeps.resume", "sweeps", "resume", "r", "Resume", "Ask what is missing, in a process of its own"),
    Action("sweeps.pause", "sweeps", "pause", "p", "Pause", "Stop the process; what came is kept"),
    Action("sweeps.runs", "sweeps", "runs", "H", "Runs", "Show the runs of the sweep in History", footer=False),
    Action("sweeps.table", "sweeps", "table", "L", "Tables", "Show the sweep in the tables", footer=False),
    Action("sweeps.copy", "sweeps", "copy", "y", "Copy", "Copy the command that goes on with the sweep", footer=False),
    Action("sweeps.down", "sweeps", "move(1)", "j", "Down", "Next sweep", footer=False),
    Action("sweeps.up", "sweeps", "move(-1)", "k", "Up", "Previous sweep", footer=False),
    Action("sweep.back", "sweep", "back", "escape,backspace", "Back", "Back to all sweeps; the sweep goes on"),
    Action("sweep.resume", "sweep", "resume", "r", "Resume", "Ask what is missing, in a process of its own"),
    Action("sweep.pause", "sweep", "pause", "p", "Pause", "Stop the process; what came is kept"),
    Action("sweep.runs", "sweep", "runs", "H", "Runs", "Show the runs of the sweep in History", likely=1),
    Action("sweep.table", "sweep", "table", "L", "Tables", "Show the sweep in the tables", likely=2),
    Action("sweep.copy", "sweep", "copy", "y", "Copy", "Copy the command that goes on with the sweep"),
    Action("new.start", "new sweep", "start", "ctrl+s", "Start", "Write the plan and ask it; says the cost first"),
    Action("new.leave", "new sweep", "leave", "escape", "Leave", "Leave the form; nobody is asked"),
    Action("write.save", "write", "save", "ctrl+s", "Save", "Save the question, and go to it"),
    Action("write.leave", "write", "leave", "escape", "Leave", "Leave the form; asks first if something was typed"),
    Action("write.delete", "write", "delete", "f8", "Delete", "Delete the question; asks first"),
    Action("play.lock", "play", "lock", "enter", "Lock", "Lock the guess, so that it counts"),
    Action("play.next", "play", "next", "space", "Next", "Go on: the next player, the next question, the scoreboard"),
    Action("play.more", "play", "change(5)", "right", "+5", "Five percentage points more; digits set the percent"),
    Action("play.less", "play", "change(-5)", "left", "−5", "Five percentage points less"),
    Action("play.one_more", "play", "change(1)", "shift+right,plus", "+1", "One percentage point more", footer=False),
    Action("play.one_less", "play", "change(-1)", "shift+left,minus", "−1", "One percentage point less", footer=False),
    Action("play.down", "play", "move(1)", "j,down", "Down", "Next option", footer=False),
    Action("play.up", "play", "move(-1)", "k,up", "Up", "Option before", footer=False),
    Action("play.equal", "play", "equal", "equals_sign", "Equal", "Give all options the same again", footer=False),
    Action("play.page_down", "play", "turn(1)", "pagedown", "Page down", "Scroll the text down", footer=False),
    Action("play.page_up", "play", "turn(-1)", "pageup", "Page up", "Scroll the text up", footer=False),
    Action("play.again", "play", "again", "n", "New round", "Play another round"),
    Action("play.copy", "play", "copy", "y", "Copy card", "Copy the result card as text, and write it to a file"),
    Action("play.chart", "play", "chart", "X", "Card", "Write the result card as SVG and text"),
    Action("play.back", "play", "back", "escape", "Leave", "Leave the round; guesses so far are kept"),
    Action("app.explore", "everywhere", "show_mode('explore')", "e", "Explore", "Go to Explore", footer=False),
    Action(
        "app.history",
        "everywhere",
        "show_mode('history')",
        "h",
        "History",
        "Go to the history of runs",
        footer=False,
        likely=6,
    ),
    Action("app.tables", "everywhere", "show_mode('tables')", "T", "Tables", "Go to the tables", footer=False),
    Action(
        "app.play", "everywhere", "play", "P", "Play", "Guess how groups answered, against the models", footer=False
    ),
    Action("app.sweeps", "everywhere", "show_mode('sweeps')", "A", "Sweeps", "Go to the sweeps", footer=False),
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
        "What has the focus, then keys, measures and glyphs explained",
        footer=False,
        anywhere="f1",
    ),
    Action("app.tour", "everywhere", "tour", "f2", "Tour", "Show the tour: three steps on Explore", footer=False),
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
    Action(
        "app.leave", "everywhere", "leave", "q", "Quit", "Go back; on a main screen, leave the program", footer=False
    ),
    Action("app.quit", "everywhere", "quit", "ctrl+q", "Quit at once", "Leave the program", False, "ctrl+q"),
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
