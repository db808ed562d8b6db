"""The keys of actions: presets, and the user's own by the actions' ids."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from opinionscope.errors import OpinionscopeError
from opinionscope.settings import Paths, read_settings
from opinionscope.suggesting import did_you_mean
from opinionscope.tui.actions import ACTIONS, Action

PRESETS: Mapping[str, Mapping[str, str]] = {
    "default": {},
    "vim": {
        "explore.next": "j,n,right_square_bracket",
        "explore.previous": "k,N,left_square_bracket",
        "view.down": "ctrl+d,pagedown",
        "view.up": "ctrl+u,pageup",
        "history.page_down": "ctrl+d,pagedown",
        "history.page_up": "ctrl+u,pageup",
        "grid.left": "h,left",
        "grid.right": "l,right",
        "tables.before": "h,left_square_bracket,left",
        "tables.next": "l,right_square_bracket,right",
    },
}
KEY_NAMES = {
    "slash": "/",
    "question_mark": "?",
    "exclamation_mark": "!",
    "number_sign": "#",
    "asterisk": "*",
    "equals_sign": "=",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "enter": "enter",
    "delete": "del",
}


class KeymapError(OpinionscopeError):
    """Keys that cannot be used as they stand in the settings."""

    title = "Keys not used"


def keymap(preset: str, own: Mapping[str, str]) -> tuple[dict[str, str], list[KeymapError]]:
    """Keys by id of action, where they differ from the usual ones, and what of the user's own cannot be used.

    Args:
        preset: one of `PRESETS`.
        own: keys by id of action, several parted by commas; they go before the preset's.
    """
    ids = {action.id for action in ACTIONS}
    problems = [
        KeymapError(f"[keys] {name}: there is no such action; {did_you_mean(name, sorted(ids), 'F1 lists them')}")
        for name in own
        if name not in ids
    ]
    chosen = {**PRESETS[preset], **{name: keys for name, keys in own.items() if name in ids}}
    return chosen, [*problems, *_clashes(chosen)]


def keys_of(action: Action, chosen: Mapping[str, str]) -> str:
    """The keys of an action as they are shown: ``n ]``, ``^r``."""
    keys = chosen.get(action.id, action.keys).split(",")
    return " ".join(KEY_NAMES.get(key.strip(), key.strip().replace("ctrl+", "^")) for key in keys)


def key_rows() -> tuple[list[tuple[str, ...]], list[KeymapError]]:
    """Every action: id, screen, the keys that it has by the settings, what it does; and what of the keys is wrong.

    Raises:
        SettingsError: if the settings cannot be read.
    """
    settings = read_settings(Paths.find().settings)
    chosen, problems = keymap(settings.keymap, settings.keys)
    return [(each.id, each.scope, keys_of(each, chosen), each.help) for each in ACTIONS], problems


def _clashes(chosen: Mapping[str, str]) -> Iterator[KeymapError]:
    """Two actions of one screen on the same key, where the user or the preset has put one of them there."""
    users: dict[tuple[str, str], list[Action]] = defaultdict(list)
    for action in ACTIONS:
        for key in chosen.get(action.id, action.keys).split(","):
            users[action.scope, key.strip()].append(action)
    for (scope, key), actions in users.items():
        if len(actions) > 1 and any(action.id in chosen for action in actions):
            named = " and ".join(action.id for action in actions)
            yield KeymapError(
                f'[keys] "{KEY_NAMES.get(key, key)}" is the key of {named} ({scope}); give one another key'
            )
