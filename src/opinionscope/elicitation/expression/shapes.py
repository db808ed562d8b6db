"""Shapes in which models state options and numbers apart from each other, rewritten as plain pairs: "{A: 50, B: 30}".

Records ({"option": "A", "share": 50}), YAML items, parallel arrays, lists of two and tags are rewritten first. Pairs
without a mark ("A 50%", "50% chose A") are rewritten only where nothing else in a text can be read.
"""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from opinionscope.elicitation.expression.labels import letter_named
from opinionscope.survey.question import Question

_NUMBER = r"(?:[~≈∼]\s?)?(?:\d{1,3}(?:[.,]\d{1,30})?|\.\d{1,30})(?:e[+-]?\d{1,2})?"
_PERCENT = r"\s?(?:%|％|per\s?cent|pct|prozent|pour\s?cent|por\s?ciento)"
_TEXT = r"\"(?:[^\"\\\n]|\\.){0,200}\"|'(?:[^'\\\n]|\\.){0,200}'"
_KEY = r"[\"']?(?P<key>[A-Za-z_][\w -]{0,40})[\"']?"
_ENTRY = re.compile(rf"{_KEY}\s{{0,4}}[:=]\s{{0,4}}(?P<value>{_TEXT}|[^,{{}}\[\]\n]{{1,120}})")
_RECORDS = re.compile(r"\{[^{}]{1,600}\}(?:\s{0,20},?\s{0,20}\{[^{}]{1,600}\}){1,60}")
_RECORD = re.compile(r"\{[^{}]{1,600}\}")
_ITEM = r"[ \t]{0,20}-[ \t]{1,4}\w[^\n]{0,200}(?:\n[ \t]{1,20}(?!-)\w[^\n]{0,200}){1,8}"
_ITEMS = re.compile(rf"^{_ITEM}(?:\n{_ITEM}){{1,60}}", re.MULTILINE)
_ONE_ITEM = re.compile(_ITEM)
_LIST = re.compile(r"\[([^\[\]{}]{1,4000})\]")
_TWO = re.compile(
    rf"[\[(]\s{{0,8}}({_TEXT}|[A-Za-z])\s{{0,8}},\s{{0,8}}[\"']?({_NUMBER}(?:{_PERCENT})?)[\"']?\s{{0,8}}[\])]",
    re.IGNORECASE,
)
_TAG = re.compile(rf"<([A-Z])>\s{{0,8}}({_NUMBER}(?:{_PERCENT})?)\s{{0,8}}</\1>", re.IGNORECASE)
_LONG_KEY = re.compile(
    r"\b(?:option|answer|choice|letter|percent|percentage|prob|probability|share|p)(?:_|\()([A-Za-z])\)?(?=[\"']?\s?[:=])",
    re.IGNORECASE,
)
_PLAIN_NUMBER = re.compile(rf"[\"']?({_NUMBER})(?:{_PERCENT})?[\"']?", re.IGNORECASE)
_OF_SHARES = re.compile(r"prob|percent|pct|share|likel|weight|freq|propor|fraction|estimate|value|^p$|%", re.IGNORECASE)
_OF_NAMES = re.compile(
    r"option|label|letter|answer|choice|name|key|category|response|text|id|value|item", re.IGNORECASE
)
_PIECE = re.compile(rf"{_TEXT}|[^,]{{1,200}}")

_NUMBER_FIRST = re.compile(
    rf"(?<![\w.,])({_NUMBER}{_PERCENT})(?![^\W_])[^\d%\n,;.]{{0,60}}?(?<![\w'’])([A-Z])\b(?=\s?(?:[,.;:)\n\"*]|and\b|$))"
)
_UNMARKED = re.compile(rf"(?<![\w.])([A-Z])[.)]?[ \t]{{1,4}}({_NUMBER}{_PERCENT})")
_ANY_PERCENT = re.compile(_NUMBER + _PERCENT)
_LINE = re.compile(rf"^\W{{0,6}}([A-Z])\W{{1,6}}({_NUMBER}(?:{_PERCENT})?)[\s*\"',;|]{{0,6}}$", re.MULTILINE)

Pair = tuple[str, str]


