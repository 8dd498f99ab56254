"""How long the trail is kept: a year, so that what somebody did is still there when somebody asks, and no longer."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from django.utils import timezone

from console.audit.models import AuditEntry

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


def beside(stopping: threading.Event) -> None:
    """One look and the wait after it: what the worker runs beside the turns."""
    expire(now=timezone.now())
    stopping.wait(EVERY)
