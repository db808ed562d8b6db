"""What was imported before of a commit, so that other content under the same name is noticed."""

import json
from pathlib import Path

from opinionscope.errors import OpinionscopeError
from opinionscope.fetching.errors import RefusedError, unwritable
from opinionscope.files import write_whole

FILE = "fetched.json"


class Trust:
    """Commit → digest of its content, in a small file in the user's data folder."""

    def __init__(self, data: Path) -> None:
        self.path = data / FILE

    def check(self, commit: str, digest: str, *, override: bool) -> None:
        """Refuse content other than what was imported under the same commit.

        Args:
            override: the bytes are vouched for by other means, so that what was noted before gives way.

        Raises:
            RefusedError: if it is other; if the file cannot be understood.
        """
        before = self._read().get(commit, digest)
        if before != digest and not override:
            raise RefusedError(
                f"commit {commit[:12]} was imported before with content {before[:12]}…, and now comes with "
                f"{digest[:12]}…; a commit never changes, so one of the two is not genuine. If you know that this "
                f"archive is right, give its digest with --sha256; the earlier content is noted in {self.path}"
            )

    def keep(self, commit: str, digest: str) -> None:
        """Note what was imported.

        Raises:
            FetchFailedError: if it cannot be written.
        """
        known = self._read()
        if known.get(commit) == digest:
            return
        try:
            write_whole(self.path, json.dumps({**known, commit: digest}, indent=2).encode() + b"\n")
        except OSError as error:
            raise unwritable(self.path, error) from error

    def _read(self) -> dict[str, str]:
        try:
            known = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise unwritable(self.path, error) from error
        except ValueError:
            known = None
        if not isinstance(known, dict) or not all(isinstance(digest, str) for digest in known.values()):
            raise OpinionscopeError(
                f"{self.path} cannot be understood; expected commit ids and digests. Remove it to trust anew",
                title="Nothing imported",
            )
        return known
