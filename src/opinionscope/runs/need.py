"""Need: the requests that a plan takes, and about how many tokens."""

from msgspec import Struct

from opinionscope.elicitation import FORMATS, Cell, Plan
from opinionscope.respondents.limits import CHARACTERS_PER_TOKEN

THOUGHT_TOKENS = 250
TOKENS_AN_OPTION = 8
TOKENS_A_LETTER = 2


class Need(Struct, frozen=True):
    """What asking takes; tokens are those of all requests together, and estimates."""

    requests: int
    prompt_tokens: float
    completion_tokens: float


def need_of(plan: Plan) -> Need:
    """What the calls of a plan take: prompts by their letters, answers by their usual length.

    Where the model reasons in a request of its own, the one that answers has the same prompt and the thought behind it.
    """
    calls, requests = len(plan.calls), plan.requests
    letters = sum(len(call.prompt.system) + len(call.prompt.user) for call in plan.calls)
    prompts = letters / CHARACTERS_PER_TOKEN * (requests // calls) + (requests - calls) * THOUGHT_TOKENS
    return Need(requests, prompts, calls * _answer_tokens(plan.cell))


def _answer_tokens(cell: Cell) -> float:
    """Tokens of the answer to a call, and of the reasoning before it."""
    form, thought = FORMATS[cell.format], THOUGHT_TOKENS if cell.recipe.reasoning else 0
    if form.one_letter or form.request.top_logprobs:
        return thought + 1
    options = len(cell.question.options)
    return thought + (cell.recipe.samples * TOKENS_A_LETTER if form.counts_people else options * TOKENS_AN_OPTION)
