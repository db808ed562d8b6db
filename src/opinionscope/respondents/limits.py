"""Rate limits: calls and tokens within any minute, and calls at the same time; first come, first served."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from msgspec import Struct

from opinionscope.settings import LimitSettings

WINDOW = 60.0
"""Seconds over which calls and tokens are counted."""

CHARACTERS_PER_TOKEN = 4
"""A guess on the safe side for English; what a provider counted takes its place."""

Clock = Callable[[], float]
Wait = Callable[[float], Awaitable[None]]


class Turn(Struct):
    """A call at one limit: when it began, by the limiter's clock, and the tokens it is taken to use."""

    begun: float
    tokens: int


class Pause(Struct, frozen=True):
    """A wait for a limit.

    Attributes:
        seconds: until there may be room; 0 for none.
        limit: which limit it is, in words: ``3 calls a minute``.
    """

    seconds: float
    limit: str = ""


OnPause = Callable[[Pause], object]
"""Given each wait before it begins; must not raise."""


class Limiter:
    """Says when calls fit into the limits.

    Callers are let through in the order in which they came. One that is cancelled while it waits leaves no trace;
    one that is cancelled later has been sent, and counts. A call that takes more tokens than fit into a minute goes
    alone.
    """

    def __init__(self, limits: LimitSettings, clock: Clock = time.monotonic, wait: Wait = asyncio.sleep) -> None:
        self._limits = limits
        self._clock = clock
        self._turns: deque[Turn] = deque()
        self.wait = wait
        self.line = asyncio.Lock()
        self.places = None if limits.concurrency is None else asyncio.Semaphore(limits.concurrency)

    def count(self, tokens: int) -> Turn:
        """Count a call that begins now."""
        turn = Turn(self._clock(), tokens)
        self._turns.append(turn)
        return turn

    def pause(self, tokens: int) -> Pause:
        """How long until there may be room."""
        now = self._clock()
        while self._turns and self._turns[0].begun + WINDOW <= now:
            self._turns.popleft()
        pauses = [Pause(0.0)]
        if self._limits.calls_per_minute is not None and len(self._turns) >= self._limits.calls_per_minute:
            seconds = self._turns[-self._limits.calls_per_minute].begun + WINDOW - now
            pauses.append(Pause(seconds, _a_minute(self._limits.calls_per_minute, "call")))
        if self._limits.tokens_per_minute is not None:
            seconds = self._pause_for(tokens, self._limits.tokens_per_minute, now)
            pauses.append(Pause(seconds, _a_minute(self._limits.tokens_per_minute, "token")))
        return max(pauses, key=_seconds)

    def _pause_for(self, tokens: int, most: int, now: float) -> float:
        taken = sum(turn.tokens for turn in self._turns)
        pause = 0.0
        for turn in self._turns:
            if taken + tokens <= most:
                break
            taken -= turn.tokens
            pause = turn.begun + WINDOW - now
        return pause


def _a_minute(most: int, what: str) -> str:
    return f"{most:,} {what}{'' if most == 1 else 's'} a minute"


def _seconds(pause: Pause) -> float:
    return pause.seconds


class LimitBook:
    """The limiters of a user's settings, shared by all calls of the program."""

    def __init__(
        self, limits: Mapping[str, LimitSettings], clock: Clock = time.monotonic, wait: Wait = asyncio.sleep
    ) -> None:
        """Take the limits by the name of a provider, of a model, or of one of the user's own models."""
        self._limiters = {name: Limiter(limit, clock, wait) for name, limit in limits.items()}

    @asynccontextmanager
    async def turn(
        self, names: tuple[str, ...], tokens: int, on_pause: OnPause | None = None
    ) -> AsyncIterator["Turns"]:
        """Wait until a call fits into every limit that has one of these names, and count it at all of them then.

        Counted one after the other, a call that waits at the second limit would count at the first for a minute in
        which it is not sent, and not for the one in which it is.

        Args:
            names: always in the same order (provider, model, own name), so that no two calls wait for each other.
            tokens: what the call is expected to take, read and written.
            on_pause: told of each wait for calls or tokens of a minute, by the first in the line.
        """
        known = [self._limiters[name] for name in dict.fromkeys(names) if name in self._limiters]
        limiters = known[::-1]  # the narrowest first: nobody holds up calls that its own limit does not concern
        async with AsyncExitStack() as held:
            async with AsyncExitStack() as lines:
                for number, limiter in enumerate(limiters, 1):
                    await lines.enter_async_context(limiter.line)
                    if limiter.places is not None:
                        await held.enter_async_context(limiter.places)
                    while (pause := max((one.pause(tokens) for one in limiters[:number]), key=_seconds)).seconds > 0:
                        if on_pause:
                            on_pause(pause)
                        await limiter.wait(pause.seconds)
                turns = Turns(limiters, [limiter.count(tokens) for limiter in limiters])
            yield turns


class Turns(Struct, frozen=True):
    """A call's turns at all limits that hold for it, one each."""

    limiters: list[Limiter]
    turns: list[Turn]

    def settle(self, tokens: int | None) -> None:
        """Put what the call really took in place of the guess, where that is known."""
        if tokens is not None:
            for turn in self.turns:
                turn.tokens = tokens

    def again(self) -> None:
        """Count one more call, which is made within these turns and does not wait."""
        for limiter in self.limiters:
            limiter.count(0)


UNLIMITED = LimitBook({})


def guessed_tokens(messages: list[dict[str, str]], max_tokens: int) -> int:
    """What a call may take before anybody has counted: its messages, and the longest answer that is allowed."""
    return sum(len(message["content"]) for message in messages) // CHARACTERS_PER_TOKEN + max_tokens
