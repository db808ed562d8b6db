"""How a group is spoken of in a prompt, and how a question is laid out."""

import re
from collections.abc import Mapping

from opinionscope.survey.question import EVERYONE, Group, Question

_PEOPLE: Mapping[tuple[str, str], str] = {
    ("party", "Democrat"): "Democrats",
    ("party", "Republican"): "Republicans",
    ("party", "Independent"): "political independents",
    ("party", "Other"): "people who side with no major party",
    ("sex", "Female"): "women",
    ("sex", "Male"): "men",
    ("race", "Mixed Race"): "people of mixed race",
    ("race", "Other"): "people of another race than those usually listed",
}
_SUFFIX = re.compile(r"\s*\([^)]*\)\s*$")


def people(group: Group) -> str:
    """The group as a plural noun phrase: "Democrats", "people living in Japan"."""
    if len(group.attributes) == 1:
        attribute, value = group.attributes[0]
        if known := _PEOPLE.get((attribute, value)):
            return known
        if value == "Refused":
            return f"people who would not state their {attribute}"
        if attribute == "country":
            return f"people living in {_SUFFIX.sub('', value)}"
        if attribute == "race":
            return f"{value} people"
    if not group.attributes:
        return "people in general" if group == EVERYONE else f"people described as {group.name}"
    return "people of whom all of this holds: " + ", ".join(f"{a} is {v}" for a, v in group.attributes)


def layout(question: Question) -> str:
    """Question, context and lettered options, as every prompt shows them."""
    return layout_parts(question.text, question.context, question.labels, question.letters)


def layout_parts(text: str, context: str, labels: tuple[str, ...], letters: str) -> str:
    """The same from its parts, for worked examples that are no real questions."""
    lines = [f"Question: {text}"]
    if context:
        lines.append(f"Background: {context}")
    lines += [f"{letter}. {label}" for letter, label in zip(letters, labels, strict=True)]
    return "\n".join(lines)
