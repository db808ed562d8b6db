"""`opinionscope data import`: other people's data into the user's data folder."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from opinionscope.commands.output import print_json, print_table
from opinionscope.commands.printing import tell, write
from opinionscope.elicitation.stored import Readings, read_all, stored_under
from opinionscope.errors import INTERRUPTED
from opinionscope.importers import IMPORTERS, gather
from opinionscope.importers.base import Cell, Gathered, ImportOptions, ImportRefusedError, SetAside
from opinionscope.importers.placing import Placed, compare, put
from opinionscope.regexes import regex
from opinionscope.settings import Paths, bundled
from opinionscope.survey.pack import PackFile, pack_of
from opinionscope.survey.text import clean_line, counted
from opinionscope.values import replace

MOST_LISTED = 100
NO_MASS = "no probability fell on the option letters"

_QUOTED = regex(r'"[^"]*"(?:(?:; | and )"[^"]*")*')
_WITH_DETAILS = (
    "the list of options is damaged",
    "nobody is counted",
    "who was meant is not known",
    "damaged",
    "the file",
)


def import_data(
    path: Path,
    kind: str = "",
    options: ImportOptions | None = None,
    *,
    dry_run: bool = False,
    verbose: bool = False,
    as_json: bool = False,
    source: str = "",
) -> int:
    """Import, say what was read and what was not, and return the exit code.

    Args:
        kind: name of an importer; "" for the one that knows the path by its looks.
        source: where the data come from, as it is told; "" for the path.

    Raises:
        ImportRefusedError: if nothing can be read.
        PlacingError: if nothing can be written.
    """
    reader = _Reader()
    try:
        paths = Paths.find()
        given = replace(options or ImportOptions(), bundled=bundled("data"), data=paths.data, unread=reader.unread)
        gathered = gather(path, given, kind)
        folder = paths.data / gathered.folder
        placed = (compare if dry_run else put)(gathered.texts, folder, gathered.replaces)
    except KeyboardInterrupt:
        tell("Cancelled; nothing was changed.")
        return INTERRUPTED
    if as_json:
        print_json(_as_json(source or str(path), folder, gathered, placed, dry_run))
    else:
        _print_summary(folder, gathered, placed, dry_run)
        _print_aside("set aside", gathered.set_aside, verbose)
        _print_aside("kept, but not readable", gathered.unread, verbose)
    for sentence in (*gathered.decisions, *(gathered.notes if placed.changed else ())):
        tell(sentence)
    if not dry_run:
        reader.store(folder, stored_under(paths.cache))
    return 0


def list_kinds(as_json: bool) -> None:
    """Print what can be imported."""
    if as_json:
        print_json([{"kind": each.name, "reads": each.reads} for each in IMPORTERS.values()])
        return
    print_table(("KIND", "READS"), [(each.name, each.reads) for each in IMPORTERS.values()], (18, 100))


def import_options(
    *,
    dataset: str | None,
    title: str | None,
    by: str | None,
    questions: str | None,
    weight: str | None,
    cuts: Sequence[str],
    codebook: Path | None,
    sheet: str | None = None,
    decimal: str | None = None,
) -> ImportOptions:
    """What was typed, as importers take it.

    Raises:
        ImportRefusedError: if a cut is no ``attribute=number,…``.
    """
    return ImportOptions(
        dataset=dataset or "",
        title=title or "",
        attributes=_listed(by),
        questions=_listed(questions),
        weight=weight or "",
        cuts=dict(map(_cut, cuts)),
        codebook=codebook,
        sheet=sheet or "",
        decimal={"comma": ",", "point": "."}.get(decimal or "", ""),
    )


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _cut(text: str) -> tuple[str, tuple[float, ...]]:
    name, _, numbers = text.partition("=")
    try:
        cuts = tuple(float(number) for number in numbers.split(","))
    except ValueError:
        raise ImportRefusedError(f'expected --cut as age=18,35,50,65, got "{clean_line(text)}"') from None
    if not name.strip() or any(low >= high for low, high in pairwise(cuts)):
        raise ImportRefusedError(f'expected --cut as a column and rising numbers, got "{clean_line(text)}"')
    return name.strip(), cuts


class _Reader:
    """Reads recorded answers once: to tell which are unread, and to store the readings with the files."""

    def __init__(self) -> None:
        self._readings: dict[str, Readings] = {}

    def unread(self, name: str, text: str, pack: PackFile) -> dict[Cell, str]:
        """Why no parser makes anything of some answers of a file."""
        readings = self._readings[name] = read_all(text.encode(), pack_of(pack, Path(name)))
        return {
            (each.question_id, each.group, each.steering, each.format): NO_MASS
            if each.format == "log-probs"
            else each.reason
            for each in readings
            if not each.probabilities
        }

    def store(self, folder: Path, cache: Path) -> None:
        """Store what was read of the files that are in the folder now."""
        for name, readings in self._readings.items():
            readings.store(folder / name, cache)


def _print_summary(folder: Path, gathered: Gathered, placed: Placed, dry_run: bool) -> None:
    for read in gathered.datasets.values():
        write(
            f"{read.dataset}: {counted(read.questions, 'question')}, {counted(read.groups, 'group')}, "
            f"{counted(read.by_group, 'human distribution')}"
        )
        if read.people:
            write(f"  {read.people:,} people whose single answers are known: any of their attributes can be joined")
        for model, count in sorted(read.models.items()):
            unread = f" ({count.unread} of them not readable)" if count.unread else ""
            write(f"  {model}: {count.answers:,} answers{unread}, {count.set_aside:,} set aside")
    if dry_run:
        written = counted(len(placed.written), "file")
        verdict = f"would write {written}" if placed.changed else "would change nothing"
        write(f"A real import {verdict} in {folder}")
    elif not placed.changed:
        write(f"Nothing changed: {folder} holds all of this already")
    else:
        removed = f", {len(placed.removed)} that the copy no longer has removed" if placed.removed else ""
        write(f"{counted(len(placed.written), 'file')} written, {len(placed.same)} as before{removed}: {folder}")


def _print_aside(what: str, items: Sequence[SetAside], verbose: bool) -> None:
    """Each with its reason; of recorded answers, and of very many, the reasons with how often, unless more is asked."""
    if not items:
        return
    write(f"\n{len(items):,} {what}")
    own = [item for item in items if not item.model]
    listed = items if verbose else own if len(own) <= MOST_LISTED else []
    for item in listed:
        write(f"  {item.place}: {item.reason}")
    if len(listed) == len(items):
        return
    for reason, count in Counter(_kind(item.reason) for item in items if item.model or not listed).most_common():
        write(f"{count:7,}  {reason}")
    write("  --verbose lists each")


def _kind(reason: str) -> str:
    """A reason without what differs from item to item."""
    plain = _QUOTED.sub('"…"', reason)
    return plain.partition(": ")[0] if plain.startswith(_WITH_DETAILS) else plain


def _as_json(source: str, folder: Path, gathered: Gathered, placed: Placed, dry_run: bool) -> dict[str, Any]:
    return {
        "source": source,
        "folder": str(folder),
        "dry_run": dry_run,
        "changed": placed.changed,
        "files": {"written": placed.written, "same": placed.same, "removed": placed.removed},
        "datasets": [
            {
                "dataset": read.dataset,
                "questions": read.questions,
                "groups": read.groups,
                "human_distributions": read.by_group,
                "people": read.people,
                "models": [
                    {"model": model, "answers": n.answers, "unread": n.unread, "set_aside": n.set_aside}
                    for model, n in sorted(read.models.items())
                ],
            }
            for read in gathered.datasets.values()
        ],
        "decisions": gathered.decisions,
        "set_aside": [_aside_json(item) for item in gathered.set_aside],
        "unread": [_aside_json(item) for item in gathered.unread],
    }


def _aside_json(item: SetAside) -> dict[str, str]:
    return {"dataset": item.dataset, "model": item.model, "place": item.place, "reason": item.reason}
