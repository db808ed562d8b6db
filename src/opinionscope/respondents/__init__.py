"""Whoever answers elicitations: live models, recorded models."""

from opinionscope.respondents.base import (
    Attempt,
    Kind,
    OnAttempt,
    OnText,
    Respondent,
    RespondentError,
    Response,
    Usage,
)
from opinionscope.respondents.catalog import (
    ModelCard,
    default_live_model,
    live_models,
    local_base,
    recorded_models,
    recorded_problems,
    respondent_for,
)
from opinionscope.respondents.recorded import RECORDED_PREFIX

__all__ = [
    "RECORDED_PREFIX",
    "Attempt",
    "Kind",
    "ModelCard",
    "OnAttempt",
    "OnText",
    "Respondent",
    "RespondentError",
    "Response",
    "Usage",
    "default_live_model",
    "live_models",
    "local_base",
    "recorded_models",
    "recorded_problems",
    "respondent_for",
]
