"""The one letter that an answer in words gives, as a careful person would take it.

The text is made plain first: without quotes, emphasis and brackets of TeX. Each line then either gives an option,
alone or behind a few words that lead to it, or it is words beside the answer; these may name no other option.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from opinionscope.elicitation.expression.labels import aliases, one_of, words_alone
from opinionscope.elicitation.expression.leads import COURTESY, DENIES, HEADED, LEAD, SAID, SAID_BEHIND, SOMEBODY_ELSE
from opinionscope.elicitation.expression.several import NEXT_QUESTION, kind_of
from opinionscope.regexes import regex
from opinionscope.survey.question import EVERYONE, Group, Question
from opinionscope.survey.text import clean_line, fold

LONGEST_SHOWN = 60

_DECORATION = regex(r"</?(?:[biup]|[A-Za-z_]{2,20})>|[*_`\"“”„«»「」『』]|\\boxed|\\text|(?<!\w)['‘’]|['‘’](?!\w)")
_LETTER = regex(r"[(\[{$ ]*([A-Za-z])[)\]}$]*(?![\w'])\s*(.*)")
_MARKED = regex(
    r"(?:[.):,;=。]|[-–—](?= ))(?!\s*\d)|(?:because|since|due to|as (?:i|it|they|he|she|we))\b|"
    r"\((?!\D{0,3}\d)[^()]*\)\W*$"
)
_SPEAKS_AGAINST = regex(
    r"[?]|[-+]$|"
    r"\W*(?:no|nope|no way|never|rejected|excluded|wrong|not(?: (?:for|my|me|really|this|that|it)\b.*)?)\W*$",
    re.IGNORECASE,
)
"""What behind a letter takes it back, asks for it, or makes it a grade."""
_NAME = regex(r"\. (?:[A-Z]\. ?)*(?P<name>[A-Z][a-z'’-]+)\W*")
"""What makes a letter an initial: “A. Smith”."""
_NAMED = regex(r"(?<![\w'.&/-])([A-Z])(?![\w'&/-])")
_STARTS_A_PHRASE = regex(r" [a-z\d]")
_WORD_BEHIND = regex(r" [^\W\d_]{2}| [a-z]| \d\d[ -]year")
_JOINED = regex(r"(?<![\w'.])([A-Z])\W{0,2}\s?(?:[,/&+]|or\b|and\b)\s?\W{0,2}([A-Z])(?![\w'])(?!(?<=I) [a-z])")


FIELD = regex(
    r"(?P<key>[A-Za-z_][\w -]{0,40}+)[\"']?\s?:\s?"
    r"(?P<value>\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'|\w(?:[^,;{}\n]|,(?!\s?[\"']?\w[\w -]{0,40}+[\"']?:)){0,200})"
)
_ANSWERS = "answer|option|choi[cs]e|chose|letter|response|pick|select|vote|opinion|view"
OF_ANSWERS = regex(_ANSWERS, re.IGNORECASE)
"""The key of what a person of several fields says; another may be that of a party or a sex."""
_OF_THE_ANSWER = regex(rf"(?:(?:selected|chosen|final|my|best|likely)[ _-]?)?(?:{_ANSWERS})", re.IGNORECASE)

_COMMA = regex(r"[,;] (?P<but>(?:but|so),? )?", re.IGNORECASE)
_CLAUSE = regex(
    r"(?:honestly|frankly|personally|hm+|um+|uh+|overall|still|so|then|thus|therefore|maybe|perhaps|sorry|"
    r"[àa] mon avis|selon moi|meiner meinung nach|en mi opinión|na minha opinião|secondo me|naar mijn mening|"
    r"i (?:guess|think)|(?:for|to) (?:me|them)|in (?:my (?:view|opinion|case)|this case)|"
    r"(?:if (?=.*\b(?:ha(?:d|ve) to|must|were|was|forced|pressed)\b)|as|given|based on|"
    r"considering|after|because|since|among|gun to)\b(?!.*\b(?:example|instance)\b).*)",
    re.IGNORECASE,
)
"""What may lead to a letter alone: “If I had to choose, B”, but not “Born in Washington, D”."""
_GOES_ON = r",? (?:because|since|as|is my|is what|it is|would be my|for me|probably|please|i (?:guess|think)(?=\W*$))\b"
_CORRECTED = regex(r"(?:correct|revis|actual|wait|sorry|no\b)\w*\W.*?(?<![\w'.-])([A-Z])\W*", re.IGNORECASE)
_LISTED = r"[A-Z](?:(?:, [A-Z])+,?)?(?: (?:or|nor|and) [A-Z])?"
_SET_ASIDE = regex(
    r"((?<![\w'])[A-Z]|\b(?:answer|choice|pick|option))"
    r"(?:,? | ?\()(?:(?:and|but) )?(?:not|never|rather than|instead of|over) (?:option )?"
    rf"{_LISTED}(?![\w'])\)?|^(?i:between|among|out of|from|of) (?:options )?{_LISTED}[,:] "
)
"""Other options that are set aside beside the letter before them: “B, not A”, “B over A”; options to choose from."""
_ACCENTED = regex(r"[^\W\d_][\u0300-\u036f]{1,4}")
_ASIDE = regex(r"\bnot\b|[.!] |(?<=\b[A-Z]) [(\[](?![A-Z][)\]])")
"""What parts the answer of a line from what is said beside it."""
_SENTENCE = regex(r"(?<=[.!?。])\s+(?=[^\W\d_])")


_REASON = regex(
    r"\(?(?P<head>(?:the |my )?(?:reason(?:ing|s)?|rationale|explanation|justification|note)\b ?(?:is\b ?)?:? ?)?"
    r"(?(head)|(?:while|although|though|even though|because|since|whereas|compared|given|considering|unlike)\b)",
    re.IGNORECASE,
)
"""What begins the reason behind an answer, which may name options that were not chosen."""
_TAKEN_BACK = regex(
    r"\b(?:wait|actually|correct(?:ed|ion)|sorry|instead|revis\w*|change|chang(?:ed|ing)|final|on second thought)\b",
    re.IGNORECASE,
)

_TYPOGRAPHIC = str.maketrans("‐‑‒–—―−‘’ʼ", "-------'''")
"""Dashes and apostrophes, which labels may have in another form than answers."""

_MORE_OF_WHOM = regex(r" (?:who|whose|with|that)\b")
"""What behind a person is no name of theirs: “A Democrat who is conservative”."""


class LetterChoice(Struct, frozen=True):
    """What was chosen.

    Attributes:
        letter: of the option; "" if nobody could say which.
        reason: why there is none, or "".
        beside: whether there were words beside it that were set aside.
    """

    letter: str
    reason: str = ""
    beside: bool = False


class _Given(Struct, frozen=True):
    letter: str
    is_final: bool
    beside: bool


def find_letter(text: str, question: Question, group: Group = EVERYONE) -> LetterChoice:
    """The option that a text gives; every line may give it, but no two of them may differ.

    A line that calls itself the answer goes before all others.
    """
    said = _answer_in(text)
    answer = _before_reason(said, question, group)
    plain = (_without_own_label(_plain(line), question) for line in answer.splitlines())
    whole = [line for line in plain if any(map(str.isalnum, line))]
    if not whole:
        return LetterChoice("", "the answer is empty")
    if len(whole) == 1 and not _letter(whole[0], question, led=False) and (alone := _labelled(whole[0], question)):
        return LetterChoice(alone, beside=True)
    lines = [_SET_ASIDE.sub(r"\1", _without_courtesy(line, question)) for line in whole]
    found = [one for one in (_given(line, question) for line in lines) if one is not None]
    if not found:
        sentences = [sentence for line in lines for sentence in _SENTENCE.split(line)]
        lines = [_behind_clauses(sentence, question, group) for sentence in sentences]
        led = [line != sentence for line, sentence in zip(lines, sentences, strict=True)]
        given = (_given_amid(line, question, group, is_led=is_led) for line, is_led in zip(lines, led, strict=True))
        found = [one for one in given if one is not None]
    finals = [one for one in found if one.is_final]
    letters = list(dict.fromkeys(one.letter for one in finals or found))
    if finals and not any(NEXT_QUESTION.match(fold(line)) for line in lines):
        places = [at for at, line in enumerate(lines) if (lead := LEAD.match(line)) and lead["final"]]
        heads = [_ASIDE.split(lines[at], maxsplit=1)[0] for at in places]
        behind = [part for at in places for part in _ASIDE.split(lines[at], maxsplit=1)[1:]]
        behind += lines[places[-1] + 1 :]
        lone = {part.strip(" .") for part in behind} & set(question.letters)
        named = set(letters) | _joined(heads, question) | _corrected(behind, question) | lone
    else:
        named = set(letters) | _alone(lines, question)
        if letters and not finals:
            own = [part for line in lines for part in _SENTENCE.split(line) if not _is_of_others(part, group)]
            named |= {letter for part in own for letter in _mentions(part) if letter in question.letters}
    if len(named) > 1:
        return LetterChoice("", f"the answer names several options: {', '.join(sorted(named))}")
    if not letters:
        return LetterChoice("", f"the answer gives no option letter: “{_shown(text)}”")
    if letters[0] not in question.letters:
        return LetterChoice("", f"the answer gives {letters[0]}, which was never offered")
    beside = answer != said or lines != whole or len(found) < len(lines) or any(one.beside for one in found)
    return LetterChoice(letters[0], "", beside)


def _before_reason(text: str, question: Question, group: Group) -> str:
    """The first paragraph, where it is an option alone and the rest its reason; else the whole text."""
    head, _, behind = text.strip().partition("\n\n")
    first, reason = _without_own_label(_plain(head), question), _plain(behind.lstrip().partition("\n")[0])
    given = _given(first, question)
    chosen = given.letter if given and (not given.beside or _labelled(first, question)) else ""
    if "\n" in head or not chosen or not _REASON.match(reason) or _TAKEN_BACK.search(behind):
        return text
    lines = (_without_own_label(_plain(line), question) for line in behind.splitlines())
    said = (_given_behind(sentence, question, group) for line in lines for sentence in _SENTENCE.split(line))
    return text if any(one.letter != chosen for one in said if one) else head


def _given_behind(sentence: str, question: Question, group: Group) -> _Given | None:
    """The option that a sentence of a reason gives all the same."""
    begun = _REASON.match(sentence)
    sentence = sentence[begun.end() :] if begun and begun["head"] else sentence.lstrip("(")
    shorter = _behind_clauses(sentence, question, group)
    return _given(shorter, question) or _given_amid(shorter, question, group, is_led=shorter != sentence)


def _without_courtesy(line: str, question: Question) -> str:
    """A line without “Sure!” and the like before the answer, unless the label of an option begins so."""
    while polite := COURTESY.match(line):
        if any(label.startswith(_folded(polite["words"])) for label in _labels(question).values()):
            break
        line = line[polite.end() :]
    return line


def _without_own_label(line: str, question: Question) -> str:
    """A line in which a letter that stands with its own label stands alone: "My answer: Agree (A)."."""
    pattern, letter_of = _label_pattern(question.letters, question.labels)

    def alone(match: re.Match[str]) -> str:
        own = letter_of[fold(match["label"] or match["named"] or match["before"] or match["alone"])]
        return own if own == (match["first"] or match["last"] or match["behind"] or own) else match[0]

    return pattern.sub(alone, line)


@lru_cache(maxsize=64)
def _label_pattern(letters: str, labels: tuple[str, ...]) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """What finds a label behind its letter, before it in brackets, or in its place, and each label's letter."""
    plain = dict(zip(map(_plain, (*labels, *words_alone(labels))), letters * 2, strict=False))
    names = one_of(filter(None, plain))
    worded = one_of(name for name in plain if any(map(str.isalpha, name)))
    first = rf"(?P<first>[A-Z])(?: ?[.):=]| [–—-]| ?(?=\()) ?\(?(?P<label>{names})\)?(?=\W*$|[.,;!)]|{_GOES_ON})"
    last = rf"(?P<named>{names}) ?[(\[](?P<last>[A-Z])[)\]]|(?P<before>{worded})(?: [–—-]|:) (?P<behind>[A-Z])(?=\W*$)"
    return (
        re.compile(rf"(?<![\w'])(?:{first}|{last})|^(?P<alone>{names})(?={_GOES_ON})", re.IGNORECASE),
        {fold(label): letter for label, letter in plain.items()},
    )


