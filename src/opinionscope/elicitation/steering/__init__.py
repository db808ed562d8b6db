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


def names_group(steering: str) -> bool:
    """Whether the model is told whose answer is wanted; assumed of a method that is in no registry."""
    return steering not in STEERINGS or STEERINGS[steering].names_group


def has_persona(steering: str) -> bool:
    """Whether a steering method puts the group as a persona, so that the voice means something."""
    return steering in STEERINGS and STEERINGS[steering].has_persona


def has_real_examples(steering: str) -> bool:
    """Whether a steering method shows real answers, so that their number means something."""
    return steering in STEERINGS and STEERINGS[steering].has_real_examples


def draws_people(steering: str) -> bool:
    """Whether every call is about one person, drawn from the group."""
    return steering in STEERINGS and STEERINGS[steering].draws_people


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
    "draws_people",
    "has_persona",
    "has_real_examples",
    "names_group",
    "voices",
]
