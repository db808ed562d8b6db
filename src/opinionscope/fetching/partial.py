"""A file that is arriving, kept so that a later call goes on where this one ended."""

import hashlib
import json
from pathlib import Path
from typing import Any


class Partial:
    """The bytes that have come from an address, and what proves that the rest belongs to them.

    Attributes:
        body: the file with the bytes so far.
    """

    def __init__(self, folder: Path, url: str) -> None:
        name = hashlib.sha256(url.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        self.body = folder / f"{name}.part"
        self._note = folder / f"{name}.json"

    @property
    def size(self) -> int:
        """How many bytes are there."""
        return self.body.stat().st_size if self.body.is_file() else 0

    @property
    def etag(self) -> str:
        """The server's name for exactly these bytes; "" where it gave none that a resumed download can rely on."""
        etag = self._noted().get("etag")
        return etag if isinstance(etag, str) else ""

    @property
    def complete(self) -> bool:
        """Whether all of it has come."""
        return self.body.is_file() and self._noted().get("complete") == self.size

    def start(self, etag: str) -> None:
        """Begin anew."""
        self.remove()
        self.body.parent.mkdir(parents=True, exist_ok=True)
        self.body.touch()
        self._write({"etag": etag})

    def finish(self) -> None:
        """Note that all of it has come."""
        self._write({"etag": self.etag, "complete": self.size})

    def remove(self) -> None:
        """Keep nothing; the folder goes too when it is empty."""
        self._note.unlink(missing_ok=True)
        self.body.unlink(missing_ok=True)
        if self.body.parent.is_dir() and not any(self.body.parent.iterdir()):
            self.body.parent.rmdir()

    def sha256(self) -> str:
        """The digest of the bytes, in hex."""
        with self.body.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _noted(self) -> dict[str, Any]:
        try:
            noted = json.loads(self._note.read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        return noted if isinstance(noted, dict) else {}

    def _write(self, note: dict[str, Any]) -> None:
        self._note.write_text(json.dumps(note), encoding="utf-8")