def _answer_in(text: str) -> str:
    """What the one JSON object of a text gives as the answer, beside reasons and the like; else the text."""
    if "{" not in text or "}" not in text:
        return text
    values = {value for key, value in FIELD.findall(text) if _OF_THE_ANSWER.fullmatch(key)}
    return "\n".join(sorted(values)) or text


def _alone(lines: Sequence[str], question: Question) -> set[str]:
    """Letters that are all of a line, unless these list the options, or that stand beside another one."""
    alone = "".join(line for line in lines if len(line) == 1 and line in question.letters)
    return {*alone.removeprefix(question.letters)} | _joined(lines, question) | _corrected(lines, question)


def _joined(lines: Sequence[str], question: Question) -> set[str]:
    joined = {letter for line in lines for pair in _JOINED.findall(line) for letter in pair}
    return joined & set(question.letters)


def _corrected(lines: Sequence[str], question: Question) -> set[str]:
    return {match[1] for line in lines if (match := _CORRECTED.fullmatch(line))} & set(question.letters)


def _given_amid(sentence: str, question: Question, group: Group, *, is_led: bool) -> _Given | None:
    """The option that a sentence gives behind other words, if they deny nothing and are about the group.

    Args:
        is_led: whether clauses that led to it were cut off.
    """
    if sentence.endswith("?"):
        return None
    if behind := SAID_BEHIND.fullmatch(sentence):
        return None if DENIES.search(sentence) else _Given(behind[1], False, True)
    if (is_led or LEAD.match(sentence)) and (given := _given(sentence, question)):
        return given
    said = SAID.fullmatch(sentence)
    if said and not DENIES.search(said["who"]) and not _is_of_others(said["who"], group):
        letter = _letter(said["rest"], question, led=True)
        if letter and said["who"].rstrip().endswith(":") and not _is_own(said["rest"], letter, question):
            letter = ""
        letter = letter or _labelled(said["rest"], question)
        if letter and _labelled(said["who"], question) in ("", letter):
            return _Given(letter, False, True)
    return None


