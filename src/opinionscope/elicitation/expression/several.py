"""One of several answers in a text: the one given for the group that was asked for.

The rule, in this order. Answers that say the same count as one. An answer headed by another group, by everyone or as
an example is set aside, but for "Overall:" behind parts that are all headed by none. Of what is left, a last one that
is announced as final or as a correction replaces those before it; then one headed as the answer goes before those
headed by the group that was asked for, and these before those headed by none. A part of the group is not the group.
Else nobody can tell, and none is taken.
"""

import re
from collections.abc import Hashable, Sequence
from functools import lru_cache

from msgspec import Struct

from opinionscope.elicitation.attribute_words import names_of
from opinionscope.elicitation.expression.labels import aliases, one_of
from opinionscope.elicitation.expression.written import PLAIN_NUMBER, SENTENCE_END
from opinionscope.regexes import regex
from opinionscope.survey.question import EVERYONE, Group, Question
from opinionscope.survey.text import clean_line, fold, search_words

LONGEST_HEADING = 300
LONGEST_EXAMPLE = 3_000
"""An example is headed above its question; a group is named near its answer."""

_SUFFIX = r"(?:['’]?s|ic|es|n|an|ese|ish|i)?"
_EVERYONE = (
    r"every(?:one|body)|overall|all (?:adults|americans|people|respondents|groups|voters)|(?:u\.?s\.?|american) adults|"
    r"general (?:public|population)|whole (?:population|country|sample)|total (?:population|sample)|"
    r"national(?:ly| average)?|average american|people in general"
)
REFUSED = "the answer refuses, and gives an example of the format"
NO_SHARES = "the numbers are headed as something else than shares: {}"
OF_ANOTHER = "the answer is headed by another group than the one that was asked for"
_COMPARED = r"(?:for|in|by) comparison|compared (?:to|with)|other groups?|opposite group"
_EXAMPLE = regex(r"\bexamples? ?\d|\bexample(?: answer| output| format)? ?[:\n]|^\W*(?:for )?example\W*$", re.MULTILINE)
_OF_NO_SHARES = regex(
    r"(?:^|[\n{])\W*(?P<what>(?:margin|uncertaint|confidence|certainty|turnout|std|moe|standard (?:error|deviation))"
    r"\w*)(?: \w+){0,3}\W*$"
)
"""Numbers headed so say how sure the estimate is; “Final answer (high confidence):” heads an estimate."""
CORRECTION = regex(
    r"\b(?:actually|revis\w+|correct(?:ed|ion|ing)|final(?:ly)?|instead|reconsider\w*|on reflection|better|adjust\w*|"
    r"refin\w*|updat\w*|rather|normali[sz]\w*|rescal\w*|wait|sorry|apolog\w+|mistake|let me|therefore|in conclusion|"
    r"sums? (?:up )?to|adds? up|too (?:high|low|much|many|few|little|extreme)|settl\w+)\b"
)
_TAKEN_BACK = regex(
    r"(?:^|\n)\W{0,6}answer\W{0,4}:|\bwait[^\w ]|\bsorry,|\bapologi[sz]e\b|\bmy mistake\b|"
    r"\b(?:corrected|revised|adjusted|normali[sz]ed|final)(?: \w+){0,2}\W{0,4}:|"
    r"\blet me (?:re|correct|adjust|normali[sz]|fix|scale)\w*|"
    r"\b(?:that|this|these|those|they|it|numbers|values|percentages|total) (?:sums?|adds?) (?:up )?to (?!100\b)"
)
"""What announces that another answer follows."""
_FEW_WORDS = regex(r"(?:^|[\n{])[^\w\n]*((?:[\w.]+[^\w\n]+){0,3}[\w.]+)\W*$")
_SAYING = r"(?: (?:would|will|might))?(?: (?:answer|say|choose|respond))?(?: as follows)?"
_APART = ("party", "sex", "gender", "ideology")
_MEMBERS = r"(?: (?:adults?|americans?|voters?|respondents?|people))?"
_LEADS = r"(?:^\W*|\b(?:among|for|of|by|how|what|that|as|most|typical|average|an?|the) )"
_BEFORE_A_PART = r"(?:^|[\n{(,.;:|]|\b(?:among|for|of|by)\b)\W{0,9}"
_BESIDE_A_NAME = regex(r"all|the|most|these|those|typical|average|american|an?|as|by|for|of|among|in|how|what|that|to")
"""What may stand before the name of a group without speaking of a part of it."""
_NO_TOPIC = r"\b(?! (?:in|party|parties|leader|candidate|politician|president|senator|government)s?\b)"
_COMPARES = regex(r"\b(?:unlike|than|contrast|compar\w+|versus|vs|differ\w*|oppos\w+|not|rather|instead|similar\w*)\b")
_AFTER_A_SENTENCE = " \t\r\n:*#_-–—([{|\"'"
_OVERALL = regex(r"(?:^|[\n{,;.])[^\w\n]*(?:overall|total|combined|together|all)\W*$")
_ANNOUNCED = regex(
    r"\b(?:answer|therefore|final|corrected|revised|adjusted|updated|normali[sz]ed|rescaled)(?: \w+){0,2}"
    r"\W{0,9}(?:json\W{0,6})?$"
)
"""A heading that says of what is behind it that it counts: “Final answer:”, “Corrected:”."""
_ANSWER_HERE = regex(r"\banswer\W{0,6}$")
NEXT_QUESTION = regex(r"^\W*(?:next )?(?:question|q)\b[^\n:]{0,12}:", re.MULTILINE)
"""A base model goes on with a question of its own."""
_FURTHER = regex(
    r"^[^\w\n]*(?:example \d{1,3}\b[^\w\n]*\n\W*)?(?:next )?question\b[^\n:]{0,12}:(?P<asked>[^\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
_QUOTED = regex(
    r"^[^\w\n]*(?:example \d{1,3}\b[^\w\n]*\n[^\w\n]*)?(?:next )?question\b[^\n:]{0,12}:"
    r"(?P<asked>[^\n]*(?:\n(?![^\w\n]*[A-Z][.):] )[^\n]*){0,5}?)\n"
    r"(?P<options>(?:[^\w\n]*[A-Z][.):] [^\n]*(?:\n|\Z)){2,26})\n*"
    r"(?:(?![^\w\n]*(?:now|next|example|question)\b)[^\n]+(?:\n|\Z))*",
    re.MULTILINE | re.IGNORECASE,
)
"""A question with its options, and the answer down to a blank line."""
_QUOTED_OPTION = regex(r"^[^\w\n]*[A-Z][.):] ([^\n]*)", re.MULTILINE | re.IGNORECASE)
SAME_QUESTION = 0.6
"""Where so large a share of its words are those of the question that was asked, a question is that one again."""
_REFUSES = regex(r"\b(?:can(?:no|['’])?t|unable|not able|won['’]?t|sorry|don['’]?t have)\b")
_FORMAT = regex(r"\bexamples?\b|\bplaceholders?\b|\btemplate\b|\bformat (?:would|could|might|may|will|should|is)\b")
_ESTIMATES = regex(r"\b(?:estimat\w*|guess\w*|approximat\w*|plausibl\w*|realistic\w*|likel\w*)\b")
_DIGIT = regex(r"\d")
_SHARE_OF = regex(r"\D*\d[\d.,–-]*\s?(?:%|percent)?\s(?:of|among|for|from)\s(?P<whom>.{1,30})")
"""Whose the first number of an entry is."""
_ANSWER_ANYWHERE = regex(r"\banswer\b")


class Stated(Struct, frozen=True):
    """One of several answers.

    Attributes:
        says: what it says; two that say the same are equal.
        heading: the text between the answer before it and this one.
        size: how many options it names; the fullest go before others of the same heading.
    """

    says: Hashable
    heading: str
    size: int = 0


def without_other_questions(text: str, question: Question) -> str:
    """A text without the questions in it that were not asked, each with its options and the answer to it.

    A worked example is one, repeated or made up. One that has most options of the question may be that question in
    other words.
    """
    return _QUOTED.sub(lambda quoted: "" if _is_other(quoted, question) else quoted[0], text)


def _is_other(quoted: re.Match[str], question: Question) -> bool:
    labels = [clean_line(label) for label in _QUOTED_OPTION.findall(quoted["options"])]
    names = aliases(question.labels, question.letters)
    known = sum(fold(label) in names or PLAIN_NUMBER.fullmatch(label) is not None for label in labels)
    return 2 * known < len(labels) and not _is_asked_again(quoted["asked"], question)


def _is_asked_again(asked: str, question: Question) -> bool:
    words = {*search_words(asked)}
    return len(words & {*search_words(question.text)}) >= SAME_QUESTION * len(words)


def before_further_questions(text: str, question: Question) -> str:
    """An answer without the further questions that a model goes on to ask and answer.

    All of it where no option or row of letters stands before the first (“A group of …” is none), or one of them asks
    again what was asked.
    """
    found = list(_FURTHER.finditer(text))
    if not found:
        return text
    before = text[: found[0].start()]
    letter = re.search(rf"(?<!\w)(?:[{question.letters}]|[{question.letters}]{{5,}})(?!\w| [a-z])", before)
    names = one_of(aliases(question.labels, question.letters))
    if not letter and not re.search(rf"(?<!\w)(?:{names})(?!\w)", fold(before)):
        return text
    return text if any(_is_asked_again(match["asked"], question) for match in found) else before


def choose(stated: Sequence[Stated], behind: str, group: Group) -> int | None:
    """The place of the answer that counts; None where nobody can tell.

    Args:
        stated: at least one, in the order of the text.
        behind: the text behind the last of them.
        group: the one that was asked for; `EVERYONE` where none was named.
    """
    if len({one.says for one in stated}) == 1:
        return len(stated) - 1
    kinds = [kind_of(one.heading, group, strictly=True) for one in stated]
    if kinds[0] is None and _names_groups(kinds, kind_of(behind, group)):
        return None
    headings = [fold(one.heading)[-LONGEST_HEADING:] for one in stated]
    left = [at for at, kind in enumerate(kinds) if kind is not False]
    own = [at for at in left if kinds[at]]
    if own and own[-1] < left[-1] and _replaces([headings[at] for at in left]):
        return left[-1] if _ANNOUNCED.search(headings[left[-1]]) else None
    if not any(_ANSWER_ANYWHERE.search(headings[at]) for at in own):
        announced = [at for at in left if _ANNOUNCED.search(headings[at])]
        own = own and (announced or own)
    left = own or left
    fullest = max((stated[at].size for at in left), default=0)
    left = [at for at in left if stated[at].size == fullest]
    if len({stated[at].says for at in left}) == 1:
        return left[-1]
    if left and _replaces([headings[at] for at in left]):
        return left[-1]
    set_aside = [at for at, kind in enumerate(kinds) if kind is False]
    is_sum = len(set_aside) == 1 and not any(kinds) and _OVERALL.search(headings[set_aside[0]])
    return set_aside[0] if is_sum else None


def _names_groups(kinds: Sequence[bool | None], behind: bool | None) -> bool:
    """Whether groups are named behind their answers (“{…} for Democrats, {…} for Republicans”) and not before."""
    return behind is not None and any(kind is not None for kind in kinds)


def _replaces(headings: Sequence[str]) -> bool:
    *before, last = headings
    if NEXT_QUESTION.search(last):
        return False
    return bool(CORRECTION.search(last)) or (
        _ANSWER_HERE.search(last) is not None and not any(map(_ANSWER_ANYWHERE.search, before))
    )


def takes_back(text: str) -> bool:
    """Whether the end of a text, behind its last map or else its last blank line, announces another answer."""
    end = max(text.rfind("}"), 0) or max(text.rfind("\n\n"), 0)
    return end > 0 and _TAKEN_BACK.search(fold(text[end:])) is not None


def heads_another(heading: str, group: Group) -> bool:
    """Whether a heading names another party or sex, or everyone, and nothing else: "Republicans:", "All adults:".

    "How Republicans would answer:" does so in a sentence. The groups of other attributes go by many names, and one may
    hold another (Latinos, Christians). "Overall:" may as well head what all of an answer comes to.
    """
    text = fold(heading[-LONGEST_HEADING:])
    last = _FEW_WORDS.search(text)
    words = last[1].rpartition("|")[2].strip() if last else ""
    if words == "overall" or not group.attributes:
        return False
    names = [tuple(map(_words, names_of(name, value))) for name, value in group.attributes if fold(name) in _APART]
    alone = (_EVERYONE, *(other.pattern for _, other in names))
    if any(re.fullmatch(f"(?:all )?(?:{named}){_MEMBERS}{_SAYING}", words) for named in alone):
        return True
    sentence = re.split(r"\bbut\b", SENTENCE_END.split(text.rstrip(_AFTER_A_SENTENCE))[-1])[-1]
    return not _COMPARES.search(sentence) and any(
        re.search(f"{_LEADS}(?:{other.pattern}){_MEMBERS}{_NO_TOPIC}", sentence) and not own.search(sentence)
        for own, other in names
    )


def heads_no_answer(heading: str) -> bool:
    """Whether a heading refuses to answer and goes on to an example of the format: "I can't say. For example:"."""
    before, _, last = re.sub(r"[\s\W]*$", "", fold(heading[-2 * LONGEST_HEADING :])).rpartition(". ")
    return bool(_FORMAT.search(last) and _REFUSES.search(f"{before} {last}")) and not _ESTIMATES.search(last)


def kind_of(heading: str, group: Group, *, strictly: bool = False) -> bool | None:
    """True for a heading that names the group, False for one that names another or an example, None for neither.

    Of several names the last one counts, for each attribute of the group.

    Args:
        strictly: whether part of the group ("liberal Democrats"), or people of whom most are of it, are neither.
    """
    whole = fold(heading[-LONGEST_EXAMPLE:])
    text = whole[-LONGEST_HEADING:]
    names = _names(group, near=not strictly)
    found = [kind for each in names if (kind := _last_named(text, *each)) is not None]
    if found:
        is_part = strictly and all(found) and _names_part(text, group)
        return None if is_part else all(found)
    return False if _EXAMPLE.search(whole) or heads_no_shares(text) else None


def heads_no_shares(heading: str) -> str:
    """The word by which a heading says that its numbers are no shares: "turnout" of "Turnout:"; "" for others."""
    found = _OF_NO_SHARES.search(fold(heading[-LONGEST_HEADING:]).replace("_", " "))
    return found["what"] if found and not CORRECTION.search(found[0]) else ""


def _last_named(text: str, own: re.Pattern[str], other: re.Pattern[str]) -> bool | None:
    named = [max((match.span() for match in pattern.finditer(text)), default=(-1, -1)) for pattern in (own, other)]
    is_one_name = named[0][1] >= 0 and text[named[0][1] : named[1][0]] == " "  # “Evangelical Christians”
    return None if max(named) < (0, 0) else named[0] > named[1] or is_one_name


def _names_part(text: str, group: Group) -> bool:
    """Whether a heading has a further word before the name of a party or sex: "Moderate Democrats:"."""
    found = _part_pattern(group).findall(text)
    return bool(found) and not _BESIDE_A_NAME.fullmatch(found[-1])


@lru_cache(maxsize=64)
def _part_pattern(group: Group) -> re.Pattern[str]:
    """What finds a word before the name of a party or sex, as its group; a name of the group's own is no such word."""
    own = {name: one_of(names_of(name, value, near=False)[0]) for name, value in group.attributes}
    apart = "|".join(names for name, names in own.items() if fold(name) in _APART) or "(?!)"
    return re.compile(rf"{_BEFORE_A_PART}(?!{'|'.join(own.values())})([\w'’-]{{1,40}}) (?:{apart}){_SUFFIX}\b")


@lru_cache(maxsize=64)
def _names(group: Group, *, near: bool = True) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """For each attribute of a group, what names its value, and what names another."""
    if not group.attributes:
        others = names_of("party", "")[1] + names_of("sex", "")[1] + names_of("race", "")[1]
        return ((re.compile(_EVERYONE), re.compile(f"{_words(others).pattern}|{_COMPARED}")),)
    pairs = [names_of(*attribute, near=near) for attribute in group.attributes]
    return tuple((_words(own), re.compile(f"{_words(other).pattern}|{_EVERYONE}|{_COMPARED}")) for own, other in pairs)


def _words(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{one_of(words)}){_SUFFIX}\b")


def names_only(text: str, group: Group) -> bool:
    """Whether a text names the group, or everyone where none was asked for, and no other and no part of it."""
    folded = fold(text)
    return all(_last_named(folded, *names) for names in _names(group, near=False)) and not _names_part(folded, group)


def own_part(entry: str, group: Group) -> str:
    """Of an entry that gives several groups a number each (": Democrats 50%, Republicans 30%") the part of the own.

    "" for one that gives a number to another group alone: ": 50% of Republicans".
    """
    for own, other in _names(group):
        marks = sorted(
            (match.start(), match.end(), pattern is own)
            for pattern in (own, other)
            for match in pattern.finditer(entry)
        )
        if len(marks) < 2:
            continue
        ends = [0, *(end for _, end, _ in marks)]
        if _DIGIT.search(entry[: marks[0][0]]) is not None and not _DIGIT.search(entry[ends[-1] :]):
            parts = [(is_own, entry[end:start]) for end, (start, _, is_own) in zip(ends, marks, strict=False)]
        else:
            starts = [*(start for start, _, _ in marks[1:]), len(entry)]
            parts = [(mark[2], entry[mark[1] : start]) for mark, start in zip(marks, starts, strict=True)]
        numbered = [(is_own, part) for is_own, part in parts if any(map(str.isdigit, part))]
        if {is_own for is_own, _ in numbered} == {True, False}:
            return ": " + next(part for is_own, part in numbered if is_own).lstrip(" :=-–—(|,;)")
    said = _SHARE_OF.match(entry)
    return "" if said and speaks_of_another(said["whom"], group) else entry


def speaks_of_another(text: str, group: Group) -> bool:
    """Whether a text names another group than the one that was asked for, and nothing of it."""
    kinds = kind_of(text, group), kind_of(text, EVERYONE)
    return False in kinds and True not in kinds
