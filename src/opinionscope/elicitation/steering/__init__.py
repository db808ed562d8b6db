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
from opinionscope.elicitation.steering.persona import Persona
from opinionscope.elicitation.steering.voices import OWN_VOICES, Voice, VoiceError, Voices, voices

_ALL = (NoSteering(), Persona(), FewShot(), Both())
STEERINGS: Mapping[str, SteeringMethod] = {method.name: method for method in _ALL}

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
    "voices",
]
