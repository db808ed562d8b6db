"""The process that answers for a model, found or started: one for all programs of the user that ask the same model.

A state file that only the user can read tells where it is. Each program holds a connection to it until it ends, and
opens another one for every call (see `process`).
"""

import hashlib
import math
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import msgspec

from opinionscope.files import locked, write_whole
from opinionscope.local.models import LOCAL_PREFIX, MAGIC, LocalModelError
from opinionscope.local.process import LOOPBACK, Ready, ServingFailed, Task
from opinionscope.settings import Paths, Settings

START_PATIENCE = 300.0
"""Seconds that a model may take to load; large ones come from the disk."""

ANSWER_PATIENCE = 5.0
MEGABYTE = 1_000_000
ROOM_BESIDE_THE_FILE = 200 * MEGABYTE
"""What a model needs beside its weights, at least: the context and the program."""

INSTALL = "install it with `pip install 'opinionscope[local]'`"
LOAD, OUR_THREADS = Path("/proc/loadavg"), Path("/proc/self/task")
LOOKS, SECONDS_BETWEEN_LOOKS = 5, 0.004
_LOG_READ = 20_000
_NO_MEMORY = ("out of memory", "failed to allocate", "unable to allocate", "bad_alloc", "cannot allocate")
_UNKNOWN_KIND = ("unknown model architecture", "unknown pre-tokenizer", "unsupported model architecture")
_WINDOWS_FLAGS = ("CREATE_NEW_PROCESS_GROUP", "CREATE_NO_WINDOW")
_APART = sum(getattr(subprocess, name, 0) for name in _WINDOWS_FLAGS)
"""With a session of its own where there are such: Ctrl-C in the terminal does not reach what other programs may use."""
_under_way = threading.Lock()


@dataclass(frozen=True, slots=True)
class Served:
    """A model that is being served, as its state file tells of it.

    Attributes:
        port: of llama.cpp's server on this machine.
        key: what calls have to show.
    """

    port: int
    control: int
    pid: int
    key: str = field(repr=False)

    @property
    def api_base(self) -> str:
        """The address to ask."""
        return f"http://{LOOPBACK}:{self.port}/v1"


def has_llama() -> bool:
    """Whether llama.cpp is installed, without loading it."""
    return find_spec("xllamacpp") is not None


def require_llama() -> None:
    """See whether llama.cpp is installed, without loading it.

    Raises:
        LocalModelError: if it is not; it says what to install.
    """
    if not has_llama():
        raise LocalModelError(f"llama.cpp (xllamacpp) is not installed; {INSTALL}", title="An extra is missing")


