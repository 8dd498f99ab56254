"""Retention: texts are deleted after RETENTION_DAYS; what remains are counts without a contact."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F
from django.db.models.functions import TruncDate

from bot.conversations.erase import remember_gone
from bot.conversations.models import Contact, Message, TurnCount

#: Rows per transaction: short, so that turns beside it never wait long.
BATCH = 500


def enforce(*, days: int, now: datetime) -> int:
    """Count and delete messages older than `days`, then contacts of whom nothing is left. Returns deleted messages.

    Safe beside live turns: a contact that a worker holds, or whose message still waits, is left for the next run.
    """
    deleted = 0
    limit = now - timedelta(days=days)
    while True:
        with transaction.atomic():
            old = Message.objects.filter(created_at__lt=limit, contact__holder="").exclude(state=Message.State.WAITING)
            ids = list(old.order_by("id").values_list("pk", flat=True)[:BATCH])
            if not ids:
                break
            _count(ids)
            remember_gone(Message.objects.filter(pk__in=ids), now=now)
            Message.objects.filter(pk__in=ids).delete()
            deleted += len(ids)
    Contact.objects.filter(seen_at__lt=limit, holder="", messages__isnull=True).delete()
    return deleted


def _count(ids: list[int]) -> None:
    rows = (
        Message.objects.filter(pk__in=ids, direction=Message.Direction.IN)
        .annotate(day=TruncDate("created_at"))
        .values("day", "channel", "language", "topic", "outcome")
        .annotate(number=Count("pk"))
    )
    for row in rows:
        what: dict[str, Any] = {name: value for name, value in row.items() if name != "number"}
        counted, _ = TurnCount.objects.get_or_create(**what)
        TurnCount.objects.filter(pk=counted.pk).update(number=F("number") + row["number"])
