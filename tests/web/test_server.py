"""How uvicorn is told to serve: nobody fills the memory with a request that has no end."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

from bot.web.server import configured


async def hello(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


@contextmanager
def serving(application: Any = hello, *, connections: int = 100, request_seconds: float = 30.0) -> Iterator[int]:
    """A server with our configuration; gives its port."""
    server = uvicorn.Server(
        configured(application, host="127.0.0.1", port=0, connections=connections, request_seconds=request_seconds)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(20)


def taken(port: int, headers: int, *, size: int = 8_000) -> tuple[int, bytes]:
    """How many headers the server took before it hung up, and what it answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        sent = 0
        try:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: faro\r\n")
            for number in range(headers):
                connection.sendall(b"X-%d: " % number + b"a" * size + b"\r\n")
                sent += 1
            connection.sendall(b"Connection: close\r\n\r\n")
            answer = connection.recv(65_536)
        except (BrokenPipeError, ConnectionResetError):
            answer = b""
    return sent, answer


def test_headers_within_the_bound_are_read() -> None:
    with serving() as port:
        assert b"200 OK" in taken(port, 2)[1]


def test_headers_without_an_end_are_not_kept() -> None:
    with serving() as port:
        sent, answer = taken(port, 5_000)
        assert b"200 OK" not in answer
        assert sent < 5_000, "the rest was never taken"
        assert b"200 OK" in taken(port, 1)[1], "others are still served"


# Ways to be understood differently by a proxy and by the server behind it (RFC 9112, 11.2).


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as one:
        yield one


@pytest.mark.parametrize(
    "head",
    [
        b"Host: a\r\nTransfer-Encoding: xchunked",
        b"Host: a\r\nTransfer-Encoding : chunked",
        b"Host: a\r\nTransfer-Encoding: chunked, identity",
        b"Host: a\r\nContent-Length: 0\r\nContent-Length: 5",
        b"Host: a\r\nContent-Length: +5",
        b"Host: a\r\nContent-Length: 0x5",
        b"Host: a\r\nX: a\rContent-Length: 5",
        b"Host: a\r\nX: a\0b",
        b"Host: a\r\nHost: b",
        b"X: no host",
    ],
)
def test_what_could_be_understood_in_two_ways_is_refused_and_nothing_after_it_is_read(port: int, head: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\n" + head + b"\r\n\r\n0\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ") and answer.count(b"HTTP/1.1") == 1


def test_a_chunked_body_beside_a_length_is_read_as_chunks(port: int) -> None:
    """As RFC 9112, 6.3 wants it: the length is the lie. What stands behind the last chunk is the next request, whole."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        )
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.count(b"HTTP/1.1 200 ") == 2
