"""A viser server that only its own page may talk to: Host and Origin are checked, and no tunnel is opened."""

import contextlib
import io
import ipaddress
import os
import socket
import threading
import types
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from vantage.errors import MissingError, UsageError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names under which a browser reaches a server of its own machine."""

_starting = threading.Lock()


def import_viser() -> types.ModuleType:
    """Return viser.

    Raises:
        MissingError: it is not installed.
    """
    try:
        import viser
    except ImportError as error:
        raise MissingError("the page needs viser: pip install 'vantage[viewer]'") from error
    return viser


def is_loopback(host: str) -> bool:
    """Tell whether a server bound to `host` is reached from its own machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def may_connect(host_header: str | None, origin: str | None, bound_to: str) -> bool:
    """Tell whether a request may be answered.

    A page of another site may send requests here from the user's browser, but it cannot choose the headers. Its Origin
    gives it away, and where it had its own name point to this machine (DNS rebinding), the Host does.

    Args:
        host_header: the request's Host, with or without a port.
        origin: its Origin; only browsers send one.
        bound_to: the address the server listens at.
    """
    if host_header is None:
        return False
    name = _host_name(f"//{host_header}")
    if name is None or not (name in LOOPBACK or name == bound_to.lower() or _is_own(name, bound_to)):
        return False
    # The port counts: what another local server shows must not speak to this one.
    return origin is None or urlsplit(origin).netloc.lower() == host_header.lower()


def _host_name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _is_own(name: str, bound_to: str) -> bool:
    """Tell whether a server that is open to others may be called so: by an address, or by this machine's name."""
    if is_loopback(bound_to):
        return False
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(name)
        return True
    return name in {socket.gethostname().lower(), socket.getfqdn().lower()}


def check_address(host: str, port: int) -> None:
    """Find out whether a server can listen there; viser would go on to another port, or never come back.

    Raises:
        UsageError: the port is in use or forbidden, or the address is not this machine's.
    """
    if not 0 <= port <= 65535:
        raise UsageError(f"--port {port}; expected 0 (any free port) to 65535")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        # `create_server` repeats the address in its own text.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise UsageError(
            f"cannot listen at {host}, port {port} ({reason}); give another --port, or 0 for any free one"
        ) from error


def start_server(host: str, port: int) -> Any:
    """Start a viser server behind the checks; return it (a `viser.ViserServer`).

    Raises:
        MissingError: viser is not installed.
        UsageError: the address cannot be listened at.
    """
    viser = import_viser()
    check_address(host, port)

    class LocalServer(viser.ViserServer):
        """A server that opens no tunnel: any browser could ask for one, and the scene would be public."""

        def request_share_url(self, verbose: bool = True) -> str | None:
            return None

    with _starting, _guarded(host), quiet_stdout():
        server = LocalServer(host=host, port=port, label="vantage", verbose=False)
    if port not in (0, server.get_port()):
        stop_server(server)
        raise UsageError(f"port {port} was taken a moment ago; give another --port, or 0 for any free one")
    return server


def stop_server(server: Any) -> None:
    """Stop a server and its threads."""
    with quiet_stdout():
        server.stop()


@contextlib.contextmanager
def _guarded(bound_to: str) -> Iterator[None]:
    """Put the checks into the websocket server that viser starts inside the block; it offers no place for them."""
    from websockets.asyncio import server as websockets_server

    original: Callable[..., Any] = websockets_server.serve

    def serve(*args: Any, **settings: Any) -> Any:
        answer = settings["process_request"]

        def check(connection: Any, request: Any) -> Any:
            # `get_all`: `get` raises where a header stands twice.
            hosts, origins = request.headers.get_all("Host"), request.headers.get_all("Origin")
            doubled = len(hosts) != 1 or len(origins) > 1
            if doubled or not may_connect(hosts[0], origins[0] if origins else None, bound_to):
                return connection.respond(HTTPStatus.FORBIDDEN, "only this page's own address may be used\n")
            return answer(connection, request)

        return original(*args, **{**settings, "process_request": check})

    websockets_server.serve = serve
    try:
        yield
    finally:
        websockets_server.serve = original


@contextlib.contextmanager
def quiet_stdout() -> Iterator[None]:
    """Drop the banner that viser prints: stdout is for results, and the command tells the address itself."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield
