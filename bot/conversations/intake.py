"""The door for providers: events are written in groups, one transaction a group, and acknowledged when they are durable.

A group costs one wait for the disk instead of one for each event, so a burst is acknowledged as fast as a single event.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, InterfaceError, OperationalError, connections, transaction

from bot.channels.limits import Pace
from bot.conversations.addresses import AddressBook
from bot.conversations.inbox import INBOX
from bot.conversations.record import record
from bot.log import place_of
from bot.trace import new as new_trace
from bot.watching import figures
from bot.words import Event, Incoming

log = logging.getLogger("faro.intake")

#: Deliveries written in one transaction. More would make the first of them wait for the last.
GROUP = 64

#: Seconds without an event after which the database connection is given up.
IDLE = 30.0

#: Deliveries that may wait; beyond it a provider is told to come again, which all of them do.
WAITING = 5_000


class Full(Exception):
    """More deliveries wait than can be written in a sensible time."""


@dataclass(slots=True)
class _Delivery:
    events: Sequence[Event]
    trace: str
    done: Future[None] = field(default_factory=Future)


class Intake:
    """Writes events from any thread or event loop in one thread of its own. Begins with the first event."""

    def __init__(
        self, *, key: str, book: AddressBook, clock: Callable[[], datetime], limit: Pace | None = None
    ) -> None:
        self._key, self._book, self._clock, self._limit = key, book, clock, limit
        self._waiting: queue.Queue[_Delivery | None] = queue.Queue(WAITING)
        self._begun = threading.Lock()
        self._thread: threading.Thread | None = None

    async def put(self, events: Sequence[Event], *, trace: str = "") -> None:
        """Write the events of one delivery, all or none; returns when they are durable. `trace`: bot/trace.py.

        Raises:
            Full: too many wait.
            DatabaseError: they could not be written; the provider has to bring them again.
        """
        await asyncio.wrap_future(self._hand_over(events, trace))

    def put_now(self, events: Sequence[Event], *, trace: str = "") -> None:
        """The same for a thread."""
        self._hand_over(events, trace).result()

    def _hand_over(self, events: Sequence[Event], trace: str) -> Future[None]:
        delivery = _Delivery(events, trace or new_trace())
        if not events:
            delivery.done.set_result(None)
            return delivery.done
        with self._begun:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="intake", daemon=True)
                self._thread.start()
        try:
            self._waiting.put_nowait(delivery)
        except queue.Full:
            raise Full from None
        return delivery.done

    def stop(self) -> None:
        """Write what waits and end the thread; a later event begins a new one."""
        with self._begun:
            thread, self._thread = self._thread, None
            if thread is not None:
                self._waiting.put(None)
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while True:
            try:
                first = self._waiting.get(timeout=IDLE)
            except queue.Empty:
                connections.close_all()  # a night without messages holds no connection
                continue
            group = [] if first is None else [first]
            while first is not None and len(group) < GROUP:
                try:
                    first = self._waiting.get_nowait()
                except queue.Empty:
                    break
                group += [first] if first is not None else []
            try:
                self._write(group)
            except Exception as error:
                # One of them cannot be written, or the connection was lost: each on its own then, and on a new one.
                if isinstance(error, DatabaseError):
                    connections.close_all()
                for one in group:
                    self._write_alone(one)
            if first is None:
                connections.close_all()
                return

    def _write(self, group: Sequence[_Delivery]) -> None:
        written: list[list[bool]] = []
        with transaction.atomic():
            for delivery in group:
                written.append([self._record(event, delivery.trace) for event in delivery.events])
        INBOX.took()
        for delivery, new in zip(group, written, strict=True):
            _tell(delivery, new)
            delivery.done.set_result(None)

    def _record(self, event: Event, trace: str) -> bool:
        return record(event, key=self._key, now=self._clock(), book=self._book, limit=self._limit, trace=trace)

    def _write_alone(self, delivery: _Delivery) -> None:
        try:
            self._write([delivery])
        except Exception as error:
            extra = {"trace": delivery.trace, "count": len(delivery.events), "error": place_of(error)}
            log.error("not written", extra=extra)
            if isinstance(error, OperationalError | InterfaceError):
                INBOX.refused()
            if isinstance(error, DatabaseError):
                connections.close_all()
            delivery.done.set_exception(error)


def _tell(delivery: _Delivery, new: Sequence[bool]) -> None:
    """Count the messages of a delivery, and write its canonical line; reports of a provider have none."""
    messages = [
        (event, is_new) for event, is_new in zip(delivery.events, new, strict=True) if isinstance(event, Incoming)
    ]
    for event, is_new in messages:
        (figures.ACCEPTED if is_new else figures.REPEATED).labels(event.channel).inc()
    if messages:
        channel, accepted = messages[0][0].channel, sum(1 for _, is_new in messages if is_new)
        extra = {"trace": delivery.trace, "channel": channel, "count": accepted, "repeated": len(messages) - accepted}
        log.info("accepted", extra=extra)
