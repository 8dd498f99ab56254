"""A bound on request bodies, kept before anything reads them, whatever length they announce or none."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from enum import Enum, auto
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
#: An ASGI application; every framework types it a little differently.
App = Callable[[Any, Any, Any], Awaitable[None]]

#: Largest body, in bytes. A message has 4,000 characters at most, 16 kB in UTF-8; a form sends each as three bytes.
MAX_BODY = 64 * 1024

#: Digits of a length that is read at all (a 64-bit number has 20).
MAX_DIGITS = 20


class Unread(Enum):
    """Why there is no body."""

    TOO_LARGE = auto()  # or of a length that is no number
    GONE = auto()  # whoever sent it hung up before it was complete


async def whole_body(scope: MutableMapping[str, Any], receive: Receive, most: int) -> bytes | Unread:
    """The body of a request of at most `most` bytes. That much and one chunk are ever held."""
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    # The digits first: Python refuses to read a number of several thousand.
    if any(not length.isdigit() or len(length) > MAX_DIGITS or int(length) > most for length in lengths):
        return Unread.TOO_LARGE
    # Whatever the method and the length: a GET may carry a body too, and "Transfer-Encoding: chunked" beside a length
    # makes the length a lie.
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return Unread.GONE
        body += message.get("body", b"")
        if len(body) > most:
            return Unread.TOO_LARGE
        if not message.get("more_body", False):
            return body


class LimitedBodies:
    """An ASGI application around another one that never sees a body over MAX_BODY.

    Not a Django middleware: Django has read the whole body before any of those is asked. At most MAX_BODY and one
    chunk of a body without a length are ever held.
    """

    def __init__(self, app: App, refusal: Callable[[], str]) -> None:
        self._app = app
        self._refusal = refusal

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer 413 to a body that is too large, or of a length that is no number; else pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await whole_body(scope, receive, MAX_BODY)
        if body is Unread.GONE:
            return
        if body is Unread.TOO_LARGE:
            await self._refuse(send)
            return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)

    async def _refuse(self, send: Send) -> None:
        body = json.dumps({"error": self._refusal()}, ensure_ascii=False).encode()
        headers = [
            (b"content-type", b"application/json; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": body})
