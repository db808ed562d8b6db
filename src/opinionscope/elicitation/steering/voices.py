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

from opinionscope.elicitation.phrasing import people
from opinionscope.elicitation.steering.singular import first_person, person
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
    """One way to put a persona.

    Attributes:
        source: "built in", or the file of a template.
        opening: whose answer is wanted, of a group.
        opening_of_one: whose answer is wanted, of one person, as a group of one.
        those: how the group is called after that.
        template: the user's own prompt, which takes the place of all that the program would say.
    """

    name: str
    summary: str
    source: str
    opening: Callable[[Group], str]
    opening_of_one: Callable[[Group], str]
    those: Callable[[Group], str] = people
    template: Template | None = None


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
    own = tuple(_voice_of(template) for template in found if template.name not in taken)
    return Voices((*_OWN, *own), (*problems, *clashes))


def _voice_of(template: Template) -> Voice:
    return Voice(
        template.name, template.summary or "a template of yours", template.source, people, person, template=template
    )


def _instruction(group: Group) -> str:
    who = people(group)
    return (
        f"Put yourself in the place of {who}. A survey question was put to a sample of {who}, and you answer it as "
        "they did."
    )


def _instruction_of_one(one: Group) -> str:
    return (
        f"Put yourself in the place of {person(one)}, one of the people to whom a survey question was put. You answer "
        "it as this person did."
    )


def _second_person_of_one(one: Group) -> str:
    return f"You are {person(one)}. A survey question is put to you: answer as yourself."


def _interview_of_one(one: Group) -> str:
    return (
        f"A person was interviewed, and the interview began like this:\n\n{_transcript(one)}\n\nThe survey question "
        "was then put to the respondent, and you answer it as the respondent did."
    )


def _biography_of_one(one: Group) -> str:
    return (
        f"Before a survey, a person wrote a few lines:\n\n{' '.join(first_person(one))}\n\nA survey question was put "
        "to this person, and you answer it as they did."
    )


def _second_person(group: Group) -> str:
    return (
        f"You are {person(group)}. A survey question was put to a sample of {people(group)}, you among them: "
        "answer as you and they did."
    )


def _interview(group: Group) -> str:
    return (
        "Many people were interviewed, and the interviews of one group of them all began like this:\n\n"
        f"{_transcript(group)}\n\nThe survey question was then put to a sample of that group, and you answer it as "
        "they did."
    )


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


def _biography(group: Group) -> str:
    return (
        "Before a survey, people wrote a few lines about themselves. One group of them wrote lines like these:\n\n"
        f"{' '.join(first_person(group))}\n\n"
        "A survey question was put to a sample of that group, and you answer it as they did."
    )


def _these(group: Group) -> str:
    del group
    return "these people"


_OWN: tuple[Voice, ...] = (
    Voice("instruction", "told to take the place of the group", BUILT_IN, _instruction, _instruction_of_one),
    Voice(
        "second-person",
        "told to be one of the group: “You are a …”",
        BUILT_IN,
        _second_person,
        _second_person_of_one,
    ),
    Voice(
        "interview",
        "reads an interview in which the group's attributes are stated",
        BUILT_IN,
        _interview,
        _interview_of_one,
        _these,
    ),
    Voice(
        "biography",
        "reads a few lines that the group's people wrote about themselves",
        BUILT_IN,
        _biography,
        _biography_of_one,
        _these,
    ),
)
OWN_VOICES = Voices(_OWN)
"""Those that come with the program."""
