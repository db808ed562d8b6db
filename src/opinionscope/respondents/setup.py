"""Setup: what a user has set up for live models, beside the model that is chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from opinionscope.respondents.limits import UNLIMITED, LimitBook
from opinionscope.respondents.named_models import NamedModel


@dataclass(frozen=True, slots=True)
class Setup:
    """What the settings say of live models.

    Attributes:
        named: models under names of the user's own.
        limits: which calls have to wait for their turn.
        cache: whether identical requests at temperature 0 are answered from the history.
        api_base: the server that models are asked at when no other is named; None for each provider's own.
    """

    named: Mapping[str, NamedModel] = field(default_factory=dict)
    limits: LimitBook = UNLIMITED
    cache: bool = False
    api_base: str | None = None


BARE = Setup()
