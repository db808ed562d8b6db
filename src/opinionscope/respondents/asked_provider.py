"""The provider of a model that is asked: what litellm knows of it, and what is refused before anything is sent."""

import os

from msgspec import Struct

from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.failure_rules import NO_LOG_PROBS
from opinionscope.respondents.loading import LiteLLM
from opinionscope.respondents.providers import NAME_HINT, PROVIDERS, is_own_server, is_plain

# Providers that need no key, or take one from elsewhere (a signed-in command line tool, a role on the machine):
# what litellm says about their variables is no reason to refuse a call.
KEYLESS = frozenset(
    {"ollama", "ollama_chat", "lm_studio", "hosted_vllm", "vllm", "llamafile", "litellm_proxy", "lemonade"}
    | {"bedrock", "bedrock_converse", "sagemaker", "sagemaker_chat", "vertex_ai", "vertex_ai_beta", "azure"}
)

# Providers that litellm signs in by printing a code and waiting for a browser.
INTERACTIVE = frozenset({"github_copilot", "chatgpt"})

# Providers that send a named server the key they are given and nothing else.
TAKES_BASE = frozenset(
    {"openai", "custom_openai", "hosted_vllm", "lm_studio", "llamafile", "litellm_proxy"}
    | {"ollama", "ollama_chat", "anthropic", "mistral", "groq", "deepseek", "openrouter", "together_ai", "xai"}
    | {"fireworks_ai", "perplexity"}
)

# Servers that a user runs, which keep to a JSON schema; Ollama is sent it in its own words by litellm.
KEEPS_TO_SCHEMA = frozenset({"hosted_vllm", "lm_studio", "llamafile", "ollama_chat"})


class AskedProvider(Struct, frozen=True):
    """The provider of one model.

    Attributes:
        name: litellm's word for it.
        taken: parameters that are passed on to it.
        takes_schema: whether it is told to keep to a JSON schema.
        is_elsewhere: whether a server is asked that is not its own.
    """

    name: str
    taken: frozenset[str]
    takes_schema: bool
    is_elsewhere: bool

    @classmethod
    def of(cls, litellm: LiteLLM, model: str, api_base: str | None) -> "AskedProvider":
        """The provider by litellm's account.

        llama.cpp, vLLM and LM Studio can keep to a JSON schema, and a server that speaks OpenAI's language is taken to
        be one of them, until it refuses.

        Raises:
            RespondentError: if litellm knows no provider of that name.
        """
        try:
            name = litellm.get_llm_provider(model=model, api_base=api_base)[1]
        except Exception:  # of whatever class
            reason = f"{model} names no provider that is known; {NAME_HINT}"
            raise RespondentError(reason, title="No such model") from None
        taken = frozenset(litellm.get_supported_openai_params(model=model, custom_llm_provider=name) or ())
        is_elsewhere = api_base is not None and not is_own_server(name, api_base)
        is_users_own = name in KEEPS_TO_SCHEMA or (name == "openai" and is_elsewhere)
        takes_schema = litellm.supports_response_schema(model=model, custom_llm_provider=name) or (
            is_users_own and "response_format" in taken
        )
        return cls(name, taken, takes_schema, is_elsewhere)

    def check_address(self) -> None:
        """Refuse another server than the provider's own, where it would be sent more than its key.

        Raises:
            RespondentError: saying how such a server is asked.
        """
        if self.is_elsewhere and self.name not in TAKES_BASE:
            raise RespondentError(
                f"models of {self.name} are not asked at another address; write openai/NAME for a server "
                "that speaks OpenAI's language",
                title="This server address cannot be used",
            )

    def check_log_probs(self, model: str) -> None:
        """Refuse log-probs of a provider that gives none, also before the model is made to reason about them.

        Raises:
            RespondentError: if litellm says that it gives none.
        """
        if self.taken and not self.taken >= {"logprobs", "top_logprobs"}:
            raise RespondentError(f"{model} {NO_LOG_PROBS}", title="No log-probabilities")

    def check_key(self, litellm: LiteLLM, model: str) -> None:
        """See whether the provider's own key is there.

        Raises:
            RespondentError: naming the variable.
        """
        missing = litellm.validate_environment(model=model)["missing_keys"]
        if problem := key_problem(self.name, missing):
            raise RespondentError(problem, title="No key")


NOT_LEARNED = AskedProvider("", frozenset(), takes_schema=False, is_elsewhere=False)


def key_problem(provider: str, missing: list[str]) -> str:
    """Why a provider cannot be called for want of a key, naming the variable, or "".

    Args:
        missing: the variables that litellm misses.
    """
    if provider in KEYLESS:
        return ""
    known = PROVIDERS.get(provider)
    variables = known.key_variables if known else tuple(missing) or (f"{provider.upper()}_API_KEY",)
    found = [name for name in variables if name in os.environ]
    for name in found:
        if not os.environ[name].strip():
            return f"{name} is set, but empty; put the key of {provider} in it"
        if os.environ[name] != os.environ[name].strip() or not is_plain(os.environ[name]):
            return f"{name} holds a blank or a line break; set it to the bare key"
    if found or not (known or missing):
        return ""
    return f"{provider} needs a key: set {' or '.join(variables)} in the environment, or choose a recorded model"
