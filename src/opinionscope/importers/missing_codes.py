"""Codes that stand for no answer, told by where they stand: −1 beside 1 to 4, or 8 and 9 beside 1 to 4."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from opinionscope.importers.labels import has_opposite, is_nonresponse, is_not_asked
from opinionscope.importers.person_column import NO_VALUE, PersonColumn
from opinionscope.importers.scales import in_scale_order
from opinionscope.importers.words import known_words
from opinionscope.regexes import regex
from opinionscope.survey.pack import MAX_OPTIONS
from opinionscope.values import replace

SHORT = frozenset({6, 7, 8, 9})
LONG = frozenset(
    int(code)
    for rest in range(1, 7)
    for code in (*(d + d * rest for d in "678"), *("9" * rest + d for d in "56789"), "9" + "8" * rest)
)
"""Codes that surveys give to missing answers beside short and beside longer scales."""
WIDE_GAP = 3
"""So far above a scale from 1 upwards, 7, 8 and 9 are no part of it: 1 2 3 4, then 7."""
OF_NINE = "1 to 9 were all taken as part of the scale, 7, 8 and 9 as well"
MANY_MORE = 3
"""So many times as many people at 99 as at any other age did not say their age."""
MANY_ANSWERS = 100
"""Of so many people somebody chooses every option as a rule."""
LEAST_SCALE = 5
"""Points of a scale with as many negative as positive ones, from −2 to 2."""

_SIDED = regex(r"[-−]\d")
_CODE = regex(r"[+-]?\d{1,7}")
_LED = regex(r"[(\[]?([-−]?\d{1,4})\s?[.:)=\]](?!\s?[-−]?\d).*")
"""A label with its code before it: "-6. No post-election interview"."""
_LEADING = regex(r"(-?\d{1,3})(?![\d.,])\D")
"""A label of one end of a scale: "10 Completely"."""
_LETTERED = regex(r"\.[a-z](?::.*)?")
"""Stata's letters for missing answers, as exports write them: ".d", ".i:  Inapplicable"."""


class CodesFound(Struct, frozen=True):
    """What the codes of a column tell.

    Attributes:
        missing: codes of missing answers.
        doubt: why that cannot be told, and so the column cannot be used; "" where it can.
        remark: what was supposed of codes that were kept.
    """

    missing: frozenset[int] = frozenset()
    doubt: str = ""
    remark: str = ""


def missing_among(codes: Collection[int], answers: int) -> CodesFound:
    """Which of a column's codes stand for missing answers.

    Args:
        codes: all that occur and have no label that says what they are.
        answers: how many people the codes are of.
    """
    negative = frozenset(code for code in codes if code < 0)
    rest = sorted(code for code in codes if code >= 0)
    found = _negative(negative, rest) if negative else CodesFound()
    if found.doubt or found.remark or not rest:
        return found
    missing = set(found.missing)
    while len(rest) > 1:
        above = _above(rest, answers)
        if above.doubt or above.remark:
            return CodesFound(frozenset(missing), above.doubt, above.remark)
        if not above.missing:
            break
        missing |= above.missing
        rest = [code for code in rest if code not in above.missing]
    return CodesFound(frozenset(missing))


def _negative(negative: frozenset[int], rest: Sequence[int]) -> CodesFound:
    """Negative codes: a scale with two sides, or missing answers."""
    positive = {code for code in rest if code > 0}
    listed = written([*negative, *rest])
    if {-code for code in negative} == positive:
        if 0 in rest and len(negative) + len(rest) >= LEAST_SCALE:
            return CodesFound(remark=f"{listed} were taken as a scale with two sides")
        return CodesFound(doubt=f"{listed}: a scale with two sides, or negative codes of missing answers")
    inner = positive - LONG
    is_mirrored = len(inner) > 1 and {-code for code in negative if -code <= max(inner)} == inner
    if 0 in rest and (is_mirrored or (len(negative) > 2 and -min(negative) <= max(rest) and -max(negative) == 1)):
        return CodesFound(doubt=f"{listed}: a scale with two sides, or negative codes of missing answers")
    return CodesFound(negative)


