"""Whoever answers elicitations: live models, recorded models. What only lists of models need is in `catalog`."""

from opinionscope.respondents.base import (
    Attempt,
    ChecksFirst,
    Kind,
    OnAttempt,
    OnText,
    Respondent,
    RespondentError,
    Response,
    SendsOtherwise,
    Usage,
)
from opinionscope.respondents.choosing import default_live_model, respondent_for
from opinionscope.respondents.recorded import RECORDED_PREFIX, is_recorded

__all__ = [
    "RECORDED_PREFIX",
    "Attempt",
    "ChecksFirst",
    "Kind",
    "OnAttempt",
    "OnText",
    "Respondent",
    "RespondentError",
    "Response",
    "SendsOtherwise",
    "Usage",
    "default_live_model",
    "is_recorded",
    "respondent_for",
]
