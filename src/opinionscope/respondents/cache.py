"""The cache of answers to identical requests at temperature 0, off unless the user turns it on.

A run that asks the same several times gets as many answers: the n-th request of a run is answered by the n-th answer
that was ever given to it, so that repeats stay independent draws and a run done again costs nothing. An answer from
the cache says so in `Reply.recorded`. Kept are answers, and of requests only a hash.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from opinionscope.elicitation import Call, Kind, Plan, Reply, TokenLogprob, Usage
from opinionscope.files import write_whole
from opinionscope.respondents.base import (
    ChecksFirst,
    OnAttempt,
    OnText,
    Respondent,
    SendsOtherwise,
)
from opinionscope.survey.text import clean, clean_line

CACHE_FORMAT = 1
MOST_IN_A_FOLDER = 200
"""Answers; there are 256 folders, among which they spread evenly."""

LARGEST_KEPT = 100_000
"""Bytes of an answer's file."""

FROM_CACHE = "from the cache"


class _Kept(msgspec.Struct, frozen=True):
    """One answer, as its file holds it."""

    format: int
    model: str
    answered: datetime | None
    text: str | None
    first_token: list[tuple[str, float]] | None
    finish_reason: str
    structured: bool


class AnswerCache:
    """Answers in a folder, one file each; a file that cannot be read or written counts as absent.

    It holds about 50,000 answers: a new one takes the place of the oldest in its part of the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> Reply | None:
        """The answer kept under a key; None if there is none."""
        try:
            kept = msgspec.json.decode(self._path(key).read_bytes(), type=_Kept)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        if kept.format != CACHE_FORMAT:
            return None
        candidates = kept.first_token
        first_token = (
            None if candidates is None else tuple(TokenLogprob(clean(token), value) for token, value in candidates)
        )
        asked = f", asked on {kept.answered:%Y-%m-%d %H:%M} UTC" if kept.answered else ""
        return Reply(
            None if kept.text is None else clean(kept.text),
            first_token,
            finish_reason=kept.finish_reason,
            structured=kept.structured,
            model=clean_line(kept.model),
            answered=kept.answered,
            recorded=FROM_CACHE + asked,
            usage=Usage(0, 0, 0.0),
        )

    def put(self, key: str, reply: Reply) -> None:
        """Keep an answer; in vain where the folder cannot be written, or where the answer is a very long one."""
        candidates = None if reply.first_token is None else [(one.token, one.logprob) for one in reply.first_token]
        kept = _Kept(
            CACHE_FORMAT,
            reply.model,
            reply.answered,
            reply.text,
            candidates,
            reply.finish_reason,
            reply.structured,
        )
        content = msgspec.json.encode(kept)
        if len(content) <= LARGEST_KEPT:
            with suppress(OSError):
                write_whole(self._path(key), content)
                _prune(self._path(key).parent)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"


def _prune(folder: Path) -> None:
    """Delete the oldest files of a folder that holds too many.

    Raises:
        OSError: if one cannot be deleted, or another process was faster.
    """
    files = list(folder.iterdir())
    if len(files) > MOST_IN_A_FOLDER:
        for path in sorted(files, key=lambda path: path.stat().st_mtime_ns)[:-MOST_IN_A_FOLDER]:
            path.unlink()


class CachedRespondent:
    """A live model whose answers at temperature 0 are kept, and given again; everything else passes through."""

    def __init__(self, respondent: Respondent, cache: AnswerCache, identity: Mapping[str, Any]) -> None:
        """Wrap a respondent; one wrapper serves one run.

        Args:
            identity: who is asked and how, beside what the call says: model, server, parameters.
        """
        self._respondent = respondent
        self._cache = cache
        self._identity = identity
        self._asked: Counter[str] = Counter()

    @property
    def name(self) -> str:
        """As the respondent's own."""
        return self._respondent.name

    @property
    def kind(self) -> Kind:
        """As the respondent's own."""
        return self._respondent.kind

    def as_sent(self, plan: Plan) -> Plan:
        """As the respondent's own, where it has a say."""
        return self._respondent.as_sent(plan) if isinstance(self._respondent, SendsOtherwise) else plan

    def learned(self) -> tuple[str, ...]:
        """As the respondent behind it."""
        return self._respondent.learned() if isinstance(self._respondent, SendsOtherwise) else ()

    async def check(self, call: Call) -> None:
        """As the respondent's own, unless the cache may have the answers.

        Raises:
            RespondentError: as the respondent's own.
        """
        if self._temperature(call) != 0 and isinstance(self._respondent, ChecksFirst):
            await self._respondent.check(call)

    def _temperature(self, call: Call) -> object:
        return self._identity.get("parameters", {}).get("temperature", call.request.temperature)

    async def respond(self, call: Call, on_text: OnText | None = None, on_attempt: OnAttempt | None = None) -> Reply:
        """Answer from the cache, or ask and keep the answer.

        Raises:
            RespondentError: as the respondent's own.
        """
        if self._temperature(call) != 0:
            return await self._respondent.respond(call, on_text, on_attempt)
        request = request_hash(self._identity, call)
        key = hashlib.sha256(f"{request} {self._asked[request]}".encode()).hexdigest()
        self._asked[request] += 1
        found = await asyncio.to_thread(self._cache.get, key)
        if found is None:
            reply = await self._respondent.respond(call, on_text, on_attempt)
            await asyncio.to_thread(self._cache.put, key, reply)
            return reply
        if on_text and found.text and not call.request.top_logprobs:
            on_text(found.text)
        return found


def request_hash(identity: Mapping[str, Any], call: Call) -> str:
    """A hash of all that decides the answer at temperature 0."""
    asked = {
        "who": identity,
        "messages": call.messages,
        "request": msgspec.to_builtins(call.request),
        "seed": call.seed,
    }
    return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).hexdigest()
