"""One connection to the web process: uvicorn's, with the bounds that it does not have.

uvicorn waits for the rest of a request for ever, and for a browser that does not read its answer too. Here both have a time,
and the number of connections has a bound. At the bound the newest is taken and the one that has kept us waiting longest for
its request is ended: so nobody who speaks is turned away by any number of those who are silent.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

#: While the other side is in one of these, its request has not arrived whole.
_INCOMPLETE = (h11.IDLE, h11.SEND_BODY)

_FULL = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 5\r\nConnection: close\r\n\r\n"


class Connection(H11Protocol):
    """See the module.

    Args:
        most: how many connections may be open at once.
        seconds: how long a request may take to arrive whole, counted from the end of the one before; and how long what is
            sent may wait for being read.
    """

    def __init__(self, *arguments: Any, most: int, seconds: float, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._most, self._seconds = most, seconds
        self._arrives: asyncio.TimerHandle | None = None
        self._leaves: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        if len(self.connections) > self._most and not self._make_room():
            transport.write(_FULL)
            transport.close()
            return
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_watch()
        self._written()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._leaves is None:
            self._leaves = self.loop.call_later(self._seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._written()

    def _watch(self) -> None:
        """Begin to count when a request is not here, and end it when it is. One byte more begins nothing anew."""
        if self.transport.is_closing() or self.conn.their_state not in _INCOMPLETE:
            self._end_watch()
        elif self._arrives is None:
            self._arrives = self.loop.call_later(self._seconds, self.transport.abort)

    def _end_watch(self) -> None:
        if self._arrives is not None:
            self._arrives.cancel()
            self._arrives = None

    def _written(self) -> None:
        if self._leaves is not None:
            self._leaves.cancel()
            self._leaves = None

    def _make_room(self) -> bool:
        """End the connection that has kept us waiting longest. Returns whether there was one."""
        silent = [
            (one._arrives.when(), one)
            for one in self.connections
            if isinstance(one, Connection) and one is not self and one._arrives is not None
        ]
        if not silent:
            return False
        _, longest = min(silent, key=lambda pair: pair[0])
        self.connections.discard(longest)
        longest._end_watch()
        longest.transport.abort()
        return True