class LocalServer:
    """Serves one model file, with the settings of the user.

    Args:
        name: by which the model is called in answers.
    """

    def __init__(self, name: str, path: Path, settings: Settings, paths: Paths) -> None:
        self.name = name
        self.path = path
        self._settings = settings
        self._folder = paths.cache / "local"

    def check(self) -> None:
        """Say what can be seen to keep the model from being served; nothing is started.

        Raises:
            LocalModelError: if llama.cpp is not installed, or the file is no model, or there is too little memory.
        """
        require_llama()
        try:
            with self.path.open("rb") as file:
                is_model = file.read(len(MAGIC)) == MAGIC
            needed = self.path.stat().st_size + ROOM_BESIDE_THE_FILE
        except OSError as error:
            raise LocalModelError(f"{self.path} cannot be read ({error.strerror}); check its rights") from error
        if not is_model:
            raise self._damaged()
        free = free_memory()
        if free is not None and needed > free:
            raise LocalModelError(
                f"{self.name} needs about {needed // MEGABYTE:,} MB of memory, and {free // MEGABYTE:,} MB are free; "
                "close other programs, or choose a smaller model",
                title="Too little memory",
            )

    def begin(self) -> tuple[Served, socket.socket]:
        """The model, served until the connection is closed that goes with it; the process is started if need be.

        Blocks while the model loads.

        Raises:
            LocalModelError: if it cannot be served.
        """
        for _ in range(2):
            served = self._served()
            connection = _connected(served, "call")
            if connection is not None:
                return served, connection
            self._let_go_of(served)  # it ended, for it had long not been called
        raise self.ended()

    def is_alive(self, served: Served) -> bool:
        """Whether the process still answers."""
        connection = _connected(served, "call")
        if connection is not None:
            connection.close()
        return connection is not None

    def ended(self) -> LocalModelError:
        """What to say where the process ended by itself."""
        return LocalModelError(
            f"the process that answers for {self.name} ended by itself (too little memory, perhaps; {self._log} has "
            "its last words); ask again, or choose a smaller model",
            title="The local model broke off",
        )

    def _served(self) -> Served:
        """The process that serves the model, held by this program from now on."""
        with _under_way:
            if held := _held.get(self._state_file):
                return held[0]
            with suppress(OSError):
                self._folder.mkdir(parents=True, exist_ok=True)
            try:
                with locked(self._state_file.with_suffix(".lock")):
                    held = self._found() or self._started()
            except OSError as error:
                raise LocalModelError(
                    f"{self._folder} cannot be used ({error.strerror or error}); make room on the disk or check the "
                    "rights, and ask again"
                ) from error
            _held[self._state_file] = held
            return held[0]

    def _let_go_of(self, served: Served) -> None:
        with _under_way:
            held = _held.get(self._state_file)
            if held is not None and held[0] == served:
                del _held[self._state_file]
                held[1].close()

    @property
    def _state_file(self) -> Path:
        """One for each file as it is now, and each way to serve it."""
        with suppress(OSError):
            there = self.path.stat()
            asked = (str(self.path), self.name, there.st_size, there.st_mtime_ns, *self._chosen, sys.executable)
            return self._folder / f"{hashlib.sha256(repr(asked).encode()).hexdigest()[:16]}.json"
        return self._folder / "none.json"

    @property
    def _chosen(self) -> tuple[float, ...]:
        return (self._settings.local_threads, self._settings.local_context, self._settings.local_idle)

    def _found(self) -> tuple[Served, socket.socket] | None:
        """The process of another program of this user; None if there is none that answers."""
        try:
            served = msgspec.json.decode(self._state_file.read_bytes(), type=Served)
        except (OSError, msgspec.DecodeError):
            return None
        connection = _connected(served, "hold")
        return None if connection is None else (served, connection)

    def _started(self) -> tuple[Served, socket.socket]:
        """A new process.

        Raises:
            LocalModelError: if it does not come to serve the model.
        """
        self.check()
        state, key = self._state_file, secrets.token_urlsafe(32)
        threads, context, idle = self._chosen
        task = Task(str(self.path), self.name, key, int(threads) or free_cores(), int(context), idle, str(state))
        with self._log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "opinionscope.local"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=self._folder,
                env={name: value for name, value in os.environ.items() if not name.endswith(("_KEY", "_TOKEN"))},
                start_new_session=True,
                creationflags=_APART,
            )
            said, in_time = _answer(process, msgspec.json.encode(task))
        if not in_time:
            raise LocalModelError(
                f"{self.name} did not load within {START_PATIENCE:.0f} s; choose a smaller model",
                title="The local model takes too long",
            )
        try:
            message = msgspec.json.decode(said, type=Ready | ServingFailed)
        except msgspec.DecodeError:
            message = ServingFailed("ended")
        if isinstance(message, ServingFailed):
            raise self._failure(message.reason, process.wait())
        served = Served(message.port, message.control, message.pid, key)
        connection = _connected(served, "hold")
        if connection is None:
            raise self.ended()
        write_whole(state, msgspec.json.encode(served))
        _children.append(process)
        return served, connection

    def _failure(self, reason: str, code: int) -> LocalModelError:
        """Why a process that was started does not serve."""
        log = self._said()
        if reason == "missing":
            return LocalModelError(f"llama.cpp (xllamacpp) cannot be loaded; {INSTALL}", title="An extra is missing")
        if any(words in log for words in _NO_MEMORY) or code == -getattr(signal, "SIGKILL", 9):
            return LocalModelError(
                f"there was too little memory to load {self.name}; close other programs, choose a smaller model, or "
                "lower local_context in the settings",
                title="Too little memory",
            )
        if any(words in log for words in _UNKNOWN_KIND):
            return LocalModelError(
                f"the installed llama.cpp does not know this kind of model; update it (`pip install -U xllamacpp`), or "
                f"choose another model than {self.name}",
                title="The model is not known to llama.cpp",
            )
        if reason == "load":
            return self._damaged()
        if code == -getattr(signal, "SIGILL", 4):
            return LocalModelError("this processor lacks what the wheel of xllamacpp needs; choose another model")
        return self.ended()

    def _damaged(self) -> LocalModelError:
        again = f"remove it (`opinionscope models remove {self.name.removeprefix(LOCAL_PREFIX)}`) and get it again"
        return LocalModelError(
            f"llama.cpp cannot read {self.path}: the file is damaged or is no language model; {again}",
            title="The model's file cannot be read",
        )

    @property
    def _log(self) -> Path:
        return self._state_file.with_suffix(".log")

    def _said(self) -> str:
        try:
            return self._log.read_bytes()[-_LOG_READ:].decode("utf-8", "replace").casefold()
        except OSError:
            return ""


