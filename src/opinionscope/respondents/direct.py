"""A server of this program's own, spoken to without litellm, whose import takes longer than a small model's answer."""

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from opinionscope.respondents import guard

if TYPE_CHECKING:
    import httpx

_NOT_SENT = frozenset({"api_base", "api_key", "max_retries", "drop_params", "timeout"})
_TAKEN = ["temperature", "max_tokens", "seed", "logprobs", "top_logprobs", "response_format", "stream"]
_EVENT, _END = "data:", "[DONE]"


class Direct:
    """What is used of litellm (see `loading.Library`), for a server on loopback that speaks OpenAI's language."""

    def __init__(self) -> None:
        guard.install()

    async def acompletion(self, **parameters: Any) -> Any:
        """Ask a model: the answer as JSON, or, with ``stream=True``, an iterator over its pieces."""
        return await _answer("chat/completions", parameters)

    async def atext_completion(self, **parameters: Any) -> Any:
        """Let a model continue a text."""
        return await _answer("completions", parameters)

    def completion_cost(self, **parameters: Any) -> float:
        """Nothing: a machine of the user's own has no price."""
        return 0.0

    def get_llm_provider(self, **parameters: Any) -> tuple[str, str, str | None, str | None]:
        """The name without its prefix; it is asked in OpenAI's way."""
        prefix, _, name = parameters["model"].partition("/")
        return name, prefix, None, parameters["api_base"]

    def get_supported_openai_params(self, **parameters: Any) -> list[str] | None:
        """The parameters that llama.cpp takes."""
        return _TAKEN

    def supports_response_schema(self, **parameters: Any) -> bool:
        """llama.cpp keeps to every schema."""
        return True

    def validate_environment(self, **parameters: Any) -> dict[str, Any]:
        """No variable is missing: the key is at hand."""
        return {"missing_keys": []}


async def _answer(path: str, parameters: Mapping[str, Any]) -> Any:
    """Post a request; raises httpx's errors, whose reasons are in the exchange.

    The client asks no proxy and checks no certificate: nothing leaves this machine.
    """
    import httpx

    body = {name: value for name, value in parameters.items() if name not in _NOT_SENT}
    body["model"] = parameters["model"].partition("/")[2]
    client = httpx.AsyncClient(timeout=parameters["timeout"], trust_env=False, verify=False)
    headers = {"Authorization": f"Bearer {parameters['api_key']}"}
    request = client.build_request("POST", f"{parameters['api_base']}/{path}", json=body, headers=headers)
    if parameters.get("stream"):
        return _pieces(client, request)
    async with client:
        response = await client.send(request)
        response.raise_for_status()
        return response.json()


async def _pieces(client: "httpx.AsyncClient", request: "httpx.Request") -> AsyncIterator[Any]:
    """The pieces of an answer that streams in."""
    async with client:
        response = await client.send(request, stream=True)
        try:
            response.raise_for_status()
            async for line in response.aiter_lines():
                content = line.removeprefix(_EVENT).strip()
                if line.startswith(_EVENT) and content != _END:
                    yield msgspec.json.decode(content)
        finally:
            await response.aclose()
