"""From choices to a prompt, and from an answer back to a distribution."""

from opinionscope.elicitation.drawn_people import refusal, unfit
from opinionscope.elicitation.expression import FORMATS
from opinionscope.elicitation.plan import Call, Cell, Plan, make_plan, requests_of
from opinionscope.elicitation.prompting import Prompt
from opinionscope.elicitation.reading import read_reply, reading_of_all
from opinionscope.elicitation.reply import Kind, Reading, Reply, TokenLogprob, Usage
from opinionscope.elicitation.steering import OWN_VOICES, STEERINGS, SteeringError, VoiceError, Voices, voices
from opinionscope.recipe import OPTIONS, ORDERS, PLAIN, Order, Recipe, RecipeError

__all__ = [
    "FORMATS",
    "OPTIONS",
    "ORDERS",
    "OWN_VOICES",
    "PLAIN",
    "STEERINGS",
    "Call",
    "Cell",
    "Kind",
    "Order",
    "Plan",
    "Prompt",
    "Reading",
    "Recipe",
    "RecipeError",
    "Reply",
    "SteeringError",
    "TokenLogprob",
    "Usage",
    "VoiceError",
    "Voices",
    "make_plan",
    "read_reply",
    "reading_of_all",
    "refusal",
    "requests_of",
    "unfit",
    "voices",
]
