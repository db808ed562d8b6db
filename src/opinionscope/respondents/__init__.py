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
from opinionscope.respondents.cards import ModelCard, in_order
from opinionscope.respondents.catalog import (
    default_live_model,
    live_models,
    local_base,
    recorded_models,
    recorded_problems,
    respondent_for,
)
from opinionscope.respondents.recorded import RECORDED_PREFIX
from opinionscope.respondents.remembered import Remembered, StateError, StateFile
from opinionscope.respondents.setup import Setup

__all__ = [
    "RECORDED_PREFIX",
    "Attempt",
    "Kind",
    "ModelCard",
    "OnAttempt",
    "OnText",
    "Remembered",
    "Respondent",
    "RespondentError",
    "Response",
    "Setup",
    "StateError",
    "StateFile",
    "Usage",
    "default_live_model",
    "in_order",
    "live_models",
    "local_base",
    "recorded_models",
    "recorded_problems",
    "respondent_for",
]
