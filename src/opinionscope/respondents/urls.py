"""Addresses of servers, without what must stay secret in them."""

import re

from opinionscope.regexes import regex

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
