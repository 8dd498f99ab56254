"""Slow and silent clients, on real sockets: they are ended in time, and others are served meanwhile."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import ExitStack
from typing import Any

import pytest

from tests.web.test_server import hello, serving

REQUEST = b"GET / HTTP/1.1\r\nHost: faro\r\n\r\n"


async def patient(scope: Any, receive: Any, send: Any) -> None:
    """Answers after longer than a request may take to arrive: as a long poll does."""
    await receive()
    await asyncio.sleep(1.2)
    await hello(scope, receive, send)


async def endless(scope: Any, receive: Any, send: Any) -> None:
    """Sends more than any network holds."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(2_000):
        await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})


async def reader(scope: Any, receive: Any, send: Any) -> None:
    """Reads the whole body first."""
    while (await receive()).get("more_body"):
        pass
    await hello(scope, receive, send)


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def asked(port: int) -> tuple[bytes, float]:
    """What somebody who behaves gets, and after how many seconds."""
    begun = time.monotonic()
    with connected(port) as one:
        one.sendall(REQUEST)
        return one.recv(4096), time.monotonic() - begun


def ended(one: socket.socket, seconds: float) -> bool:
    """Whether the other side ends the connection within some seconds, with or without a word."""
    one.settimeout(seconds)
    try:
        while one.recv(65_536):
            pass
    except TimeoutError:
        return False
    except ConnectionResetError:
        pass
    return True


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: faro\r\n",
        b"POST / HTTP/1.1\r\nHost: faro\r\nContent-Length: 9\r\n\r\nhalf",
    ],
    ids=["nothing", "half a line", "headers without an end", "half a body"],
)
def test_a_request_that_does_not_arrive_is_ended(begun: bytes) -> None:
    with serving(reader, request_seconds=0.5) as port, connected(port) as slow:
        slow.sendall(begun)
        assert ended(slow, 5)


def test_one_byte_now_and_then_does_not_buy_more_time() -> None:
    with serving(request_seconds=0.6) as port, connected(port) as slow:
        begun = time.monotonic()
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            for _ in range(60):
                slow.sendall(b"X")
                time.sleep(0.1)
        assert time.monotonic() - begun < 4


def test_the_second_request_of_a_connection_has_its_time_too() -> None:
    with serving(request_seconds=0.6) as port, connected(port) as slow:
        slow.sendall(REQUEST)
        assert b"200 OK" in slow.recv(4096)
        slow.sendall(b"GET / HT")  # ends uvicorn's own time for a connection that is kept
        assert ended(slow, 5)


def test_an_answer_may_take_longer_than_a_request() -> None:
    with serving(patient, request_seconds=0.4) as port:
        answer, seconds = asked(port)
        assert b"200 OK" in answer
        assert seconds > 1


def test_who_does_not_read_is_ended() -> None:
    with serving(endless, request_seconds=0.5) as port, connected(port) as slow:
        slow.sendall(REQUEST)
        time.sleep(2.5)
        read = 0
        slow.settimeout(5)
        try:
            while chunk := slow.recv(1 << 20):
                read += len(chunk)
        except ConnectionResetError:
            pass
        assert read < 2_000 * 65_536, "it was not sent to the end"
        assert asked(port)[0], "others are served"


def test_three_hundred_silent_connections_keep_nobody_from_being_served() -> None:
    """More than there may be: whoever speaks takes the place of whoever has been silent longest."""
    with serving(connections=100, request_seconds=20) as port, ExitStack() as stack:
        for number in range(300):
            silent = stack.enter_context(connected(port))
            silent.sendall(b"GET / HTTP/1.1\r\nX-A: b\r\n" if number % 2 else b"")
        times = [asked(port) for _ in range(20)]
        assert all(b"200 OK" in answer for answer, _ in times)
        assert max(seconds for _, seconds in times) < 2


def test_when_all_are_being_served_the_next_is_told_to_come_again() -> None:
    with serving(patient, connections=10) as port, ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(connected(port)).sendall(REQUEST)
        time.sleep(0.3)
        answer, _ = asked(port)
        assert answer.startswith(b"HTTP/1.1 503")
        assert b"Retry-After" in answer
        time.sleep(1.5)
        assert b"200 OK" in asked(port)[0]
