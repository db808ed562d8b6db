"""Lists with an entry for each simulated person: "Person 1: B", "2) A - reason", {"1": "B", "2": "A"}, "- B: Never"."""

import re
from collections.abc import Iterator

from opinionscope.elicitation.expression.labels import aliases, letter_named
from opinionscope.elicitation.expression.leads import FOREIGN_ANSWERS
from opinionscope.elicitation.expression.letters import FIELD, OF_ANSWERS, is_initial
from opinionscope.elicitation.expression.rows import FEWEST_AMID_PROSE, LetterRow
from opinionscope.regexes import regex
from opinionscope.survey.question import Question
from opinionscope.survey.text import clean_line, fold

_HEAD = (
    r"[^\w\n]{0,8}(?:[A-Za-z_]{1,20}[\"']?\s{0,2}:\s{0,2}[\[{][^\w\n]{0,6})?"
    r"(?:[^\W\d](?:[^\W\d]| ){0,30}?)?[\"':#\s_]{0,4}(?P<number>\d{1,4})(?:人目?|号|番|번)?"
    r"(?=[\"']?\s?[^\w\s]|\s-|\s[A-Za-z])"
)
_NUMBERED = regex(_HEAD)
_NEXT = regex(rf"(?<=[,;|}}])(?={_HEAD})")
_SAYS = regex(
    r"[^\w\n]{1,6}(?:(?i:answer(?:s|ed)?|options?|choice|letter|response|cho(?:se|oses)|pick(?:s|ed)|select(?:s|ed)|"
    r"sa(?:ys|id)|(?:i|i['’]d|i['’]ll|(?:i )?(?:would|will)) (?:answer|choose|go with|pick|say|select)|"
    rf"{FOREIGN_ANSWERS})\b[^\w\n]{{1,6}}){{0,2}}"
    r"(?P<letter>[A-Z])(?![\w'’])(?!\s?[:=x×]\s?\d|\s?\?)(?!\s?(?:[→⇒]|[-=]+>)\s?[A-Z]\b)"
    r"(?! (?!because\b|since\b|as\b|for\b|due\b|and\b)[a-z])"
)
"""What a person says; not the count of a tally (“1. A: 9”), an article (“1. A few”), or a change (“A → B”)."""

_SAYS_LAST = regex(
    r"[^\n]{1,80}(?:[:|–—-]|\b(?:(?:answer|choose|pick|say|select)s?|is)\b)\s?[\"'*(\[]{0,3}(?P<letter>[A-Z])[\"'*)\].,;|}\s]{0,6}$"
)
"""A person who is described before the answer: “1. Ann, 34, nurse: B”."""
_DESCRIBED = regex(r"^(?P<who>[^\n:]{3,80}?)\s?[:–—] ?[\"'*(\[]{0,3}(?P<letter>[A-Z])[\"'*)\].]{0,3}\s*$", re.MULTILINE)
"""A person without a number: “Ann, 34, nurse: B”."""
_PARTED = regex(r"[:|–—-]\s?[\"'*(\[]{0,3}([A-Z])\b(?!\.\w)")
_ANSWERS_LAST = regex(r"(?:answer|option|choi[cs]e|letter|response|vote)\W{1,6}[A-Z]\W{0,6}$", re.IGNORECASE)

_WORD_BEHIND = regex(r" (?!(?:because|since|as|for|due|and)\b)\w", re.IGNORECASE)
_DENIAL = regex(r"\b(?:not|never)\b|n['’]t\b", re.IGNORECASE)
_ITEM_OF_FIELDS = regex(r"\s*- [A-Za-z_][\w ]*:[\s\"']*\d+")

_HEADS_A_LINE = regex(
    r"^([#*_ \t]{0,6}(?:[^\W\d_]{1,20} )?#?\d{1,3})[*:.)_ \t]{0,6}\n+(?=[^\w\n]{0,6}(?:[^\W\d_]{2,20}\W{1,6})?[A-Z]\b)",
    re.MULTILINE,
)
"""The number of a person as a heading over what it says."""
_LETTER = regex(r"(?<![\w'’])[A-Z](?![\w'’])")
_BULLET = regex(
    r"^(?:\s{0,4}\[\s{0,4}(?=[\"']))?[^\w(\[]{0,6}(?:(?:person|respondent|participant|answer)\s?:\s?|option\s(?=[a-z]\W*$))?",
    re.IGNORECASE,
)
_OWN_LETTER = regex(r"[(\[]?(?P<letter>[A-Z])(?P<mark>[)\].:,]{0,2}| [-–—=])(?: (?P<label>.+))?")
_LETTER_LAST = regex(r"(?P<label>.+?) ?[(\[](?P<letter>[A-Z])[)\]]")
_MARKS = " \t\"'`*_.:,;()[]-–—"

