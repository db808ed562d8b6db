"""A small OpenAI-compatible server on loopback: what it answers, and how it fails, is scripted by a test.

Used through the fixture ``fake_openai``. Replies given to `then` are used up one request each, in order;
after them every request gets the `default`.
"""

import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PLAIN_TEXT = "{'A': '60%', 'B': '40%'}"
TOKENS = (("A", -0.2), ("B", -1.8), (" A", -5.0))
CHUNK = 12


@dataclass(frozen=True)
class Reply:
    """What the server does with one chat completion request.

    Attributes:
        text: the answer; None makes ``content`` null.
        pieces: how a streamed answer is cut; by default into pieces of 12 characters.
        tokens: (token, log-prob) candidates for the first token, given only where log-probs are asked for;
            None leaves the field out.
        streams: False answers a streaming request with one plain JSON body.
        choices: False leaves the list of choices empty.
        usage: False leaves the token counts out.
        status, headers, body: for errors; a `body` is sent as it is, whatever was asked, on whichever path.
        cut_after: reset the connection after so many pieces (0: before any answer).
        hold: wait for `FakeOpenAI.release` before answering, or, with `cut_after`, before the reset.
        hold_after: wait for it after so many pieces.
        extra: further fields of the message, such as ``refusal``; streamed, a first piece of their own.
        events: what a streaming request gets instead of pieces, each as it is; an event is sent as JSON.
        done: False leaves out the word that ends a stream.
        drip: seconds between two pieces, or until `FakeOpenAI.release`.
        lacking: so many bytes of a plain answer never come, and the connection is reset.
    """

    text: str | None = PLAIN_TEXT
    pieces: Sequence[str] | None = None
    finish_reason: str | None = "stop"
    tokens: Sequence[tuple[str, float]] | None = TOKENS
    logprobs: Any = None
    model: str | None = None
    streams: bool = True
    choices: bool = True
    usage: bool = True
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = "application/json"
    cut_after: int | None = None
    hold: bool = False
    hold_after: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    events: Sequence[Mapping[str, Any] | bytes] | None = None
    done: bool = True
    drip: float = 0.0
    lacking: int = 0


@dataclass(frozen=True)
class Request:
    """One request as it came in; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class FakeOpenAI:
    """The server; `base` is what goes into ``--api-base``."""

    Reply = Reply

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.owner = ""
        self.models: list[str] = ["toy-model", "toy-large"]
        self.default: Reply | Callable[[Mapping[str, Any]], Reply] = Reply()
        self.released = threading.Event()
        self._arrived = threading.Condition()
        self._script: deque[Reply] = deque()
        self._connections: set[socket.socket] = set()
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def bodies(self) -> list[Mapping[str, Any]]:
        """The bodies of the chat completion requests so far."""
        return [request.body for request in self.requests if request.method == "POST"]

    @property
    def open_connections(self) -> int:
        """How many connections clients hold open."""
        with self._arrived:
            return sum(_is_open(connection) for connection in self._connections)

    def always(self, **reply: Any) -> None:
        """Answer every request like this from now on (the fields of `Reply`)."""
        self.default = Reply(**reply)

    def then(self, **reply: Any) -> "FakeOpenAI":
        """Answer the next request that has no reply yet like this; calls can be chained."""
        self._script.append(Reply(**reply))
        return self

    def forget(self) -> None:
        """Drop the replies that were not used up."""
        self._script.clear()

    def fails(self, status: int, message: str = "no", *, headers: Mapping[str, str] | None = None, **error: Any) -> Any:
        """Like `then`, with an error in the shape OpenAI gives it; `error` may hold code, type and param."""
        body = json.dumps({"error": {"message": message, "type": None, "param": None, "code": None} | error})
        return self.then(status=status, headers=headers or {}, body=body.encode())

    def release(self) -> None:
        """Let every reply that holds go on."""
        self.released.set()

    def wait_for_requests(self, count: int, timeout: float = 10) -> None:
        """Block until so many requests have come in."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.requests) >= count, timeout), "no request came in"

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def connected(self, connection: socket.socket) -> None:
        with self._arrived:
            self._connections.add(connection)

    def disconnected(self, connection: socket.socket) -> None:
        with self._arrived:
            self._connections.discard(connection)

    def record(self, request: Request) -> None:
        with self._arrived:
            self.requests.append(request)
            self._arrived.notify_all()

    def next_reply(self, body: Mapping[str, Any]) -> Reply:
        with self._arrived:
            if self._script:
                return self._script.popleft()
        return self.default(body) if callable(self.default) else self.default