_held: dict[Path, tuple[Served, socket.socket]] = {}
"""What this program uses, by state files, until it ends."""

_children: "list[subprocess.Popen[bytes]]" = []
"""Kept so that they are not reported as forgotten: they outlive the program where another one uses them."""


def _answer(process: "subprocess.Popen[bytes]", task: bytes) -> tuple[bytes, bool]:
    """What a process that was started says to its task, and whether it came in time."""
    assert process.stdin is not None
    assert process.stdout is not None
    late = threading.Event()

    def stop() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(START_PATIENCE, stop)
    timer.start()
    try:
        with suppress(OSError), process.stdin:  # it may have ended; then it says nothing
            process.stdin.write(task)
        with process.stdout:
            return process.stdout.read(), not late.is_set()
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        timer.cancel()


def _connected(served: Served, kind: str) -> socket.socket | None:
    """A connection that says that the process is needed; None if it is not there."""
    with suppress(OSError):
        connection = socket.create_connection((LOOPBACK, served.control), ANSWER_PATIENCE)
        try:
            connection.sendall(f"{served.key} {kind}\n".encode())
            if connection.recv(8) == b"ok\n":
                return connection
        except OSError:
            pass
        connection.close()
    return None


def free_cores() -> int:
    """Physical cores that other programs leave free, at least 1.

    llama.cpp waits for its slowest thread at every layer: on cores that are busy, two threads take many times as long
    as one.
    """
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return max(1, physical_cores() - int(min(round(busy), _others())))


def _others() -> float:
    """Threads of other programs that run or wait for a core, the fewest of a few looks; infinite where not told.

    The load is a mean over a minute: it stays high long after the cores have become free, as after our own start.
    """
    fewest = math.inf
    for _ in range(LOOKS):
        try:
            running = int(LOAD.read_text("ascii").split()[3].partition("/")[0])
            ours = sum(_is_running(thread) for thread in OUR_THREADS.iterdir())
        except (OSError, ValueError, IndexError):
            return math.inf
        fewest = min(fewest, running - ours)
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return max(0, fewest)


def _is_running(thread: Path) -> bool:
    with suppress(OSError):
        return (thread / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0] == "R"
    return False


def physical_cores() -> int:
    """Cores of the processor that this process may use; where that is not told, half the logical ones, at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if sys.platform == "linux":
        cores = set()
        for cpu in Path("/sys/devices/system/cpu").glob("cpu[0-9]*/topology"):
            with suppress(OSError):
                cores.add(((cpu / "physical_package_id").read_text(), (cpu / "core_id").read_text()))
        return max(1, min(allowed, len(cores) or allowed))
    return max(1, allowed if sys.platform == "darwin" else allowed // 2)


def free_memory() -> int | None:
    """Bytes of memory that are free for a new process; None where that is not told."""
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None
