"""Claims that people make about a benchmark, each true, false or not known, with its source or the table that shows it.

A claim is an entry of ``data/benchmark.claims.toml``. One that can be computed names a check.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from opinionscope.report.claim_checks import CHECKS, Evidence, Finding, Verdict
from opinionscope.settings import bundled
from opinionscope.survey import Library, PackError
from opinionscope.survey.pack import decode_file

GLYPHS: Mapping[Verdict, str] = {"true": "✓", "false": "✗", "not known": "?"}
CLAIMS_FILE = bundled("data") / "benchmark.claims.toml"


class Claim(Struct, frozen=True):
    """A claim with its verdict.

    Attributes:
        source: who says so, in full; "" where all of it was computed.
        table: the arguments of the ``table`` command that shows it, or "".
        computed: whether the verdict was worked out from the data at hand.
    """

    id: str
    claim: str
    verdict: Verdict
    because: str
    source: str = ""
    table: str = ""
    computed: bool = False

    @property
    def glyph(self) -> str:
        """One cell that stands for the verdict."""
        return GLYPHS[self.verdict]

    @property
    def json(self) -> dict[str, Any]:
        """As `data show --json` has it."""
        shown = {name: getattr(self, name) for name in ("id", "claim", "verdict", "because")}
        return shown | {"source": self.source or None, "table": self.table or None, "computed": self.computed}


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    """A claim as written: with a check, or with a verdict, its reason and the key of its source.

    A check may have a reason and a source beside it, for what is not computed; the reason has no figures then.
    """

    id: str
    claim: str
    check: str = ""
    given: dict[str, float] = {}
    verdict: Verdict | None = None
    because: str = ""
    source: str = ""
    table: str = ""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    datasets: list[str]
    sources: dict[str, str]
    claims: list[_Entry]


def claims_about(
    dataset: str, library: Library, readings: Path | None = None, path: Path = CLAIMS_FILE
) -> tuple[Claim, ...]:
    """The claims about a dataset, those that can be computed worked out from what is at hand.

    Args:
        readings: the folder of stored readings; None to read every recorded answer anew.
        path: the file of claims.

    Raises:
        PackError: if the file cannot be read, or an entry has neither a known check nor a verdict with a known source.
    """
    file = decode_file(path, _File)
    if dataset not in file.datasets:
        return ()
    evidence = Evidence(library, file.datasets, readings)
    return tuple(_judged(entry, at, file, path, evidence) for at, entry in enumerate(file.claims))


def _judged(entry: _Entry, at: int, file: _File, path: Path, evidence: Evidence) -> Claim:
    if entry.check:
        if entry.check not in CHECKS:
            raise PackError(path, f"claims[{at}].check", f"expected one of {', '.join(CHECKS)}, got {entry.check}")
        found = CHECKS[entry.check](evidence, entry.given)
    elif entry.verdict and entry.source:
        found = Finding(entry.verdict, "", entry.table)
    else:
        raise PackError(path, f"claims[{at}]", "expected a check, or a verdict and the key of a source")
    if entry.source and entry.source not in file.sources:
        raise PackError(path, f"claims[{at}].source", f"expected one of {', '.join(file.sources)}, got {entry.source}")
    because = " ".join(filter(None, (found.because, entry.because)))
    source = file.sources.get(entry.source, "")
    return Claim(entry.id, entry.claim, found.verdict, because, source, found.table, computed=bool(entry.check))
