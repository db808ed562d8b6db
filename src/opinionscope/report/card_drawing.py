"""A study card drawn as text for any width, for the TUI and for the command line."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct
from rich.cells import cell_len, set_cell_size

from opinionscope.charts.bars import BLOCKS, on_track, percent
from opinionscope.charts.lines import Line, Piece, Role, fit, flow, shorten, shorten_apart
from opinionscope.report.caveats import SMALL_SAMPLE
from opinionscope.report.composition import WIDE_POINTS, Composition, Portion, chance_points, departures
from opinionscope.report.study_card import GroupSize, StudyCardView
from opinionscope.survey.text import clean_line

STUDY_FIELDS: Mapping[str, str] = {
    "asked_by": "Asked by",
    "platform": "Platform",
    "population": "Population",
    "fielded": "Fielded",
    "mode": "Mode",
    "sample": "Sample",
    "weights": "Weights",
}
SOURCE_FIELDS: Mapping[str, str] = {"citation": "Citation", "licence": "Licence"}
WORDINGS: Mapping[str, str] = {
    "verbatim": "verbatim: the words that people were asked",
    "abridged": "abridged: people were asked other words, these retell them",
    "own": "own: nobody's but the pack's",
}
FIELD_WIDTH = 12
VERDICT_WIDTH = 13
VERDICT_ROLES: Mapping[str, Role] = {"true": "below", "false": "warning", "not known": "muted"}
LONGEST_VALUE = 20
SHORTEST_CARD_BAR, LONGEST_CARD_BAR = 4, 30
MOST_VALUES = 20
PERCENT_WIDTH = 6
DIFFERENCE_WIDTH = 6
LONGEST_NAME = 28
WIDEST = 100

_NOTHING: Line = []


class Section(NamedTuple):
    """A part of the card under its own heading, drawn for the width there is."""

    title: str
    draw: Callable[[int], list[Line]]


def draw_card(view: StudyCardView, width: int) -> list[Line]:
    """The whole card, section after section; a heading begins with a piece in the role "heading"."""
    width = min(width, WIDEST)
    lines: list[Line] = []
    for section in sections(view):
        body = section.draw(width)
        if body:
            lines += [_heading(section.title, width), *body, _NOTHING]
    return [_cut(line, width) for line in lines[:-1]]


def _heading(title: str, width: int) -> Line:
    shown = shorten(title, width)
    return [Piece(shown, "heading"), Piece((" " + "─" * width)[: max(0, width - cell_len(shown))], "rule")]


def _cut(line: Line, width: int) -> Line:
    """A line that ends where the room does."""
    kept: Line = []
    for text, role in line:
        room = width - sum(cell_len(piece.text) for piece in kept)
        kept += [Piece(shorten(text, room), role)] if room > 0 else []
    return kept


def sections(view: StudyCardView) -> tuple[Section, ...]:
    """What a card has to say, in the order in which one asks; those with nothing to say draw no line."""
    item = view.question.title if view.question else ""
    return (
        Section("The study", lambda width: list(_study(view, width))),
        Section(f"This question: {item}", lambda width: list(_item(view, width))),
        Section("Who the people are", lambda width: list(_people(view, width))),
        Section("Known faults and limits", lambda width: _bullets(view.pack.card.notes, width)),
        Section("Claims about this study", lambda width: list(_claims(view, width))),
        Section("Groups", lambda width: list(_groups(view, width))),
        Section("Recorded answers", lambda width: list(_recorded(view, width))),
        Section("Citation and licence", lambda width: list(_fields(view, SOURCE_FIELDS, width))),
        Section("What could not be read", lambda width: _bullets(view.problems, width)),
    )


def _study(view: StudyCardView, width: int) -> Iterator[Line]:
    questions = len(view.pack.questions)
    yield from _fields(view, STUDY_FIELDS, width)
    yield from _field("Questions", f"{questions:,} · wording {_wording(view.wording)}", width)


def _item(view: StudyCardView, width: int) -> Iterator[Line]:
    question = view.question
    if question is None:
        return
    yield from _paragraph(question.text, width, "label")
    yield _NOTHING
    yield from _field("Wording", _wording(question.wording), width)
    if question.source_key:
        yield from _field("Source key", question.source_key, width)
    if question.note:
        yield from _field("Note", question.note, width)
    yield _NOTHING
    if not view.item_groups:
        yield from _paragraph("How any group answered is not known here.", width, "muted")
        return
    rows = [
        (
            each.name,
            "not published" if each.n is None else f"{each.n:,.0f}",
            "none without n" if each.floor_tv is None else f"TV {each.floor_tv:.3f}",
            f"n too small: below {SMALL_SAMPLE}" if each.too_small else "",
        )
        for each in view.item_groups
    ]
    yield from _table(("group", "n", "noise floor", ""), rows, width)


def _people(view: StudyCardView, width: int) -> Iterator[Line]:
    found = view.compositions
    if not found:
        yield from _paragraph(
            "Not known: the source gives its groups, but not how all who answered are composed.", width, "muted"
        )
        return
    people = max(each.people for each in found)
    origin = "as the pack counts them" if view.people is None else "counted one by one"
    yield from _paragraph(f"{people:,.0f} people, {origin}.", width, "label")
    if any(each.compared for each in found):
        yield from _departures(found, width)
    columns = _Columns.of(found, width)
    for composition in found:
        yield _NOTHING
        yield from _bars(composition, columns)
    sources: dict[str, list[str]] = {}
    for each in (each for each in found if each.compared and each.source):
        sources.setdefault(each.source, []).append(each.attribute)
    if sources:
        yield _NOTHING
        yield [Piece("Where what is expected comes from", "value")]
        yield from _bullets((f"{', '.join(names)}: {source}" for source, names in sources.items()), width, "muted")


def _departures(found: tuple[Composition, ...], width: int) -> Iterator[Line]:
    sentences = departures(found)
    if not sentences:
        yield from _paragraph("Nowhere far from what one would expect of the population.", width, "label")
    else:
        yield from _paragraph("Where they differ most from what one would expect:", width, "label")
        yield from _bullets(sentences, width)
    if not any(each.weighted for each in found):
        people = max(each.people for each in found)
        chance = f"Chance alone may move a share of {people:,.0f} people by about {chance_points(people):.0f} points."
        yield from _paragraph(chance, width, "muted")


class _Columns(Struct, frozen=True):
    """Widths in cells, the same for every attribute of a card, so that bars can be compared by eye."""

    label: int
    count: int
    bar: int

    @classmethod
    def of(cls, found: tuple[Composition, ...], width: int) -> "_Columns":
        """As wide as `width` allows; where there is no room for bars, percents alone."""
        names = [name for each in found for name in (each.attribute, *(p.value for p in each.portions))]
        label = min(LONGEST_VALUE, max(8, width // 4), max(map(cell_len, names)))
        count = max(len(f"{portion.people:,.0f}") for each in found for portion in each.portions)
        room = (width - label - count - 4 - DIFFERENCE_WIDTH - 2) // 2 - PERCENT_WIDTH
        return cls(label, count, min(LONGEST_CARD_BAR, room) if room >= SHORTEST_CARD_BAR else 0)

    @property
    def panel(self) -> int:
        """A bar and its percents."""
        return self.bar + PERCENT_WIDTH


def _bars(composition: Composition, columns: _Columns) -> Iterator[Line]:
    """One row a value: its people, its share of the sample, and the share expected beside it."""
    yield _bars_head(composition, columns)
    shown = composition.portions[:MOST_VALUES]
    labels = shorten_apart([portion.value for portion in shown], columns.label)
    for label, portion in zip(labels, shown, strict=True):
        line: Line = [
            Piece(set_cell_size(label, columns.label) + "  ", "label"),
            Piece(f"{portion.people:,.0f}".rjust(columns.count) + "  ", "muted"),
            *_bar(portion.share, columns.bar, "human-bar"),
        ]
        if composition.compared:
            line += [Piece("  ", "label"), *_bar(portion.expected, columns.bar, "expected-bar"), _difference(portion)]
        yield line
    if more := len(composition.portions) - len(shown):
        yield [Piece(f"… and {more:,} values more", "muted")]


def _bars_head(composition: Composition, columns: _Columns) -> Line:
    weighted = "■ sample, weighted" if composition.weighted else "■ sample"
    head: Line = [
        Piece(fit(composition.attribute, columns.label) + "  ", "value"),
        Piece("n".rjust(columns.count) + "  ", "muted"),
        Piece(fit(weighted, columns.panel), "human"),
    ]
    if composition.compared:
        head += [
            Piece("  ", "label"),
            Piece(fit(f"■ {composition.population or 'expected'}", columns.panel), "muted"),
            Piece("Δ pp".rjust(DIFFERENCE_WIDTH), "muted"),
        ]
    return head


def _bar(share: float | None, width: int, role: Role) -> Line:
    if share is None:
        return [Piece(" " * width, "label"), Piece("–".rjust(PERCENT_WIDTH), "muted")]
    value: Role = "value" if role == "human-bar" else "label"
    return [*on_track(share, width, BLOCKS, role), Piece(percent(share).rjust(PERCENT_WIDTH), value)]


def _difference(portion: Portion) -> Piece:
    points = portion.points
    if points is None:
        return Piece("", "muted")
    text = "=" if points == 0 else f"{points:+d}".replace("-", "−")
    return Piece(text.rjust(DIFFERENCE_WIDTH), "value" if abs(points) >= WIDE_POINTS else "muted")


def _claims(view: StudyCardView, width: int) -> Iterator[Line]:
    """Each claim with its verdict as glyph and word, why, and the source or the table that shows it."""
    if view.claims is None:
        yield from _paragraph("Working out what the recorded answers say of them …", width, "muted")
    for at, each in enumerate(view.claims or ()):
        if at:
            yield _NOTHING
        for row, line in enumerate(_wrapped(f"“{each.claim}”", width - VERDICT_WIDTH)):
            verdict = "" if row else f"{each.glyph} {each.verdict}"
            yield [Piece(fit(verdict, VERDICT_WIDTH), VERDICT_ROLES[each.verdict]), Piece(line, "value")]
        shown = f"Shown by: opinionscope table {each.table}" if each.table else ""
        source = f"Source: {each.source}" if each.source else ""
        told: tuple[tuple[str, Role], ...] = ((each.because, "label"), (shown, "muted"), (source, "muted"))
        for text, role in told:
            if text:
                rows = _wrapped(text, width - VERDICT_WIDTH)
                yield from ([Piece(" " * VERDICT_WIDTH, "label"), Piece(line, role)] for line in rows)


def _groups(view: StudyCardView, width: int) -> Iterator[Line]:
    rows = [(each.name, f"{each.questions:,}", _range(each), _remark(each)) for each in view.sizes]
    if rows:
        yield from _table(("group", "questions", "n", ""), rows, width)


def _range(size: GroupSize) -> str:
    if size.fewest is None or size.most is None:
        return "not published"
    return f"{size.fewest:,.0f}" if size.fewest == size.most else f"{size.fewest:,.0f} to {size.most:,.0f}"


def _remark(size: GroupSize) -> str:
    if size.fewest is None or size.most is None or size.fewest >= SMALL_SAMPLE:
        return ""
    return f"{'always' if size.most < SMALL_SAMPLE else 'at times'} below {SMALL_SAMPLE}"


def _recorded(view: StudyCardView, width: int) -> Iterator[Line]:
    told: dict[tuple[str, str], list[str]] = {}
    for sheet in view.sheets:
        told.setdefault((sheet.recorded, sheet.source), []).append(sheet.model)
    yield from _bullets(
        (
            ": ".join(filter(None, (", ".join(models), " · ".join(filter(None, told_by)))))
            for told_by, models in told.items()
        ),
        width,
    )


def _wording(marks: str) -> str:
    return WORDINGS.get(marks, marks)


def _fields(view: StudyCardView, fields: Mapping[str, str], width: int) -> Iterator[Line]:
    for name, title in fields.items():
        if text := getattr(view.pack.card, name):
            yield from _field(title, text, width)


def _field(title: str, text: str, width: int) -> Iterator[Line]:
    for at, line in enumerate(_wrapped(text, width - FIELD_WIDTH)):
        yield [Piece(fit("" if at else title, FIELD_WIDTH), "muted"), Piece(line, "label")]


def _paragraph(text: str, width: int, role: Role) -> Iterator[Line]:
    yield from ([Piece(line, role)] for line in _wrapped(text, width))


def _bullets(texts: Iterable[str], width: int, role: Role = "label") -> list[Line]:
    return [
        [Piece("  " if at else "• ", "muted"), Piece(line, role)]
        for text in texts
        for at, line in enumerate(_wrapped(text, width - 2))
    ]


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]], width: int) -> Iterator[Line]:
    """Columns as wide as they need; the first gives way, the last is a remark."""
    widths = [max(cell_len(row[at]) for row in (header, *rows)) for at in range(len(header))]
    others = sum(widths[1:]) + 2 * (len(widths) - 1)
    widths[0] = max(8, min(widths[0], LONGEST_NAME, width - others))
    names = shorten_apart([row[0] for row in rows], widths[0])
    muted: list[Role] = ["muted" for _ in header]
    yield _row(header, widths, muted)
    numbers: list[Role] = ["value" for _ in header[1:-1]]
    roles: list[Role] = ["label", *numbers, "warning"]
    for name, row in zip(names, rows, strict=True):
        yield _row((name, *row[1:]), widths, roles)


def _row(cells: tuple[str, ...], widths: list[int], roles: Sequence[Role]) -> Line:
    last = len(cells) - 1
    texts = [
        cell if at == last else set_cell_size(cell, size) if at == 0 else cell.rjust(size)
        for at, (cell, size) in enumerate(zip(cells, widths, strict=True))
    ]
    return [
        Piece(text if at == last else text + "  ", role)
        for at, (text, role) in enumerate(zip(texts, roles, strict=True))
    ]


def _wrapped(text: str, width: int) -> Iterator[str]:
    """Text in lines of at most `width` cells, its own line feeds kept; at least one line."""
    for paragraph in text.split("\n"):
        yield from (
            "".join(piece.text for piece in line)
            for line in flow([Piece(clean_line(paragraph), "label")], max(8, width))
        )