_OBJECT = regex(r"\{[^{}]{0,400}\}|^[ \t]{0,8}- \w[^\n]{0,200}(?:\n[ \t]{1,8}\w[^\n]{0,200}){1,6}", re.MULTILINE)
"""An entry as a JSON object or an item of YAML, which may stand on several lines."""


def find_persons(text: str, question: Question, wanted: int = 0) -> list[LetterRow]:
    """A row for each list that counts persons from 1 (or 0) and gives every one of them a letter.

    An entry without a letter spoils its list: what is left would be no sample of the people asked for.
    """
    open_lists: dict[int, tuple[LetterRow, list[bool]]] = {}
    lists: list[tuple[LetterRow, list[bool]]] = []
    for start, entry in _entries(text):
        head = _NUMBERED.match(entry)
        if head is None:
            continue
        number = int(head["number"])
        row, readable = open_lists.pop(number, (LetterRow(), []))
        if not readable and number > 1:
            continue
        said = _said(entry, head.end(), question)
        row.add(said, (start, start + len(entry)))
        readable.append(bool(said))
        if len(readable) == 1:
            lists.append((row, readable))
        open_lists[number + 1] = row, readable
    return [
        row
        for row, readable in lists
        if all(readable) and len(readable) >= FEWEST_AMID_PROSE and _varied(row, question.letters, wanted)
    ]


def find_entries(text: str, question: Question, wanted: int = 0) -> list[LetterRow]:
    """A row for each run of lines, or of parts of one line, that name an option each and say nothing else.

    The options in their order, each once, are no people where a run begins with them, unless it has as many entries
    as the `wanted` with them.
    """
    rows, at = [_objects(text, question), LetterRow()], 0
    for line in text.splitlines(keepends=True):
        parts = re.split(r"[,;|]", line) if sum(map(line.count, ",;|")) > 1 else [line]
        said = [_named(part, question) for part in parts if part.strip(_MARKS + "\r\n")]
        if said and all(said):
            rows[-1].add("".join(said), (at, at + len(line)))
        elif said and rows[-1].words:
            rows.append(LetterRow())
        at += len(line)
    for row in rows:
        if row.letters.startswith(question.letters) and len(row.letters) != wanted:
            row.words = [row.letters.removeprefix(question.letters)]
    rows.append(_described(text, question, wanted))
    return [row for row in rows if len(row.letters) >= FEWEST_AMID_PROSE and _varied(row, question.letters, wanted)]


def _described(text: str, question: Question, wanted: int) -> LetterRow:
    """The letters at the ends of lines that each describe a person and no option, if they are as many as wanted."""
    row, lines = LetterRow(), _DESCRIBED.finditer(text)
    found = [line for line in lines if not letter_named(line["who"], question)]
    for line in found if len(found) == wanted else ():
        row.add(line["letter"], line.span())
    return row


def people_in(row: LetterRow, text: str) -> int:
    """How many numbered entries the letters of a row stand in."""
    return 1 + sum(row.start <= start < row.end and bool(_NUMBERED.match(entry)) for start, entry in _entries(text))


def _objects(text: str, question: Question) -> LetterRow:
    """The answers of JSON objects, one of which is a person; none where one of them has no answer, or several."""
    row = LetterRow()
    for one in _OBJECT.finditer(text):
        values = {value for key, value in FIELD.findall(one[0]) if OF_ANSWERS.search(key)}
        said = _named(values.pop().strip("\"'"), question) if len(values) == 1 else ""
        if not said:
            return LetterRow()
        row.add(said, one.span())
    return row


def contradiction(text: str, question: Question) -> str:
    """The first entry, or part of a line, in which a letter stands beside the label of another option; "" for none."""
    for _, entry in _entries(text):
        head = _NUMBERED.match(entry)
        stated = [_stated(entry, head.end(), question)] if head else []
        named = [_beside(_bare(part)) for part in re.split(r"[,;|]", entry)]
        stated += [(own["letter"], _labelled(own["label"] or "", question)) for own in named if own]
        if any(letter and letter in question.letters and label not in ("", letter) for letter, label in stated):
            return clean_line(entry)
    return ""


