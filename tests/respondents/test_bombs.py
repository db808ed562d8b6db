"""Servers that answer without an end: the real program stops them, and takes little memory meanwhile."""

import json
import subprocess
import threading
import zlib
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

BOMBS = {
    "gzip": ({"content-type": "application/json", "content-encoding": "gzip"}, "more than 16 MB"),
    "line": ({"content-type": "text/event-stream"}, "or a line without an end"),
    "events": ({"content-type": "text/event-stream"}, "60,000 lines"),
}


NOTES_ITS_PEAK = """
import resource
from multiprocessing.util import Finalize
from pathlib import Path
note = lambda: Path("peak").write_text(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
Finalize(None, note, exitpriority=0)
"""


def test_a_server_that_bombs_is_stopped_with_little_memory(
    fake_openai: Any, warm_program: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPINIONSCOPE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    _peak_of_run(warm_program, fake_openai.base)  # lays out the history, which takes memory of its own
    idle, code, said = _peak_of_run(warm_program, fake_openai.base)
    assert (code, "could not be read" in said) == (1, True)
    for bomb, (headers, words) in BOMBS.items():
        with _Bomb(bomb, headers) as base:
            peak, code, said = _peak_of_run(warm_program, base)
        assert code == 1
        assert words in said
        assert peak - idle < 50_000, f"{bomb}: kilobytes over a run with a short answer"


def _peak_of_run(warm_program: Any, base: str) -> tuple[int, int, str]:
    """Peak memory in kilobytes, exit code and stderr of a real run."""
    ask = ["run", "-q", "the-bee-sting", "-g", "Female", "-m", "openai/toy", "--api-base", base, "-f", "sequence"]
    process = warm_program(ask, stderr=subprocess.PIPE, text=True, first=NOTES_ITS_PEAK)
    _, said = process.communicate(timeout=120)
    return int(Path("peak").read_text()), process.returncode, " ".join(said.split())


class _Bomb:
    """A server that answers with no end, or with a little that unpacks to a lot."""

    def __init__(self, bomb: str, headers: dict[str, str]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *arguments: Any) -> None:
                """Say nothing."""

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                self.send_response(200)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(OSError):
                    for piece in _pieces(bomb):
                        self.wfile.write(piece)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _pieces(bomb: str) -> Iterator[bytes]:
    if bomb == "gzip":
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        yield packer.compress(b'{"choices": "') + packer.flush(zlib.Z_FULL_FLUSH)
        million = packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
        for _ in range(1_000):
            yield million
    elif bomb == "line":
        yield b"data: "
        for _ in range(1_000):
            yield b" " * 1_000_000
    else:
        chunk = {"id": "1", "choices": [{"index": 0, "delta": {"reasoning_content": "hm " * 40}}]}
        yield (b"data: " + json.dumps(chunk).encode() + b"\n\n") * 5_000
        for _ in range(1_000):
            yield b":\n" * 100_000
