"""What tables call questions and groups of people."""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from opinionscope.importers.benchmark_humans import ATTRIBUTES
from opinionscope.importers.drafts import stable_id
from opinionscope.regexes import regex
from opinionscope.survey.question import EVERYONE, Attributes, conditions_in
from opinionscope.survey.text import clean_line
from opinionscope.survey.titles import Names, short_title

PLAIN_GROUPS: Mapping[str, str] = {
    **dict.fromkeys(("democrat", "republican", "independent"), "party"),
    **dict.fromkeys(("male", "female"), "sex"),
}
EVERYBODY = ("everyone", "everybody", "all", "total", "overall")
_WITH_SIZE = regex(r"(?P<name>.*\S)\s*(?:,\s*|[(\[]\s*)(?:unweighted )?n\s*=\s*(?P<n>\d[\d., ]*)[)\]]?", re.IGNORECASE)


class TableQuestion(Struct, frozen=True):
    """A question as a table names it; "" for what it does not say."""

    text: str
    id: str = ""
    title: str = ""
    topics: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """By which rows of the same question are told."""
        return self.id or self.text


class Who(Struct, frozen=True):
    """A group as a table names it: by attributes, by a name, or both; the name "" where there is none."""

    attributes: Attributes
    name: str = ""

    @property
    def words(self) -> str:
        """For messages."""
        return ",".join(f"{attribute}={value}" for attribute, value in self.attributes) or self.name or "everyone"


def who_of(cell: str, more: Mapping[str, str] | None = None) -> Who:
    """The group a cell names, as "Democrat" or "party=Democrat,sex=Female", and columns of attributes beside it.

    Raises:
        ValueError: if an expression is broken or names an attribute twice.
    """
    name = clean_line(cell)
    attributes: dict[str, str] = {}
    pairs = [tuple(map(clean_line, part.partition("=")[::2])) for part in conditions_in(name)] if "=" in name else []
    for attribute, value in (*pairs, *(more or {}).items()):
        plain = ATTRIBUTES.get(attribute.upper(), attribute.casefold())
        if not plain or not value or plain in attributes:
            raise ValueError(f"expected a group such as party=Democrat,sex=Female, found {name or attribute}")
        attributes[plain] = value
    if pairs:
        return Who(tuple(attributes.items()))
    if not attributes and name.casefold() in PLAIN_GROUPS:
        return Who(((PLAIN_GROUPS[name.casefold()], name.capitalize()),))
    if not attributes and (name.casefold() in EVERYBODY or (more is not None and not name)):
        return Who((), EVERYONE.name)
    if not attributes and not name:
        raise ValueError("expected the name of a group, found nothing")
    return Who(tuple(attributes.items()), name)


def named_size(cell: str) -> tuple[str, str]:
    """The name of a group, and the number of its people that stands behind it: "Women (n=1,024)"; "" for none."""
    found = _WITH_SIZE.fullmatch(clean_line(cell))
    return (found["name"], re.sub(r"[., ](?=\d{3}(?!\d))", "", found["n"]).strip()) if found else (cell, "")


class Identities:
    """Ids and titles: the table's own, else made from the text; a digest where two would be the same."""

    def __init__(self, asked: Sequence[TableQuestion]) -> None:
        """For all questions of a table."""
        self._titles = Names(each.title for each in asked if each.title)
        plain = [_plain_id(each) for each in asked]
        self._ids = {
            each.key: own if plain.count(own) == 1 else stable_id(own, each.key)
            for each, own in zip(asked, plain, strict=True)
        }

    def id(self, asked: TableQuestion) -> str:
        """Of a question that was among those."""
        return self._ids[asked.key]

    def title(self, asked: TableQuestion) -> str:
        """Of a question that was among those, other than any before."""
        return asked.title or self._titles.title(short_title(asked.text))


def _plain_id(asked: TableQuestion) -> str:
    if asked.id:
        return asked.id.replace(" ", "-")
    return Names(()).slug((asked.title or short_title(asked.text)).rstrip("…"), "question")
