"""Voices: how a persona is put to the model.

A voice is written for many as well as for one: formats that ask for a whole group's answers speak of "them", whatever
the voice, so each voice ends by saying that the question was put to a sample of such people. The kinds are those of the
field: instructions as in Meister et al. 2025; transcripts, biographies and portrayals as in Santurkar et al. 2023
("Whose Opinions Do Language Models Reflect?": QA, BIO, PORTRAY); backstories in the first person as in Argyle et al.
2023 ("Out of One, Many"). The words are our own.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from opinionscope.elicitation.phrasing import first_person, people, person
from opinionscope.elicitation.templates import Template, TemplateError, load_templates
from opinionscope.errors import OpinionscopeError
from opinionscope.suggesting import did_you_mean
from opinionscope.survey.question import Group
from opinionscope.survey.text import fold

BUILT_IN = "built in"

_ASKED: Mapping[str, str] = {
    "sex": "What is your sex?",
    "gender": "What is your gender?",
    "party": "Which political party is closest to you?",
    "race": "How would you describe your race?",
    "ethnicity": "How would you describe your ethnicity?",
    "country": "Which country do you live in?",
    "region": "Which part of the country do you live in?",
    "age": "How old are you?",
    "education": "How far did you get in school and after it?",
    "income": "How much does your household earn in a year?",
    "religion": "What is your religion, if you have one?",
    "ideology": "Where do you stand in politics?",
}


class VoiceError(OpinionscopeError):
    """A voice that there is not."""

    title = "No such voice"


class Voice(Struct, frozen=True):
    """One way to put a persona, as texts with the fields of `_FIELDS`.

    Attributes:
        source: "built in", or the file of a template.
        of_group: whose answer is wanted, of a group.
        of_one: whose answer is wanted, of one person, as a group of one.
        called: how the group is called after that.
        template: the user's own prompt, which takes the place of all that the program would say.
    """

    name: str
    summary: str
    source: str
    of_group: str
    of_one: str
    called: str = "{people}"
    template: Template | None = None

    def opening(self, group: Group) -> str:
        """Whose answer is wanted, of a group."""
        return _filled(self.of_group, group)

    def opening_of_one(self, one: Group) -> str:
        """Whose answer is wanted, of one person."""
        return _filled(self.of_one, one)

    def those(self, group: Group) -> str:
        """How the group is called after the opening."""
        return _filled(self.called, group)


class Voices(Struct, frozen=True):
    """The voices at hand, in the order in which they are listed, and what kept templates from being among them."""

    every: tuple[Voice, ...]
    problems: tuple[TemplateError, ...] = ()

    def __iter__(self) -> Iterator[Voice]:
        return iter(self.every)

    def named(self, name: str) -> Voice:
        """The voice of that name.

        Raises:
            VoiceError: with the names there are.
        """
        for voice in self.every:
            if voice.name == name:
                return voice
        names = [voice.name for voice in self.every]
        hint = did_you_mean(name, names)
        raise VoiceError(f'expected one of {", ".join(names)}, got "{name[:40]}"{hint and f"; {hint}"}')


def voices(folder: Path | None = None) -> Voices:
    """The program's own voices, and the templates in a folder of the user's."""
    found, problems = load_templates(folder) if folder else ((), ())
    taken = {voice.name for voice in _OWN}
    clashes = tuple(
        TemplateError(f"{Path(template.source).name}: expected a name of its own, {template.name} is a built-in voice")
        for template in found
        if template.name in taken
    )
    own = tuple(
        Voice(each.name, each.summary or "a template of yours", each.source, "{people}", "{person}", template=each)
        for each in found
        if each.name not in taken
    )
    return Voices((*_OWN, *own), (*problems, *clashes))


def _filled(text: str, group: Group) -> str:
    return text.format_map({name: words(group) for name, words in _FIELDS.items() if f"{{{name}}}" in text})


def _transcript(group: Group) -> str:
    turns = [f"Interviewer: {asked}\nRespondent: {answer}" for asked, answer in _turns(group)]
    return "\n".join((*turns, "Interviewer: Thank you. Here is the survey question."))


def _turns(group: Group) -> Iterator[tuple[str, str]]:
    said = first_person(group)
    if not group.attributes:
        yield "How would you describe yourself?", said[0]
    for (attribute, _), sentence in zip(group.attributes, said, strict=False):
        name = " ".join(fold(attribute).replace("_", " ").split())
        yield _ASKED.get(name, f"What may I put down for “{name}”?"), sentence


def _lines(group: Group) -> str:
    return " ".join(first_person(group))


_FIELDS: Mapping[str, Callable[[Group], str]] = {
    "people": people,
    "person": person,
    "interview": _transcript,
    "lines": _lines,
}

_OWN: tuple[Voice, ...] = (
    Voice(
        "instruction",
        "told to take the place of the group",
        BUILT_IN,
        "Put yourself in the place of {people}. A survey question was put to a sample of {people}, and you answer it "
        "as they did.",
        "Put yourself in the place of {person}, one of the people to whom a survey question was put. You answer it as "
        "this person did.",
    ),
    Voice(
        "second-person",
        "told to be one of the group: “You are a …”",
        BUILT_IN,
        "You are {person}. A survey question was put to a sample of {people}, you among them: answer as you and they "
        "did.",
        "You are {person}. A survey question is put to you: answer as yourself.",
    ),
    Voice(
        "interview",
        "reads an interview in which the group's attributes are stated",
        BUILT_IN,
        "Many people were interviewed, and the interviews of one group of them all began like this:\n\n{interview}\n\n"
        "The survey question was then put to a sample of that group, and you answer it as they did.",
        "A person was interviewed, and the interview began like this:\n\n{interview}\n\nThe survey question was then "
        "put to the respondent, and you answer it as the respondent did.",
        "these people",
    ),
    Voice(
        "biography",
        "reads a few lines that the group's people wrote about themselves",
        BUILT_IN,
        "Before a survey, people wrote a few lines about themselves. One group of them wrote lines like these:\n\n"
        "{lines}\n\nA survey question was put to a sample of that group, and you answer it as they did.",
        "Before a survey, a person wrote a few lines:\n\n{lines}\n\nA survey question was put to this person, and you "
        "answer it as they did.",
        "these people",
    ),
)
OWN_VOICES = Voices(_OWN)
"""Those that come with the program."""
