"""`opinionscope data fetch`: the benchmark's repository from its public host, imported."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from opinionscope.archives.target import Copy
from opinionscope.archives.unpacking import ArchiveLimits
from opinionscope.commands.data_import import import_data
from opinionscope.commands.printing import tell
from opinionscope.errors import FAILED, INTERRUPTED, OpinionscopeError
from opinionscope.fetching import download as net
from opinionscope.fetching.errors import FetchFailedError, RefusedError
from opinionscope.fetching.partial import Partial
from opinionscope.fetching.source import Source, shown
from opinionscope.fetching.trust import Trust
from opinionscope.fetching.unpacking import unpacked
from opinionscope.settings import Paths
from opinionscope.survey.text import counted

BOUNDS = ArchiveLimits()
_FETCHING = ".fetch"
_KIND = "benchmark"


def fetch_data(
    *,
    url: str | None,
    commit: str | None,
    sha256: str | None,
    max_mb: int,
    dry_run: bool,
    verbose: bool,
    as_json: bool,
) -> int:
    """Fetch, check and import; say on stderr what was fetched, and return the exit code."""
    source, data = Source.of(url, commit, sha256), Paths.find().data
    try:
        with _progress(source) as (progress, say):
            archive = net.download(
                source.url,
                data / _FETCHING,
                max_mb * net.MEGABYTE,
                net.PATIENCE,
                progress=progress,
                tell=say,
            )
        return _import(archive, source, Trust(data), dry_run=dry_run, verbose=verbose, as_json=as_json)
    except FetchFailedError as error:
        tell(f"Error: {error}")
        return FAILED
    except KeyboardInterrupt:
        tell("Cancelled; nothing was changed.")
        return _interrupted()


def _import(archive: Partial, source: Source, trust: Trust, *, dry_run: bool, verbose: bool, as_json: bool) -> int:
    """Import what was fetched; the download stays only for a call that was interrupted."""
    try:
        _check_bytes(archive, source)
        with unpacked(archive.body, archive.body.parent, BOUNDS) as copy:
            _check_copy(copy, source, trust)
            code = _import_copy(copy, source, dry_run=dry_run, verbose=verbose, as_json=as_json)
        if code == 0 and not dry_run:
            trust.keep(source.commit, copy.digest)
    except OpinionscopeError:
        archive.remove()
        raise
    if code == INTERRUPTED:
        return _interrupted()
    archive.remove()
    return code


def _import_copy(copy: Copy, source: Source, *, dry_run: bool, verbose: bool, as_json: bool) -> int:
    try:
        return import_data(
            copy.folder, _KIND, dry_run=dry_run, verbose=verbose, as_json=as_json, source=shown(source.url)
        )
    except OpinionscopeError as error:
        message = error.message.replace(str(copy.folder), f"the archive from {shown(source.url)}")
        raise OpinionscopeError(message, title=error.title) from error


def _check_bytes(archive: Partial, source: Source) -> None:
    found = archive.sha256()
    if source.sha256 and found != source.sha256:
        raise RefusedError(
            f"the archive from {shown(source.url)} has SHA-256 {found}, expected {source.sha256}; it was thrown away. "
            "Check the digest with whoever gave it, or the address"
        )


def _check_copy(copy: Copy, source: Source, trust: Trust) -> None:
    if copy.commit and copy.commit != source.commit:
        raise RefusedError(
            f"the archive from {shown(source.url)} is of commit {copy.commit}, expected {source.commit}; "
            "if that commit is what you want, name it with --commit"
        )
    tell(f"Commit {source.commit}{'' if copy.commit else ', which the archive itself does not name'}")
    tell(f"{counted(copy.files, 'file')} with SHA-256 {copy.digest}")
    trust.check(source.commit, copy.digest, override=bool(source.sha256))


def _interrupted() -> int:
    tell("The same command again goes on with what has been fetched, if the server can.")
    return INTERRUPTED


@contextmanager
def _progress(source: Source) -> Iterator[tuple[net.Progress, net.Tell]]:
    """A bar on a terminal, one line elsewhere; both on stderr."""
    if not sys.stderr.isatty():
        tell(f"Fetching {shown(source.url)}")
        yield _silent, tell
        return
    from opinionscope.commands.output import progress_bar

    with progress_bar(f"Fetching {shown(source.url)}") as (show, say):
        yield show, say


def _silent(have: int, total: int | None) -> None:
    """No bar where nobody looks."""
