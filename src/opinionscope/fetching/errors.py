"""What can go wrong on the way: the network fails, or what arrived is refused."""

from pathlib import Path

from opinionscope.errors import OpinionscopeError


class FetchFailedError(OpinionscopeError):
    """The archive could not be had; nothing is wrong with the request, and another try may help."""

    title = "Nothing fetched"


class RefusedError(OpinionscopeError):
    """The request, or the archive that arrived, is refused; another try of the same gives the same."""

    title = "Archive refused"


def unwritable(place: Path, error: OSError) -> FetchFailedError:
    """The sentence for a place of our own that cannot be written or read."""
    return FetchFailedError(
        f"{place} cannot be used ({error.strerror or error}); make room on the disk or check the rights, and try again"
    )
