"""One's own question as it is typed: an option a line, and a line for each group that answered it.

Options: ``Earlier``, ``Earlier = 1`` with a place on an ordinal scale, ``Refused = no answer`` for a nonresponse.
People: ``party=Democrat: 12, 30, 8`` with counts, ``Parents: 20%, 50%, 30%; n=120`` with shares, one figure an option
in their order. The command line and the form in the terminal program read the same lines.
"""

import math
import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from opinionscope.errors import OpinionscopeError
from opinionscope.regexes import regex
from opinionscope.survey.distribution import Distribution, DistributionError
from opinionscope.survey.microdata import composed
from opinionscope.survey.pack import OptionEntry, SharesEntry
from opinionscope.survey.question import Attributes, Group, conditions_in
from opinionscope.survey.text import clean, clean_line, fold

NO_ANSWER = "no answer"

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_TAIL = regex(rf"\s*(?P<value>{_NUMBER})?\s*(?P<nonresponse>{NO_ANSWER})?\s*", re.IGNORECASE)
_FIGURE = regex(rf"(?P<number>{_NUMBER})(?P<percent>%)?")
_SAMPLE = regex(rf"\s*n\s*=\s*(?:(?P<n>{_NUMBER})|\?)\s*", re.IGNORECASE)
_NAMED = regex(r"(?P<name>[^=]+?)\s*\((?P<expression>[^=()]+=.*)\)")


class LineError(OpinionscopeError):
    """A line that cannot be read."""

    title = "Not a question yet"


class Answered(Struct, frozen=True):
    """A line about people.

    Attributes:
        figures: as in a pack, or None where only the group is named.
    """

    group: Group
    figures: list[float] | SharesEntry | None

    @property
    def distribution(self) -> Distribution | None:
        """How the group answered."""
        if isinstance(self.figures, SharesEntry):
            return Distribution.from_weights(self.figures.shares, self.figures.n)
        return None if self.figures is None else Distribution.from_counts(self.figures)


def lines_in(text: str) -> list[str]:
    """The lines that hold something."""
    return [line for part in clean(text).split("\n") if (line := clean_line(part))]


def option_of(line: str) -> OptionEntry:
    """The option that a line means; an equals sign with nothing behind it ends a label that looks like more.

    Raises:
        LineError: if there is no label.
    """
    text = clean_line(line)
    head, equals, rest = text.rpartition("=")
    tail = _TAIL.fullmatch(rest) if equals else None
    if tail is None:
        return OptionEntry(text)
    label = head.strip()
    if not label:
        raise LineError(f'"{text}" has no label before its equals sign')
    value = float(tail["value"]) if tail["value"] else None
    if value is not None and not math.isfinite(value):
        raise LineError(f"the value of {label} is too large")
    return OptionEntry(label, value, bool(tail["nonresponse"]))


def option_line(option: OptionEntry | str) -> str:
    """The line that `option_of` reads as this option."""
    entry = OptionEntry(option) if isinstance(option, str) else option
    label = clean_line(entry.label)
    value = "" if entry.value is None else number(entry.value)
    tail = " ".join(part for part in (value, NO_ANSWER if entry.nonresponse else "") if part)
    _, equals, rest = label.rpartition("=")
    return f"{label} = {tail}" if tail else f"{label} =" if equals and _TAIL.fullmatch(rest) else label


def options_of(text: str) -> list[OptionEntry]:
    """The options of all lines.

    Raises:
        LineError: at the first line without a label, or with the label of another.
    """
    options: list[OptionEntry] = []
    for line in lines_in(text):
        option = option_of(line)
        if any(option.label == other.label for other in options):
            raise LineError(f"{option.label} is there twice; a label may stand only once")
        options.append(option)
    return options


def answered_of(line: str, known: Mapping[str, Group], size: int) -> Answered:
    """The group that a line names, and the figures behind its colon.

    Args:
        known: groups that the pack has, by name.
        size: number of options.

    Raises:
        LineError: saying what was expected.
    """
    text = clean_line(line)
    who, colon, tail = text.rpartition(":")
    if not colon:
        who, tail = text, ""
    group = group_of(who, known)
    return Answered(group, _figures(tail, size, group.name) if tail.strip() else None)


def answered_line(group: str, figures: list[float] | SharesEntry) -> str:
    """The line that `answered_of` reads as these figures, where a group of that name is known."""
    return f"{group}: {_figures_text(figures)}"