def _above(rest: Sequence[int], answers: int) -> CodesFound:
    """Codes above a scale: 7, 8, 9 behind a gap, or 77, 98, 999 far above it."""
    known = SHORT if rest[-1] in SHORT else LONG
    first = next((at for at in range(len(rest)) if all(code in known for code in rest[at:])), len(rest))
    gaps = {at: rest[at] - rest[at - 1] for at in range(max(1, first), len(rest))}
    if not gaps:
        return CodesFound()
    at = max(gaps, key=lambda each: (gaps[each], -each))
    scale, apart, gap = rest[:at], frozenset(rest[at:]), gaps[at]
    inner = max((high - low for low, high in pairwise(scale)), default=1)
    listed = f"{written(rest)}: {written(apart)} may be part of the scale or codes of missing answers"
    if gap <= inner or gap == 1:
        uneven = known is SHORT and inner > 1 and len({high - low for low, high in pairwise(rest)}) > 1
        if uneven and {8, 9} <= {*rest}:
            return _told(listed, answers)
        is_odd = known is SHORT and rest == [*range(1, 10)]
        return CodesFound(remark=OF_NINE if is_odd else "")
    if known is LONG:
        return CodesFound(apart) if 2 * scale[-1] < rest[at] else CodesFound()
    if gap >= WIDE_GAP and inner == 1 and scale[0] in (0, 1) and len(scale) > 1:
        return CodesFound(apart)
    return CodesFound(doubt=listed) if gap >= WIDE_GAP else _told(listed, answers)


def _told(listed: str, answers: int) -> CodesFound:
    """A doubt where so many answered that all of a scale would have been chosen, else a remark."""
    if answers >= MANY_ANSWERS:
        return CodesFound(doubt=listed)
    return CodesFound(remark=f"{listed}; they were taken as part of the scale")


def written(codes: Iterable[int]) -> str:
    """Codes in order, in words: "−2, −1, 8 and 9"."""
    texts = [str(code) for code in sorted(codes)]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def mark_not_asked(column: PersonColumn) -> tuple[str, int]:
    """Have a column count labels such as "IAP" as no answer, unless a codebook has them; returns as `mark_missing`."""
    counts = Counter(column.cells)
    unasked = {
        cell: label
        for cell in counts
        if cell not in column.entry.labels
        and is_not_asked(label := column.labels.get(cell, cell))
        and cell not in column.missing
        and not has_opposite(label, {*counts, *column.labels.values()})
    }
    column.missing |= unasked.keys()
    sentence = f"{', '.join(sorted(unasked.values()))} was taken as missing, of people to whom nobody put the question"
    return (sentence, _often(counts, unasked)) if unasked else ("", 0)


def mark_beside_a_scale(column: PersonColumn) -> tuple[str, int]:
    """Have a column count abbreviations such as "REF" beside a scale as no opinion; returns as `mark_missing`."""
    counts = Counter(cell for cell in column.cells if not column.is_missing(cell))
    silent = {*counts} & known_words().labels.beside_a_scale
    rest = [cell for cell in counts if cell not in silent and not column.says_nothing(cell)]
    are_codes = len(rest) > 1 and all(map(_CODE.fullmatch, rest))
    if not silent or column.known_labels or not (are_codes or in_scale_order(rest)):
        return "", 0
    column.silent |= silent
    return f"{', '.join(sorted(silent))} counts as no opinion beside a scale", _often(counts, silent)


def mark_missing(column: PersonColumn) -> tuple[str, int]:
    """Have a column count codes of missing answers as none; returns what was decided, or "", and of how many people.

    Codes that the codebook or the file gives a label are what the label says, but for negative ones beside codes that
    are not: they are no opinions.
    """
    labels = column.known_labels
    counts = Counter(column.cells)
    silent = _labelled_negative(column) or ([] if labels else _led_by_negative(counts))
    column.silent |= frozenset(silent)
    if silent:
        return f"{', '.join(silent)} have labels and count as no opinion, being negative", _often(counts, silent)
    spoken = {
        cell: often
        for cell, often in counts.items()
        if cell and not {cell} & (NO_VALUE | column.missing | column.silent | {*column.entry.missing})
        if not column.says_nothing(cell)
    }
    if lettered := {cell for cell in spoken if _LETTERED.fullmatch(cell) and cell not in labels}:
        column.missing |= lettered
        return f"{', '.join(sorted(lettered))} are Stata's codes of missing answers", _often(counts, lettered)
    if column.entry.labels or not spoken:
        return "", 0
    found = _found(spoken, labels)
    missing = {cell for cell in spoken if _CODE.fullmatch(cell) and int(cell) in found.missing} - set(labels)
    if missing:
        column.missing |= missing
        sentence = (
            f"{written(map(int, missing))} {'was taken as a code' if len(missing) == 1 else 'were taken as codes'} of "
            "missing answers; a label in a codebook would keep it as an option"
        )
        return sentence, _often(counts, missing)
    if found.doubt and not column.labels:
        column.doubt = f"it has the codes {found.doubt}; give labels, or list them under missing, in a codebook"
    elif found.remark and not column.labels:
        return f"the codes {found.remark}; a codebook can say otherwise", sum(spoken.values())
    return "", 0


