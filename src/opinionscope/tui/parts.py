"""The parts of the screens that can have the focus, each explained in a sentence or two; the help begins with them."""

from collections.abc import Iterator
from itertools import chain

from msgspec import Struct
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from opinionscope.tui.keymap import KEY_NAMES


class Part(Struct, frozen=True):
    """A part of a screen.

    Attributes:
        of: ``#ID`` of a widget, or the name of its class; what lies within a part belongs to it.
        title: how the part is called.
        text: what it shows, and what it is for.
    """

    of: str
    title: str
    text: str


PARTS: tuple[Part, ...] = (
    Part(
        "QuestionList",
        "The questions",
        "Up and down go from one to the next, and the chart follows. No model is asked before you run.",
    ),
    Part("#search", "Search", "Finds questions by their words. Enter goes to the list, Esc shows all questions again."),
    Part("#question", "The question", "The question asked. N and n go through all of them without opening the list."),
    Part("#group", "The group", "Whose answers are shown, and as whom the model answers: a party, a sex, a country …"),
    Part(
        "#steering", "Steering", "How the model is told whose answer is wanted: nothing, a persona, examples, or both."
    ),
    Part(
        "#format",
        "Format",
        "How the model answers: percentages, simulated answers, or probabilities of letters.",
    ),
    Part("#recipe", "How it is asked", "Number of answers, order of the options, wording, reasoning, temperature."),
    Part(
        "#model", "The model", "Who is asked. A recorded answer was given earlier; a live model is asked when you run."
    ),
    Part("DetailTabs", "Prompt, answer, reading", "What the model is sent, what it wrote, and how that was read."),
    Part("RunView", "The answer", "Humans and model, option by option. PgUp and PgDn scroll."),
    Part("RunList", "The runs", "Every answer that was kept, the newest first. Enter opens one, Space marks it."),
    Part(
        "FilterLine",
        "Filter",
        "Words, and field:value, field<number; -field:value leaves those out. Enter goes to the list.",
    ),
    Part(
        "GridView",
        "The grid",
        "One question and group, asked in many ways. Each cell has TV and KL; smaller is closer.",
    ),
    Part("#names", "The tables", "Tables over everything that was answered. The cursor chooses one."),
    Part(
        "#rows", "The rows", "The dot is the value, the line its 95 % interval. Enter shows the answers behind a row."
    ),
    Part("#row-items", "The answers", "The answers behind the row, the furthest off first. Enter opens one."),
    Part("#sweeps", "The sweeps", "Grids of questions, groups and models that were asked or are being asked."),
    Part(
        "ShareBars",
        "Your guess",
        "One bar an option; they always sum to 100. Digits set the percent of the chosen one.",
    ),
    Part(
        "AttributeLine",
        "An attribute",
        "Its value for the people of the group. Where values are numbers, type a range.",
    ),
    Part(
        "PickerScreen",
        "A list to choose from",
        "Type words to find an item. Enter takes the one under the cursor, Esc none.",
    ),
    Part(
        "RecipeScreen",
        "How it is asked",
        "One line each: arrows change a choice. The last line says how many calls that makes.",
    ),
    Part(
        "WriteScreen",
        "A question of your own",
        "Its text, its options, and how groups answered. Only text and options must be there.",
    ),
    Part(
        "NewSweepScreen",
        "A new sweep",
        "Each line widens the grid. The last lines say calls, cost and time as you type.",
    ),
    Part("PlaySetupScreen", "A round of Play", "Who plays, and which questions are drawn."),
    Part("StudyCardScreen", "The study card", "Who asked whom, when and how, and who the people in the sample are."),
    Part("HistoryScreen", "The history", "Every run that is kept. Run something in Explore, and it stands here."),
    Part("SavedRunScreen", "A saved run", "What was asked, and the answer, as they were kept. Nobody is asked again."),
    Part(
        "CompareScreen", "A comparison", "The same question answered in two ways or more, with intervals and verdicts."
    ),
    Part("GridScreen", "The grid", "One question and group, asked in many ways."),
    Part("TablesScreen", "The tables", "What all answers together say about models, formats and groups."),
    Part("TableRowScreen", "Behind a row", "The answers that the row of the table is made from."),
    Part("SweepsScreen", "The sweeps", "Grids of questions, groups and models. n plans the first one."),
    Part("SweepScreen", "One sweep", "How far it is, what it cost, what failed, and the leaderboard of what is there."),
    Part("PlayScreen", "Play", "Guess how a group answered; then see how close you, the models and the crowd came."),
    Part(
        "ComposeGroupScreen",
        "A group of your own",
        "One line for each attribute; the numbers say how many people are left.",
    ),
)
_BY_NAME = {part.of: part for part in PARTS}


def part_of(screen: Screen[object]) -> Part | None:
    """The innermost part that has the focus; the screen itself counts as one."""
    for node in (screen.focused or screen).ancestors_with_self:
        if (part := _part(node)) is not None:
            return part
    return None


def own_keys(screen: Screen[object]) -> Iterator[tuple[str, str]]:
    """The keys that our own widget with the focus adds, with what they do; of a window, those of the window as well."""
    nodes = {screen.focused, screen} if screen.is_modal else {screen.focused}
    keys: dict[tuple[str, str], list[str]] = {}
    for key, active in screen.active_bindings.items():
        does = (active.binding.action, active.binding.description)
        if active.node in nodes and active.enabled and does in _declared(active.node):
            keys.setdefault(does, []).append(KEY_NAMES.get(key, key).replace("ctrl+", "^"))
    return ((" ".join(names), does) for (_, does), names in keys.items())


def _declared(node: DOMNode) -> set[tuple[str, str]]:
    """Action and description of what classes of ours bind; moving in a list and editing a line go without saying."""
    ours = (each for each in type(node).__mro__ if each.__module__.startswith("opinionscope."))
    bound = chain.from_iterable(vars(each).get("BINDINGS", ()) for each in ours)
    return {(each.action, each.description) for each in bound if isinstance(each, Binding) and each.description}


def _part(node: DOMNode) -> Part | None:
    names = (f"#{node.id}", *(each.__name__ for each in type(node).__mro__))
    return next((_BY_NAME[name] for name in names if name in _BY_NAME), None)