def _is_of_others(who: str, group: Group) -> bool:
    """Whether somebody else says it; of everyone, anybody may be drawn."""
    if SOMEBODY_ELSE.search(who) or not group.attributes:
        return SOMEBODY_ELSE.search(who) is not None
    subject = _MORE_OF_WHOM.split(who, maxsplit=1)[0]
    kinds = kind_of(subject, group), kind_of(who, group)
    return kinds[0] is False or kinds == (None, False)


def _behind_clauses(sentence: str, question: Question, group: Group) -> str:
    """A sentence without what leads to its answer: clauses that name no option and deny nothing, or are of others."""
    while comma := _COMMA.search(sentence):
        clause = sentence[: comma.start()]
        is_lead = comma["but"] or (_CLAUSE.fullmatch(clause) and not DENIES.search(clause))
        is_of_others = comma["but"] and _is_of_others(clause, group)
        if not is_of_others and (not is_lead or any(_mentions(clause)) or _labelled(clause, question)):
            break
        sentence = sentence[comma.end() :]
    return sentence


def _plain(line: str) -> str:
    line = _ACCENTED.sub(lambda match: unicodedata.normalize("NFC", match[0]), _DECORATION.sub("", line))
    line = clean_line("".join(unicodedata.normalize("NFKC", each) for each in line)).lstrip("#>•-→⇒{ ")
    line = re.sub(r" (?:です|입니다)[. ]?$", "", line.rstrip(" ✓✔☑✅。#"))
    symbols = "".join(each for each in line if unicodedata.category(each)[0] == "S")
    return line.strip(f"{symbols} ")


