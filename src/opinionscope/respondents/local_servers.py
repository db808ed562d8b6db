"""Model servers on this machine: which of the usual ports answers, and with which models.

Spoken to over bare asyncio streams: a handful of short requests to loopback is no reason to load an HTTP client.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from opinionscope.survey.text import clean_line

LOOPBACK = "127.0.0.1"
PATIENCE = 0.3
LARGEST_ANSWER = 1_000_000
MOST_MODELS = 200


@dataclass(frozen=True, slots=True)
class LocalServer:
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
    LocalServer("Ollama", 11434, ollama=True),
    LocalServer("LM Studio", 1234),
    LocalServer("llama.cpp", 8080),
    LocalServer("vLLM", 8000),
)


class _OllamaModel(msgspec.Struct):
    name: str


class _OllamaModels(msgspec.Struct):
    models: list[_OllamaModel]


class _OpenAIModel(msgspec.Struct):
    id: str


class _OpenAIModels(msgspec.Struct):
    data: list[_OpenAIModel]


async def models_of(server: LocalServer, patience: float = PATIENCE) -> tuple[str, ...]:
    """The names of the models that a server offers, cleaned; () if none answers in time and as expected."""
    try:
        async with asyncio.timeout(patience):
            content = await _get(server.port, "/api/tags" if server.ollama else "/v1/models")
        names: Sequence[str]
        if server.ollama:
            names = [model.name for model in msgspec.json.decode(content, type=_OllamaModels).models]
        else:
            names = [model.id for model in msgspec.json.decode(content, type=_OpenAIModels).data]
    except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return ()
    return tuple(name for name in names[:MOST_MODELS] if name and name == clean_line(name) and " " not in name)


async def _get(port: int, path: str) -> bytes:
    """The body of a page on loopback.

    Raises:
        ValueError: if the status is not 200.
    """
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        writer.write(f"GET {path} HTTP/1.0\r\nHost: {LOOPBACK}:{port}\r\nConnection: close\r\n\r\n".encode())
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
