"""Bodies over the bound are refused before anything holds them."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.bodies import MAX_BODY, LimitedBodies


def send(chunks: list[bytes], *, length: bytes | None, method: str = "POST") -> tuple[int, bytes, int]:
    """Status, the body that the application saw, and how many chunks were taken from the connection."""
    seen = b""
    taken = 0
    status = 0
    queue = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks) - 1}
        for number, chunk in enumerate(chunks)
    ] or [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        nonlocal taken
        taken += 1
        return queue.pop(0) if queue else {"type": "http.disconnect"}

    async def answer(message: MutableMapping[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal seen
        more = True
        while more:
            message = await receive()
            seen += message.get("body", b"")
            more = message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    headers = [] if length is None else [(b"content-length", length)]
    scope = {"type": "http", "method": method, "headers": headers}
    asyncio.run(LimitedBodies(app, lambda: "demasiado largo")(scope, receive, answer))
    return status, seen, taken


@pytest.mark.parametrize(
    "length", [str(MAX_BODY + 1).encode(), b"9" * 30, b"0" * 5_000 + b"1", b"-1", b"many", b"1e3", b""]
)
def test_a_length_that_is_too_large_or_no_number_is_refused_unread(length: bytes) -> None:
    assert send([b"x"], length=length) == (413, b"", 0)


def test_a_body_without_a_length_is_read_to_the_bound_and_no_further() -> None:
    status, seen, taken = send([b"x" * 1024] * 1000, length=None)
    assert (status, seen) == (413, b"")
    assert taken == MAX_BODY // 1024 + 1


@pytest.mark.parametrize(("method", "length"), [("GET", None), ("HEAD", None), ("POST", b"4"), ("GET", b"0")])
def test_neither_a_method_nor_a_length_that_lies_opens_the_bound(method: str, length: bytes | None) -> None:
    status, seen, taken = send([b"x" * 1024] * 1000, length=length, method=method)
    assert (status, seen) == (413, b"")
    assert taken == MAX_BODY // 1024 + 1


@given(st.lists(st.binary(max_size=2000), max_size=20))
def test_a_body_within_the_bound_arrives_whole(chunks: list[bytes]) -> None:
    assert send(chunks, length=None)[:2] == (200, b"".join(chunks))


def test_a_request_without_a_body_passes() -> None:
    assert send([], length=None, method="GET")[0] == 200
