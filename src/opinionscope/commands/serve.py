"""The terminal program in a browser, by textual-serve: who may open it, and where each visitor's files are."""

import shlex
import subprocess
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from copy import copy
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from opinionscope.commands.printing import tell
from opinionscope.errors import OpinionscopeError

if TYPE_CHECKING:
    from textual_serve.server import Server


class ServeError(OpinionscopeError):
    """The program cannot be served."""

    title = "Not served"


def serve_visitors(
    host: str, port: int, db: Path | None, theme: str | None, *, is_shared: bool, is_read_only: bool
) -> None:
    """Serve until Ctrl-C or SIGTERM; stdout stays empty.

    Args:
        db: the host's history database, in place of the usual one.
        is_shared: whether all visitors use the host's files.
        is_read_only: whether visitors see the host's history, and nobody is asked.

    Raises:
        ServeError: if textual-serve is not installed, or the address cannot be listened on.
    """
    if find_spec("textual_serve") is None:
        raise ServeError("textual-serve is not installed; `pip install 'opinionscope[web]'` brings it")
    if not is_loopback(host):
        tell(f"Warning: there is no login: whoever reaches {host}:{port} can use this program, and your keys with it.")
    given = [] if db is None or not (is_shared or is_read_only) else ["--db", str(db.absolute())]
    program = [sys.executable, "-P", "-m", "opinionscope", *given, *(["--theme", theme] if theme else [])]
    with TemporaryDirectory(prefix="opinionscope-") as rooms, redirect_stdout(sys.stderr):
        server = _server(program, host, port, None if is_shared else Path(rooms), is_read_only)
        try:
            server.serve()
        except OSError as error:
            reason = error.strerror or str(error)
            raise ServeError(
                f"{host}:{port} cannot be listened on ({reason}); choose another --port or --host"
            ) from error


def is_loopback(host: str) -> bool:
    """Whether a host's name is one by which only this machine is reached."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def may_open(bound: str, asked: str, origin: str | None) -> bool:
    """Whether a request may open the program.

    A page of another host could else drive it through the browser of somebody who can reach it: straight (cross-site
    WebSocket hijacking), or under a name of its own that leads to this machine (DNS rebinding).

    Args:
        bound: the host that is listened on.
        asked: the request's header Host.
        origin: its header Origin, which every browser sends with a websocket; None without.
    """
    if is_loopback(bound) and not is_loopback(urlsplit(f"//{asked}").hostname or ""):
        return False
    return origin is None or urlsplit(origin).netloc == asked


def _server(program: Sequence[str], host: str, port: int, rooms: Path | None, is_read_only: bool) -> "Server":
    """A server that starts `program` for each visitor, in a folder under `rooms` unless that is None."""
    from aiohttp import web
    from textual_serve.server import Server

    class VisitorServer(Server):
        """Textual's server; each request is handled by a copy, which knows what only that request is about."""

        def initialize_logging(self) -> None:
            """Leave logging as it is: only warnings are shown, on stderr."""

        async def on_startup(self, app: web.Application) -> None:
            tell(f"Open http://{f'[{host}]' if ':' in host else host}:{port} in a browser; Ctrl-C ends it.")

        async def handle_index(self, request: web.Request) -> Any:
            one = self._for(request)
            one.public_url = f"{request.scheme}://{request.host}"
            return await Server.handle_index(one, request)

        async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
            one = self._for(request)
            if rooms is None:
                return await Server.handle_websocket(one, request)
            with TemporaryDirectory(dir=rooms, ignore_cleanup_errors=True) as room:
                one.command = _line([*program, "visit", room, *(["--read-only"] if is_read_only else [])])
                return await Server.handle_websocket(one, request)

        def _for(self, request: web.Request) -> Server:
            if not may_open(host, request.host, request.headers.get("Origin")):
                raise web.HTTPForbidden(text="This page may be opened only under the server's own address.")
            return copy(self)

    return VisitorServer(_line(program), host=host, port=port, title="opinionscope")


def _line(program: Sequence[str]) -> str:
    return subprocess.list2cmdline(program) if sys.platform == "win32" else shlex.join(program)
