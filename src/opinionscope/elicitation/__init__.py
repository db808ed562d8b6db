"""From choices to a prompt, and from an answer back to a distribution."""

from opinionscope.elicitation.answer import Answer, Reading, TokenLogprob
from opinionscope.elicitation.expression import FORMATS
from opinionscope.elicitation.plan import Call, Cell, Plan, make_plan
from opinionscope.elicitation.prompting import Prompt
from opinionscope.elicitation.reading import read_answer, read_answers
from opinionscope.elicitation.recipe import ORDERS, PLAIN, Order, Recipe, RecipeError
from opinionscope.elicitation.steering import OWN_VOICES, STEERINGS, SteeringError, Voice, VoiceError, Voices, voices
from opinionscope.elicitation.templates import TemplateError

__all__ = [
    "FORMATS",
    "ORDERS",
    "OWN_VOICES",
    "PLAIN",
    "STEERINGS",
    "Answer",
    "Call",
    "Cell",
    "Order",
    "Plan",
    "Prompt",
    "Reading",
    "Recipe",
    "RecipeError",
    "SteeringError",
    "TemplateError",
    "TokenLogprob",
    "Voice",
    "VoiceError",
    "Voices",
    "make_plan",
    "read_answer",
    "read_answers",
    "voices",
]
