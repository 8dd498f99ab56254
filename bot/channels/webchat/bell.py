"""The bell: wakes the open polls of a contact when something was written to it.

One task a process looks into the database, however many polls are open, and only while one is. It holds one database
connection in a thread of its own; the polls hold none while they wait.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection, connections
from django.db.models import Max

from bot.channels.webchat.session import CHANNEL
from bot.conversations.models import Message

log = logging.getLogger("faro.bell")

#: Seconds between two looks. A person does not notice a fifth of a second.
EVERY = 0.2

#: How many ids below the newest are looked at again. Of two transactions the one with the lower id may end last, so its
#: message appears behind the newest one; no more than this many are in flight at once.
OVERLAP = 200

#: (pseudonym, message id) of messages to web contacts.
Written = tuple[str, int]

#: Reads what was written after an id; -1 asks for the newest messages only.
Look = Callable[[int], Iterable[Written]]


class Waiter:
    """One open poll."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.rung = asyncio.Event()

    async def heard(self, seconds: float) -> bool:
        """Wait until something is written, `seconds` at most. Returns whether something was."""
        try:
            async with asyncio.timeout(seconds):
                await self.rung.wait()
        except TimeoutError:
            return False
        return True


class Bell:
    """The bell of one event loop."""

    def __init__(self, look: Look, *, every: float = EVERY, close: Callable[[], None] = connections.close_all) -> None:
        self._look, self._every, self._close = look, every, close
        self._waiters: dict[str, set[Waiter]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def listening(self, who: str, after: int) -> Iterator[Waiter]:
        """Listen for messages to `who` with an id above `after`.

        Listen first and read the database then: whatever is written between the two still rings.
        """
        waiter = Waiter(after)
        self._waiters[who].add(waiter)
        if self._task is None:
            # In an empty context: inside the one of the request, its thread would end with the request.
            self._task = asyncio.create_task(self._watch(), name="bell", context=contextvars.Context())
        try:
            yield waiter
        finally:
            self._waiters[who].discard(waiter)
            if not self._waiters[who]:
                del self._waiters[who]

    async def _watch(self) -> None:
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bell")
        look = sync_to_async(self._look, thread_sensitive=False, executor=thread)
        seen, failing = -1, False
        try:
            while self._waiters:
                try:
                    written = list(await look(seen if seen < 0 else max(0, seen - OVERLAP)))
                    failing = False
                except Exception as error:  # whatever the database does, polls must go on
                    if not failing:
                        log.warning("bell cannot look", extra={"error": type(error).__name__})
                    failing, written = True, []
                for who, number in written:
                    seen = max(seen, number)
                    for waiter in self._waiters.get(who, ()):
                        if number > waiter.after:
                            waiter.rung.set()
                await asyncio.sleep(self._every)
        finally:
            self._task = None
            thread.submit(self._close)
            thread.shutdown(wait=False)


def written(after: int) -> list[Written]:
    """What was written to web contacts after an id. One query; -1 asks for the newest OVERLAP messages."""
    close_old_connections()
    if after < 0:
        after = max(0, (Message.objects.aggregate(newest=Max("pk"))["newest"] or 0) - OVERLAP)
    rows = Message.objects.filter(pk__gt=after, direction=Message.Direction.OUT, contact__channel=CHANNEL)
    return list(rows.values_list("contact__pseudonym", "pk"))


_bells: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Bell] = weakref.WeakKeyDictionary()


def current() -> Bell:
    """The bell of the running event loop."""
    loop = asyncio.get_running_loop()
    bell = _bells.get(loop)
    if bell is None:
        bell = _bells[loop] = Bell(written)
    return bell


def let_go() -> None:
    """Give up the connection of this thread, so that a poll that waits holds none."""
    if not connection.in_atomic_block:
        connection.close()
