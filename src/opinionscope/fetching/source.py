"""Where the archive comes from: the public repository at a pinned commit, or a mirror."""

import re
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from opinionscope.fetching.errors import RefusedError
from opinionscope.regexes import regex
from opinionscope.survey.text import clean_line

REPOSITORY = "nicolemeister/benchmarking-distributional-alignment"
COMMIT = "cb61f6b38004c96c23a2d18af7fee163009fc3ea"
"""The commit whose layout and traps the importer knows."""

_LOOPBACK = regex(r"localhost|127(\.\d{1,3}){3}|::1")


class Source(Struct, frozen=True):
    """What to fetch, and what it must be.

    Attributes:
        url: of a .tar.gz or .zip of the repository.
        commit: 40 hex digits; an archive that names another commit is refused.
        sha256: 64 hex digits that the downloaded bytes must have; "" for any.
    """

    url: str
    commit: str
    sha256: str

    @classmethod
    def of(cls, url: str | None = None, commit: str | None = None, sha256: str | None = None) -> "Source":
        """The public host at the pinned commit, but for what is given.

        Raises:
            RefusedError: for anything that is not a full commit id, a SHA-256, or an address that can be trusted.
        """
        commit = _hex(commit or COMMIT, 40, "--commit", "the full id of a commit, as `git rev-parse` prints it")
        sha256 = _hex(sha256, 64, "--sha256", "the SHA-256 of the archive, as `sha256sum` prints it") if sha256 else ""
        if url is None:
            return cls(f"https://codeload.github.com/{REPOSITORY}/tar.gz/{commit}", commit, sha256)
        _check_mirror(url, has_sha256=bool(sha256))
        return cls(url, commit, sha256)


def split(url: str) -> SplitResult:
    """The parts of an address.

    Raises:
        RefusedError: if it is none.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise RefusedError(f"{clean_line(url)} is no address; expected https://HOST/…", title="Bad address") from error
    return parts


def shown(url: str) -> str:
    """An address as it may be shown: without name and password, and without a query, which may hold a key."""
    parts = split(url)
    return clean_line(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")


def is_loopback(url: str) -> bool:
    """Whether an address is of this machine."""
    return bool(_LOOPBACK.fullmatch(split(url).hostname or ""))


def _hex(text: str, length: int, option: str, expected: str) -> str:
    if not re.fullmatch(rf"[0-9a-fA-F]{{{length}}}", text):
        raise RefusedError(
            f"{option} {clean_line(text)!r}: expected {length} hex digits, {expected}", title=f"Bad {option}"
        )
    return text.lower()


def _check_mirror(url: str, *, has_sha256: bool) -> None:
    parts = split(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise RefusedError(
            f"--url {shown(url)}: expected https://HOST/…; a copy on this machine goes to `opinionscope data import`",
            title="Bad address",
        )
    if parts.scheme == "http" and not is_loopback(url) and not has_sha256:
        raise RefusedError(
            f"--url {shown(url)}: what comes over plain http may be changed on its way; "
            "expected https, or --sha256 with the archive's digest",
            title="Bad address",
        )
