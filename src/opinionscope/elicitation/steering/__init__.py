"""The steering methods."""

from collections.abc import Mapping

from opinionscope.elicitation.steering.base import (
    Example,
    Neighbours,
    Steering,
    SteeringError,
    SteeringMethod,
)
from opinionscope.elicitation.steering.both import Both
from opinionscope.elicitation.steering.few_shot import FewShot
from opinionscope.elicitation.steering.none import NoSteering
from opinionscope.elicitation.steering.people import People
from opinionscope.elicitation.steering.persona import Persona
from opinionscope.elicitation.steering.voices import OWN_VOICES, Voice, VoiceError, Voices, voices

_ALL = (NoSteering(), Persona(), FewShot(), Both(), People())
STEERINGS: Mapping[str, SteeringMethod] = {method.name: method for method in _ALL}


def steering_of(name: str) -> SteeringMethod | type[SteeringMethod]:
    """The steering method of a name; for one that is in no registry, what is assumed of any."""
    return STEERINGS.get(name, SteeringMethod)


__all__ = [
    "OWN_VOICES",
    "STEERINGS",
    "Example",
    "Neighbours",
    "Steering",
    "SteeringError",
    "SteeringMethod",
    "Voice",
    "VoiceError",
    "Voices",
    "steering_of",
    "voices",
]
