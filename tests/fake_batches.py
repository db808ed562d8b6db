"""A server on loopback that speaks OpenAI's files and batches, and has its faults. Used through ``batch_server``.

A batch ends when a test says so, with `finish`; until then it is in progress.
"""

import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOGPROBS = {
    "content": [
        {
            "token": "A",
            "logprob": -0.1,
            "top_logprobs": [{"token": "A", "logprob": -0.1}, {"token": "B", "logprob": -2.5}],
        }
    ]
}


def result(line: str, text: str = "A") -> str:
    """The line of results to a line of calls."""
    request = json.loads(line)
    body = request["body"]
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    if body.get("logprobs"):
        choice["logprobs"] = LOGPROBS
    usage = {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}
    completion = {"id": "c", "object": "chat.completion", "created": 1, "model": body["model"]}
    whole = {**completion, "choices": [choice], "usage": usage}
    response = {"status_code": 200, "request_id": "r", "body": whole}
    return json.dumps({"id": "b", "custom_id": request["custom_id"], "response": response, "error": None})


def failed(line: str, code: str, message: str) -> str:
    """The line of errors to a line of calls."""
    error = {"code": code, "message": message}
    return json.dumps({"id": "b", "custom_id": json.loads(line)["custom_id"], "response": None, "error": error})


@dataclass
class Fault:
    """What goes wrong on a path that begins so: a status with a body, or a redirect, or a body that is cut off."""

    path: str
    status: int = 500
    body: bytes = b'{"error": {"message": "out of order"}}'
    headers: Mapping[str, str] = field(default_factory=dict)
    lacking: int = 0
    times: int = 1


class FakeBatches:
    """The server; `base` is its address."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.faults: list[Fault] = []
        self.content_type = "application/octet-stream"
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fails(self, path: str, **fault: Any) -> None:
        """Have the next request to a path, ``POST /files``, go wrong; the fields of `Fault`."""
        self.faults.append(Fault(path, **fault))

    def calls(self, batch_id: str) -> list[str]:
        """The lines that a batch was made of."""
        return self.files[self.batches[batch_id]["input_file_id"]].decode().splitlines()

    def finish(
        self,
        batch_id: str,
        status: str = "completed",
        answer: Callable[[str], str] = result,
        *,
        errors: Iterable[str] = (),
        only: int | None = None,
        problem: str = "",
    ) -> None:
        """End a batch.

        Args:
            answer: makes the line of results of a call.
            errors: lines of the file of errors.
            only: so many calls have results; all by default.
            problem: why it failed before anything was asked.
        """
        batch, lines, errors = self.batches[batch_id], self.calls(batch_id), list(errors)
        total = len(lines)
        batch["status"] = status
        if problem:
            batch["errors"] = {"object": "list", "data": [{"code": "invalid", "line": 1, "message": problem}]}
            return
        answered = [answer(line) for line in lines[:only]]
        batch["request_counts"] = {"total": total, "completed": len(answered), "failed": len(errors)}
        for name, of_file in (("output_file_id", answered), ("error_file_id", errors)):
            if of_file:
                batch[name] = self.keep("\n".join(of_file).encode() + b"\n")

    def keep(self, content: bytes) -> str:
        file_id = f"file-{len(self.files) + 1}"
        self.files[file_id] = content
        return file_id


class _Handler(BaseHTTPRequestHandler):
    fake: FakeBatches
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        if self._begun(b""):
            return
        path = self.path.removeprefix("/v1")
        if found := re.fullmatch(r"/files/([\w-]+)/content", path):
            content = self.fake.files.get(found[1])
            self._send(404, b"{}") if content is None else self._send(200, content, self.fake.content_type)
        elif (found := re.fullmatch(r"/batches/([\w-]+)", path)) and found[1] in self.fake.batches:
            self._send(200, json.dumps(self.fake.batches[found[1]]).encode())
        else:
            self._send(404, b'{"error": {"message": "no such path"}}')

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self._begun(body):
            return
        if self.path == "/v1/files":
            file_id = self.fake.keep(_uploaded(self.headers["content-type"], body))
            made = {"id": file_id, "object": "file", "bytes": len(body), "created_at": 1, "filename": "calls.jsonl"}
            self._send(200, json.dumps({**made, "purpose": "batch", "status": "processed"}).encode())
        elif self.path == "/v1/batches":
            asked = json.loads(body)
            batch = {
                "id": f"batch_{len(self.fake.batches) + 1}",
                "object": "batch",
                "endpoint": asked["endpoint"],
                "input_file_id": asked["input_file_id"],
                "completion_window": asked["completion_window"],
                "status": "in_progress",
                "created_at": 1,
            }
            self.fake.batches[batch["id"]] = batch
            self._send(200, json.dumps(batch).encode())
        else:
            self._send(404, b'{"error": {"message": "no such path"}}')

    def _begun(self, body: bytes) -> bool:
        """Whether the request goes wrong."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.fake.requests.append((self.command, self.path, headers))
        asked = f"{self.command} {self.path.removeprefix('/v1')}"
        for fault in self.fake.faults:
            if fault.times and asked.startswith(fault.path):
                fault.times -= 1
                self._send(fault.status, fault.body, headers=fault.headers, lacking=fault.lacking)
                return True
        return False

    def _send(
        self,
        status: int,
        content: bytes,
        content_type: str = "application/json",
        headers: Mapping[str, str] = {},
        lacking: int = 0,
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) - lacking])
        self.close_connection = self.close_connection or bool(lacking)


def _uploaded(content_type: str, body: bytes) -> bytes:
    """The file in a form that was sent."""
    boundary = re.search(r'boundary="?([^";]+)', content_type)
    assert boundary is not None
    for part in body.split(b"--" + boundary[1].encode()):
        head, _, content = part.partition(b"\r\n\r\n")
        if b'name="file"' in head:
            return content.removesuffix(b"\r\n")
    raise AssertionError("no file was sent")
