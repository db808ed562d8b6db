"""Shapes in which models state options and numbers apart from each other, rewritten as plain pairs: "{A: 50, B: 30}".

They are records ({"option": "A", "share": 50}), YAML items, parallel arrays, lists of two and tags.
"""

import re
from itertools import pairwise

from opinionscope.elicitation.expression.labels import letter_named
from opinionscope.elicitation.expression.several import own_part
from opinionscope.elicitation.expression.tables import OF_NO_SHARES, with_bars, with_maps
from opinionscope.elicitation.expression.written import NUMBER, OF_SHARES, PERCENT, PLAIN_NUMBER, Pair, as_map
from opinionscope.regexes import regex
from opinionscope.survey.question import EVERYONE, Group, Question
from opinionscope.survey.text import fold

_TEXT = r"\"(?:[^\"\\\n]|\\.){0,200}\"|'(?:[^'\\\n]|\\.){0,200}'"
_KEY = r"[\"']?(?P<key>[A-Za-z_][\w -]{0,40})[\"']?"
_ENTRY = regex(rf"{_KEY}\s{{0,4}}[:=]\s{{0,4}}(?P<value>{_TEXT}|[^,{{}}\[\]\n]{{1,120}})")
_RECORDS = regex(r"\{[^{}]{1,600}\}(?:\s{0,20},?\s{0,20}\{[^{}]{1,600}\}){1,60}")
_RECORD = regex(r"\{[^{}]{1,600}\}")
_ITEM = r"[ \t]{0,20}-[ \t]{1,4}\w[^\n]{0,200}(?:\n[ \t]{1,20}(?!-)\w[^\n]{0,200}){1,8}"
_ITEMS = regex(rf"^{_ITEM}(?:\n{_ITEM}){{1,60}}", re.MULTILINE)
_ONE_ITEM = regex(_ITEM)
_LIST = regex(r"\[([^\[\]{}]{1,4000})\]")
_TWO = regex(
    rf"[\[(]\s{{0,8}}({_TEXT}|[A-Za-z])\s{{0,8}},\s{{0,8}}[\"']?({NUMBER}(?:{PERCENT})?)[\"']?\s{{0,8}}[\])]",
    re.IGNORECASE,
)
_TAG = regex(rf"<([A-Z])>\s{{0,8}}({NUMBER}(?:{PERCENT})?)\s{{0,8}}</\1>", re.IGNORECASE)
_ELEMENT = regex(
    r"<\w{1,20}((?:\s{1,9}[\w-]{1,20}=(?:\"[^\"<>\n]{0,200}\"|'[^'<>\n]{0,200}'))+)\s{0,9}(?:/>|>([^<>]{0,200})</\w{1,20}>)"
)
"""An XML element with attributes: <option id="A">50</option>."""
_LONG_KEY = regex(
    r"\b(?:(?:option|answer|choice|letter|percent|percentage|prob|probability|share|p)"
    r"(?:[_-]([a-z])|\(([a-z])(?:\s?\|[^()\n]{1,80})?\)|(?-i:([A-Z])))|([a-z])_(?:percent(?:age)?|pct|prob(?:ability)?|share))"
    r"(?=[\"']?\s?[:=])",
    re.IGNORECASE,
)
_OF_NAMES = regex(
    r"option|label|letter|answer|choice|name|key|category|response|text|id|value|item|rating|code|level", re.IGNORECASE
)
_PIECE = regex(rf"{_TEXT}|[^,]{{1,200}}")

_REMARK = regex(
    r"([\"'](?:reason(?:ing|s)?|explanation|rationale|justification|analysis|thoughts?|notes?|comments?|source|method)"
    r"[\"']\s{0,4}:\s{0,4})\"(?:[^\"\\]|\\.){1,4000}\"",
    re.IGNORECASE,
)
"""A text in JSON that may speak of numbers and states none."""
_COMMENT = regex(
    r"(\\.|\"(?:[^\"\\\n]|\\.){0,1000}+\"|[,{}\d\"'])"
    r"(?:\s{0,20}+(?:/\*(?!\*)(?:[^*/]|\*(?!/)|/(?!\*)){0,1000}+\*/|//(?!/)[^\n]{0,1000}+(?=\n)))?"
)
"""A string or another place in JSON behind which a comment may stand, and the comment."""
_JSON_KEY = regex(r"[\"']\w[^\"'\n]{0,80}[\"']\s?:")
_OF_ONE_OPTION = regex(r"(?<=:)\s{0,4}\{[^{}]{1,400}\}")
_CELL_END, _ROW_END, _HTML = (
    regex(r"</(?:t[dh]|dt)>\s{0,20}", re.I),
    regex(r"</(?:tr|li|dd|p|div|h[1-6])>|<br\s?/?>", re.I),
    regex(
        r"</?(?:table|thead|tbody|tr|td|th|li|ul|ol|p|dl|dt|dd|div|span|strong|em|[biu]|mark|code|h[1-6])\b[^<>]{0,200}>",
        re.I,
    ),
)
_DRAWN = str.maketrans("│┃║─━═┌┐└┘├┤┬┴┼", "|||---+++++++++")
_ROW_END_OF_TEX = regex(r"\\\\|\\hline|\\(?:begin|end)\{\w{1,20}\*?\}(?:\{[^{}\n]{0,40}\})?")