def _shown(text: str) -> str:
    line = clean_line(text)
    return line if len(line) <= LONGEST_SHOWN else line[:LONGEST_SHOWN].rstrip() + "…"


def _given(line: str, question: Question) -> _Given | None:
    """The option that a line gives, whether it calls itself the answer, and whether more words stand in it."""
    lead = LEAD.match(line)
    rest = line[lead.end() :] if lead else line
    is_final = lead is not None and lead["final"] is not None
    if is_final and not _labelled(rest, question) and (within := LEAD.match(rest)):  # “Answer: I would say B”
        rest = rest[within.end() :]
    if lead and (whole := _labelled(line, question)):
        return _Given(whole, is_final, True)
    if letter := _letter(rest, question, led=lead is not None):
        return _Given(letter, is_final, not _is_own(rest, letter, question))
    if label := _labelled(rest, question):
        return _Given(label, is_final, True)
    if letter := _behind_words(line, question):
        return _Given(letter, False, True)
    return None


def _behind_words(line: str, question: Question) -> str:
    """The letter that ends a line behind who says it: "Person 1: A"."""
    headed = HEADED.fullmatch(line)
    if headed is None:
        return ""
    letter = _letter(headed["rest"], question, led=True)
    own = letter if letter and _is_own(headed["rest"], letter, question) else ""
    return own or _labelled(headed["rest"], question)


