"""Providers of live models: whose key is in which variable, and which server may be sent it.

A key never goes to a server that is not its provider's own. A server named by ``--api-base`` gets the key
in ``OPINIONSCOPE_API_KEY``, or, where that is not set, the word "unused", which servers without keys ignore.
A provider's own key goes to such a server only if the address is https and the host is the provider's own;
loopback is no exception, since on a shared machine anybody may listen there.
"""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from opinionscope.respondents.base import RespondentError

CUSTOM_KEY_VARIABLE = "OPINIONSCOPE_API_KEY"
UNUSED_KEY = "unused"
NAME_HINT = (
    "a name looks like gpt-4o, anthropic/claude-sonnet-4-5, ollama_chat/llama3.2, openai/NAME with --api-base, "
    "or recorded/NAME; `opinionscope models` lists what is at hand"
)


class Provider(Struct, frozen=True):
    """A provider of live models.

    Attributes:
        name: litellm's word for it, the part of a model's name before the slash.
        key_variables: environment variables, one of which holds the key.
        hosts: where that key may be sent; a leading dot stands for any subdomain.
        examples: a few of its models; every other name works too.
        log_probs: whether these models give log-probabilities.
    """

    name: str
    title: str
    key_variables: tuple[str, ...]
    hosts: tuple[str, ...]
    examples: tuple[str, ...]
    log_probs: bool = False


PROVIDERS: Mapping[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider(
            "openai",
            "OpenAI",
            ("OPENAI_API_KEY",),
            ("api.openai.com", ".api.openai.com"),
            ("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini"),
            log_probs=True,
        ),
        Provider(
            "anthropic",
            "Anthropic",
            ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
            ("api.anthropic.com",),
            ("anthropic/claude-sonnet-4-5", "anthropic/claude-haiku-4-5"),
        ),
        Provider(
            "gemini",
            "Google Gemini",
            ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
            ("generativelanguage.googleapis.com",),
            ("gemini/gemini-2.5-flash", "gemini/gemini-2.5-pro"),
        ),
        Provider(
            "mistral",
            "Mistral",
            ("MISTRAL_API_KEY",),
            ("api.mistral.ai",),
            ("mistral/mistral-large-latest", "mistral/mistral-small-latest"),
        ),
        Provider("groq", "Groq", ("GROQ_API_KEY",), ("api.groq.com",), ("groq/llama-3.3-70b-versatile",)),
        Provider(
            "together_ai",
            "Together AI",
            ("TOGETHERAI_API_KEY", "TOGETHER_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHER_AI_TOKEN"),
            ("api.together.xyz", "api.together.ai"),
            ("together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo",),
            log_probs=True,
        ),
        Provider(
            "deepseek",
            "DeepSeek",
            ("DEEPSEEK_API_KEY",),
            ("api.deepseek.com",),
            ("deepseek/deepseek-chat",),
            log_probs=True,
        ),
        Provider(
            "openrouter",
            "OpenRouter",
            ("OPENROUTER_API_KEY", "OR_API_KEY"),
            ("openrouter.ai",),
            ("openrouter/openai/gpt-4o-mini", "openrouter/meta-llama/llama-3.3-70b-instruct"),
        ),
        Provider("xai", "xAI", ("XAI_API_KEY",), ("api.x.ai",), ("xai/grok-3-mini",)),
        Provider(
            "fireworks_ai",
            "Fireworks AI",
            ("FIREWORKS_AI_API_KEY", "FIREWORKS_API_KEY", "FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"),
            ("api.fireworks.ai",),
            ("fireworks_ai/accounts/fireworks/models/llama-v3p3-70b-instruct",),
        ),
        Provider(
            "perplexity", "Perplexity", ("PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"), ("api.perplexity.ai",), ()
        ),
        Provider("replicate", "Replicate", ("REPLICATE_API_KEY", "REPLICATE_API_TOKEN"), ("api.replicate.com",), ()),
        Provider("huggingface", "Hugging Face", ("HF_TOKEN", "HUGGINGFACE_API_KEY"), (".huggingface.co",), ()),
        Provider(
            "azure",
            "Azure OpenAI",
            ("AZURE_API_KEY", "AZURE_OPENAI_API_KEY"),
            (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"),
            (),
        ),
        Provider("cohere", "Cohere", ("COHERE_API_KEY", "CO_API_KEY"), ("api.cohere.com", "api.cohere.ai"), ()),
    )
}


def checked_base(api_base: str) -> str:
    """The address of a server as given with ``--api-base``, without a slash at its end.

    Raises:
        RespondentError: if it is no plain http(s) address, or holds a user name or a password.
    """
    title = "This server address cannot be used"
    try:
        parts = urlsplit(api_base)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = parts = None
    if parts is None or parts.scheme not in ("http", "https") or not host or not is_plain(api_base):
        raise RespondentError("expected an address like http://127.0.0.1:8000/v1", title=title)
    if "@" in parts.netloc:
        raise RespondentError(
            f"expected an address without user name and password; put the key in {CUSTOM_KEY_VARIABLE}", title=title
        )
    if parts.query or parts.fragment:
        raise RespondentError(
            "expected an address that ends with its path, as in http://127.0.0.1:8000/v1", title=title
        )
    return api_base.rstrip("/")


def is_own_server(provider: str, api_base: str) -> bool:
    """Whether a server is the provider's own, so that its key may go there."""
    known = PROVIDERS.get(provider)
    parts = urlsplit(api_base)
    host = parts.hostname or ""
    if known is None or parts.scheme != "https":
        return False
    return any(host == own.removeprefix(".") or (own.startswith(".") and host.endswith(own)) for own in known.hosts)


def is_asked_directly(model: str, api_base: str | None) -> bool:
    """Whether a model is asked without litellm: in OpenAI's way, at a server of the user's own."""
    return api_base is not None and model.startswith("openai/") and not is_own_server("openai", api_base)


def key_parameter(provider: str, api_base: str | None) -> dict[str, str]:
    """The key to pass to litellm, as a keyword; empty where it takes the provider's own from the environment."""
    if api_base is None or is_own_server(provider, api_base):
        return {}
    return {"api_key": os.environ.get(CUSTOM_KEY_VARIABLE, "").strip() or UNUSED_KEY}


def is_plain(text: str) -> bool:
    """Whether a text is one word of printable ASCII."""
    return bool(text) and all("!" <= character <= "~" for character in text)


def key_variable(provider: Provider) -> str | None:
    """The variable that holds a provider's key; None if none does."""
    return next((name for name in provider.key_variables if os.environ.get(name, "").strip()), None)
