"""Model servers: which of the usual ports of this machine answers, and with which models; so a server in the settings.

Spoken to over bare asyncio streams: a handful of short requests is no reason to load an HTTP client. Nothing but
loopback is asked, unless the user's settings name another server; no redirect is followed.
"""

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from opinionscope.respondents.base import RespondentError
from opinionscope.respondents.providers import PROVIDERS, checked_base, is_own_server, key_parameter
from opinionscope.survey.text import clean_line

LOOPBACK = "127.0.0.1"
PATIENCE = 0.3
PATIENCE_ELSEWHERE = 2.0
LARGEST_ANSWER = 1_000_000
MOST_MODELS = 200


class ServerKind(Struct, frozen=True):
    """A kind of server.

    Attributes:
        title: what usually listens on that port.
        ollama: whether it is asked in Ollama's way; else in OpenAI's.
    """

    title: str
    port: int
    ollama: bool = False

    @property
    def api_base(self) -> str | None:
        """What goes with its models as ``--api-base``; None where litellm finds the server by itself."""
        return None if self.ollama else f"http://{LOOPBACK}:{self.port}/v1"


LOCAL_SERVERS = (
    ServerKind("Ollama", 11434, ollama=True),
    ServerKind("LM Studio", 1234),
    ServerKind("llama.cpp", 8080),
    ServerKind("vLLM", 8000),
    ServerKind("LiteLLM proxy", 4000),
)


class _OllamaModel(msgspec.Struct):
    name: str


class _OllamaModels(msgspec.Struct):
    models: list[_OllamaModel]


class OfferedModel(msgspec.Struct, frozen=True):
    """A model as a server lists it.

    Attributes:
        owned_by: by convention of OpenAI's language the model's owner; llama.cpp and vLLM name themselves.
    """

    id: str
    owned_by: str | None = None


class _OpenAIModels(msgspec.Struct):
    data: list[OfferedModel]


async def models_of(server: ServerKind, patience: float = PATIENCE) -> tuple[str, ...]:
    """The names of the models that a server offers, cleaned; () if none answers in time and as expected."""
    address = f"http://{LOOPBACK}:{server.port}" if server.ollama else f"http://{LOOPBACK}:{server.port}/v1"
    return tuple(model.id for model in await _listed(address, server.ollama, patience))


async def models_at(api_base: str, patience: float = PATIENCE_ELSEWHERE) -> tuple[OfferedModel, ...]:
    """The models of a server that the user or the settings name, asked in OpenAI's way, with the key for named servers.

    Nobody is asked at an address that is none, nor at a provider's own, which needs its key for a list of hundreds.
    """
    try:
        address = checked_base(api_base)
    except RespondentError:
        return ()
    if any(is_own_server(provider, address) for provider in PROVIDERS):
        return ()
    return await _listed(address, False, patience, key_parameter("", address)["api_key"])


async def _listed(address: str, ollama: bool, patience: float, key: str = "") -> tuple[OfferedModel, ...]:
    try:
        async with asyncio.timeout(patience):
            content = await _get(f"{address}/api/tags" if ollama else f"{address}/models", key)
        found: Sequence[OfferedModel]
        if ollama:
            found = [OfferedModel(model.name) for model in msgspec.json.decode(content, type=_OllamaModels).models]
        else:
            found = msgspec.json.decode(content, type=_OpenAIModels).data
    except (OSError, ValueError, RecursionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return ()
    return tuple(
        each for each in found[:MOST_MODELS] if each.id and each.id == clean_line(each.id) and " " not in each.id
    )


async def _get(address: str, key: str) -> bytes:
    """The body of a page.

    Raises:
        ValueError: if the status is not 200.
    """
    parts = urlsplit(address)
    secure = parts.scheme == "https"
    reader, writer = await asyncio.open_connection(
        parts.hostname, parts.port or (443 if secure else 80), ssl=secure or None
    )
    try:
        authorization = f"Authorization: Bearer {key}\r\n" if key else ""
        writer.write(
            f"GET {parts.path} HTTP/1.0\r\nHost: {parts.netloc}\r\nAccept: application/json\r\n{authorization}"
            "Connection: close\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        if " 200" not in head.partition("\r\n")[0]:
            raise ValueError("expected status 200")
        _, named, length = head.partition("\r\ncontent-length:")
        if named:
            return await reader.readexactly(min(LARGEST_ANSWER, int(length.partition("\r\n")[0])))
        return await _read_to_end(reader)
    finally:
        writer.close()


async def _read_to_end(reader: asyncio.StreamReader) -> bytes:
    content = bytearray()
    while len(content) < LARGEST_ANSWER and (piece := await reader.read(65536)):
        content += piece
    return bytes(content)