def _said(entry: str, start: int, question: Question) -> str:
    """What the person of an entry says behind the number: a letter, or the label of an option; "" for neither.

    A letter with the label of another option is neither.
    """
    letter, label = _stated(entry, start, question)
    return (letter or label) if not (letter and label) or letter == label else ""


def _stated(entry: str, start: int, question: Question) -> tuple[str, str]:
    """The letter that the person of an entry says, and the option whose label stands behind it or alone; or ""."""
    said = _SAYS.match(entry, start)
    if said and said["letter"] in "AI" and _WORD_BEHIND.match(entry, said.end()):
        label = _labelled(entry[said.end() :], question)
        return (said["letter"] if label else _last(entry, start)), label
    if not said:
        entry, start = _answer_of(entry, start)
        said = _SAYS.match(entry, start)
    if not said and (letter := _last(entry, start)):
        return letter, ""
    rest = entry[said.end() if said else start :].strip(" |")
    if said and is_initial(said["letter"], rest, question):
        return "", ""
    if not said and (own := _LETTER_LAST.fullmatch(rest.lstrip(_MARKS).rstrip(" *_."))):
        return own["letter"], _labelled(own["label"], question)
    return (said["letter"] if said else ""), _labelled(rest, question)


def _last(entry: str, start: int) -> str:
    """The letter at the end of an entry, behind a description; "" for none, or behind another one of another key."""
    said = _SAYS_LAST.match(entry, start)
    if said is None or _DENIAL.search(entry):
        return ""
    letters = {match[1] for match in _PARTED.finditer(entry, start)} | {said["letter"]}
    return said["letter"] if len(letters) == 1 or _ANSWERS_LAST.search(entry) else ""


def _answer_of(entry: str, start: int) -> tuple[str, int]:
    """Of an object with several fields the one that answers, or nothing; another entry as it is."""
    if "{" not in entry and not _ITEM_OF_FIELDS.fullmatch(entry[:start]):
        return entry, start
    fields = [(key, value) for key, value in FIELD.findall(entry) if not value.isdigit()]
    answers = {value for key, value in fields if OF_ANSWERS.search(key)}
    if len(answers) == 1:
        return f": {answers.pop()}", 0
    return (entry, start) if len(fields) < 2 else ("", 0)


def _named(part: str, question: Question) -> str:
    """The option that a line gives by its letter, with its own label at most, or by its label alone."""
    text = _bare(part)
    own = _beside(text)
    if own and (own["label"] is None or _labelled(own["label"], question) == own["letter"]):
        return own["letter"]
    return _labelled(text, question)


def _beside(text: str) -> re.Match[str] | None:
    """The letter of a line, and what stands beside it."""
    return _OWN_LETTER.fullmatch(text) or _LETTER_LAST.fullmatch(text)


def _bare(part: str) -> str:
    return clean_line(_BULLET.sub("", part, count=1)).rstrip("*_ \"']")


def _labelled(text: str, question: Question) -> str:
    label = fold(clean_line(text)).strip(_MARKS)
    return aliases(question.labels, question.letters).get(label, "") if len(label) > 1 else ""


def _on_one_line(entry: re.Match[str]) -> str:
    """An object without its line breaks and indents, the lines of an item parted by semicolons, as long as it was."""
    parted = entry[0] if entry[0].startswith("{") else re.sub(r"\s*\n", "; ", entry[0])
    return " ".join(parted.split()).ljust(len(entry[0]))


def _varied(row: LetterRow, offered: str, wanted: int) -> bool:
    """Whether a list is more than the options themselves, in their order or ranked where more people are `wanted`."""
    named = set(row.letters)
    ranked = len(named) == len(row.letters) < wanted
    return row.letters not in offered and not ranked and bool(named & set(offered))


def _entries(text: str) -> Iterator[tuple[int, str]]:
    """Each line, or each part of one behind which the next number stands, with its place."""
    text = _HEADS_A_LINE.sub(lambda match: f"{match[1]}:".ljust(len(match[0])), _OBJECT.sub(_on_one_line, text))
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        for entry in _parts(line[0]):
            yield start, entry
            start += len(entry)


def _parts(line: str) -> list[str]:
    if len(_LETTER.findall(line)) == 1:
        return [line]
    objects = re.split(r"(?<=\})(?=[^{}]*\{)", line)
    if len(objects) > 1 and all(len(OF_ANSWERS.findall(each)) == 1 for each in objects):
        return objects
    return _NEXT.split(line)[::2]  # without the numbers, which the expression names
