"""Submissions: files of calls that are handed in to a provider's batch API, and fetched hours later.

What is known is written before and after each request, so that a crash in between leaves a trace: a file of which it
is not known whether a batch was made of it is not handed in again without a word.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Struct

from opinionscope.respondents.base import Respondent, RespondentError
from opinionscope.respondents.batch_door import BatchDoor, BatchRefusedError, BatchState, TakesBatches
from opinionscope.runs.batch_files import CUSTOM_ID, BatchError, Collected, CollectStore, collect_lines
from opinionscope.runs.run import new_run_id
from opinionscope.runs.submission import REFUSED, SUBMITTED, Submission
from opinionscope.values import replace


class SubmissionStore(Protocol):
    """Where submissions are kept. See `History`."""

    def keep_submission(self, made: Submission) -> None:
        """Write a submission, in place of what is known of it."""

    def submissions_like(self, digests: Sequence[str]) -> list[Submission]:
        """Submissions of files with this content."""

    def asked_by(self, run_ids: Iterable[str]) -> list[tuple[str, str, str | None]]:
        """For some runs of sweeps: which sweeps, models and servers, each combination once."""

    def answered_calls(self, sweep: str) -> set[str]:
        """Calls of a sweep that have an answer, as ``RUN-CALL``."""


Connect = Callable[[str, str | None], Respondent]


class _Line(msgspec.Struct):
    custom_id: str


class Shard(Struct, frozen=True):
    """A file of calls as `sweep export` wrote it, and whose calls they are."""

    path: Path
    content: bytes
    sweep: str
    model: str
    api_base: str | None
    calls: frozenset[str]

    @property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return digest_of(self.content)


def digest_of(content: bytes) -> str:
    """SHA-256, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def read_shard(path: Path, store: SubmissionStore) -> Shard:
    """Read a file that `sweep export` wrote.

    Raises:
        BatchError: if it is none, or not of this history.
    """
    try:
        content = path.read_bytes()
        calls = [msgspec.json.decode(line, type=_Line).custom_id for line in content.splitlines() if line.strip()]
    except OSError as error:
        raise BatchError(f"{path} cannot be read ({error.strerror}); check the path") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BatchError(f"{path} is no file that `opinionscope sweep export` wrote") from error
    found = [CUSTOM_ID.fullmatch(call) for call in calls]
    runs = sorted({match["run"] for match in found if match})
    asked = store.asked_by(runs)
    if not calls or None in found or not asked:
        raise BatchError(f"{path} holds no calls of a sweep in this history; `opinionscope sweep export` writes them")
    if len(asked) > 1:
        raise BatchError(f"{path} holds calls of several sweeps or models; hand in files as they were exported")
    return Shard(path, content, *asked[0], frozenset(calls))


def check_new(shard: Shard, store: SubmissionStore) -> None:
    """Refuse what was handed in, or answered, already.

    Raises:
        BatchError: saying when, and what to do.
    """
    for made in store.submissions_like([shard.digest]):
        if not made.asks_nothing:
            raise BatchError(
                f"{shard.path.name} was handed in already ({made.words}); `opinionscope sweep collect {made.sweep}` "
                "fetches results, --anyway hands it in again and is paid for again",
                title="Handed in already",
            )
    if answered := shard.calls & store.answered_calls(shard.sweep):
        raise BatchError(
            f"{len(answered):,} of the {len(shard.calls):,} calls in {shard.path.name} have an answer already; "
            "--anyway asks them again, and the new answers are not used",
            title="Answered already",
        )


async def door_of(connect: Connect, model: str, api_base: str | None) -> BatchDoor:
    """The batch API of a model's provider.

    Raises:
        RespondentError: if the model cannot be asked in batches; says what to use instead.
    """
    respondent = connect(model, api_base)
    if not isinstance(respondent, TakesBatches):
        raise BatchRefusedError(f"{model} is not asked in batches; `opinionscope sweep start` asks it")
    return await respondent.batch_door()


async def submit(shard: Shard, door: BatchDoor, store: SubmissionStore) -> Submission:
    """Hand a file in, and keep what is known of it at every step.

    Raises:
        RespondentError: if there is no batch, or may be none; the submission says which.
    """
    made = Submission(
        new_run_id(), shard.sweep, datetime.now(UTC), shard.path.name, shard.digest, len(shard.calls),
        shard.model, door.provider, shard.api_base,
    )  # fmt: skip
    try:
        made = _kept(store, replace(made, file_id=await door.upload(made.shard, shard.content)))
        made = _kept(store, replace(made, batch_id=await door.begin(made.file_id), status=SUBMITTED))
    except RespondentError as error:
        if not made.file_id:
            raise
        if isinstance(error, BatchRefusedError):
            _kept(store, replace(made, status=REFUSED))
            raise
        raise RespondentError(
            f"{error.message} It is not known whether a batch was made: look at the list of batches of {door.provider} "
            f"before you hand {made.shard} in again with --anyway",
            title=error.title,
        ) from None
    return made


class Fetched(Struct, frozen=True):
    """What a provider said of a batch, and what was read of its results."""

    submission: Submission
    state: BatchState
    lines: int = 0

    @property
    def words(self) -> str:
        """How far it is, in a sentence."""
        state, made = self.state, self.submission
        counts = f", {(state.done or 0) + (state.failed or 0):,} of {state.total:,} calls" if state.total else ""
        said = f"{made.shard}, batch {made.batch_id}: {state.status}{counts}"
        if state.problems:
            said += f"; {'; '.join(state.problems[:3])}"
        if state.has_ended and made.collected is None and state.status != "failed":
            said += f"; {self.lines:,} whole lines came, collect again"
        return said


async def fetch(
    made: Submission, door: BatchDoor, kept: SubmissionStore, store: CollectStore, collected: Collected
) -> Fetched:
    """Ask how far a batch is, and read its results once it has ended; as often as one likes.

    It counts as collected when the provider has ended it and every line of its files was read.

    Raises:
        RespondentError: if the provider does not answer, or a file does not come whole.
    """
    state = await door.state(made.batch_id)
    made = _kept(kept, replace(made, status=state.status))
    if not state.has_ended:
        return Fetched(made, state)
    broken, lines = len(collected.broken), 0
    for file_id in state.files:
        lines += collect_lines(f"{made.batch_id}/{file_id}", _lines(await door.content(file_id)), store, collected)
    is_whole = lines >= (state.total or 0) or state.status != "completed"
    if state.status != "failed" and is_whole and len(collected.broken) == broken:
        made = _kept(kept, replace(made, collected=datetime.now(UTC)))
    return Fetched(made, state, lines)


def _lines(content: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(content):
        end = content.find(b"\n", start) + 1 or len(content)
        yield content[start:end]
        start = end


def _kept(store: SubmissionStore, made: Submission) -> Submission:
    store.keep_submission(made)
    return made
