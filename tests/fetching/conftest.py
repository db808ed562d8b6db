"""A mirror on this machine that answers as it is told, and archives to answer with."""

import gzip
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from opinionscope.cli import main
from opinionscope.fetching import download
from opinionscope.fetching.source import COMMIT

Answer = Callable[[BaseHTTPRequestHandler], None]


class Mirror:
    """Gives its answers one after another; the last one again and again."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.ranges: list[tuple[str | None, str | None]] = []
        self.closing = threading.Event()
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                mirror.ranges.append((self.headers["Range"], self.headers["If-Range"]))
                self.close_connection = True
                (mirror.answers.pop(0) if len(mirror.answers) > 1 else mirror.answers[0])(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/archive.tar.gz"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def asked(self) -> int:
        return len(self.ranges)

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def whole(self, body: bytes, *, length: bool = True, **headers: str) -> Answer:
        return self.cut(body, len(body), length=length, **headers)

    def cut(self, body: bytes, at: int, *, length: bool = True, **headers: str) -> Answer:
        """Promise all of a body and send its beginning."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            if length:
                handler.send_header("Content-Length", str(len(body)))
            self._send(handler, headers, body[:at])

        return answer

    def rest(self, body: bytes, etag: str) -> Answer:
        """Go on where the client's file ends, if it has the same file."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            start = int(handler.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            assert handler.headers["If-Range"] == etag
            handler.send_response(206)
            handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            handler.send_header("Content-Length", str(len(body) - start))
            self._send(handler, {"ETag": etag}, body[start:])

        return answer

    def status(self, code: int, **headers: str) -> Answer:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(code)
            handler.send_header("Content-Length", "0")
            self._send(handler, headers, b"")

        return answer

    def hang(self) -> Answer:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            self.closing.wait(60)

        return answer

    def _send(self, handler: BaseHTTPRequestHandler, headers: dict[str, str], body: bytes) -> None:
        for name, value in {"Connection": "close", **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    server = Mirror()
    yield server
    server.close()


@pytest.fixture
def tar() -> Callable[..., bytes]:
    """Makes a .tar.gz as `git archive` does: of files, and of members of one's own."""

    def make(files: dict[str, bytes], *members: tarfile.TarInfo, commit: str = COMMIT) -> bytes:
        buffer = io.BytesIO()
        headers = {"comment": commit} if commit else {}
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT, pax_headers=headers) as archive:
            for name, content in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
            for member in members:
                archive.addfile(member)
        return gzip.compress(buffer.getvalue(), mtime=0)

    return make


@pytest.fixture
def zipped() -> Callable[..., bytes]:
    """Makes a .zip of files; a name may be a ZipInfo."""

    def make(files: dict[Any, bytes], commit: str = COMMIT) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.comment = commit.encode()
            for name, content in files.items():
                archive.writestr(name, content, zipfile.ZIP_DEFLATED)
        return buffer.getvalue()

    return make


@pytest.fixture
def repository() -> Callable[..., dict[str, bytes]]:
    """A question and an answer in the benchmark's layout, below a top folder as hosts add it."""

    def make(top: str = "copy-1", topic: str = "fences") -> dict[str, bytes]:
        people = {
            "FERRY_W99": {
                "MC_options": ["Often", "Never", "Refused"],
                "question_text": f"How much do you like {topic}?",
                "Democrat": {"Never": 4, "Often": 5, "Refused": 1},
            }
        }
        answers = {
            "FERRY_W99": {
                "response": ["{'A': '70%', 'B': '30%'}"],
                "avg_actual_results": {"A": 0.4, "B": 0.5, "C": 0.1},
            }
        }
        results = "results/opinionqa/express_distribution/parrot/task1/panel/POLPARTY/Democrat.json"
        content = {"opinions_qa/data/human_resp/panel/POLPARTY_data.json": people, results: answers}
        return {f"{top}/{path}": json.dumps(value).encode() for path, value in content.items()}

    return make


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPINIONSCOPE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(download, "PATIENCE", download.Patience(connect=30, read=30, attempts=2, pause=0))
    return tmp_path / "home"


@pytest.fixture
def fetch(home: Path, mirror: Mirror) -> Callable[..., Any]:
    """Runs `data fetch` against the mirror: the result has exit_code, stdout and stderr."""

    def run(*arguments: str, url: str = "") -> Any:
        where = () if "--url" in arguments else ("--url", url or mirror.url)
        result = CliRunner().invoke(main, ["data", "fetch", *where, *arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run