def _found(spoken: Mapping[str, int], labels: Mapping[str, str]) -> CodesFound:
    """Which codes are missing answers: by where they stand, or by their being numbers among words."""
    often = {int(cell): count for cell, count in spoken.items() if _CODE.fullmatch(cell)}
    codes, words = {*often}, {cell for cell in spoken if not _CODE.fullmatch(cell)} - set(labels.values())
    led = {int(start[1]) for word in words if (start := _LEADING.match(word))}
    if codes and len(led) == len(words):
        crowded = _crowded(often)
        found = missing_among((codes | led) - crowded - _other_side(spoken, codes), sum(spoken.values()))
        return replace(found, missing=(found.missing & codes) | crowded)
    are_labels = not any(map(str.isdigit, "".join(words)))  # “3 or more” is one more number
    if are_labels and len(codes) == len(words) > 1 and codes in ({*range(len(codes))}, {*range(1, len(codes) + 1)}):
        return CodesFound(doubt=f"{written(codes)} beside as many words, which may be the labels of these")
    if any(_SIDED.match(word) for word in words) or (len(words) == 1 and len(codes) > 2):
        return CodesFound()
    scale = len(words) == 1 or any(word[0].isdecimal() for word in words) or len(codes) > len(SHORT)
    return CodesFound(frozenset(code for code in codes if code < 0 or (code in SHORT | LONG and not scale)))


def _other_side(cells: Iterable[str], codes: Iterable[int]) -> frozenset[int]:
    """Negative codes of a scale whose other side is written with a plus sign."""
    most = max((int(cell) for cell in cells if cell.startswith("+") and _CODE.fullmatch(cell)), default=0)
    return frozenset(code for code in codes if -most <= code < 0)


def _crowded(often: Mapping[int, int]) -> frozenset[int]:
    """The highest of many numbers, if it is a code such as 99 that stands apart, and many more people have it."""
    if len(often) <= MAX_OPTIONS:
        return frozenset()
    *rest, last = sorted(often)
    stands_apart = last in LONG and last - rest[-1] >= WIDE_GAP
    return frozenset({last} if stands_apart and often[last] > MANY_MORE * max(map(often.__getitem__, rest)) else ())


def _often(counts: Mapping[str, int], codes: Iterable[str]) -> int:
    return sum(counts.get(code, 0) for code in codes)


def _labelled_negative(column: PersonColumn) -> list[str]:
    """Negative codes with a label, where they are not one side of a scale."""
    labels = column.known_labels.items()
    spoken = {int(code): code for code, label in labels if _CODE.fullmatch(code) and not is_nonresponse(label)}
    return [code for code in _apart(spoken) if code not in column.entry.values]


def _led_by_negative(cells: Iterable[str]) -> list[str]:
    """Labels with a negative code before them, where they are not one side of a scale."""
    led = {cell: int(found[1].replace("−", "-")) for cell in cells if (found := _LED.fullmatch(cell))}
    spoken = {code: cell for cell, code in led.items() if not is_nonresponse(cell)}
    return [] if 0 in spoken and any(-code in spoken for code in spoken if code) else _apart(spoken)


def _apart(spoken: Mapping[int, str]) -> list[str]:
    negative = [code for code in spoken if code < 0]
    positive = {code for code in spoken if code > 0}
    return [] if not positive or {-code for code in negative} == positive else [spoken[code] for code in negative]
