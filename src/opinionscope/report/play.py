"""What a round of Play says: one item with everybody's answer, the scoreboard, and a card to share."""

from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len

from opinionscope import __version__
from opinionscope.charts.bars import BLOCKS, on_track, percent
from opinionscope.charts.chart import heightened
from opinionscope.charts.lines import Line, Piece, Role, fit, paragraphs, shorten_apart
from opinionscope.play.choosing import RIVALS, PlayItem
from opinionscope.play.game import Game
from opinionscope.play.scoring import (
    AVERAGE,
    Guess,
    PlayerDifference,
    Standing,
    differences,
    ranks_of,
    standings,
    tvs_of,
)
from opinionscope.report.figure import Figure, file_name
from opinionscope.survey.answers import CROWDWORKERS, PERSON_PREFIX
from opinionscope.survey.question import DOMAIN_TITLES
from opinionscope.survey.text import counted

HUMANS = "humans"
CARD_COLUMNS = 78
FEW_QUESTIONS = 30
MARKS: Mapping[str, str] = {HUMANS: "■", AVERAGE: "┃", CROWDWORKERS: "○"}
PLAYER_MARK, MODEL_MARK = "◆", "▀"
SHORT: Mapping[str, str] = {"anthropic_opus": "opus", CROWDWORKERS: "crowd", AVERAGE: "avg."}
"""Names for columns that have little room."""
SHORTER_IS_CLOSER = "how far off: shorter is closer"
_RULES = (
    "Locked, it stands beside the people's answers, the models, the crowd, and the average of all groups.",
    "The best guess has the smallest distance TV to the people: the share of them who would have to answer otherwise "
    "for both to agree. 0 is the same, 1 has nothing in common.",
)
CLOSER, FURTHER, UNKNOWN = "✓", "✗", "·"
_FIGURE, _GAP, _LEAST_BAR = 5, 1, 2
_SHORT_BAR, _FIGURE_ALONE = 6, 6
"""Where bars would be shorter than that, rivals have figures alone, and the others the room."""


def player_name(player: str) -> str:
    """A player's name without ``person/``."""
    return player.removeprefix(PERSON_PREFIX)


def _mark(name: str) -> str:
    return PLAYER_MARK if name.startswith(PERSON_PREFIX) else MARKS.get(name, MODEL_MARK)


def _roles(name: str) -> tuple[Role, Role]:
    """Of a heading and of a bar."""
    if name == HUMANS:
        return "human", "human-bar"
    return ("model", "model-bar") if name.startswith(PERSON_PREFIX) else ("muted", "expected-bar")


