"""Claiming: the oldest waiting message of a contact that nobody else holds.

A claim is a lease with an end, not a lock: a worker that dies frees its contacts by doing nothing.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from bot.conversations.models import Contact, Message

#: Longer than the slowest turn (TIMEOUT in bot/conversations/rasa_client.py), so that a lease
#: never ends under a worker that is alive.
LEASE = timedelta(seconds=30)

#: How many waiting messages are looked at in one claim; more than there are workers, so that none comes back empty while
#: others hold the oldest.
CANDIDATES = 64


@dataclass(slots=True)
class Times:
    """When a turn began, and how long Rasa was asked: for its line in the log and the figures."""

    begun: datetime | None = None
    rasa: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Claim:
    """One message, held for one turn. `holder` is the proof: whoever no longer has it must not write."""

    contact: Contact
    message: Message
    holder: str
    times: Times = field(default_factory=Times, compare=False)


def free(now: datetime, *, of: str = "") -> Q:
    """Contacts that nobody holds now. `of` is the way to the contact ("contact__" from a message).

    A lease that would last longer than any does was given before the clock was put back: without this its contact would
    wait until the clock is there again. Twice LEASE, because the clocks of two machines may differ.
    """
    until = f"{of}held_until"
    return Q(**{f"{until}__isnull": True}) | Q(**{f"{until}__lte": now}) | Q(**{f"{until}__gt": now + 2 * LEASE})


def claim_next(*, now: datetime) -> Claim | None:
    """Take the oldest message whose contact is free, or None.

    On PostgreSQL rows that another worker is just claiming are skipped (FOR UPDATE SKIP LOCKED); on SQLite the immediate
    transaction lets one worker claim at a time.
    """
    with transaction.atomic():
        candidates = (
            Message.objects.filter(state=Message.State.WAITING)
            .filter(free(now, of="contact__"))
            .order_by("id")
            .values_list("contact_id", flat=True)[:CANDIDATES]
        )
        for contact_id in dict.fromkeys(candidates):
            contacts = Contact.objects.filter(free(now), pk=contact_id)
            if connection.features.has_select_for_update_skip_locked:
                contacts = contacts.select_for_update(skip_locked=True)
            contact = contacts.first()
            if contact is None:
                continue
            # In the order in which they were written: providers bring late what they could not bring at once.
            waiting = contact.messages.filter(state=Message.State.WAITING)
            message = waiting.order_by(Coalesce("sent_at", "created_at"), "id").first()
            if message is None:
                continue
            contact.holder = secrets.token_hex(16)
            contact.held_until = now + LEASE
            contact.save(update_fields=["holder", "held_until"])
            return Claim(contact=contact, message=message, holder=contact.holder)
    return None


def still_held(claim: Claim) -> Contact | None:
    """Inside the transaction that ends a turn: the locked contact if the claim still stands, else None."""
    contacts = Contact.objects.filter(pk=claim.contact.pk, holder=claim.holder)
    if connection.features.has_select_for_update:
        contacts = contacts.select_for_update()
    return contacts.first()


def put_back(claim: Claim) -> None:
    """Free the contact of a claim whose turn could not be ended, so that it is claimed again at once."""
    Contact.objects.filter(pk=claim.contact.pk, holder=claim.holder).update(holder="", held_until=None)


def release(contact: Contact) -> None:
    """Free the contact; called inside the transaction that ends the turn."""
    contact.holder, contact.held_until = "", None
