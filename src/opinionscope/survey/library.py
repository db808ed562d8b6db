"""Library: every pack at hand, and the ways to find a question, a group or a human distribution in it."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from msgspec import Struct, field

from opinionscope.collecting import uncollected
from opinionscope.errors import OpinionscopeError
from opinionscope.suggesting import did_you_mean
from opinionscope.survey.answers import ANSWERS_SUFFIX
from opinionscope.survey.distribution import Distribution
from opinionscope.survey.microdata import MICRODATA_SUFFIX, Microdata, read_microdata
from opinionscope.survey.pack import PACK_SUFFIXES, Pack, PackError, dataset_of, read_pack
from opinionscope.survey.published import PUBLISHED_SUFFIX
from opinionscope.survey.question import DOMAIN_TITLES, EVERYONE, Group, Question, conditions_in
from opinionscope.survey.text import clean_line, fold, has_word, has_words, search_words
from opinionscope.values import replace

REPLACED = ".replaced"
"""Behind the name of a folder, with a dot before it, while another takes its place."""


class NotFoundError(OpinionscopeError):
    """A question or a group that no pack has."""

    title = "Not found"


def _hint(wanted: str, known: Iterable[str], command: str) -> str:
    """The nearest names, or the command that lists them all."""
    question = did_you_mean(wanted, known)
    return f"{question} `{command}` lists all" if question else f"`{command}` lists what there is"


class Library(Struct, frozen=True, dict=True):
    """The packs that were found, in order, and what kept others from being read.

    Attributes:
        packs: whole packs only, one a dataset, in the order of domains; a later folder's replaces an earlier one's.
        answer_files: files of recorded answers, unread.
        microdata_files: files of people's single answers, unread.
        published_files: files of scores as a benchmark's authors published them, unread.
        problems: one PackError for each file passed over.
    """

    packs: tuple[Pack, ...]
    answer_files: tuple[Path, ...] = ()
    problems: tuple[PackError, ...] = field(default=())
    microdata_files: tuple[Path, ...] = ()
    published_files: tuple[Path, ...] = ()

    @classmethod
    def load(cls, folders: Sequence[Path]) -> "Library":
        """Read the packs in the folders that exist; a broken one is set aside and named in `problems`.

        The last folder is read first, so that a pack whose place another has taken need not be read. A pack of one
        folder takes the place of another folder's on purpose, but of the same folder's by mistake: that is named.
        """
        packs: dict[str, Pack] = {}
        problems: list[PackError] = []
        in_folder = {path: folder for folder in folders for path in _visible_files(folder)}
        paths = list(in_folder)
        with uncollected():
            for path in (path for path in reversed(paths) if path.name.endswith(PACK_SUFFIXES)):
                dataset = dataset_of(path)
                if dataset in packs:
                    taken = packs[dataset].path
                    if in_folder[taken] == in_folder[path]:
                        problems.append(PackError(path, "dataset", f'"{dataset}" is that of {taken.name}, too'))
                    continue
                try:
                    packs[dataset] = read_pack(path)
                except PackError as problem:
                    problems.append(problem)
        answer_files = tuple(path for path in paths if path.name.endswith(ANSWERS_SUFFIX))
        microdata_files = tuple(path for path in paths if path.name.endswith(MICRODATA_SUFFIX))
        published = tuple(path for path in paths if path.name.endswith(PUBLISHED_SUFFIX))
        found = tuple(packs.values())[::-1]
        return cls(
            tuple(sorted(found, key=_domain_order)), answer_files, tuple(problems[::-1]), microdata_files, published
        )

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """All questions, pack after pack."""
        return tuple(question for pack in self.packs for question in pack.questions)

    @cached_property
    def _by_dataset(self) -> Mapping[str, Pack]:
        return {pack.dataset: pack for pack in self.packs}

    @cached_property
    def _by_id(self) -> Mapping[str, Question]:
        """Questions under ``dataset/id``, and under ``id`` alone: the first pack's where several have it."""
        by_id: dict[str, Question] = {}
        for question in self.questions:
            by_id[question.key] = question
            by_id.setdefault(question.id, question)
        return by_id

    def pack(self, dataset: str) -> Pack:
        """The pack of a dataset.

        Raises:
            NotFoundError: if there is none.
        """
        try:
            return self._by_dataset[dataset]
        except KeyError:
            listed = f"there are {', '.join(self._by_dataset)}"
            hint = did_you_mean(dataset, self._by_dataset, listed)
            raise NotFoundError(f'no survey pack "{dataset}" is installed; {hint}') from None

    def question(self, question_id: str) -> Question:
        """The question with that id, or ``dataset/id``.

        Raises:
            NotFoundError: with the nearest ids.
        """
        try:
            return self._by_id[question_id]
        except KeyError:
            alike = (name for name in self._by_id if ("/" in name) == ("/" in question_id))
            hint = _hint(question_id, alike, "opinionscope questions")
            raise NotFoundError(f'there is no question "{clean_line(question_id)}"; {hint}') from None

    def groups(self, question: Question) -> tuple[Group, ...]:
        """The groups whose answer to the question is known, in the pack's order.

        Where nobody's is, all of the pack's groups, and everyone if it has none: a model can be asked all the same.
        """
        pack = self.pack(question.dataset)
        known = pack.humans.get(question.id)
        answered = tuple(group for name, group in pack.groups.items() if known and name in known)
        return answered or tuple(pack.groups.values()) or (EVERYONE,)

    def group(self, question: Question, wanted: str) -> Group:
        """The group of that name or ``attribute=value,…`` expression, case folded.

        Where single people's answers are known, an expression may join any of their attributes.

        Raises:
            NotFoundError: with the nearest names.
            CompositionError: if the people at hand cannot be told apart in that way.
            PackError: if the file of single people's answers cannot be read.
        """
        groups = self.groups(question)
        name, expression = fold(clean_line(wanted)), _fold_expression(wanted) if "=" in wanted else None
        for group in groups:
            if name == fold(group.name) or (expression and expression == _fold_expression(group.expression)):
                return group
        if "=" in wanted and (microdata := self.microdata(question.dataset)):
            return self._known_or_composed(question, microdata.group(wanted))
        hint = _hint(wanted, (group.name for group in groups), f"opinionscope groups -q {question.id}")
        if len(conditions_in(wanted)) > 1:
            hint += f"; attributes can be joined only where people are known one by one, not in {question.dataset}"
        raise NotFoundError(
            f'nobody called "{clean_line(wanted)}" is known to have answered {question.id}; {hint}',
            title="No such group",
        )

    def key_of(self, question: Question, group: Group) -> str:
        """What `group` finds a group by: its name, or, if it was composed, its expression."""
        return group.name if group in self.groups(question) else group.expression

    def _known_or_composed(self, question: Question, composed: Group) -> Group:
        """The pack's group with these attributes, else the composed one, under a name that no group of the pack has."""
        for group in self.groups(question):
            if set(group.attributes) == set(composed.attributes):
                return group
        if composed.name in self.pack(question.dataset).groups:
            return replace(composed, name=composed.expression)
        return composed

    def microdata(self, dataset: str) -> Microdata | None:
        """Single people's answers to a dataset, read when first asked for; None where there are none.

        Raises:
            PackError: if their file cannot be read, or is about other options than the pack's.
        """
        if dataset not in self._microdata:
            paths = [path for path in self.microdata_files if path.name == f"{dataset}{MICRODATA_SUFFIX}"]
            self._microdata[dataset] = self._read_microdata(paths[-1], dataset) if paths else None
        return self._microdata[dataset]

    def _read_microdata(self, path: Path, dataset: str) -> Microdata:
        microdata = read_microdata(path)
        for question in self.pack(dataset).questions:
            if foreign := microdata.foreign_labels(question):
                reason = f'expected options of the pack\'s question, "{foreign[0]}" is none of them; import both again'
                raise PackError(path, f"options.{question.id}", reason)
        return microdata

    @cached_property
    def _microdata(self) -> dict[str, Microdata | None]:
        return {}

    def human(self, question: Question, group: Group) -> Distribution | None:
        """How the group answered; None if that is not known.

        Raises:
            PackError: if single people's answers are needed and their file cannot be read.
        """
        pack = self.pack(question.dataset)
        named = pack.groups.get(group.name)
        if not group.attributes or (named and set(named.attributes) == set(group.attributes)):
            known = pack.humans.get(question.id)
            return known.get(group.name) if known else None
        microdata = self.microdata(question.dataset)
        return microdata.cut(question, group.attributes).distribution if microdata else None

    def pooled(self, question: Question, group: Group) -> Distribution | None:
        """What somebody would answer who does not know the group.

        That is the whole population's answer where the source has it, else that of the groups of the same attributes
        together, weighted by how many of them answered. A group is part of its own pool.

        Returns:
            None where the pool would be the group alone, or it is not known how many answered.
        """
        pack = self._by_dataset.get(question.dataset)
        answered = pack.humans.get(question.id) if pack else None
        if pack is None or not answered or group.name == EVERYONE.name:
            return None
        if EVERYONE.name in answered:
            return answered[EVERYONE.name]
        attributes = {attribute for attribute, _ in group.attributes}
        sides = [
            answered[name]
            for name, other in pack.groups.items()
            if attributes and name in answered and {attribute for attribute, _ in other.attributes} == attributes
        ]
        if len(sides) < 2 or any(side.n is None for side in sides):
            return None
        options = range(len(question.options))
        return Distribution.from_counts(math.fsum(s.probabilities[at] * (s.n or 0.0) for s in sides) for at in options)

    @cached_property
    def _search_texts(self) -> tuple[tuple[str, str], ...]:
        return tuple(
            (
                fold(f"{question.id} {question.title}"),
                fold(" ".join((question.text, question.context, *question.topics, question.domain, question.dataset))),
            )
            for question in self.questions
        )

    def search(self, text: str = "", domain: str | None = None) -> tuple[Question, ...]:
        """Questions that have a word beginning with each word of `text`; those with all in title or id first."""
        words = search_words(text)
        in_title: list[Question] = []
        elsewhere: list[Question] = []
        for question, (title, body) in zip(self.questions, self._search_texts, strict=True):
            if domain and question.domain != domain:
                continue
            if has_words(title, words):
                in_title.append(question)
            elif all(has_word(title, word) or has_word(body, word) for word in words):
                elsewhere.append(question)
        return (*in_title, *elsewhere)


def _visible_files(folder: Path) -> Iterator[Path]:
    """All that is in a folder, but for hidden folders: an import puts its files together in one.

    Where an import was ended just between taking a folder away and putting the new one there, the old one counts.
    """
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        top, *below = (*path.relative_to(folder).parts[:-1], "")
        if not any(part.startswith(".") for part in below) and (not top.startswith(".") or _stands_in(folder, top)):
            yield path


def _stands_in(folder: Path, name: str) -> bool:
    replaced = name.removeprefix(".").removesuffix(REPLACED)
    return name == f".{replaced}{REPLACED}" and not (folder / replaced).exists()


def _domain_order(pack: Pack) -> int:
    domains = list(DOMAIN_TITLES)
    return domains.index(pack.domain) if pack.domain in domains else len(domains)


def _fold_expression(text: str) -> str:
    parts = [part.strip() for part in conditions_in(text)]
    return ",".join(sorted(fold("=".join(side.strip() for side in part.split("="))) for part in parts))
