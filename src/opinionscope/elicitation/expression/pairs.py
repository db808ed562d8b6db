"""Pairs of option and number, as an answer states them: found here, judged by the format that asked for them.

The text is made plain first: folded, without the quotes and emphasis that models lose or misplace, with single
blanks. Option labels in a key's place then become letters, and each key's number is looked for up to the next key.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct, field

from opinionscope.elicitation.expression.apart import brought_together, in_order
from opinionscope.elicitation.expression.labels import one_of
from opinionscope.elicitation.expression.lettered import DASH, keyed_labels, lettered_line
from opinionscope.elicitation.expression.phrases import loose_pairs
from opinionscope.elicitation.expression.plain import plain
from opinionscope.elicitation.expression.several import (
    CORRECTION,
    NO_SHARES,
    OF_ANOTHER,
    REFUSED,
    Stated,
    choose,
    heads_another,
    heads_no_answer,
    heads_no_shares,
    own_part,
    speaks_of_another,
)
from opinionscope.elicitation.expression.shapes import as_pairs, without_remarks
from opinionscope.elicitation.expression.spoken_numbers import in_digits
from opinionscope.elicitation.expression.tables import one_column, own_column, without_numbering
from opinionscope.elicitation.expression.whole_map import whole_map
from opinionscope.elicitation.expression.written import (
    ABOUT,
    AND,
    FOLDED_PERCENT,
    PERCENT,
    SOMETHING_ELSE,
    is_whole,
)
from opinionscope.regexes import regex
from opinionscope.survey.question import EVERYONE, Group, Question
from opinionscope.survey.text import clean_line, fold
from opinionscope.values import replace

LONGEST_ENTRY = 400
LONGEST_SHOWN = 40
LARGEST_BOUND = 1.0
IN_BRACES = "read a map in braces"

_BRACES = regex(r"\{[^{}]*+\}")
_LETTER = (
    rf"(?:^(?P<line>[^\w\n]{{0,8}}+)|(?<![\w.])(?<!\bnot )(?<!\bnon[ -]))(?P<letter>[a-z])(?= ?[:=(|]|[.)\]]| {DASH} )"
)
_WORDS = (
    r"(?<=[{,;\n]) ?(?![a-z][.)])"
    r"(?P<words>(?:[^\W\d]|[<>≤≥]?[$€£]?\d)[^{},;:=\n]{0,80}?[^\s{},;:=\n](?<! [a-z]))(?= ?[:=])"
)
_KEY = regex(_LETTER, re.MULTILINE)
_KEY_IN_BRACES = regex(f"{_WORDS}|{_LETTER}", re.MULTILINE)

_SEPARATOR = (
    rf"(?:[)\]]? ?(?P<plainly>(?!(?<=\d):\d)[:=]|\|(?!.*%)|(?<![\d%] )(?<= ){DASH}(?= )) ?\(?|"
    r"(?:(?<!\.)\.|[)\]]) | ?[(|]) ?"
)
"""What parts a key from its number; a bar of a table does, unless one of its other columns has percents."""
_HEDGE = (
    rf"(?:(?:[~≈∼≃≅]|{ABOUT}) ?)?"
    r"(?P<below>(?:<|less than|under) ?)?"
)
_FIGURE = (
    rf"(?P<figure>\d{{1,3}},\d{{1,6}}(?= ?{FOLDED_PERCENT})|"
    r"\d{1,9}(?:\.\d{1,30})?(?:e[+-]?\d{1,2})?|\.\d{1,30})"
    r"(?:(?: ?[/⁄] ?| out of | (?:in|of) (?=(?:\d0?|100)(?!\d)))(?P<of>[1-9]\d{0,5}+))?+"
    rf"(?: ?(?P<percent>{FOLDED_PERCENT}))?+"
)
_NO_RANGE = (
    r"(?!\w|[.,]\d| ?\.{2,} ?\d| ?[:=+→⇒]| ?[/⁄] ?\d| ?-+>| ?\([^()\d]{1,30}\),? \d"
    r"|[ ,;.(–—-]{1,4}(?:no(?= ?[,;:!.\d–—-]| (?:wait|actually|rather|sorry|make|it|that)\b)|wait|"
    r"actually|rather|make (?:it|that)|sorry|i mean|correct(?:ion|ed))\b.*\d"
    r"| (?:(?:are|were|is) )?(?:more|less|fewer|\w{1,12}er)(?: \w{1,12})? than\b"
    r"| ?(?:[-‐–—−~]|to|or|and) ?\d|-\w"
    r"| ?(?:vs\.?|versus|against) ?\d(?(percent)[\d.]*+(?: ?%)?+(?! ?[a-z]{2})))"
)
_NO_COUNT = rf"(?(percent)|(?! (?!(?:(?:{AND}) )?(?:option )?$|(?:probability|likelihood|chance)\b)[a-z]{{2}}))"
_NUMBER = regex(_SEPARATOR + _HEDGE + _FIGURE + _NO_RANGE + _NO_COUNT)
"""One number that stands for itself: no half of “30-40%”, not the 1 of “1: Very likely”, not “40 people”."""

_OF_ANOTHER_KIND = regex(
    r"(?<![A-Z] \()(?<!this )\b((?i:group|plan|party|scenario|candidate|class|type|team|model|sample|person|respondent|"
    r"question|country|region|"
    r"state|school|drug|vaccine|brand|product|version|method|proposal|policy|project|vitamin|hepatitis)) ([A-Z])\b"
)
"""What else is named by letters: “Plan A: 50%” gives no number to option A, but “A (plan A): 50%” does."""
_BEHIND_A_WORD = regex(r"[a-zA-Z] [A-Z]\b")
_OF_PARTIES = regex(r"\d ?% \(R\)")
_NUMBER_FIRST = regex(
    rf"^(?:(?!(?<!\w)[A-Z][.:)=|]).)*?\d{PERCENT}[^.:;\n\d|,]{{0,80}}(?<!\w)[A-Z]\. {{1,4}}[~≈]?\d",
    re.MULTILINE | re.IGNORECASE,
)
"""Sentences that end with a letter, the first of all: the number behind it is that of the next."""
SHIFTED = "each number may be that of the letter before it or behind it"
_OF_NO_SHARE = regex(
    rf"^[^\d,;]*(?:(?:confiden|certain|accura|margin|error|turnout|rank)[^\d,;]*|#)\d|"
    rf"^[^\d]*\d[\d.]* ?(?:{FOLDED_PERCENT})? (?:of )?{SOMETHING_ELSE}"
)
_INSTEAD = regex(rf"[)\]]? ?(?P<mark>[:=]|{DASH}(?= )) ?(?P<words>[^,;\n{{}}]*+)")


class StatedPairs(Struct, frozen=True):
    """What an answer states, in the numbers it states it in; letters as capitals.

    Attributes:
        where: what was read: a map in braces or the whole text.
        values: offered letter → number.
        conflicts: offered letter → two different numbers that it was given.
        unclear: offered letter that was given no single number → the words in its place.
        strays: letter that was never offered → number.
        words: other key of a map in braces, such as a total → number.
        signed: offered letters whose number has a percent sign.
        several: different maps, as text, where nobody can tell which of them counts.
        doubt: why nobody can tell which option or group the numbers belong to, or "".
    """

    where: str
    values: dict[str, float] = field(default_factory=dict)
    conflicts: dict[str, tuple[float, float]] = field(default_factory=dict)
    unclear: dict[str, str] = field(default_factory=dict)
    strays: dict[str, float] = field(default_factory=dict)
    words: dict[str, float] = field(default_factory=dict)
    signed: set[str] = field(default_factory=set)
    several: tuple[str, ...] = ()
    doubt: str = ""

    @property
    def says(self) -> tuple[tuple[str, float], ...]:
        """The shares by letter, to a thousandth: 50 of 100 and 0.5 of 1 say the same."""
        total = math.fsum(self.values.values()) or 1.0
        return tuple(sorted((letter, round(value / total, 3)) for letter, value in self.values.items() if value))

    @property
    def shown(self) -> str:
        """The values as a line of text."""
        return ", ".join(f"{letter} {value:g}" for letter, value in self.values.items())


def find_pairs(text: str, question: Question, group: Group = EVERYONE) -> StatedPairs:
    """What a text states for a group: the map in braces that counts among several, else the pairs of the whole text.

    `choose` decides which map counts. Where it cannot tell, the pairs have no values but `several`.
    """
    if whole := whole_map(text, question.letters):
        values, signed = whole
        return StatedPairs(IN_BRACES, values, signed=signed)
    text = without_remarks(text)
    if listed := in_order(text, question):
        return replace(_stated_in(listed, question, group), where="read a list of numbers in the order of the letters")
    if "R" not in question.letters and _OF_PARTIES.search(text):
        text = text.replace("(R)", "(Republican)").replace("(D)", "(Democrat)")
    text = _without_other_kinds(text, question)
    if len(crossed := _crossed(text, question)) > 1:
        return StatedPairs("", doubt=crossed[0])
    text = brought_together(text, question)
    pairs = _stated_in(as_pairs(text, question, group), question, group)
    has_none = "-" in pairs.unclear.values()  # a table without a column of shares
    if pairs.several or pairs.doubt or pairs.conflicts or has_none or len(pairs.values) == len(question.letters):
        return pairs
    loose = loose_pairs(text, question, group)
    found = _stated_in(loose, question, group) if loose else pairs
    all_in_whole = is_whole(math.fsum(found.values.values()))
    if _NUMBER_FIRST.search(text):
        is_better = all_in_whole and len(found.values) == len(question.letters)
        return found if is_better else StatedPairs("", doubt=SHIFTED)
    is_better = all_in_whole or not pairs.unclear
    return found if is_better and pairs.values.items() <= found.values.items() else pairs


def _without_other_kinds(text: str, question: Question) -> str:
    """A text in which letters of plans or groups do not stand alone; a single one may be that of an option."""
    if not _BEHIND_A_WORD.search(text) or len({letter for _, letter in _OF_ANOTHER_KIND.findall(text)}) < 2:
        return text
    are_labels = any(map(_OF_ANOTHER_KIND.search, question.labels))
    return text if are_labels else _OF_ANOTHER_KIND.sub(r"\1_\2", text)


def _stated_in(text: str, question: Question, group: Group) -> StatedPairs:
    spelt = without_numbering(in_digits(plain(text), question.labels))
    lettered = one_column(own_column("\n".join(lettered_line(line, question) for line in spelt.split("\n")), group))
    whole = _pairs(lettered, question, group)
    if whole.conflicts and group.attributes:
        lettered = _without_remark_on_others(lettered, question, group)
        whole = _pairs(lettered, question, group)
    blocks = [
        (*block.span(), _pairs(block[0], question, group, in_braces=True)) for block in _BRACES.finditer(lettered)
    ]
    stated = [(start, end, pairs) for start, end, pairs in blocks if len(pairs.values) > 1]
    if not stated and whole.conflicts:
        stated = _sections(lettered, question, group)
    if not stated or len(whole.values) > max(len(pairs.values) for _, _, pairs in stated):
        first = _KEY.search(lettered)
        heading = lettered[: first.start()] if first else ""
        if heads_no_answer(heading):
            return StatedPairs("", doubt=REFUSED)
        if heads_another(heading, group) and not _is_label(heading, question):
            return StatedPairs("", doubt=OF_ANOTHER)
        return max([*(pairs for _, _, pairs in reversed(blocks)), whole], key=lambda pairs: len(pairs.values))
    return _chosen([*stated, *_behind(lettered, stated[-1][1], question, group)], lettered, question, group)


def _without_remark_on_others(text: str, question: Question, group: Group) -> str:
    """A text without a last line on another group and one option: "Note that Republicans would choose A (80%)."."""
    answer, _, remark = text.rpartition("\n")
    is_remark = speaks_of_another(remark, group) and len(_pairs(remark, question, group).values) == 1
    return answer if is_remark and len(_pairs(answer, question, group).values) == len(question.letters) else text


def _is_label(text: str, question: Question) -> bool:
    """Whether the last line of a text is the label that a letter stands with: "Republicans (A): 20%"."""
    words = text.rpartition("\n")[2].strip(" *([-–—|")
    return words.strip() in map(str.strip, keyed_labels(question.labels, question.letters)[1])


def _behind(text: str, start: int, question: Question, group: Group) -> Iterator[tuple[int, int, StatedPairs]]:
    """What stands behind the last map, bare or as a correction, if it is a whole answer too: all options and shares."""
    pairs, first = _pairs(text[start:], question, group), _KEY.search(text, start)
    between = text[start : first.start()] if first else ""
    total = math.fsum(pairs.values.values())
    if (
        first
        and (CORRECTION.search(between) or not any(map(str.isalnum, between)))
        and len(pairs.values) == len(question.letters)
        and is_whole(total)
    ):
        yield first.start(), len(text), pairs


def _sections(text: str, question: Question, group: Group) -> list[tuple[int, int, StatedPairs]]:
    """Start, end and pairs of each run of entries, where all of them are stated several times in the same order.

    A letter that is given twice on its own makes no such run.
    """
    keys = [key for key in _KEY.finditer(text) if any(map(str.isdigit, text[key.end() : key.end() + LONGEST_SHOWN]))]
    names = [key["letter"] for key in keys]
    size = len(set(names))
    if len(names) < 2 * size or names != names[:size] * (len(names) // size):
        return []
    starts = [key.start() for key in keys[::size]]
    line_ends = (text.find("\n", key.end()) for key in keys[size - 1 :: size])
    nexts = [*starts[1:], len(text)]
    ends = [min(end if end >= 0 else after, after) for end, after in zip(line_ends, nexts, strict=True)]
    return [(start, end, _pairs(text[start:end], question, group)) for start, end in zip(starts, ends, strict=True)]


def _chosen(stated: Sequence[tuple[int, int, StatedPairs]], text: str, question: Question, group: Group) -> StatedPairs:
    ends = [0, *(end for _, end, _ in stated)]
    headed = [
        Stated(pairs.says, text[before:start], len(pairs.values))
        for before, (start, _, pairs) in zip(ends, stated, strict=False)
    ]
    if all(heads_no_answer(one.heading) for one in headed):
        return StatedPairs("", doubt=REFUSED)
    if len({one.says for one in headed}) == 1 and all(heads_another(one.heading, group) for one in headed):
        return StatedPairs("", doubt=OF_ANOTHER)
    asked = fold(" ".join((question.title, question.text, *question.labels)))
    things = [heads_no_shares(one.heading) for one in headed]
    if all(things) and not any(thing in asked for thing in things):
        return StatedPairs("", doubt=NO_SHARES.format(things[0]))
    chosen = choose(headed, text[ends[-1] :], group)
    if chosen is not None:
        return stated[chosen][2]
    return StatedPairs("", several=tuple(dict.fromkeys(pairs.shown for _, _, pairs in stated)))


def _pairs(text: str, question: Question, group: Group, *, in_braces: bool = False) -> StatedPairs:
    pairs = StatedPairs(IN_BRACES if in_braces else "read pairs of option and number, without braces")
    for name, number, instead in _entries(text, question, group, in_braces):
        value, signed = number or (None, False)
        if signed:
            pairs.signed.add(name)
        if value is None:
            if name in question.letters:
                pairs.unclear.setdefault(name, instead)
        elif len(name) > 1 or (name == "N" and name not in question.letters):
            pairs.words[name] = value
        elif name not in question.letters:
            pairs.strays[name] = value
        elif pairs.values.setdefault(name, value) != value:
            pairs.conflicts[name] = (pairs.values[name], value)
    for letter in pairs.values:
        pairs.unclear.pop(letter, None)
    shared = (f"{one} and {other} share one number" for one, other in _joined(text, question, pairs.values))
    return replace(pairs, doubt=next(shared, ""))


def _crossed(text: str, question: Question) -> list[str]:
    """Each letter that stands with the label of another option: "A. Refused: 5%", "Refused (A): 5%"."""
    folded, letter_of = fold(text), keyed_labels(question.labels, question.letters)[1]
    if sum(len(name) > 1 and name in folded for name in letter_of) < 2:
        return []
    beside = _letter_and_label(question.labels, question.letters).finditer(plain(text))
    named = [(match[1] or match[4], match[2] or match[3]) for match in beside]
    found = [(letter.upper(), letter_of[label].upper(), label) for letter, label in named]
    return [f"{head} stands beside “{label}”, which is {own}" for head, own, label in found if head != own]


def _joined(text: str, question: Question, values: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """Each option without a number that stands beside another, whose number may be that of both: "A+B: 80%"."""
    letter_of = keyed_labels(question.labels, question.letters)[1]
    for match in _two_options(question.labels, question.letters).finditer(text):
        one, other = letter_of.get(match[1] or match[2], match[1]).upper(), match[3].upper()
        if one != other and (one in values) != (other in values) and (values.get(one) or values.get(other)):
            yield one, other


@lru_cache(maxsize=256)
def _two_options(labels: tuple[str, ...], letters: str) -> re.Pattern[str]:
    """What finds two options before one number."""
    letter, named = f"[{letters.lower()}]", _long_names(labels, letters)
    between = r"\)? ?(?:[+/&,–-]|\b(?:to|and|or|through)\b) ?\(?(?:options? )?"
    numbers = one_of(filter(str.isdigit, keyed_labels(labels, letters)[1]))
    by_number = rf"(?<![:=])(?<![:=] )({numbers}) ?(?:[+/&–-]|(?:to|and|or)\b) ?"
    behind = rf"\)? ?[:=|]|\) ?\d| {DASH} |\)(?!\w)"
    return re.compile(rf"(?<![\w.])(?<!n/)(?:({letter}|{named}){between}|{by_number})({letter})(?={behind})")


@lru_cache(maxsize=256)
def _letter_and_label(labels: tuple[str, ...], letters: str) -> re.Pattern[str]:
    """What finds a letter before a label, as its first two groups, or behind one, as the other two."""
    letter, named = f"[{letters.lower()}]", _long_names(labels, letters)
    parted = r" ?(?:[.:|({=)\]–-]|[,;](?! ))[ ({\[]{0,6}(?:(?:label|text|name|option|answer|response) ?: ?)?"
    return re.compile(
        rf"(?<![\w.])({letter}){parted}({named})(?=\W{{1,12}}(?:[a-z_]{{1,15}}\W{{1,5}})?\d|\W{{0,12}}\Z)|"
        rf"(?:^|[^\w\s:=.)]) ?({named}) ?[(\[]?({letter})[)\]]? ?[:=|]",
        re.MULTILINE,
    )


def _long_names(labels: tuple[str, ...], letters: str) -> str:
    return one_of(name for name in keyed_labels(labels, letters)[1] if len(name) > 1 and any(map(str.isalpha, name)))


def _entries(
    text: str, question: Question, group: Group, in_braces: bool
) -> Iterator[tuple[str, tuple[float, bool] | None, str]]:
    """Each key with its number, and for want of one with the words in its place."""
    names_something = any(re.search(SOMETHING_ELSE, fold(label)) for label in question.labels)
    keys = list((_KEY_IN_BRACES if in_braces else _KEY).finditer(text))
    ends = [*(key.start() for key in keys), len(text)][1:]
    for key, end in zip(keys, ends, strict=True):
        groups = key.groupdict()
        name = groups["letter"].upper() if groups["letter"] else groups["words"]
        entry = text[key.end() : min(end, key.end() + LONGEST_ENTRY)].partition("\n")[0]
        entry = own_part(stated := entry, group)
        instead = _INSTEAD.match(entry or stated)
        heads_an_entry = in_braces or groups["line"] is not None or (instead is not None and instead["mark"] in ":=")
        is_share = names_something or not _OF_NO_SHARE.search(entry)
        number = _number(entry, after_words=heads_an_entry) if is_share else None
        if number is not None or instead:
            yield name, number, clean_line(instead["words"])[:LONGEST_SHOWN] if instead else ""


def _number(entry: str, *, after_words: bool) -> tuple[float, bool] | None:
    """The number that stands right behind a key, or behind the words of its label if they may come between.

    With it goes whether it has a percent sign.
    """
    for number in _NUMBER.finditer(entry):
        if number.start() and not after_words:
            return None
        value = float(number["figure"].replace(",", ".")) / float(number["of"] or 1)
        if (number["plainly"] or number["percent"]) and (not number["below"] or value <= LARGEST_BOUND):
            return value / 2 if number["below"] else value, number["percent"] is not None
    return None
