"""Rate limits: calls and tokens within any minute, and calls at the same time; first come, first served."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

WINDOW = 60.0
"""Seconds over which calls and tokens are counted."""

CHARACTERS_PER_TOKEN = 4
"""A guess on the safe side for English; what a provider counted takes its place."""

Clock = Callable[[], float]
Wait = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a provider or a model may be asked; None for as much as one likes.

    Attributes:
        calls, tokens: most of them within any 60 seconds.
        concurrency: most calls at the same time.
    """

    calls: int | None = None
    tokens: int | None = None
    concurrency: int | None = None


@dataclass(slots=True)
class Turn:
    """A call's turn.

    Attributes:
        begun: when, by the limiter's clock.
        tokens: what it is expected to take, until `settle`.
        again: counts one more call, which is made within this turn and does not wait.
    """

    begun: float
    tokens: int
    again: Callable[[], None]

    def settle(self, tokens: int | None) -> None:
        """Put what the call really took in place of the guess, where that is known."""
        if tokens is not None:
            self.tokens = tokens


class Limiter:
    """Makes calls wait until they fit into the limits.

    Callers are let through in the order in which they came. One that is cancelled while it waits leaves no trace;
    one that is cancelled later has been sent, and counts. A call that takes more tokens than fit into a minute goes
    alone.
    """

    def __init__(self, limits: Limits, clock: Clock = time.monotonic, wait: Wait = asyncio.sleep) -> None:
        self._limits = limits
        self._clock = clock
        self._wait = wait
        self._turns: deque[Turn] = deque()
        self._line = asyncio.Lock()
        self._places = None if limits.concurrency is None else asyncio.Semaphore(limits.concurrency)

    @asynccontextmanager
    async def turn(self, tokens: int = 0) -> AsyncIterator[Turn]:
        """Wait for a turn, and hold it for as long as the call is under way.

        Args:
            tokens: what the call is expected to take, read and written.
        """
        async with AsyncExitStack() as held:
            if self._places is not None:
                await held.enter_async_context(self._places)
            async with self._line:
                while (pause := self._pause(tokens)) > 0:
                    await self._wait(pause)
                turn = self._counted(tokens)
            yield turn

    def _counted(self, tokens: int) -> Turn:
        turn = Turn(self._clock(), tokens, self._count_another)
        self._turns.append(turn)
        return turn

    def _count_another(self) -> None:
        self._counted(0)

    def _pause(self, tokens: int) -> float:
        """Seconds until there may be room; 0 if there is."""
        now = self._clock()
        while self._turns and self._turns[0].begun + WINDOW <= now:
            self._turns.popleft()
        pauses = [0.0]
        if self._limits.calls is not None and len(self._turns) >= self._limits.calls:
            pauses.append(self._turns[-self._limits.calls].begun + WINDOW - now)
        if self._limits.tokens is not None:
            pauses.append(self._pause_for(tokens, self._limits.tokens, now))
        return max(pauses)

    def _pause_for(self, tokens: int, most: int, now: float) -> float:
        taken = sum(turn.tokens for turn in self._turns)
        pause = 0.0
        for turn in self._turns:
            if taken + tokens <= most:
                break
            taken -= turn.tokens
            pause = turn.begun + WINDOW - now
        return pause


class LimitBook:
    """The limiters of a user's settings, shared by all calls of the program."""

    def __init__(self, limits: Mapping[str, Limits], clock: Clock = time.monotonic, wait: Wait = asyncio.sleep) -> None:
        """Take the limits by the name of a provider, of a model, or of one of the user's own models."""
        self._limiters = {name: Limiter(limit, clock, wait) for name, limit in limits.items()}

    @asynccontextmanager
    async def turn(self, names: tuple[str, ...], tokens: int) -> AsyncIterator["Turns"]:
        """Wait until a call fits into every limit that has one of these names.

        Args:
            names: always in the same order (provider, model, own name), so that no two calls wait for each other.
            tokens: as for `Limiter.turn`.
        """
        async with AsyncExitStack() as held:
            limiters = [self._limiters[name] for name in dict.fromkeys(names) if name in self._limiters]
            yield Turns([await held.enter_async_context(limiter.turn(tokens)) for limiter in limiters])


@dataclass(frozen=True, slots=True)
class Turns:
    """A call's turns at all limits that hold for it."""

    turns: list[Turn]

    def settle(self, tokens: int | None) -> None:
        """As `Turn.settle`, for each of them."""
        for turn in self.turns:
            turn.settle(tokens)

    def again(self) -> None:
        """As `Turn.again`, for each of them."""
        for turn in self.turns:
            turn.again()


UNLIMITED = LimitBook({})


def guessed_tokens(messages: list[dict[str, str]], max_tokens: int) -> int:
    """What a call may take before anybody has counted: its messages, and the longest answer that is allowed."""
    return sum(len(message["content"]) for message in messages) // CHARACTERS_PER_TOKEN + max_tokens
