"""Secrets taken out of text and of addresses before anybody sees them: keys, tokens, and passwords."""

import os
import re
from functools import lru_cache
from urllib.parse import quote

from opinionscope.regexes import regex

MASK = "[secret]"
SHORTEST_SECRET = 6
SHORTEST_KEY = 16
"""Characters; an answer may well hold shorter words that happen to be a password."""


_SECRET_VARIABLE = regex(r"(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS)$", re.IGNORECASE)
_SHAPES = (
    regex(r"\b(?:sk|pk|rk|gsk|hf|xai|pplx|nvapi|r8|key)[-_][A-Za-z0-9_*.\-]{6,}"),
    regex(r"\bAIza[A-Za-z0-9_*\-]{6,}"),
    regex(r"\beyJ[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]+)*"),
)
_BEARER = regex(r"\b(Bearer|Basic)(\s+)[^\s'\",;]{4,}", re.IGNORECASE)
_NAMED = regex(
    r"((?:api[-_ ]?key|access[-_ ]?token|auth[-_ ]?token|authorization|[?&](?:key|token))"
    r"[\"']?\s*[=:]\s*b?[\"']?)(?!\s*\[secret\])(?!Bearer\b|Basic\b)[^\s'\",;&}]{4,}",
    re.IGNORECASE,
)
_USERINFO = regex(r"(?<=://)[^/\s@'\"<>]+(?=@)")


_remembered: set[str] = set()


def remember(secret: str) -> None:
    """Take a secret out of every text from now on, wherever it came from."""
    _remembered.add(secret)


def scrub(text: str) -> str:
    """The text without secrets.

    Taken out are remembered ones, the values of environment variables named like keys, tokens or passwords, whatever
    looks like a provider's key or a bearer token, and user names and passwords in addresses.
    """
    for value in _known_secrets():
        text = text.replace(value, MASK)
    text = _USERINFO.sub(MASK, text)
    text = _BEARER.sub(rf"\1\2{MASK}", text)
    text = _NAMED.sub(rf"\1{MASK}", text)
    for shape in _SHAPES:
        text = shape.sub(MASK, text)
    return text


def without_keys(text: str) -> str:
    """An answer without the keys that are known, should a server say them again; else it is left as it is."""
    for value in _known_secrets():
        if len(value) >= SHORTEST_KEY:
            text = text.replace(value, MASK)
    return text


def beginning(text: str, most: int) -> str:
    """As much of a long text as is read; it ends with a whole word, so that no secret is cut in two and goes unseen."""
    if len(text) <= most:
        return text
    ends = [text.rfind(mark, 0, most) for mark in " \t\r\n<>"]
    return text[: max(0, *ends)]


def _known_secrets() -> tuple[str, ...]:
    """Longest first, so that no secret that holds another is left in part."""
    variables = filter(_is_secret_variable, os.environ)
    return _with_parts((*_remembered, *(os.environ[name] for name in variables)))


@lru_cache(1024)
def _is_secret_variable(name: str) -> bool:
    return _SECRET_VARIABLE.search(name) is not None


@lru_cache(4)
def _with_parts(secrets: tuple[str, ...]) -> tuple[str, ...]:
    values: set[str] = set()
    for secret in secrets:
        for part in (secret, *secret.split()):
            if len(part) >= SHORTEST_SECRET:
                values |= {part, quote(part, safe="")}
    return tuple(sorted(values, key=len, reverse=True))


UNREADABLE = "(an address that could not be read)"

_SCHEME = regex(r"[A-Za-z][\w+.-]*://")
_HOST_AND_PATH = regex(r"(?:\[[^\]/@]*\]|[^/:@\[\]]+)(?::\d*)?(?:/[^@]*)?")


def public_url(url: str) -> str:
    """The address without user, password, query and fragment, where keys are sometimes put.

    What is no plain address is replaced as a whole, for nobody knows where in it a key would be.
    """
    url = url.strip()
    found = _SCHEME.match(url)
    scheme = found.group() if found else ""
    address, *dropped = re.split(r"[?#]", url.removeprefix(scheme), maxsplit=1)
    host, slash, path = address.partition("/")
    public = host.rpartition("@")[2] + slash + path
    if not _HOST_AND_PATH.fullmatch(public) or "@" in "".join(dropped):
        return UNREADABLE
    return scheme + public
