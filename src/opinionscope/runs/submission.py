"""Submission: a file of calls that was handed in to a provider's batch API."""

from datetime import datetime

from msgspec import Struct

BEGUN, REFUSED, SUBMITTED = "begun", "refused", "submitted"


class Submission(Struct, frozen=True):
    """A file of calls that was handed in.

    Attributes:
        id: a ULID.
        shard: name of the file.
        digest: SHA-256 of its content.
        calls: lines.
        model, api_base: as chosen; no key is in them.
        provider: litellm's word for it.
        file_id, batch_id: the provider's; "" where they are not known.
        status: begun, refused, submitted, or the provider's last word.
        collected: when all of its results had been read; None until then.
    """

    id: str
    sweep: str
    created: datetime
    shard: str
    digest: str
    calls: int
    model: str
    provider: str
    api_base: str | None = None
    file_id: str = ""
    batch_id: str = ""
    status: str = BEGUN
    collected: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether results are still to come, or may be."""
        return self.collected is None and not self.asks_nothing

    @property
    def asks_nothing(self) -> bool:
        """Whether no batch came of it, so that it can be made again."""
        return self.status in (REFUSED, "failed")

    @property
    def words(self) -> str:
        """What it is, in a line."""
        when = f"{self.created:%Y-%m-%d %H:%M} UTC"
        if not self.batch_id:
            return f"{self.shard} of {when}, of which it is not known whether {self.provider} made a batch"
        return f"{self.shard} of {when}, batch {self.batch_id} at {self.provider}"
