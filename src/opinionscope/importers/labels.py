"""Option labels as sources write them: which stand for no answer, and where a label's scale value is known from."""

import re
from collections.abc import Iterable, Iterator, Mapping

from opinionscope.survey.pack import OptionEntry, PackFile, SharesEntry
from opinionscope.survey.text import clean_line

EXACT = 2.0**53
"""Beyond this a float is no exact integer."""
SHARE_DECIMALS = 6

_NONRESPONSE = re.compile(
    r"(?:[(\[]?[-−]?\d{1,4}(?:[)\]]\s?[:=.–-]?|\s?[:=.–-]|(?=\s))\s?)?"
    r"(dk|don['’´`]?t know|do not know|refus(?:ed|al)|no answer|missing|other missing|not available|not applicable"
    r"|not asked|unknown|not asked in (?:the |this )?(?:survey|wave|country)|inapplicable|n/a"
    r"|never heard of|can['’´`]?t rate|no response|prefer not to (?:say|answer)"
    r"|wei(?:ß|ss) (?:ich )?nicht|keine angabe|k\.\s?a|trifft nicht zu|verweigert"
    r"|(?:ne |je ne )?sai[st] pas|nsp|sans réponse|refus|non[ -]réponse"
    r"|no sabe|no contesta|ns/nc|no sabe/no contesta"
    r"|weet (?:ik )?niet|geen antwoord|non so|non risponde|não sabe|não respondeu)\b(?!\s+\w)",
    re.IGNORECASE,
)


def is_nonresponse(label: str) -> bool:
    """Whether a label stands for no answer: "Refused", "DK" and the other names that the sources give it.

    Its code may stand before it: "99 = Refused", "(-1) Inapplicable".
    """
    return _NONRESPONSE.match(label.strip()) is not None


def fold_label(label: str) -> str:
    """What labels have in common that differ in case and blanks only."""
    return clean_line(label).casefold()


def option_entry(entry: OptionEntry | str) -> OptionEntry:
    """An option of a pack, a bare label as an entry."""
    return OptionEntry(entry) if isinstance(entry, str) else entry


def option_lists(pack: PackFile) -> Iterator[list[OptionEntry | str]]:
    """Every list of options in a pack."""
    yield from (entry.options for entry in pack.questions if entry.options)
    if pack.options:
        yield pack.options


def label_set(options: Iterable[OptionEntry | str]) -> frozenset[str]:
    """The labels of a list of options, folded, by which the same list is found again in another order."""
    return frozenset(fold_label(option_entry(each).label) for each in options)


def options_like(
    labels: Iterable[str], alike: Iterable[OptionEntry | str], scale: Mapping[str, float | None]
) -> list[OptionEntry]:
    """Options with these labels.

    Args:
        alike: options that lend value and nonresponse to those of the same label.
        scale: label → value, for labels that nothing is lent to.
    """
    lent = {fold_label(each.label): each for each in map(option_entry, alike)}
    options = []
    for label in labels:
        like = lent.get(fold_label(label))
        silent = like.nonresponse if like else is_nonresponse(label)
        value = like.value if like else None if silent else scale.get(label)
        options.append(OptionEntry(label, None if value is None else whole(value), silent))
    return options


def whole(figure: float) -> float:
    """The figure as an integer where it is one, so that files say 12 and not 12.0."""
    return int(figure) if abs(figure) < EXACT and figure == int(figure) else figure


def shares_entry(shares: Iterable[float]) -> SharesEntry:
    """Shares as packs keep them, without the number of people."""
    return SharesEntry([whole(round(share, SHARE_DECIMALS)) for share in shares])
