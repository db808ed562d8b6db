"""The user's own packs: adding a question, changing it, deleting it, and never losing another."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from opinionscope.errors import OpinionscopeError
from opinionscope.files import locked, write_whole
from opinionscope.regexes import regex
from opinionscope.survey.library import Library, NotFoundError
from opinionscope.survey.own_draft import Draft, Written
from opinionscope.survey.pack import PACK_FORMAT, PackFile, QuestionEntry, decode_file, pack_of, pack_text
from opinionscope.survey.question import DOMAIN_TITLES, Group, Question
from opinionscope.survey.text import clean_line
from opinionscope.survey.titles import Names

OWN = "own"
"""Dataset, wording and domain of what a user writes."""

_PACK_NAME = regex(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_LOCK_FILE = ".own.lock"


class OwnPackError(OpinionscopeError):
    """A question that was not saved; the pack is as it was before."""

    title = "Not saved"


class OwnPack(Struct, frozen=True):
    """A pack of one's own, which need not be there yet. Every change reads the file anew and replaces it whole.

    Attributes:
        path: a ``.pack.json`` in the user's data folder.
    """

    dataset: str
    path: Path

    @classmethod
    def named(cls, name: str, library: Library, folder: Path) -> "OwnPack":
        """The pack of that dataset in the user's data folder, or the one that a first question will make.

        Raises:
            OwnPackError: if the name cannot be used, or is that of a pack that nobody wrote here.
        """
        if not _PACK_NAME.fullmatch(name):
            raise OwnPackError(f'"{clean_line(name)}" cannot name a pack; use letters, digits, - and _')
        pack = next((pack for pack in library.packs if pack.dataset == name), None)
        if pack is None:
            return cls(name, folder / f"{name}.pack.json")
        own = cls.of(pack.questions[0], library, folder)
        if own is None:
            raise OwnPackError(f'"{name}" is a pack that was not written here ({pack.path.name}); choose another name')
        return own

    @classmethod
    def of(cls, question: Question, library: Library, folder: Path) -> "OwnPack | None":
        """The pack that a question can be changed in; None if it is nobody's own, or kept elsewhere or in TOML."""
        path = library.pack(question.dataset).path
        is_own = question.wording == OWN and path.suffix == ".json" and path.is_relative_to(folder)
        return cls(question.dataset, path) if is_own else None

    def groups(self) -> tuple[Group, ...]:
        """The groups that questions of the pack have named.

        Raises:
            PackError: if the file cannot be read.
        """
        return _groups(self._file())

    def draft(self, question_id: str) -> Draft:
        """A question as it would be typed.

        Raises:
            PackError: if the file cannot be read.
            NotFoundError: if it has no such question.
        """
        file = self._file()
        return Draft.of(file.questions[self._place(file, question_id)], file)

    def add(self, written: Written) -> str:
        """Add a question, and return its id, which is made from its title.

        Raises:
            OwnPackError: if the file cannot be written.
            PackError: if it cannot be read.
        """
        with self._locked():
            file = self._file()
            new_id = _new_id(written.entry.title, {entry.id for entry in file.questions})
            file.questions.append(msgspec.structs.replace(written.entry, id=new_id))
            self._take_in(file, written.groups)
            self._write(file)
        return new_id

    def change(self, question_id: str, written: Written) -> None:
        """Put other words and figures in a question's place; its id stays, and the pack's version is counted up.

        Raises:
            OwnPackError, PackError: as `add`.
            NotFoundError: if there is no such question.
        """
        with self._locked():
            file = self._file()
            place = self._place(file, question_id)
            old, new = file.questions[place], written.entry
            file.questions[place] = msgspec.structs.replace(
                old, title=new.title, text=new.text, context=new.context, options=new.options, human=new.human
            )
            self._take_in(file, written.groups)
            _drop_groups(file, old)
            file.version = str(int(file.version) + 1) if file.version.isdecimal() else file.version
            self._write(file)

    def delete(self, question_id: str) -> None:
        """Delete a question, and the file with its last.

        Raises:
            OwnPackError, PackError, NotFoundError: as `change`.
        """
        with self._locked():
            file = self._file()
            _drop_groups(file, file.questions.pop(self._place(file, question_id)))
            self._write(file)

    def _file(self) -> PackFile:
        if not self.path.exists():
            title = DOMAIN_TITLES[OWN] if self.dataset == OWN else self.dataset
            return PackFile(PACK_FORMAT, self.dataset, title, domain=OWN, wording="own")
        file = decode_file(self.path, PackFile)
        pack_of(file, self.path)
        if file.wording != OWN or clean_line(file.dataset) != self.dataset:
            raise OwnPackError(f"{self.path} is no pack of your own questions; choose another name for this one")
        return file

    def _place(self, file: PackFile, question_id: str) -> int:
        for place, entry in enumerate(file.questions):
            if clean_line(entry.id) == question_id:
                return place
        raise NotFoundError(f'there is no question "{clean_line(question_id)}" in {self.path.name} any more')

    def _take_in(self, file: PackFile, groups: tuple[Group, ...]) -> None:
        there = {group.name: group for group in _groups(file)}
        for group in groups:
            other = there.get(group.name)
            if other is None:
                file.groups[group.name] = dict(group.attributes)
            elif set(other.attributes) != set(group.attributes):
                raise OwnPackError(f"{group.name} has meanwhile been given other attributes; name the group otherwise")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Nobody else writes a pack of this folder meanwhile."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with locked(self.path.parent / _LOCK_FILE):
                yield
        except OSError as error:
            raise OwnPackError(f"{self.path} cannot be written ({error.strerror}); it is as it was before") from error

    def _write(self, file: PackFile) -> None:
        """Check the pack, and let it take the old one's place."""
        if not file.questions:
            self.path.unlink()
            return
        pack_of(file, self.path)
        write_whole(self.path, pack_text(file).encode())


def _groups(file: PackFile) -> tuple[Group, ...]:
    return tuple(
        Group(clean_line(name), tuple((clean_line(a), clean_line(v)) for a, v in attributes.items()))
        for name, attributes in file.groups.items()
    )


def _drop_groups(file: PackFile, gone: QuestionEntry) -> None:
    """Forget groups that only this question knew."""
    known = {name for entry in file.questions for name in entry.human}
    for name in gone.human:
        if name not in known:
            file.groups.pop(name, None)


def _new_id(title: str, taken: set[str]) -> str:
    wanted = Names(()).slug(title, "question")
    number, free = 2, wanted
    while free in taken:
        number, free = number + 1, f"{wanted}-{number}"
    return free
