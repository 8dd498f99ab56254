"""The door of the web page: what one network address may do, so that one machine cannot become a thousand contacts.

A cookie costs nothing, so a contact does not either. Whoever asks too much is told to wait, with the emergency numbers; the
page keeps what was written and sends it later. The bounds are wide: everybody in a shelter, and every telephone of a mobile
network's gateway, may have the same address.

Nothing is stored. Of each address a keyed digest is kept in the memory of this process, until its allowance is whole again;
the key is made at the start and never leaves the process. With several web processes each counts for itself.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import Enum, auto
from functools import cache
from ipaddress import ip_address, ip_network

from django.conf import settings

from bot.channels.limits import Pace
from bot.conversations import pace

#: Addresses that are remembered at once, about 10 MB. With more, those whose allowance is whole again are forgotten, and
#: when that is not enough all: then a moment without this bound is better than a process without memory.
MOST = 50_000

#: One address may hold this share of the connections open while it waits for news.
WAITING_SHARE = 4


class Asked(Enum):
    """What somebody wants."""

    REQUEST = auto()  # anything
    CONVERSATION = auto()  # to begin a conversation


class Door:
    """What each network address has used up.

    Args:
        limits: the allowance for each thing that can be asked.
        most_waiting: how many polls of one address may wait at once.
    """

    def __init__(self, limits: dict[Asked, Pace], *, most_waiting: int) -> None:
        self._limits, self._most_waiting = limits, most_waiting
        self._key = secrets.token_bytes(32)
        self._used: dict[tuple[Asked, bytes], datetime] = {}
        self._waiting: Counter[bytes] = Counter()

    def wait(self, asked: Asked, address: str, now: datetime) -> float:
        """Seconds that this address has to wait; 0.0 when it may go on, and has used up that much."""
        if _ours(address):
            return 0.0
        name, limit = (asked, self._digest(address)), self._limits[asked]
        used = self._used.get(name)
        later = pace.wait(used, limit, now)
        if later is not None:
            return max(1.0, (later - now).total_seconds())
        if used is None and len(self._used) >= MOST:
            self._forget(now)
        self._used[name] = pace.use(used, limit, now)
        return 0.0

    @contextmanager
    def waiting(self, address: str) -> Iterator[bool]:
        """Inside, one more poll of this address waits. Gives whether it may."""
        if _ours(address):
            yield True
            return
        name = self._digest(address)
        if self._waiting[name] >= self._most_waiting:
            yield False
            return
        self._waiting[name] += 1
        try:
            yield True
        finally:
            self._waiting[name] -= 1
            if not self._waiting[name]:
                del self._waiting[name]

    def _digest(self, address: str) -> bytes:
        return hashlib.blake2b(address.encode(), key=self._key, digest_size=16).digest()

    def _forget(self, now: datetime) -> None:
        self._used = {name: used for name, used in self._used.items() if used > now}
        if len(self._used) >= MOST:
            self._used = {}


def _ours(address: str) -> bool:
    """Whether it is this machine: then it is a proxy that does not say who asks, and would be everybody; or it is us."""
    if not address:
        return True
    first = (
        ip_network(address)[1] if "/" in address else ip_address(address)
    )  # of IPv6 it is a network: ::1 is the first in it
    return first.is_loopback


@cache
def current() -> Door:
    """The door of this process, as the settings say."""
    known = settings.SETTINGS
    per_hour, per_minute = known.address_new_per_hour, known.address_requests_per_minute
    return Door(
        {
            Asked.REQUEST: Pace(60 / per_minute, per_minute // 2, "ADDRESS_REQUESTS_PER_MINUTE", ""),
            Asked.CONVERSATION: Pace(3600 / per_hour, per_hour // 2, "ADDRESS_NEW_PER_HOUR", ""),
        },
        most_waiting=known.connections // WAITING_SHARE,
    )
