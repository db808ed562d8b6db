"""litellm's table of models: what they cost and can do, read from the file that comes with it, without loading it.

Nothing is downloaded. Where the file is absent or of another make, nothing is known.
"""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import msgspec
from msgspec import Struct

from opinionscope.local.models import is_local
from opinionscope.regexes import regex
from opinionscope.respondents.recorded import is_recorded
from opinionscope.settings import DEFAULTS, Settings
from opinionscope.survey.text import clean_line

FILE = "model_prices_and_context_window_backup.json"
TYPICAL_PROMPT, TYPICAL_ANSWER = 350, 50
"""Tokens of a persona prompt and of a verbalized answer, which the price of a call is reckoned with."""

MOST_OF_ONE_PROVIDER = 40
_NO_CHAT = regex(
    r"ft:|audio|realtime|search|-tts|computer-use|guard|container|lyria|robotics|deep-research|embed|moderation|codex|"
    r"omni-|together-ai-|image|vibe-cli"
)


class ModelFacts(msgspec.Struct, frozen=True):
    """What is known of a model; None where it is not.

    Attributes:
        costs_nothing: whether nobody is paid; the table knows no such model.
    """

    litellm_provider: str | None = None
    mode: str | None = None
    input_cost_per_token: float | None = None
    output_cost_per_token: float | None = None
    supports_response_schema: bool | None = None
    supports_native_streaming: bool | None = None
    supports_reasoning: bool | None = None
    costs_nothing: bool = False

    @property
    def price_of_call(self) -> float | None:
        """US dollars of a typical call; None where the price is not known, which a price of 0 does not tell apart."""
        return self.price(TYPICAL_PROMPT, TYPICAL_ANSWER)

    def price(self, tokens_in: float, tokens_out: float) -> float | None:
        """US dollars of so many tokens; None as for `price_of_call`."""
        if self.costs_nothing or not tokens_in + tokens_out:
            return 0.0
        if self.input_cost_per_token is None or self.output_cost_per_token is None:
            return None
        return tokens_in * self.input_cost_per_token + tokens_out * self.output_cost_per_token or None


FactsOf = Callable[[str, str | None], ModelFacts]
"""Says what is known of a model at a server."""

NOTHING_KNOWN, FREE = ModelFacts(), ModelFacts(costs_nothing=True)


class PriceMap(Struct, frozen=True):
    """The table.

    Attributes:
        facts: by litellm's name of a model.
    """

    facts: Mapping[str, ModelFacts]

    def of(self, model: str) -> ModelFacts:
        """What is known of a model, under its whole name or that without the provider."""
        known = self.facts.get(model)
        if known is None and "/" in model:
            provider, _, bare = model.partition("/")
            other = self.facts.get(bare)
            known = other if other is not None and other.litellm_provider == provider else None
        return known or NOTHING_KNOWN

    def chat_models(self, provider: str) -> tuple[str, ...]:
        """Names of a provider's chat models, as ``-m`` takes them; at most `MOST_OF_ONE_PROVIDER`."""
        names = []
        for name, facts in self.facts.items():
            if facts.litellm_provider == provider and facts.mode == "chat" and _is_for_chat(name):
                names.append(name if provider == "openai" or name.startswith(f"{provider}/") else f"{provider}/{name}")
        return tuple(dict.fromkeys(names))[:MOST_OF_ONE_PROVIDER]

    @property
    def providers(self) -> frozenset[str]:
        """All providers that have a chat model."""
        return frozenset(f.litellm_provider for f in self.facts.values() if f.litellm_provider and f.mode == "chat")


def _is_for_chat(name: str) -> bool:
    return name == clean_line(name) and " " not in name and not _NO_CHAT.search(name)


def facts_of(model: str, api_base: str | None, settings: Settings = DEFAULTS) -> ModelFacts:
    """What is known of whoever answers under a name: recorded answers and models on this machine cost nothing.

    Args:
        api_base: a server of the user's own, whose prices nobody knows; None for none.
    """
    asked = settings.asked_as(model)
    if is_recorded(asked) or is_local(asked):
        return FREE
    return NOTHING_KNOWN if api_base else price_map().of(asked)


@cache
def price_map() -> PriceMap:
    """The table of the litellm that is installed, read once; takes about 50 ms the first time."""
    found = find_spec("litellm")
    folders = found.submodule_search_locations if found else None
    return read_price_map(Path(folders[0]) / FILE) if folders else PriceMap({})


def read_price_map(path: Path) -> PriceMap:
    """The table in a file; without the entries that are not of the known make, empty if nothing can be read."""
    try:
        raw = msgspec.json.decode(path.read_bytes(), type=dict[str, msgspec.Raw])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return PriceMap({})
    decoder = msgspec.json.Decoder(ModelFacts)
    facts = {}
    for name, entry in raw.items():
        try:
            facts[name] = decoder.decode(entry)
        except msgspec.ValidationError:
            continue
    return PriceMap(facts)