def without_remarks(text: str) -> str:
    """A text without what its JSON remarks on, or is remarked on in it; as it is where that is all that it holds."""
    if "{" in text:
        before, brace, behind = text.partition("{")
        text = before + _COMMENT.sub(r"\1", brace + behind)
    return _REMARK.sub(r'\1""', text) if _JSON_KEY.search(_REMARK.sub("", text)) else text


def as_pairs(text: str, question: Question, group: Group = EVERYONE) -> str:
    """The text with every structured shape that states each option's number rewritten as a plain map."""
    if not any(mark in text for mark in "{[(<\n_"):
        return text
    text = _LONG_KEY.sub(lambda match: match[match.lastindex or 0], text)
    text = text.translate(_DRAWN)
    if "&" in text and "\\\\" in text:
        text = _ROW_END_OF_TEX.sub("\n", text).replace("&", "|")
    text = _OF_ONE_OPTION.sub(lambda match: _of_one_option(match[0], question, group), text)
    text = _each(_TAG, _ELEMENT.sub(_as_record, text), question)
    if "<" in text:
        text = _HTML.sub(" ", _ROW_END.sub("\n", _CELL_END.sub(" | ", text)))
    text = with_bars(with_maps(text, question), question)
    text = _RECORDS.sub(lambda match: _records(match[0], _RECORD, question), text)
    text = _ITEMS.sub(lambda match: _records(match[0], _ONE_ITEM, question), text)
    text = _parallel(text, question)
    return _each(_TWO, text, question)


def _of_one_option(text: str, question: Question, group: Group) -> str:
    """An object as the value of a key: the number in it that is a share, or all of its numbers where none is told.

    One with a number for each of several groups is left to `own_part`.
    """
    entries = _entries(text)
    if any(letter_named(key, question) for key, _ in entries):
        return text
    numbers = [(key, match[1]) for key, value in entries if (match := PLAIN_NUMBER.fullmatch(value))]
    for _, value in entries:
        if any(map(str.isdigit, value)) and letter_named(value, question):
            text = text.replace(value, '""')  # “1 in 2” as a label is no number
    line = " ".join(text.split())
    if len(numbers) < 2 or own_part(fold(line), group) != fold(line):
        return line
    shares = [number for key, number in numbers if OF_SHARES.search(key)]
    return f'"{"-".join(shares if len(shares) == 1 else [number for _, number in numbers])}"'


def _as_record(element: re.Match[str]) -> str:
    """An XML element as a record; one of layout, which `_HTML` names, as it is."""
    return element[0] if _HTML.match(element[0]) else f'{{{element[1]}, value: "{(element[2] or "").strip()}"}}'


def _records(text: str, one: re.Pattern[str], question: Question) -> str:
    """Records as one map; the text itself where one of them names no option or no number."""
    pairs = [_pair(record, question) for record in one.findall(text)]
    whole = [pair for pair in pairs if pair is not None]
    return as_map(whole) if len(whole) == len(pairs) else text


def _entries(record: str) -> list[tuple[str, str]]:
    return [(key.strip(), value.strip()) for key, value in _ENTRY.findall(record)]


def _pair(record: str, question: Question) -> Pair | None:
    """The option and the number of one record; of several numbers the one whose key speaks of shares."""
    entries = _entries(record)
    names = [
        (key, letter)
        for key, value in entries
        if (not PLAIN_NUMBER.fullmatch(value) or (_OF_NAMES.search(key) and not OF_SHARES.search(key)))
        and (letter := letter_named(value, question))
    ]
    letters = {letter for _, letter in names}
    taken = {key for key, _ in names}
    numbers = [
        (key, match[1]) for key, value in entries if key not in taken and (match := PLAIN_NUMBER.fullmatch(value))
    ]
    shares = [number for key, number in numbers if OF_SHARES.search(key)] or [
        number for key, number in numbers if not OF_NO_SHARES.search(fold(key))
    ]
    return (letters.pop(), shares[0]) if len(letters) == len(set(shares)) == 1 else None


def _parallel(text: str, question: Question) -> str:
    """Two lists near each other, one of options, one of as many numbers, as a map in place of the first."""
    lists = list(_LIST.finditer(text))
    for first, second in pairwise(lists):
        if second.start() - first.end() > 80:
            continue
        for named, numbered in ((first[1], second[1]), (second[1], first[1])):
            letters = [letter_named(name, question) for name in _pieces(named)]
            numbers = [match[1] for piece in _pieces(numbered) if (match := PLAIN_NUMBER.fullmatch(piece))]
            if len(letters) > 1 and all(letters) and len(letters) == len(numbers) == len(_pieces(numbered)):
                return text[: first.start()] + as_map(list(zip(letters, numbers, strict=True))) + text[second.end() :]
    return text


def _pieces(text: str) -> list[str]:
    return [piece.strip() for piece in _PIECE.findall(text) if piece.strip()]


def _each(pattern: re.Pattern[str], text: str, question: Question) -> str:
    """Every match that names an option and a number, as a pair on a line of its own; at least two options, or none."""
    found = [letter_named(match[1], question) for match in pattern.finditer(text)]
    if len(set(found)) < 2 or not all(found):
        return text
    letters = iter(found)
    return pattern.sub(lambda match: f'\n{next(letters)}: "{match[2]}"\n', text)