def people_of(text: str, known: Iterable[Group], size: int) -> list[Answered]:
    """What all lines say.

    Raises:
        LineError: at the first that cannot be read, or that names the group of another.
    """
    groups = {group.name: group for group in known}
    people: list[Answered] = []
    for line in lines_in(text):
        answered = answered_of(line, groups, size)
        if any(answered.group.name == other.group.name for other in people):
            raise LineError(f"{answered.group.name} is there twice; write one line for each group")
        groups[answered.group.name] = answered.group
        people.append(answered)
    bare = [each.group.name for each in people if each.figures is None]
    if bare and len(bare) < len(people):
        raise LineError(f"the figures of {bare[0]} are missing: write {bare[0]}: and {size} numbers")
    return people


def group_of(who: str, known: Mapping[str, Group]) -> Group:
    """A known group by its name or attributes, else a new one: NAME, attribute=value, …, or NAME (attribute=value, …).

    Raises:
        LineError: if it is none of these, or takes the name of another group.
    """
    name = clean_line(who)
    if not name:
        raise LineError("expected a group before the colon: a name, or attribute=value")
    for group in known.values():
        if name == group.name or ("=" not in name and fold(name) == fold(group.name)):
            return group
    named = _NAMED.fullmatch(name)
    expression = named["expression"] if named else name if "=" in name else ""
    attributes = _attributes(expression) if expression else ()
    if named is None and attributes:
        same = (group for group in known.values() if set(group.attributes) == set(attributes))
        if found := next(same, None):
            return found
    group = Group(named["name"].strip(), attributes) if named else composed(attributes) if attributes else Group(name)
    other = known.get(group.name)
    if other and set(other.attributes) != set(group.attributes):
        raise LineError(
            f"{group.name} is a group already, with {other.expression or 'no attributes'}; name it otherwise"
        )
    return other or group


def _attributes(expression: str) -> Attributes:
    attributes: dict[str, str] = {}
    for condition in conditions_in(expression):
        name, equals, value = (side.strip() for side in condition.partition("="))
        if not (name and equals and value):
            raise LineError(f'expected attribute=value, such as party=Democrat, got "{condition.strip()}"')
        if name in attributes:
            raise LineError(f"{name} is named twice; nobody is in two of its groups")
        attributes[name] = value
    return tuple(attributes.items())


def _figures(tail: str, size: int, who: str) -> list[float] | SharesEntry:
    body, semicolon, rest = tail.partition(";")
    sample = _SAMPLE.fullmatch(rest)
    if semicolon and sample is None:
        raise LineError(f"{who}: expected the number of people behind the semicolon, such as n=120")
    matches = []
    for token in (part for part in re.split(r"[,\s]+", body) if part):
        match = _FIGURE.fullmatch(token)
        if match is None:
            raise LineError(f'{who}: expected a number, got "{token}"')
        matches.append(match)
    values = [float(match["number"]) for match in matches]
    percents = [match for match in matches if match["percent"]]
    if len(values) != size:
        raise LineError(f"{who}: expected {size} numbers, one an option, got {len(values)}")
    if percents and len(percents) < len(values):
        raise LineError(f"{who}: expected a % behind every number, or behind none")
    n = float(sample["n"]) if sample and sample["n"] else None
    _check(values, n, who)
    if percents or semicolon:
        _check_shares(values, bool(percents), who)
        return SharesEntry(values, n)
    if math.fsum(values) <= 1 and any(value % 1 for value in values):
        raise LineError(f"{who}: these are shares, not counts: write them with %, or add ; n=120")
    return values


def _check(values: list[float], n: float | None, who: str) -> None:
    try:
        Distribution.from_weights(values, n)
    except DistributionError as error:
        raise LineError(f"{who}: {error.message}") from error


def _check_shares(values: list[float], percents: bool, who: str) -> None:
    """Rounded shares may miss their sum by half a percent each."""
    total, slack = math.fsum(values), 0.005 * (len(values) + 1)
    if abs(total / 100 - 1) <= slack or (not percents and abs(total - 1) <= slack):
        return
    raise LineError(f"{who}: expected shares that add up to 100%, got {total:g}")


def _figures_text(figures: list[float] | SharesEntry) -> str:
    if isinstance(figures, list):
        return ", ".join(map(number, figures))
    if abs(math.fsum(figures.shares) / 100 - 1) <= 0.005 * (len(figures.shares) + 1):
        shares = ", ".join(f"{number(share)}%" for share in figures.shares)
        return shares if figures.n is None else f"{shares}; n={number(figures.n)}"
    return f"{', '.join(map(number, figures.shares))}; n={'?' if figures.n is None else number(figures.n)}"


def number(value: float) -> str:
    """A number that reads back as the same, without a needless ``.0``."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
