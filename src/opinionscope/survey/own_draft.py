"""Draft: a question of one's own while it is being written, with one sentence for whatever is not right yet."""

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct, field

from opinionscope.survey.own_lines import (
    Answered,
    LineError,
    answered_line,
    option_line,
    options_of,
    people_of,
)
from opinionscope.survey.pack import MAX_OPTIONS, OptionEntry, PackFile, QuestionEntry
from opinionscope.survey.question import Group
from opinionscope.survey.text import clean, clean_line
from opinionscope.survey.titles import short_title

Field = Literal["title", "text", "context", "options", "people"]


class Written(Struct, frozen=True):
    """A question that can be saved.

    Attributes:
        entry: as in a pack, but for its id.
        groups: all that it names.
    """

    entry: QuestionEntry
    groups: tuple[Group, ...]


class Checked(Struct, frozen=True):
    """What can be made of a draft so far.

    Attributes:
        problems: a sentence for each field that is not right yet.
        title: as typed, else made from the text, else "".
        options, people: what can be read; () while any of it cannot.
    """

    title: str
    text: str
    context: str
    options: tuple[OptionEntry, ...] = ()
    people: tuple[Answered, ...] = ()
    problems: Mapping[Field, str] = field(default_factory=dict)

    def written(self) -> Written:
        """The question.

        Raises:
            LineError: with the first problem.
        """
        if self.problems:
            raise LineError(next(iter(self.problems.values())))
        entry = QuestionEntry(
            id="",
            title=self.title,
            text=self.text,
            context=self.context,
            options=list(self.options),
            human={each.group.name: each.figures for each in self.people if each.figures is not None},
        )
        return Written(entry, tuple(each.group for each in self.people))


class Draft(Struct, frozen=True):
    """A question as typed; options and people as `own_lines` reads them.

    Attributes:
        title: "" to have it made from the text.
    """

    title: str = ""
    text: str = ""
    context: str = ""
    options: str = ""
    people: str = ""

    @classmethod
    def of(cls, entry: QuestionEntry, file: PackFile) -> "Draft":
        """The draft that a question of a pack was, or might have been."""
        title, text = clean_line(entry.title), clean(entry.text).strip()
        return cls(
            "" if title == short_title(text) else title,
            text,
            clean(entry.context).strip(),
            "\n".join(map(option_line, entry.options or file.options)),
            "\n".join(answered_line(clean_line(name), figures) for name, figures in entry.human.items()),
        )

    def check(self, known: Iterable[Group] = ()) -> Checked:
        """Read what is there.

        Args:
            known: groups that the pack has.
        """
        problems: dict[Field, str] = {}
        text = clean(self.text).strip()
        if not text:
            problems["text"] = "the question itself is missing"
        options, problem = self._options()
        if problem:
            problems["options"] = problem
            if clean(self.people).strip():
                problems["people"] = "figures can be read when the options are right"
        people: tuple[Answered, ...] = ()
        try:
            people = tuple(people_of(self.people, known, len(options))) if not problem else ()
        except LineError as error:
            problems["people"] = error.message
        title = clean_line(self.title) or (short_title(text) if text else "")
        return Checked(title, text, clean(self.context).strip(), options, people, problems)

    def _options(self) -> tuple[tuple[OptionEntry, ...], str]:
        try:
            options = tuple(options_of(self.options))
        except LineError as error:
            return (), error.message
        if len(options) < 2:
            return options, f"at least two options are needed, there {'is one' if options else 'are none'}"
        if len(options) > MAX_OPTIONS:
            return options, f"at most {MAX_OPTIONS} options, a letter each; there are {len(options)}"
        if all(option.nonresponse for option in options):
            return options, "at least one option must be a real answer"
        return options, ""
