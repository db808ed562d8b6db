"""How a group is spoken of in a prompt, and how a question is laid out."""

from collections.abc import Iterator, Sequence

from opinionscope.elicitation.attribute_words import Place, Words, words_for
from opinionscope.survey.question import EVERYONE, Group, Question

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
