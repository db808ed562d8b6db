"""One file over HTTP: resumed where it can be, tried again where that may help, never larger than allowed."""

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import httpx
from msgspec import Struct

from opinionscope import __version__
from opinionscope.fetching.errors import FetchFailedError, RefusedError, unwritable
from opinionscope.fetching.partial import Partial
from opinionscope.fetching.source import is_loopback, shown, split
from opinionscope.regexes import regex
from opinionscope.respondents.guard import OUR_OWN
from opinionscope.survey.text import clean_line

Progress = Callable[[int, int | None], None]
"""Told how many bytes have come, and of how many, where the server says."""

Tell = Callable[[str], None]
"""Told, in a sentence, what goes on."""

MEGABYTE = 1_000_000
_REDIRECTS = 5
_MAY_PASS = frozenset({408, 425, 429, 500, 502, 503, 504})
_CONTENT_RANGE = regex(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


class Patience(Struct, frozen=True):
    """How long and how often to try.

    Attributes:
        connect, read: seconds until a connection, or the next piece, is given up.
        attempts: how often in all.
        pause: seconds before the second attempt; twice as long before each further one.
    """

    connect: float = 15.0
    read: float = 30.0
    attempts: int = 4
    pause: float = 1.0


PATIENCE = Patience()


class _MayPassError(Exception):
    """A fault that another attempt may not meet."""


def download(url: str, folder: Path, largest: int, patience: Patience, *, progress: Progress, tell: Tell) -> Partial:
    """Fetch a file into the folder, going on where an earlier call ended if the server vouches for the rest.

    Only a strong ETag vouches: without one a file that was cut short is fetched anew. What has come stays in the
    folder until `Partial.remove`, so that a call after Ctrl-C or a lost line need not begin again.

    Args:
        largest: bytes, above which the file is refused.

    Raises:
        FetchFailedError: if the server cannot be reached, has no such file, or fails each time.
        RefusedError: if the file is too large, or the server sends elsewhere than it may.
    """
    partial = Partial(folder, url)
    try:
        if not partial.complete:
            _persist(url, partial, largest, patience, progress, tell)
        if partial.size > largest:
            raise _too_large(url, largest)
    except OSError as error:
        raise unwritable(folder, error) from error
    except RefusedError:
        partial.remove()
        raise
    return partial


def _persist(url: str, partial: Partial, largest: int, patience: Patience, progress: Progress, tell: Tell) -> None:
    with _client(url, patience) as client:
        for attempt in range(1, patience.attempts + 1):
            try:
                _attempt(client, url, partial, largest, progress)
            except (httpx.TransportError, _MayPassError) as error:
                fault = _in_words(error, patience)
            else:
                partial.finish()
                return
            if attempt < patience.attempts:
                tell(f"{fault}; trying again ({attempt + 1} of {patience.attempts})")
                time.sleep(patience.pause * 2 ** (attempt - 1))
    raise FetchFailedError(
        f"{shown(url)} could not be fetched in {patience.attempts} attempts, the last time because {fault}; "
        "check the connection and give the same command again, or name a mirror with --url"
    )


def _client(url: str, patience: Patience) -> httpx.Client:
    """A client that asks for the bytes as they are, and goes round a proxy for servers of this machine."""
    return httpx.Client(
        headers={"User-Agent": f"opinionscope/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity"},
        timeout=httpx.Timeout(patience.read, connect=patience.connect),
        trust_env=not is_loopback(url),
    )


def _attempt(client: httpx.Client, url: str, partial: Partial, largest: int, progress: Progress) -> None:
    have, etag = partial.size, partial.etag
    resuming = bool(have and etag)
    headers = {"Range": f"bytes={have}-", "If-Range": etag} if resuming else {}
    for _ in range(_REDIRECTS + 1):
        try:
            request = client.build_request("GET", url, headers=headers, extensions={OUR_OWN: True})
        except (httpx.InvalidURL, UnicodeError) as error:
            raise RefusedError(f"{shown(url)} is no address; expected https://HOST/…", title="Bad address") from error
        response = client.send(request, stream=True)
        try:
            if not response.has_redirect_location:
                _receive(response, url, partial, resuming, largest, progress)
                return
            url = _redirected(url, response.headers["Location"])
        finally:
            response.close()
    raise FetchFailedError(f"{shown(url)} was reached after {_REDIRECTS} redirects and sends on; expected the archive")


def _redirected(url: str, location: str) -> str:
    """Where a redirect leads.

    Raises:
        RefusedError: if that is neither https nor the same server.
    """
    split(location)
    target = urljoin(url, location)
    here, there = split(url), split(target)
    same_server = (there.scheme, there.netloc) == (here.scheme, here.netloc)
    if not there.hostname or not (there.scheme == "https" or same_server):
        raise RefusedError(
            f"{shown(url)} redirects to {shown(target)}; expected https or the same server. If you trust that place, "
            "give it with --url",
            title="Redirect refused",
        )
    return target


def _receive(
    response: httpx.Response, url: str, partial: Partial, resuming: bool, largest: int, progress: Progress
) -> None:
    status = response.status_code
    if status == 206 and resuming:
        total = _continued(response, partial)
    elif status == 416 and resuming:
        if _range(response)[1] == partial.size:
            return
        partial.remove()
        raise _MayPassError("the server no longer has the file that was begun")
    elif status == 200:
        partial.start(_strong_etag(response))
        total = _length(response)
    elif status in _MAY_PASS:
        raise _MayPassError(f"the server answered {_status(response)}")
    else:
        raise FetchFailedError(
            f"{shown(url)} answered {_status(response)}; expected an archive. Check --url and --commit, or get a copy "
            "of the repository by other means and give it to `opinionscope data import`"
        )
    if total is not None and total > largest:
        raise _too_large(url, largest, total)
    _write(response, url, partial, total, largest, progress)


def _continued(response: httpx.Response, partial: Partial) -> int | None:
    """The whole size, if the server goes on exactly where the file ends."""
    start, total = _range(response)
    if start == partial.size and response.headers.get("ETag", partial.etag) == partial.etag:
        return total
    partial.remove()
    raise _MayPassError("the server went on with another file than was begun")


def _write(
    response: httpx.Response, url: str, partial: Partial, total: int | None, largest: int, progress: Progress
) -> None:
    have = partial.size
    progress(have, total)
    with partial.body.open("ab") as file:
        for chunk in response.iter_raw():
            have += len(chunk)
            if have > largest:
                raise _too_large(url, largest)
            file.write(chunk)
            progress(have, total)
    if total is not None and have < total:
        raise _MayPassError(f"the connection ended after {have:,} of {total:,} bytes")


def _strong_etag(response: httpx.Response) -> str:
    """The ETag, if it vouches for each byte and the server does not rule resuming out."""
    etag: str = response.headers.get("ETag", "")
    resumable = etag.startswith('"') and response.headers.get("Accept-Ranges", "bytes").lower() == "bytes"
    return etag if resumable else ""


def _length(response: httpx.Response) -> int | None:
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


def _range(response: httpx.Response) -> tuple[int | None, int | None]:
    """First byte and whole size, as Content-Range gives them."""
    match = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if match is None:
        return None, None
    first, _, total = match.groups()
    return int(first) if first else None, None if total == "*" else int(total)


def _status(response: httpx.Response) -> str:
    return clean_line(f"{response.status_code} {response.reason_phrase}")


def _too_large(url: str, largest: int, size: int | None = None) -> RefusedError:
    what = f"is {size / MEGABYTE:,.1f} MB" if size else "is larger than it said"
    return RefusedError(
        f"{shown(url)} {what}, where at most {largest / MEGABYTE:,.0f} MB are allowed; raise --max-mb if that is right",
        title="Too large",
    )


def _in_words(error: Exception, patience: Patience) -> str:
    if isinstance(error, _MayPassError):
        return str(error)
    if isinstance(error, httpx.ConnectTimeout):
        return f"no connection came about in {patience.connect:g} s"
    if isinstance(error, httpx.TimeoutException):
        return f"nothing came for {patience.read:g} s"
    if isinstance(error, httpx.RemoteProtocolError):
        return "the connection ended before all had come"
    return f"the connection failed ({clean_line(str(error)) or type(error).__name__})"
