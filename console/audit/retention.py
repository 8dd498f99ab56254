"""How long the trail is kept: a year, so that what somebody did is still there when somebody asks, and no longer."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from bot.conversations.wall_clock import WallClock
from console.audit.models import AuditEntry

log = logging.getLogger("faro.audit")

#: Days that a line is kept.
DAYS = 365

#: Rows a transaction: short, so that nobody waits for it.
BATCH = 1_000

#: Seconds between two looks.
EVERY = 3_600.0


def expire(*, now: datetime, days: int = DAYS) -> int:
    """Delete the lines that are older than `days`. Returns how many."""
    deleted = 0
    while True:
        old = AuditEntry.objects.filter(at__lt=now - timedelta(days=days)).order_by("at").values_list("pk", flat=True)
        ids = list(old[:BATCH])
        if not ids:
            return deleted
        deleted += AuditEntry.objects.filter(pk__in=ids).delete()[0]


class Expiry:
    """What the worker runs beside the turns: a look every hour, unless the clock cannot be believed."""

    def __init__(
        self, *, clock: Callable[[], datetime] = timezone.now, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock, self._seconds = clock, seconds
        self._wall = WallClock(now=clock(), passed=seconds())

    def look(self, stopping: threading.Event) -> None:
        """One look and the wait after it."""
        now = self._clock()
        self._wall.look(now=now, passed=self._seconds())
        newest = AuditEntry.objects.order_by("-at").values_list("at", flat=True).first()
        takes_all = newest is not None and newest < now - timedelta(days=DAYS)
        if self._wall.believed(takes_all=takes_all):
            expire(now=now)
        else:
            log.error("audit trail kept", extra={"error": "clock"})
        stopping.wait(EVERY)
