"""Importers: one file for each kind of source, and one line for it here."""

from collections.abc import Mapping
from pathlib import Path

from opinionscope.importers.base import Gathered, Importer, ImportOptions, ImportRefusedError
from opinionscope.importers.benchmark_import import BenchmarkImporter
from opinionscope.importers.globalopinionqa import GlobalOpinionQAImporter
from opinionscope.importers.opinionqa import OpinionQAImporter
from opinionscope.importers.packed import is_packed, parted, unpacked
from opinionscope.importers.packs import PackImporter
from opinionscope.importers.respondents import RespondentsImporter
from opinionscope.importers.subpop import SubPOPImporter
from opinionscope.importers.tables import TablesImporter
from opinionscope.survey.text import clean_line
from opinionscope.values import replace

NOT_READ: Mapping[str, str] = {
    **dict.fromkeys(
        (".zst", ".7z", ".rar"),
        "unpack it, and import the CSV file or other table in it",
    ),
    **dict.fromkeys((".rds", ".rdata", ".rda"), "save it from R as CSV, or as .sav or .dta with haven"),
    **dict.fromkeys((".xlsb", ".numbers"), "save it as .xlsx or CSV"),
    **dict.fromkeys((".feather", ".arrow"), "save it as parquet or CSV"),
    **dict.fromkeys((".asc", ".mdb", ".accdb", ".pdf", ".docx"), "save the table as CSV"),
}
"""Ending of files that others send and nothing here reads → what to do."""

IMPORTERS: Mapping[str, Importer] = {
    each.name: each
    for each in (
        PackImporter(),
        BenchmarkImporter(),
        OpinionQAImporter(),
        GlobalOpinionQAImporter(),
        SubPOPImporter(),
        TablesImporter(),
        RespondentsImporter(),
    )
}
"""By name, the one that knows its source surest first: `recognised` asks them in this order."""


def gather(path: Path, options: ImportOptions, kind: str = "") -> Gathered:
    """Read a source, packed or not.

    Args:
        path: of it; it may lead into a packed file, as in "export.zip/survey.csv".
        kind: name of an importer; "" for the one that knows the path by its looks.

    Raises:
        ImportRefusedError: if nothing can be read, or not one thing of what is packed.
    """
    importer = importer_named(kind) if kind else None
    archive, member = parted(path)
    if not is_packed(archive):
        return (importer or recognised(path)).gather(path, options)
    known = importer.recognises if importer else lambda each: any(one.recognises(each) for one in IMPORTERS.values())
    with unpacked(archive, member, known) as (found, note):
        of_archive = replace(options, archive=clean_line(archive.name))
        gathered = (importer or recognised(found)).gather(found, of_archive)
    gathered.decisions.insert(0, note)
    return gathered


def recognised(path: Path) -> Importer:
    """The importer for a path.

    Raises:
        ImportRefusedError: if none knows it; with what they read.
    """
    if not path.exists():
        raise ImportRefusedError(f"there is no {clean_line(str(path))}; check the path")
    for importer in IMPORTERS.values():
        if importer.recognises(path):
            return importer
    name = clean_line(path.resolve().name)
    if advice := NOT_READ.get(path.suffix.lower()):
        raise ImportRefusedError(f"{name}: {path.suffix.lower()} is not read; {advice}")
    known = "; ".join(f"{each.name} reads {each.reads}" for each in IMPORTERS.values())
    raise ImportRefusedError(f"{name} is of no kind that can be told by its looks: {known}")


def importer_named(name: str) -> Importer:
    """The importer of that name.

    Raises:
        ImportRefusedError: with the names there are.
    """
    if name not in IMPORTERS:
        raise ImportRefusedError(f'there is no importer "{clean_line(name)}"; there are {", ".join(IMPORTERS)}')
    return IMPORTERS[name]