def _letter(text: str, question: Question, *, led: bool) -> str:
    """The letter that a text begins with, if that is meant as one and what follows it does not speak against it."""
    match = _LETTER.match(text)
    if match is None:
        return ""
    letter, behind = match[1].upper(), match[2]
    own = _labels(question).get(letter, "")
    said = _folded(behind)
    if named := _labelled(behind, question):
        return letter if named == letter else ""
    if own and _is_label(said, own):
        return letter
    if any(_is_label(said, label) for label in _labels(question).values()) or _SPEAKS_AGAINST.match(behind):
        return ""
    if not said:
        return letter
    if is_initial(letter, behind, question):
        return ""
    is_marked = _MARKED.match(behind) is not None
    if match[1].islower():
        return letter if led and is_marked else ""
    starts_a_phrase = _STARTS_A_PHRASE.match(f" {behind}") or (letter == "A" and behind[0].isalpha())
    return letter if is_marked or (led and not starts_a_phrase) else ""


def is_initial(letter: str, behind: str, question: Question) -> bool:
    """Whether a letter begins a name, “A. Smith”, and no word of its option stands behind it."""
    name = _NAME.fullmatch(behind)
    return name is not None and fold(name["name"])[:4] not in _labels(question).get(letter, "")


def _labels(question: Question) -> Mapping[str, str]:
    """Letter → label, folded."""
    return _folded_labels(question.letters, question.labels)


@lru_cache(maxsize=64)
def _folded_labels(letters: str, labels: tuple[str, ...]) -> Mapping[str, str]:
    return {letter: _folded(_plain(label)) for letter, label in zip(letters, labels, strict=True)}


def _folded(text: str) -> str:
    return fold(text.translate(_TYPOGRAPHIC)).strip(" .,:;!?()[]{}$=|-")


def _is_label(said: str, label: str) -> bool:
    return bool(label) and (said == label or (said.startswith(label) and not said[len(label)].isalnum()))


def _is_own(text: str, letter: str, question: Question) -> bool:
    """Whether a text is the letter, with its label at most."""
    match = _LETTER.match(text)
    return match is not None and _folded(match[2]) in ("", _labels(question).get(letter))


def _labelled(text: str, question: Question) -> str:
    """The letter of the option whose whole label the text is, or its own number; "" for none, or where two share it."""
    said = _folded(text)
    names = aliases(question.labels, question.letters)
    letters = [letter for letter, label in _labels(question).items() if label and label == said]
    if letters:
        return letters[0] if len(letters) == 1 else ""
    return names.get(said) or names.get(fold(text).strip(" .,:;!"), "")


def _mentions(line: str) -> Iterator[str]:
    """Capitals that stand alone, but for the words A and I of a sentence."""
    for match in _NAMED.finditer(line):
        is_word = match[1] in "AI" and _WORD_BEHIND.match(line, match.end())
        if not is_word:
            yield match[1]
