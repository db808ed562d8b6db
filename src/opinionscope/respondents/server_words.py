"""What a server says went wrong, read from the body it sent: JSON of any common shape, a page of HTML, or text."""

import re
from collections.abc import Iterable
from html import unescape
from typing import Any

import msgspec
from msgspec import Struct

from opinionscope.regexes import regex
from opinionscope.respondents.redaction import beginning, scrub
from opinionscope.survey.text import clean_line

LONGEST_WORDS = 5_000
LARGEST_READ = 16_384
"""Bytes; no server says more that anybody reads, and the search for secrets takes time."""

_INVISIBLE = regex(r"<(script|style|head)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TITLE = regex(r"<title\b[^>]*>(?P<title>[^<]{1,500})", re.IGNORECASE)
_TAG = regex(r"<[^>]{0,2000}(?:>|\Z)", re.DOTALL)
_HTML = regex(r"<(?:!doctype|html|head|body|h[1-6]|p|div)\b", re.IGNORECASE)
_MESSAGES = (
    *("message", "Message", "error_message", "errorMessage", "error_description", "description", "faultstring"),
    *("detail", "msg", "error_msg", "status_msg", "error", "err", "errors", "fault", "innererror"),
    *("title", "reason"),
)
"""Members that hold the words, or an object or a list with them, the likeliest first."""
_DEEPEST = 4
_CODES = ("code", "type", "status", "__type")


class ServerError(Struct, frozen=True):
    """What a server said.

    Attributes:
        words: its own, in one clean line without markup and secrets; "" if it said nothing.
        code: its short names for the error, in lower case, each between blanks; "" if it gave none.
        status: a status that stands in the body; None if there is none.
        param: the parameter that it names, in lower case; "" if it names none.
        is_json: whether the body is JSON, or its last event is.
        is_error: whether the body has a member for errors.
        is_empty: whether the body is a list of answers with nothing in it.
        is_page: whether the body is a page for a browser.
    """

    words: str = ""
    code: str = ""
    status: int | None = None
    param: str = ""
    is_json: bool = False
    is_error: bool = False
    is_empty: bool = False
    is_page: bool = False


def server_error(body: bytes, content_type: str = "") -> ServerError:
    """Read the body of a response, or the events at the end of a stream."""
    text = body.decode("utf-8", "replace")
    decoded = _decoded(text)
    if decoded is None:
        return ServerError(_words(text, content_type), is_page=_is_page(text, content_type))
    told = _told(decoded)
    if told is None:
        is_empty = isinstance(decoded, dict) and decoded.get("choices") == []
        return ServerError(is_json=True, is_empty=is_empty)
    codes = [str(told[name]) for name in _CODES if isinstance(told.get(name), str | int)]
    status = next((int(code) for code in codes if code.isascii() and code.isdigit() and 400 <= int(code) < 600), None)
    return ServerError(
        _plain(_message(told)),
        f" {clean_line(' '.join(codes)).lower()} " if codes else "",
        status,
        clean_line(str(told.get("param") or _place(told)))[:100].lower(),
        is_json=True,
        is_error=True,
    )


def _decoded(text: str) -> Any:
    """The body as JSON, or the last event of a stream that is complete; None if that is no JSON."""
    for candidate in (text.strip(), *_last_event(text)):
        try:
            return msgspec.json.decode(candidate)
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
            continue
    return None


def _last_event(text: str) -> Iterable[str]:
    """Of llama.cpp an error is an event that begins with "error:"."""
    lines = [
        line.partition(":")[2].strip() for line in re.split(r"\r\n?|\n", text) if line.startswith(("data:", "error:"))
    ]
    return [line for line in lines if line and line != "[DONE]"][-1:]


def _told(decoded: Any) -> dict[str, Any] | None:
    """The part of JSON that tells of an error, with what the provider behind a router said; None if there is none."""
    told = _error_in(decoded)
    metadata = told.get("metadata") if told else None
    raw = metadata.get("raw") if isinstance(metadata, dict) else None
    behind = _error_in(_decoded(raw) or raw if isinstance(raw, str) else raw)
    words = _message(behind) if behind else ""
    if told is None or behind is None or not words:
        return told
    return told | {
        "message": f"{_message(told)}: {words}",
        "param": behind.get("param") or _place(behind),
        "type": behind.get("code"),
    }


def _error_in(decoded: Any) -> dict[str, Any] | None:
    if isinstance(decoded, list):
        return _error_in(decoded[0]) if decoded else None
    if not isinstance(decoded, dict):
        return {"message": decoded} if isinstance(decoded, str) else None
    error = decoded.get("error") or decoded.get("errors")
    if isinstance(error, list) and error:
        error = error[0]
    if isinstance(error, dict):
        return _with_details(error)
    if isinstance(error, str):
        return decoded
    outcome = decoded.get("base_resp")  # of MiniMax, beside an answer as well; its status 0 is no error
    if isinstance(outcome, dict) and outcome.get("status_code"):
        return outcome
    told = _with_details(decoded)
    return told if "choices" not in decoded and _message(told) else None


def _with_details(told: dict[str, Any]) -> dict[str, Any]:
    """An error in which the members of an object that stands in place of its message are its own."""
    details = told.get("message")
    return told | {"message": None} | details if isinstance(details, dict) else told


def _message(told: Any, depth: int = 0) -> str:
    """The words in a part of JSON, which may stand deeper in it; "" if there are none."""
    if isinstance(told, str):
        return told if told.strip() else ""
    parts = told[:1] if isinstance(told, list) else []
    if isinstance(told, dict):
        parts = [told.get(name) for name in _MESSAGES]
    return next(filter(None, (_message(part, depth + 1) for part in parts)), "") if depth < _DEEPEST else ""


def _place(told: dict[str, Any]) -> str:
    """The parameter that FastAPI's list of faults names first, with those around it; "" if it names none."""
    faults = told.get("detail")
    first = faults[0] if isinstance(faults, list) and faults else None
    place = first.get("loc") if isinstance(first, dict) else None
    return ".".join(map(str, place)) if isinstance(place, list) else ""


def _words(text: str, content_type: str) -> str:
    """The words of a body that is no JSON."""
    if _is_page(text, content_type):
        return _plain(text)
    return _plain(text) if text.strip() and not text.lstrip().startswith(("{", "[", "data:", "event:")) else ""


def _is_page(text: str, content_type: str) -> bool:
    return "html" in content_type or _HTML.search(text) is not None


def _plain(text: str) -> str:
    """One line of words: without markup, secrets and control characters."""
    text = scrub(beginning(text, LARGEST_READ))
    if _HTML.search(text):
        found = _TITLE.search(text)
        title, body = found["title"].strip() if found else "", _TAG.sub(" ", _INVISIBLE.sub(" ", text)).strip()
        text = unescape(body if title in body else f"{title} – {body}" if body else title)
    line = clean_line(text)[:LONGEST_WORDS]
    return line if any(character.isalnum() for character in line) else ""
