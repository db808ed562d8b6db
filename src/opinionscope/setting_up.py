"""What the settings say of live models, as respondents work with it."""

from typing import Any

import msgspec

from opinionscope.respondents import Setup
from opinionscope.respondents.limits import LimitBook, Limits
from opinionscope.respondents.named_models import NamedModel
from opinionscope.settings import ModelSettings, ParameterSettings, Settings


def setup_of(settings: Settings, *, cache: bool = True) -> Setup:
    """What respondents need to know of the settings.

    Args:
        cache: False to ask every time, whatever the settings say.
    """
    return Setup(
        named={name: _named(name, model) for name, model in settings.models.items()},
        limits=LimitBook(
            {
                name: Limits(limit.calls_per_minute, limit.tokens_per_minute, limit.concurrency)
                for name, limit in settings.limits.items()
            }
        ),
        cache=settings.cache and cache,
        api_base=settings.api_base or None,
    )


def _named(name: str, model: ModelSettings) -> NamedModel:
    return NamedModel(
        name,
        model.model,
        model.api_base or None,
        _given(model.parameters),
        model.headers,
        model.key_env,
        model.key_command,
        model.key_timeout,
    )


def _given(parameters: ParameterSettings) -> dict[str, Any]:
    given = msgspec.structs.asdict(parameters)
    return {name: value for name, value in given.items() if value is not None and value != {}}