def reveal_lines(item: PlayItem, guesses: Sequence[Guess], width: int, height: int = 0) -> list[Line]:
    """Humans, guesses, rivals and the average side by side, a row an option; TV and ranks below, in `width` cells.

    Args:
        height: rows that the bars may take; they are as high as fits.
    """
    tvs = tvs_of(item, guesses)
    columns: dict[str, Sequence[float]] = {HUMANS: item.human.probabilities}
    columns |= {guess.player: [share / 100 for share in guess.percents] for guess in guesses}
    columns |= {name: item.rivals[name].probabilities for name in RIVALS if name in item.rivals}
    if item.pooled is not None and AVERAGE in tvs:
        columns[AVERAGE] = item.pooled.probabilities
    labels = item.question.labels
    most = max(8, width - len(columns) * (_LEAST_BAR + _FIGURE + _GAP))
    label_width = min(max(map(cell_len, labels)), max(28, width // 5), most)
    cells = _cells(list(columns), width - label_width)
    heading: Line = [Piece(" " * label_width, "label")]
    for name, cell in cells.items():
        title = _title(name, cell)
        placed = title.rjust(cell) if cell == _FIGURE_ALONE else fit(title, cell)
        heading += [Piece(" " * _GAP, "label"), Piece(placed, _roles(name)[0])]
    rows: list[Line] = []
    for at, label in enumerate(shorten_apart(labels, label_width)):
        line: Line = [Piece(fit(label, label_width), "label")]
        for name, shares in columns.items():
            line += [Piece(" " * _GAP, "label"), *_cell(shares[at], cells[name], _roles(name)[1])]
        rows.append(line)
    lines = [heading, *heightened(rows, height), *([[]] if height else [])]
    ranks = ranks_of(tvs)
    for title, found in (
        ("TV", {name: f"{tv:.3f}" for name, tv in tvs.items()}),
        ("rank", {name: f"{rank} of {len(ranks)}" for name, rank in ranks.items()}),
    ):
        told: Line = [Piece(fit(title, label_width), "muted")]
        for name, cell in cells.items():
            told += [Piece(" " * _GAP, "label"), Piece(found.get(name, "").rjust(cell), "value")]
        lines.append(told)
    return lines


def _cells(names: Sequence[str], room: int) -> dict[str, int]:
    """Cells for each column."""
    cell = max(_FIGURE, min(36, room // len(names) - _GAP))
    rivals = [name for name in names if name != HUMANS and not name.startswith(PERSON_PREFIX)]
    own = len(names) - len(rivals)
    wider = min(36, (room - len(rivals) * (_FIGURE_ALONE + _GAP)) // own - _GAP)
    if cell - _FIGURE >= _SHORT_BAR or wider <= cell:
        return dict.fromkeys(names, cell)
    return {name: _FIGURE_ALONE if name in rivals else wider for name in names}


def _title(name: str, width: int) -> str:
    """A glyph and a name, as long as there is room for."""
    full = player_name(name)
    short = SHORT.get(name, full)
    ways = (f"{_mark(name)} {full}", f"{_mark(name)} {short}", f"{_mark(name)}{short}")
    return next((way for way in ways if cell_len(way) <= width), ways[-1])


def _cell(share: float, width: int, role: Role) -> Line:
    room = width - _FIGURE
    if room < _LEAST_BAR:
        return [Piece(percent(share).rjust(width), "value")]
    return [*on_track(share, room, BLOCKS, role), Piece(percent(share).rjust(_FIGURE), "value")]


def scoreboard_lines(game: Game, width: int, height: int = 0) -> list[Line]:
    """Everybody's mean TV, the closest first, and what must be known to read it.

    Args:
        height: rows that the bars may take; they are as high as fits.
    """
    played = game.played
    rows = standings(played)
    names = [player_name(row.name) for row in rows]
    name_width = min(max(map(cell_len, names)) + 2, 28)
    room = max(0, min(120, width - name_width - 38))
    widest = max(row.tv for row in rows) or 1.0
    says = SHORTER_IS_CLOSER if room >= len(SHORTER_IS_CLOSER) else ""
    heads = f"{'':4}{fit('', name_width)} {fit(says, room)}{'mean TV':>7}  {'95 % interval':<13}  items"
    drawn_rows: list[Line] = []
    for row, name in zip(rows, names, strict=True):
        title, role = _roles(row.name)
        interval = "" if row.low is None or row.high is None else f"{row.low:.3f} – {row.high:.3f}"
        rank = "–" if row.rank is None else f"{row.rank}."
        drawn_rows.append(
            [
                Piece(f"{rank:>3} ", "value" if row.is_player else "label"),
                Piece(fit(f"{_mark(row.name)} {name}", name_width), "value" if row.is_player else title),
                Piece(" ", "label"),
                *(on_track(row.tv / widest, room, BLOCKS, role) if room else []),
                Piece(f"{row.tv:7.3f}", "value"),
                Piece(f"  {interval:<13}  {row.items:>5}", "label"),
            ]
        )
    lines = [[Piece(heads.rstrip(), "muted")], *heightened(drawn_rows, height), []]
    lines += paragraphs(width, *((sentence, "label") for sentence in _sentences(game, rows)))
    return lines + paragraphs(width, *((note, "muted") for note in _notes(game, rows)))


def so_far_lines(game: Game, width: int) -> list[Line]:
    """The scoreboard of a round under way; before the first question is answered, how guesses count."""
    if not game.played:
        return [[Piece("How a guess counts", "heading")], *paragraphs(width, *((rule, "label") for rule in _RULES))]
    after = Piece(f"  after {counted(len(game.played), 'question')}", "muted")
    return [[Piece("So far", "heading"), after], [], *scoreboard_lines(game, width)]


def result_lines(game: Game, width: int, height: int) -> list[Line]:
    """The scoreboard of a round that is over; where there is a height, with a mark for each question."""
    return [*scoreboard_lines(game, width, height), *([[], *_marks(game)] if height else [])]


def _sentences(game: Game, rows: Sequence[Standing]) -> Iterator[str]:
    """What of a player's place is beyond noise."""
    found = differences(game.played)
    for row in rows:
        own = [each for each in found if each.player == row.name]
        if row.is_player and own:
            closer = [player_name(each.other) for each in own if each.is_beyond_noise and each.mean < 0]
            further = [player_name(each.other) for each in own if each.is_beyond_noise and each.mean > 0]
            parts = [f"closer than {', '.join(closer)}"] if closer else []
            parts += [f"further off than {', '.join(further)}"] if further else []
            parts += [f"no difference beyond noise from {_others(own)}"] if _others(own) else []
            yield f"{player_name(row.name)}: {'; '.join(parts)}."


def _others(found: Sequence[PlayerDifference]) -> str:
    return ", ".join(player_name(each.other) for each in found if not each.is_beyond_noise)


def _notes(game: Game, rows: Sequence[Standing]) -> Iterator[str]:
    number = len(game.played)
    if number == 1:
        yield "One question says next to nothing: there is no interval."
    elif number < FEW_QUESTIONS:
        yield f"{number} questions are few: the intervals are wide, and places may change in another round."
    intervals = " Intervals: Student's, over questions like these." if number > 1 else ""
    yield f"TV: total variation to the humans, 0 to 1, lower is closer.{intervals}"
    if any(row.rank is None for row in rows):
        yield "– has not answered every item of the round, so it has no place."
    if any(row.name == AVERAGE for row in rows):
        yield "average: the answer of all groups together, by somebody who does not know the group."
    if any(row.name == CROWDWORKERS for row in rows):
        yield "crowdworkers: the mean of several people's estimates, which comes closer than one of them alone."
    if number > 1:
        yield "Noise: paired by item, 95 % each, not corrected for several comparisons."


def card_figure(game: Game) -> Figure:
    """A round as a card to share: the scoreboard, a mark for each question, and how to play the same."""
    setup = game.setup
    domain = DOMAIN_TITLES.get(setup.domain, setup.domain) if setup.domain else "all domains"
    questions = counted(len(game.played), "question")
    names = " and ".join(map(player_name, game.players))
    title = f"How well do you know how people answered? {names}, {questions}"
    lines: list[Line] = [
        [Piece("How well do you know how people answered?", "heading")],
        [Piece(f"opinionscope play · {questions} · {domain} · seed {setup.seed}", "muted")],
        [],
        *scoreboard_lines(game, CARD_COLUMNS),
        [],
        *_marks(game),
        [],
        [Piece(f"The same round: {replay_command(game)}", "label")],
        [Piece(f"opinionscope {__version__}. The same questions come only with the same data.", "muted")],
    ]
    return Figure(title, file_name("play", *map(player_name, game.players), str(setup.seed)), lines)


def _marks(game: Game) -> Iterator[Line]:
    """For each player a mark a question: whether they were closer than somebody who does not know the group."""
    width = max(cell_len(player_name(player)) for player in game.players)
    is_unknown = False
    for at, player in enumerate(game.players):
        marks = ""
        for item, guesses in game.played:
            average = tvs_of(item, guesses).get(AVERAGE)
            is_unknown |= average is None
            marks += UNKNOWN if average is None else CLOSER if guesses[at].tv < average else FURTHER
        yield [Piece(fit(player_name(player), width), "value"), Piece(f"  {marks}", "model")]
    unknown = f"  {UNKNOWN} not known" if is_unknown else ""
    yield [Piece(f"{CLOSER} closer than not knowing the group  {FURTHER} no closer{unknown}", "muted")]


def replay_command(game: Game) -> str:
    """The command that plays the same round."""
    setup = game.setup
    domain = f" --domain {setup.domain}" if setup.domain else ""
    return f"opinionscope play --seed {setup.seed} --questions {setup.questions}{domain}"
