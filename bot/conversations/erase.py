"""Erasure: everything kept about a contact, at once. What remains is the receipt, until it is delivered."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from bot.conversations.counting import count_before_deletion, lock
from bot.conversations.models import Contact, Erasure, Gone, Message

#: How long the receipt of an erasure may wait to be fetched by a page that was closed.
RECEIPT_LIFE = timedelta(minutes=10)

#: How long providers may repeat a delivery: WhatsApp tries for 7 days (Meta, webhooks, 2026-11), Telegram for one.
REPEATED_FOR = timedelta(days=8)

#: A backup that is older brings back nobody: what is in it is older than any retention (LONGEST_RETENTION in
#: bot/settings.py), and a day.
KNOWN_AS_ERASED_FOR = timedelta(days=31)


def erase(contact: Contact, *, now: datetime) -> None:
    """Delete all that is kept about a contact: messages, requests, feedback, dialogue state, language.

    What remains are numbers that lead to nobody: how many messages there were on a day. The row itself stays for the
    receipt alone; ten minutes later `sweep_erased` removes it. The next message of the same person begins a new contact
    with a new random id.
    """
    with transaction.atomic():
        count_before_deletion(lock(Contact.objects.filter(pk=contact.pk)))
        remember_gone(contact.messages.all(), now=now)
        _note(contact, now=now)
        contact.messages.all().delete()
        contact.handovers.all().delete()
        contact.dialogue, contact.dialogue_at = [], None
        contact.language, contact.language_chosen = "", False
        contact.informed_at = contact.counted_at = None
        contact.erased_at = now
        contact.save()


def forget(contact: Contact, *, now: datetime) -> None:
    """Delete a contact entirely, without a receipt."""
    with transaction.atomic():
        count_before_deletion(lock(Contact.objects.filter(pk=contact.pk)))
        remember_gone(contact.messages.all(), now=now)
        _note(contact, now=now)
        contact.delete()


def _note(contact: Contact, *, now: datetime) -> None:
    """Keep the random id for as long as a backup may bring the contact back: bot/backup/restore.py erases it again."""
    Erasure.objects.update_or_create(contact=contact.pk, defaults={"at": now})


def remember_gone(messages: QuerySet[Message], *, now: datetime) -> None:
    """Keep the keyed ids of messages that are about to be deleted for as long as their provider may bring them again."""
    # What has a reference came from a provider; the web page repeats nothing once it has been told.
    received = messages.filter(direction=Message.Direction.IN, created_at__gt=now - REPEATED_FOR).exclude(reference="")
    Gone.objects.bulk_create(
        [
            Gone(channel=channel, provider_id=name, until=now + REPEATED_FOR)
            for channel, name in received.values_list("channel", "provider_id")
        ],
        ignore_conflicts=True,
    )


def sweep_erased(*, now: datetime) -> int:
    """Remove erased contacts whose receipt has waited long enough. Returns how many."""
    Gone.objects.filter(until__lt=now).delete()
    Erasure.objects.filter(at__lt=now - KNOWN_AS_ERASED_FOR).delete()
    _, by_model = Contact.objects.filter(erased_at__lt=now - RECEIPT_LIFE).delete()
    return by_model.get(Contact._meta.label, 0)
