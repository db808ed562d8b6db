"""How a group is spoken of in a prompt, and how a question is laid out."""

import re
from collections.abc import Mapping, Sequence

from opinionscope.survey.question import EVERYONE, Group, Question

Attribute = tuple[str, str]

_NOUNS: Mapping[Attribute, str] = {
    ("sex", "Female"): "women",
    ("sex", "Male"): "men",
    ("party", "Democrat"): "Democrats",
    ("party", "Republican"): "Republicans",
    ("party", "Independent"): "political independents",
}
_ADJECTIVES: Mapping[Attribute, str] = {
    ("party", "Democrat"): "Democratic",
    ("party", "Republican"): "Republican",
    ("party", "Independent"): "politically independent",
}
_CLAUSES: Mapping[Attribute, str] = {
    ("race", "Mixed Race"): "of mixed race",
    ("race", "Other"): "of another race than those usually listed",
    ("party", "Other"): "who side with no major party",
}
_SUFFIX = re.compile(r"\s*\([^)]*\)\s*$")


def people(group: Group) -> str:
    """The group as a plural noun phrase: "Democrats", "Black women", "people living in Japan"."""
    if not group.attributes:
        return "people in general" if group == EVERYONE else f"people described as {group.name}"
    heads = [attribute for attribute in _NOUNS if attribute in group.attributes]
    head = heads[0] if heads else None
    rest = [attribute for attribute in group.attributes if attribute != head]
    before = {attribute: word for attribute in sorted(rest, key=_is_party) if (word := _adjective(attribute))}
    behind = {attribute: words for attribute in rest if attribute not in before and (words := _clause(attribute))}
    unknown = [attribute for attribute in rest if attribute not in before and attribute not in behind]
    noun = _NOUNS[head] if head else "people"
    return " ".join((*before.values(), noun, *_listed(unknown), *sorted(behind.values(), key=_is_relative)))


def _adjective(attribute: Attribute) -> str:
    name, value = attribute
    if name == "race" and value != "Refused" and attribute not in _CLAUSES:
        return value
    return _ADJECTIVES.get(attribute, "")


def _clause(attribute: Attribute) -> str:
    name, value = attribute
    if value == "Refused":
        return f"who would not state their {name}"
    if name == "country":
        return f"living in {_SUFFIX.sub('', value)}"
    return _CLAUSES.get(attribute, "")


def _listed(attributes: Sequence[Attribute]) -> list[str]:
    """Attributes that no words are known for, as "with age 18-29 and trade Sailor"."""
    if not attributes:
        return []
    *first, last = (f"{name} {value}" for name, value in attributes)
    return ["with", f"{', '.join(first)} and {last}" if first else last]


def _is_party(attribute: Attribute) -> bool:
    return attribute[0] == "party"


def _is_relative(clause: str) -> bool:
    return clause.startswith("who ")


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
