"""Retention: texts are deleted after RETENTION_DAYS; what remains are counts without a contact."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from bot.conversations.counting import count_before_deletion, count_next, lock
from bot.conversations.erase import remember_gone
from bot.conversations.models import Contact, Message

#: Rows per transaction: short, so that turns beside it never wait long.
BATCH = 500


def enforce(*, days: int, now: datetime) -> int:
    """Count and delete messages older than `days`, then contacts of whom nothing is left. Returns deleted messages.

    Safe beside live turns: a contact that a worker holds, or whose message still waits, is left for the next run.
    """
    while count_next():
        pass
    limit, deleted = now - timedelta(days=days), 0
    while number := _delete_messages(limit, now=now):
        deleted += number
    while _delete_contacts(limit):
        pass
    return deleted


def takes_all(*, days: int, now: datetime) -> bool:
    """Whether even the newest message is older than `days`: nobody has written for so long, or the clock is wrong."""
    limit = now - timedelta(days=days)
    # Asked by age and in its order, so that both databases look into the index and read one row.
    younger = Message.objects.filter(created_at__gte=limit).order_by("-created_at").values_list("pk", flat=True)[:1]
    return not list(younger) and Message.objects.exists()


def _delete_messages(limit: datetime, *, now: datetime) -> int:
    """Delete some of the messages from before `limit`. Returns how many; 0 when there is none that may go."""
    with transaction.atomic():
        old = Message.objects.filter(created_at__lt=limit, contact__holder="").exclude(state=Message.State.WAITING)
        # By age, which has an index: in the order of the ids SQLite would read every message to find that none is old.
        found = dict(old.order_by("created_at").values_list("pk", "contact_id")[:BATCH])
        contacts = Contact.objects.filter(pk__in=set(found.values()), holder="").order_by("pk")
        locked = {contact.pk: contact for contact in lock(contacts, skip_locked=True, no_key=True)}
        ids = [pk for pk, contact in found.items() if contact in locked]
        if not ids:
            return 0
        count_before_deletion(locked.values())
        remember_gone(Message.objects.filter(pk__in=ids), now=now)
        Message.objects.filter(pk__in=ids).delete()
        return len(ids)


def _delete_contacts(limit: datetime) -> int:
    """Delete some of the contacts of whom nothing is left. Returns how many."""
    with transaction.atomic():
        empty = Contact.objects.filter(seen_at__lt=limit, holder="", messages__isnull=True)
        ids = list(empty.order_by("pk").values_list("pk", flat=True)[:BATCH])
        contacts = Contact.objects.filter(pk__in=ids, holder="").order_by("pk")
        locked = list(lock(contacts, skip_locked=True))
        count_before_deletion(locked)
        Contact.objects.filter(pk__in=[one.pk for one in locked], messages__isnull=True).delete()
        return len(locked)