class _Handler(BaseHTTPRequestHandler):
    fake: FakeOpenAI
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.fake.connected(self.connection)

    def finish(self) -> None:
        self.fake.disconnected(self.connection)
        super().finish()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._record({})
        if self.path == "/v1/models":
            self._send_json(
                {"object": "list", "data": [{"id": name, "owned_by": self.fake.owner} for name in self.fake.models]}
            )
        elif self.path == "/api/tags":
            self._send_json({"models": [{"name": name} for name in self.fake.models]})
        else:
            self._send(404, b"{}", {}, "application/json")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        self._record(body)
        reply = self.fake.next_reply(body)
        if reply.body is None and not self.path.endswith(("/v1/chat/completions", "/v1/completions")):
            self._send(404, b'{"error": {"message": "no such path"}}', {}, "application/json")
            return
        try:
            self._answer(body, reply)
        except OSError:
            self.close_connection = True

    def _record(self, body: Mapping[str, Any]) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.fake.record(Request(self.command, self.path, headers, body))

    def _answer(self, body: Mapping[str, Any], reply: Reply) -> None:
        if reply.hold:
            self.fake.released.wait(30)
        if reply.cut_after == 0:
            self._reset()
        elif reply.body is not None:
            self._send(reply.status, reply.body, reply.headers, reply.content_type)
        elif body.get("stream") and reply.streams:
            self._stream(body, reply)
        else:
            self._send_json(_completion(body, reply), reply)

    def _stream(self, body: Mapping[str, Any], reply: Reply) -> None:
        self.send_response(200)
        for name, value in ({"content-type": "text/event-stream"} | dict(reply.headers)).items():
            self.send_header(name, value)
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for number, event in enumerate(reply.events or _events(body, reply)):
            if number == reply.cut_after:
                self._reset()
                return
            if number == reply.hold_after:
                self.fake.released.wait(30)
            elif reply.drip:
                self.fake.released.wait(reply.drip)
            self._event(event)
        if reply.done:
            self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, event: Mapping[str, Any] | bytes) -> None:
        content = event if isinstance(event, bytes) else b"data: " + json.dumps(event).encode() + b"\n\n"
        self.wfile.write(content)
        self.wfile.flush()

    def _send_json(self, content: Mapping[str, Any], reply: Reply | None = None) -> None:
        reply = reply or Reply()
        encoded = json.dumps(content).encode()
        self._send(reply.status, encoded, reply.headers, reply.content_type, reply.lacking)

    def _send(
        self, status: int, content: bytes, headers: Mapping[str, str], content_type: str, lacking: int = 0
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) - lacking])
        if lacking:
            self._reset()

    def _reset(self) -> None:
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


def _is_open(connection: socket.socket) -> bool:
    try:
        return bool(connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return True
    except OSError:
        return False


def _events(body: Mapping[str, Any], reply: Reply) -> Iterator[Mapping[str, Any]]:
    if reply.extra:
        yield _chunk(body, reply, reply.extra, None)
    for piece in _pieces(reply):
        yield _chunk(body, reply, {"content": piece}, None)
    yield _chunk(body, reply, {}, reply.finish_reason)
    if reply.usage:
        yield _chunk(body, reply, None, None) | {"usage": _usage()}


def _pieces(reply: Reply) -> Sequence[str]:
    text = reply.text or ""
    return reply.pieces or [text[start : start + CHUNK] for start in range(0, len(text), CHUNK)]


def _usage() -> dict[str, int]:
    return {"prompt_tokens": 120, "completion_tokens": 17, "total_tokens": 137}


def _chunk(
    body: Mapping[str, Any], reply: Reply, delta: Mapping[str, Any] | None, finish_reason: str | None
) -> dict[str, Any]:
    choices = [] if delta is None or not reply.choices else [{"index": 0, "delta": dict(delta)}]
    for choice in choices:
        choice["finish_reason"] = finish_reason
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": reply.model or body.get("model", "toy"),
        "choices": choices,
    }


def _completion(body: Mapping[str, Any], reply: Reply) -> dict[str, Any]:
    choice: dict[str, Any] = {
        "index": 0,
        "message": {"role": "assistant", "content": reply.text} | dict(reply.extra),
        "finish_reason": reply.finish_reason,
    }
    if "prompt" in body:
        choice = {"index": 0, "text": reply.text, "finish_reason": reply.finish_reason}
        if body.get("logprobs") and reply.tokens is not None:
            choice["logprobs"] = {"top_logprobs": [dict(reply.tokens[: body["logprobs"]])]}
    elif body.get("logprobs") and reply.logprobs is not None:
        choice["logprobs"] = reply.logprobs
    elif body.get("logprobs") and reply.tokens is not None:
        choice["logprobs"] = _logprobs(reply.tokens, body.get("top_logprobs", 0))
    completion: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": reply.model or body.get("model", "toy"),
        "choices": [choice] if reply.choices else [],
    }
    return completion | ({"usage": _usage()} if reply.usage else {})


def _logprobs(tokens: Sequence[tuple[str, float]], most: int) -> dict[str, Any]:
    candidates = [{"token": token, "logprob": logprob, "bytes": None} for token, logprob in tokens]
    return {"content": [{**candidates[0], "top_logprobs": candidates[:most]}] if candidates else []}
