"""Whoever answers elicitations: live models, recorded models. What only lists of models need is in `catalog`."""

from opinionscope.respondents.base import (
    Attempt,
    ChecksFirst,
    OnAttempt,
    OnText,
    Respondent,
    RespondentError,
    SendsOtherwise,
    StartsFirst,
)
from opinionscope.respondents.choosing import default_live_model, needs_litellm, respondent_for
from opinionscope.respondents.recorded import RECORDED_PREFIX, is_recorded

__all__ = [
    "RECORDED_PREFIX",
    "Attempt",
    "ChecksFirst",
    "OnAttempt",
    "OnText",
    "Respondent",
    "RespondentError",
    "SendsOtherwise",
    "StartsFirst",
    "default_live_model",
    "is_recorded",
    "needs_litellm",
    "respondent_for",
]
