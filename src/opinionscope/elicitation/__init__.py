"""From choices to a prompt, and from an answer back to a distribution."""

from opinionscope.elicitation.answer import Answer, Reading, TokenLogprob
from opinionscope.elicitation.elicitation import Elicitation, Prompt, elicit
from opinionscope.elicitation.expression import FORMATS
from opinionscope.elicitation.reading import read_answer
from opinionscope.elicitation.steering import STEERINGS, SteeringError

__all__ = [
    "FORMATS",
    "STEERINGS",
    "Answer",
    "Elicitation",
    "Prompt",
    "Reading",
    "SteeringError",
    "TokenLogprob",
    "elicit",
    "read_answer",
]
