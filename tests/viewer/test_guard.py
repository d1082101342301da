"""Who may talk to the page: its own address, and nobody else's pages."""

import http.client
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from vantage.errors import UsageError
from vantage.viewer.guard import is_loopback, may_connect, start_server, stop_server

HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server: Any = start_server(HOST, 0)
    yield server.get_port()
    stop_server(server)


def _status(port: int, headers: dict[str, str]) -> int:
    """Return what the server answers to a request with exactly these headers."""
    connection = http.client.HTTPConnection(HOST, port, timeout=20)
    connection.putrequest("GET", "/", skip_host=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def test_the_page_is_served_to_its_own_address(port: int):
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        assert _status(port, {"Host": host}) == 200
        assert _status(port, {"Host": host, "Origin": f"http://{host}"}) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:{port}"},
        {"Host": "192.168.0.7:{port}"},
        {"Host": "127.0.0.1:{port}", "Origin": "http://evil.example"},
        {"Host": "127.0.0.1:{port}", "Origin": "null"},
        # What another server of this machine shows is another's page, too.
        {"Host": "127.0.0.1:{port}", "Origin": "http://127.0.0.1:1"},
        {"Host": "evil.example:{port}", "Origin": "http://evil.example:{port}"},
    ],
)
def test_the_pages_of_others_are_refused(port: int, headers: dict[str, str]):
    assert _status(port, {name: value.format(port=port) for name, value in headers.items()}) == 403


def test_a_websocket_of_another_page_is_refused(port: int):
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://{HOST}:{port}", origin="http://evil.example")  # pyright: ignore[reportArgumentType]
    assert refused.value.response.status_code == 403


def test_only_this_address_is_listened_at(port: int):
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5)


def test_a_server_open_to_others_is_called_by_address_or_by_the_machines_name():
    name = socket.gethostname().lower()
    assert may_connect("192.168.0.7:80", None, "0.0.0.0") and may_connect(f"{name}:80", f"http://{name}:80", "0.0.0.0")
    assert not may_connect("evil.example", None, "0.0.0.0")
    assert not may_connect("192.168.0.7:80", "http://evil.example", "0.0.0.0")
    assert not may_connect("http://[", None, "0.0.0.0") and not may_connect(None, None, "0.0.0.0")


def test_loopback_is_known():
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "192.168.0.7", "::", "vantage.example")))


def test_a_port_that_cannot_be_had_says_what_to_do(port: int):
    with pytest.raises(UsageError, match=rf"port {port} .*give another --port, or 0"):
        start_server(HOST, port)
    with pytest.raises(UsageError, match="70000"):
        start_server(HOST, 70_000)
    with pytest.raises(UsageError, match=r"192\.0\.2\.1"):
        start_server("192.0.2.1", 0)  # an address kept for documentation: no machine has it
