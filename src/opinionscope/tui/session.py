"""What is remembered from one start of the terminal program to the next: choices, theme, list of runs, screen.

The file is a convenience: one that is damaged or cannot be written is passed over, and so is all in it that is not at
hand any more.
"""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from opinionscope.errors import OpinionscopeError
from opinionscope.files import write_whole
from opinionscope.values import replace

if TYPE_CHECKING:
    from opinionscope.runs.prober import Choices
    from opinionscope.tui.arrangement import Arrangement


class Listing(msgspec.Struct, frozen=True):
    """How the runs are listed: the filter as it was typed, and the order."""

    filter: str = ""
    sort: str = "created"
    descending: bool = True
    grouped: str = ""


class Session(msgspec.Struct, frozen=True):
    """What was on screen last.

    Attributes:
        choices: the fields of `Choices`; {} for none.
        theme: chosen in the program; "" for that of the settings.
        settings_theme, settings_model: what the settings said then: where they say something else now, they count.
        mode: the main screen, one of the modes of the app.
        players: who played last.
        toured: whether the tour was shown.
    """

    choices: dict[str, Any] = {}
    theme: str = ""
    settings_theme: str = ""
    settings_model: str = ""
    listing: Listing = Listing()
    mode: str = "explore"
    players: tuple[str, ...] = ()
    toured: bool = False


def read_session(path: Path) -> Session:
    """What a file remembers; nothing if there is none, or it is damaged."""
    with suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
        return msgspec.json.decode(path.read_bytes(), type=Session)
    return Session()


def write_session(path: Path, session: Session) -> None:
    """Remember; a file that cannot be written is not missed."""
    with suppress(OSError):
        write_whole(path, msgspec.json.encode(session))


def is_newcomer(arrangement: "Arrangement") -> bool:
    """Whether nothing was ever kept here, and the tour was never shown."""
    return not arrangement.session.toured and not arrangement.history.path.exists()


def remember(
    arrangement: "Arrangement", choices: "Choices", theme: str, listing: Listing | None, mode: str, *, toured: bool
) -> None:
    """Remember what is on screen now.

    Args:
        theme: the one chosen since the start; "" for none.
        listing: None where the list of runs was not opened.
        toured: whether the tour was shown since the start.
    """
    last, settings = arrangement.session, arrangement.settings
    session = Session(
        choices=msgspec.to_builtins(choices),
        theme=theme or (last.theme if last.settings_theme == settings.theme else ""),
        settings_theme=settings.theme,
        settings_model=settings.model,
        listing=listing or last.listing,
        mode=mode,
        players=tuple(arrangement.players),
        toured=toured or last.toured,
    )
    write_session(arrangement.paths.session, session)


def choices_again(session: Session, arrangement: "Arrangement") -> "Choices":
    """The last choices as far as they are at hand, over those of a first start; blocks."""
    from opinionscope.elicitation import FORMATS, PLAIN, STEERINGS
    from opinionscope.runs.prober import Choices

    first, library = arrangement.choices, arrangement.library
    try:
        last = msgspec.convert(session.choices, Choices)
        question = library.question(last.question)
    except (msgspec.ValidationError, OpinionscopeError):
        return first
    recipe, group = last.recipe, library.groups(question)[0].name
    with suppress(OpinionscopeError):
        library.group(question, last.group)
        group = last.group
    try:
        arrangement.prober.voices.named(recipe.voice)
    except OpinionscopeError:
        recipe = replace(recipe, voice=PLAIN.voice)
    is_model_kept = session.settings_model == arrangement.settings.model and _is_at_hand(last.model, arrangement)
    return Choices(
        question=question.key,
        group=group,
        steering=last.steering if last.steering in STEERINGS else first.steering,
        format=last.format if last.format in FORMATS else first.format,
        model=last.model if is_model_kept else first.model,
        api_base=last.api_base if is_model_kept else first.api_base,
        recipe=recipe,
        epsilon=first.epsilon,
        drop_nonresponse=last.drop_nonresponse,
    )


def _is_at_hand(model: str, arrangement: "Arrangement") -> bool:
    """Whether a model can be named: a recorded one must be there."""
    from opinionscope.respondents.person import is_person
    from opinionscope.respondents.recorded import RECORDED_PREFIX, Recordings

    if is_person(model):
        return False
    if not model.startswith(RECORDED_PREFIX):
        return bool(model)
    return bool(Recordings.read(arrangement.library.answer_files, model.removeprefix(RECORDED_PREFIX)).sheets)
