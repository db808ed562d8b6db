"""The steering methods."""

from collections.abc import Mapping

from opinionscope.elicitation.steering.base import (
    Example,
    Neighbours,
    Steering,
    SteeringError,
    SteeringMethod,
)
from opinionscope.elicitation.steering.few_shot import FewShot
from opinionscope.elicitation.steering.none import NoSteering
from opinionscope.elicitation.steering.persona import Persona

STEERINGS: Mapping[str, SteeringMethod] = {method.name: method for method in (NoSteering(), Persona(), FewShot())}

__all__ = ["STEERINGS", "Example", "Neighbours", "Steering", "SteeringError", "SteeringMethod"]
