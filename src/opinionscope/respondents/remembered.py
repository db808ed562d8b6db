"""What is remembered of models between two starts: favourites, and the ones used last.

The file is a convenience: one that is broken is passed over, and one that cannot be written is not missed.
"""

from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from opinionscope.errors import OpinionscopeError
from opinionscope.files import write_whole
from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.providers import checked_base
from opinionscope.survey.text import clean_line

MOST_USED = 20
LONGEST_NAME = 200


class StateError(OpinionscopeError):
    """The file of favourite and last used models cannot be read or written."""

    title = "Favourites not at hand"


class Used(msgspec.Struct, frozen=True):
    """A model, and when it was used last."""

    model: str
    when: datetime


class Remembered(msgspec.Struct, frozen=True):
    """Favourites in the order in which they were chosen, and the last used models, latest first.

    Attributes:
        servers: model → address of the server that was named with it, as ``--api-base`` or in the picker.
    """

    favourites: tuple[str, ...] = ()
    used: tuple[Used, ...] = ()
    servers: dict[str, str] = {}

    def rank(self, model: str) -> int:
        """The place of a model in lists: favourites first, then last used ones, then all others alike."""
        known = dict.fromkeys((*self.favourites, *(used.model for used in self.used)))
        return next((place for place, name in enumerate(known) if name == model), len(known))


class StateFile(Struct, frozen=True):
    """The file that remembers."""

    path: Path

    def read(self) -> tuple[Remembered, StateError | None]:
        """What it holds; nothing, and why, if it cannot be read."""
        try:
            found = msgspec.json.decode(self.path.read_bytes(), type=Remembered)
        except FileNotFoundError:
            return Remembered(), None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return Remembered(), StateError(f"{self.path} cannot be read and is ignored; delete it to be rid of this")
        favourites = tuple(dict.fromkeys(name for name in found.favourites if _is_name(name)))
        used = tuple(used for used in found.used if _is_name(used.model))[:MOST_USED]
        servers = {model: base for model, base in found.servers.items() if _is_name(model) and _is_address(base)}
        return Remembered(favourites, used, servers), None

    def toggle_favourite(self, model: str) -> Remembered:
        """Make a model a favourite, or no longer.

        Raises:
            StateError: if the file cannot be written.
        """
        before, _ = self.read()
        others = tuple(name for name in before.favourites if name != model)
        favourites = others if model in before.favourites else (*others, model)
        return self._write(Remembered(favourites, before.used, before.servers))

    def note_use(self, model: str, when: datetime, api_base: str | None = None) -> Remembered:
        """Put a model at the head of the last used ones.

        Args:
            api_base: the server that was named with it; None if none was, which is remembered as well.

        Raises:
            StateError: if the file cannot be written.
        """
        before, _ = self.read()
        used = (Used(model, when), *(used for used in before.used if used.model != model))
        servers = {name: base for name, base in before.servers.items() if name != model}
        if api_base and _is_address(api_base):
            servers[model] = api_base
        return self._write(Remembered(before.favourites, used[:MOST_USED], servers))

    def _write(self, remembered: Remembered) -> Remembered:
        known = {*remembered.favourites, *(used.model for used in remembered.used)}
        servers = {model: base for model, base in remembered.servers.items() if model in known}
        remembered = msgspec.structs.replace(remembered, servers=servers)
        try:
            write_whole(self.path, msgspec.json.encode(remembered))
        except OSError as error:
            raise StateError(f"{self.path} cannot be written ({error.strerror}); check its rights") from error
        return remembered


def _is_address(base: str) -> bool:
    try:
        checked_base(base)
    except RespondentError:
        return False
    return len(base) <= LONGEST_NAME


def _is_name(name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and name == clean_line(name)
