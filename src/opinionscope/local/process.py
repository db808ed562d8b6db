"""The process that answers for a model: llama.cpp's server on loopback, which ends when nobody needs it any more.

``python -m opinionscope.local`` reads one JSON object from stdin (see `Task`), loads the model, writes one line of JSON
to stdout (`Ready` or `Failed`) and then serves:

- ``http://127.0.0.1:PORT/v1``, llama.cpp's own server, with the key that it was given, and closed to web pages;
- a second port, on which programs say that they need it. A connection sends the key and ``hold`` or ``call``, gets
  ``ok``, and counts until it is closed, by whatever end its program meets.

The process ends when no connection is left, and when none of them has made a call for so many seconds.
"""

import hmac
import os
import selectors
import socket
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

LOOPBACK = "127.0.0.1"
PATIENCE = 30.0
"""Seconds that the program which started the process has to say that it needs it."""

LOOK_EVERY = 0.5
LONGEST_WORD = 200
UNLIMITED_CANDIDATES = 0


class Task(msgspec.Struct):
    """What the process is to do.

    Attributes:
        model: path of the GGUF file.
        name: by which the server calls the model.
        key: what calls have to show.
        threads: of the processor.
        context: tokens of prompt and answer together.
        idle: seconds without a call after which it ends.
        state: the file that tells other programs of the process; it is removed at the end.
    """

    model: str
    name: str
    key: str
    threads: int
    context: int
    idle: float
    state: str


class Ready(msgspec.Struct, tag="ready"):
    """Where the process serves."""

    port: int
    control: int
    pid: int


class ServingFailed(msgspec.Struct, tag="failed"):
    """Why it does not: ``missing`` (no xllamacpp) or ``load`` (llama.cpp cannot load the model)."""

    reason: str


def main() -> None:
    """Load and serve, as the module says."""
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    try:
        import xllamacpp
    except ImportError:
        _tell(ServingFailed("missing"))
        return
    with socket.create_server((LOOPBACK, 0)) as control:
        try:
            server = xllamacpp.Server(_parameters(xllamacpp, task))
        except RuntimeError:
            _tell(ServingFailed("load"))
            return
        port = int(server.listening_address.rpartition(":")[2])
        _tell(Ready(port, control.getsockname()[1], os.getpid()))
        _Watch(control, task).until_unneeded()
    _forget(Path(task.state))
    os._exit(0)  # taken down as soon as it serves, llama.cpp's server waits for itself for ever (xllamacpp 2026.10)


def _tell(message: Ready | ServingFailed) -> None:
    """Answer the program that started the process, which reads until the end."""
    sys.stdout.buffer.write(msgspec.json.encode(message))
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _parameters(xllamacpp: Any, task: Task) -> Any:
    given = xllamacpp.CommonParams()
    given.model.path = task.model
    given.model_alias = {task.name}
    given.port, given.api_keys = 0, [task.key]
    if hasattr(given, "hostnames"):
        given.hostnames = [LOOPBACK]
    else:
        given.hostname = LOOPBACK
    given.cors_origins, given.cors_origins_explicit = "", True
    given.ui = given.endpoint_slots = given.endpoint_props = given.endpoint_metrics = False
    given.n_ctx, given.n_parallel = task.context, 1
    given.fit_params = given.warmup = False
    given.cpuparams.n_threads = given.cpuparams_batch.n_threads = task.threads
    given.cpuparams.poll = given.cpuparams_batch.poll = 0  # threads that wait leave their cores to others
    # Draw from the whole distribution, as log-probs state it: llama.cpp would cut off its tail.
    sampling = given.sampling
    sampling.temp, sampling.top_k, sampling.top_p, sampling.min_p = 1.0, UNLIMITED_CANDIDATES, 1.0, 0.0
    given.sampling = sampling
    return given


def _forget(state: Path) -> None:
    """Remove the state file, if it still tells of this process."""
    try:
        if msgspec.json.decode(state.read_bytes())["pid"] == os.getpid():
            state.unlink()
    except (OSError, ValueError, KeyError, TypeError):
        pass


class _Watch:
    """Counts the programs that need the process, and the calls under way."""

    def __init__(self, control: socket.socket, task: Task) -> None:
        self._control = control
        self._words = {f"{task.key} {kind}\n".encode(): kind for kind in ("hold", "call")}
        self._idle = task.idle
        self._begun = self._last_call = time.monotonic()
        self._was_needed = False
        self._connections: dict[socket.socket, str] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)

    def until_unneeded(self) -> None:
        while self._is_needed():
            for key, _ in self._selector.select(LOOK_EVERY):
                if key.fileobj is self._control:
                    self._accept()
                elif isinstance(key.fileobj, socket.socket):
                    self._read(key.fileobj)

    def _is_needed(self) -> bool:
        now, kinds = time.monotonic(), self._connections.values()
        if "call" in kinds:
            return True
        if not any(kinds):
            return not self._was_needed and now - self._begun < PATIENCE
        return now - self._last_call < self._idle

    def _accept(self) -> None:
        try:
            connection, _ = self._control.accept()
        except OSError:
            return
        connection.setblocking(False)
        self._connections[connection] = ""
        self._selector.register(connection, selectors.EVENT_READ)

    def _read(self, connection: socket.socket) -> None:
        """The word of a new connection, or the end of one that counted."""
        try:
            said = connection.recv(LONGEST_WORD)
        except OSError:
            said = b""
        kind = next((kind for word, kind in self._words.items() if hmac.compare_digest(word, said)), "")
        if not kind:
            self._close(connection)
            return
        try:
            connection.sendall(b"ok\n")
        except OSError:
            self._close(connection)
            return
        self._connections[connection] = kind
        self._was_needed = True
        self._last_call = time.monotonic()

    def _close(self, connection: socket.socket) -> None:
        if self._connections.pop(connection, "") == "call":
            self._last_call = time.monotonic()
        self._selector.unregister(connection)
        connection.close()