def as_pairs(text: str, question: Question) -> str:
    """The text with every structured shape that states each option's number rewritten as a plain map."""
    if not ("{" in text or "[" in text or "(" in text or "<" in text or "\n" in text or "_" in text):
        return text
    text = _RECORDS.sub(lambda match: _records(match[0], _RECORD, question), text)
    text = _ITEMS.sub(lambda match: _records(match[0], _ONE_ITEM, question), text)
    text = _parallel(text, question)
    text = _each(_TWO, text, question)
    text = _each(_TAG, text, question)
    return _LONG_KEY.sub(lambda match: match[1], text)


def loose_pairs(text: str) -> str:
    """Pairs in a text that no mark holds together, as plain pairs, a line each; "" where there are none.

    None of its percentages may be left over: else nobody can tell which letter each belongs to.
    """
    percents = len(_ANY_PERCENT.findall(text))
    shapes: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str]], Pair]]] = (
        (_UNMARKED, lambda match: (match[1], match[2])),
        (_NUMBER_FIRST, lambda match: (match[2], match[1])),
        (_LINE, lambda match: (match[1], match[2])),
    )
    for pattern, pair_of in shapes:
        pairs = [pair_of(match) for match in pattern.finditer(text)]
        if len({letter for letter, _ in pairs}) > 1 and percents in (0, len(pairs)):
            return "\n".join(f"{letter}: {number}" for letter, number in pairs)
    return ""


def _map(pairs: Sequence[Pair]) -> str:
    return "{" + ", ".join(f'{letter}: "{number}"' for letter, number in pairs) + "}"


def _records(text: str, one: re.Pattern[str], question: Question) -> str:
    """Records as one map; the text itself where one of them names no option or no number."""
    pairs = [_pair(record, question) for record in one.findall(text)]
    whole = [pair for pair in pairs if pair is not None]
    return _map(whole) if len(whole) == len(pairs) else text


def _pair(record: str, question: Question) -> Pair | None:
    """The option and the number of one record; of several numbers the one whose key speaks of shares."""
    entries = [(match["key"].strip(), match["value"].strip()) for match in _ENTRY.finditer(record)]
    names = [
        (key, letter)
        for key, value in entries
        if (not _PLAIN_NUMBER.fullmatch(value) or (_OF_NAMES.search(key) and not _OF_SHARES.search(key)))
        and (letter := letter_named(value, question.labels, question.letters))
    ]
    letters = {letter for _, letter in names}
    taken = {key for key, _ in names}
    numbers = [
        (key, match[1]) for key, value in entries if key not in taken and (match := _PLAIN_NUMBER.fullmatch(value))
    ]
    shares = [number for key, number in numbers if _OF_SHARES.search(key)] or [number for _, number in numbers]
    return (letters.pop(), shares[0]) if len(letters) == len(set(shares)) == 1 else None


def _parallel(text: str, question: Question) -> str:
    """Two lists near each other, one of options, one of as many numbers, as a map in place of the first."""
    lists = list(_LIST.finditer(text))
    for first, second in pairwise(lists):
        if second.start() - first.end() > 80:
            continue
        for named, numbered in ((first[1], second[1]), (second[1], first[1])):
            letters = [letter_named(name, question.labels, question.letters) for name in _pieces(named)]
            numbers = [match[1] for piece in _pieces(numbered) if (match := _PLAIN_NUMBER.fullmatch(piece))]
            if len(letters) > 1 and all(letters) and len(letters) == len(numbers) == len(_pieces(numbered)):
                return text[: first.start()] + _map(list(zip(letters, numbers, strict=True))) + text[second.end() :]
    return text


def _pieces(text: str) -> list[str]:
    return [piece.strip() for piece in _PIECE.findall(text) if piece.strip()]


def _each(pattern: re.Pattern[str], text: str, question: Question) -> str:
    """Every match that names an option and a number, as a pair on a line of its own; at least two, or none."""
    found = [letter_named(match[1], question.labels, question.letters) for match in pattern.finditer(text)]
    if len(found) < 2 or not all(found):
        return text
    letters = iter(found)
    return pattern.sub(lambda match: f'\n{next(letters)}: "{match[2]}"\n', text)
