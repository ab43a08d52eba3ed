"""Connections to the explorer: who is slow is hung up on, and nobody has them all."""

import socket
import threading
import time
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from kg.serve import connections


async def hello(request):
    await request.body()
    return PlainTextResponse("hello")


async def much(request):
    return Response(b"x" * 50_000_000)


@pytest.fixture(scope="module")
def port():
    app = Starlette(routes=[Route("/", hello, methods=["GET", "POST"]), Route("/much", much)])
    server = uvicorn.Server(connections.configured(app))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """A server without patience."""
    for name in ("HEAD", "BODY", "READING"):
        monkeypatch.setattr(connections, name, 0.4)


@contextmanager
def connected(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        yield line


def dripped(line, text):
    """Send a letter now and then until the other side hangs up; what it said, and after how many seconds."""
    started = time.monotonic()
    try:
        for letter in text * 100:
            line.sendall(letter.encode())
            line.settimeout(0.05)
            try:
                if said := line.recv(100):
                    return said, time.monotonic() - started
            except TimeoutError:
                continue
            break
    except OSError:
        pass
    return b"", time.monotonic() - started


def test_who_says_nothing_is_hung_up_on(port):
    """An open line alone is no request."""
    with connected(port) as line:
        assert line.recv(100).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    "begun",
    [b"GET / HTTP/1.1\r\nHost: x\r\nX: ", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"],
    ids=["head", "body"],
)
def test_who_drips_is_hung_up_on(port, begun):
    """408, however busily the head goes on, or the body of a head that was in time."""
    with connected(port) as line:
        line.sendall(begun)
        said, seconds = dripped(line, "y")
    assert said.startswith(b"HTTP/1.1 408")
    assert seconds < 3


def test_who_does_not_read_is_hung_up_on(port):
    """Fifty megabytes are not held for a reader who stopped."""
    with connected(port) as line:
        line.sendall(b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(1.5)
        read = 0
        with suppress(ConnectionResetError):
            while piece := line.recv(1_000_000):
                read += len(piece)
    assert read < 50_000_000


def test_a_line_may_be_used_again_and_again(port):
    """Each request has its own time."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as line:
        line.connect()
        first = line.sock
        for _ in range(4):
            line.request("POST", "/", body="ok")
            assert line.getresponse().read() == b"hello"
            time.sleep(0.2)
        assert line.sock is first


def test_one_address_has_only_so_many_connections(port, monkeypatch):
    """The fourth is not taken, and one is when another ends."""
    monkeypatch.setattr(connections, "HEAD", 20)
    monkeypatch.setattr(connections, "MOST_OF_ONE", 3)
    monkeypatch.setattr(connections, "_stands_for_many", lambda host: False)
    lines = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(3)]
    try:
        time.sleep(0.2)
        with connected(port) as fourth:
            assert _ended(fourth)
        lines.pop().close()
        time.sleep(0.2)
        with connected(port) as line:
            line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert line.recv(1000).startswith(b"HTTP/1.1 200")
    finally:
        for line in lines:
            line.close()


def _ended(line):
    try:
        return line.recv(10) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize(
    ("host", "many"), [("127.0.0.1", True), ("::1", True), ("", True), ("192.0.2.7", False), ("fe80::1%eth0", False)]
)
def test_a_proxy_on_this_machine_stands_for_many(host, many):
    """Its connections are everybody's."""
    assert connections._stands_for_many(host) is many
