"""How a group, or one of it, is spoken of in a prompt, and how a question is laid out."""

import re
from collections.abc import Iterator, Mapping, Sequence

from opinionscope.elicitation.attribute_words import Place, Words, words_for
from opinionscope.regexes import regex
from opinionscope.survey.question import EVERYONE, Attributes, Group, Question
from opinionscope.survey.text import fold

_HEADS = ("sex", "party")
_ADJECTIVES = ("ideology", "race", "religion", "party")


def people(group: Group) -> str:
    """The group as a plural noun phrase: "Democrats", "Black women aged 18 to 34", "people living in Japan"."""
    if not group.attributes:
        return "people in general" if group == EVERYONE else f"people described as {group.name}"
    words = [words_for(*attribute) for attribute in group.attributes]
    head = next(iter(_in_order([word for word in words if word.place == "noun"], _HEADS)), None)
    rest = [word for word in words if word is not head]
    before = [word for word in rest if word.adjective or word.place == "before"]
    return " ".join(
        (
            *(word.adjective or word.text for word in _in_order(before, _ADJECTIVES)),
            head.text if head else "people",
            *_behind("of", rest),
            *_behind("aged", rest),
            *_behind("with", rest),
            *_behind("living in", rest),
            *_behind("who", rest),
        )
    )


def _in_order(words: Sequence[Words], attributes: Sequence[str]) -> list[Words]:
    return sorted(words, key=lambda word: attributes.index(word.attribute))


def _behind(place: Place, words: Sequence[Words]) -> Iterator[str]:
    """What stands in that place behind the noun, with its preposition, if anything does."""
    texts = [word.text for word in words if word.place == place]
    if texts and place != "who":
        yield place
    if texts:
        *first, last = texts
        link = ", " if place == "living in" else " and "
        yield f"{', '.join(first)}{link}{last}" if first else last


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


_SINGULAR: Mapping[str, str] = {
    "people": "person",
    "women": "woman",
    "men": "man",
    "Democrats": "Democrat",
    "Republicans": "Republican",
    "political independents": "political independent",
}
_HEAD = regex(rf"\b(?:{'|'.join(_SINGULAR)})\b")
_VERBS: tuple[tuple[re.Pattern[str], str], ...] = (
    (regex(r"\b(who|and) are neither men nor women\b"), r"\1 is neither a man nor a woman"),
    (regex(r"\b(who|and) side with\b"), r"\1 sides with"),
    (regex(r"\bwho are\b"), "who is"),
)
_SOUNDS_LIKE_A_CONSONANT = regex(r"eu|uni|us\b|one\b", re.IGNORECASE)
_OWN: tuple[tuple[re.Pattern[str], str], ...] = (
    (regex(r"people living in "), "I live in "),
    (regex(r"people with "), "I have "),
    (regex(r"people (?=of |aged |described as )"), "I am "),
    (regex(r"people who are neither men nor women"), "I am neither a man nor a woman"),
    (regex(r"people who are "), "I am "),
    (regex(r"people who "), "I "),
    (regex(r"people whose "), "My "),
)


def person(group: Group) -> str:
    """One of a group: "a Democrat", "a Black woman aged 18 to 34", "a person living in Japan"."""
    if group == EVERYONE:
        return "a person like any other"
    one = _HEAD.sub(lambda match: _SINGULAR[match[0]], people(group), count=1)
    for pattern, verb in _VERBS:
        one = pattern.sub(verb, one)
    starts_with_vowel = one[:1].lower() in "aeiou" and not _SOUNDS_LIKE_A_CONSONANT.match(one)
    return f"{'an' if starts_with_vowel else 'a'} {one}"


def first_person(group: Group) -> tuple[str, ...]:
    """What one of a group says of itself, a sentence an attribute: "I am a Democrat.", "I live in Japan."."""
    if not group.attributes:
        return (_sentence(group),)
    return tuple(_sentence(_of((attribute,))) for attribute in group.attributes)


def _sentence(group: Group) -> str:
    many = people(group)
    if many.startswith("people who would not state "):
        return many.replace("people who would not state their", "I would rather not state my", 1) + "."
    for pattern, own in _OWN:
        if group != EVERYONE and pattern.match(many):
            return pattern.sub(own, many, count=1) + "."
    if any("ideology" in fold(name) for name, _ in group.attributes) and many.endswith(" people"):
        return f"In politics I am {many.removesuffix(' people')}."
    return f"I am {person(group)}."


def _of(attributes: Attributes) -> Group:
    return Group(" ".join(value for _, value in attributes), attributes)
