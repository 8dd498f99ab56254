"""Claiming: the oldest waiting message of a contact that nobody else holds.

A claim is a lease with an end, not a lock: a worker that dies frees its contacts by doing nothing. Where its successor is
known (seat.py), that one frees them sooner.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from bot.conversations.flood import LONGEST_HELD_BACK
from bot.conversations.models import Contact, Message
from bot.conversations.prepared import Prepared, PreparedChange
from bot.conversations.seat import Seat

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
    """One message, held for one turn. `holder` is the proof: whoever no longer has it must not write.

    `others` says whether other contacts were seen waiting, for whom another thread should be woken.
    """

    contact: Contact
    message: Message
    holder: str
    others: bool = field(default=False, compare=False)
    times: Times = field(default_factory=Times, compare=False)


def free(now: datetime, *, of: str = "") -> Q:
    """Contacts that nobody holds now. `of` is the way to the contact ("contact__" from a message).

    A lease that would last longer than any does was given before the clock was put back: without this its contact would
    wait until the clock is there again. Twice LEASE, because the clocks of two machines may differ.
    """
    until = f"{of}held_until"
    return Q(**{f"{until}__isnull": True}) | Q(**{f"{until}__lte": now}) | Q(**{f"{until}__gt": now + 2 * LEASE})


def waiting(now: datetime) -> QuerySet[Message, Message]:
    """Messages that may have their turn now: of contacts that nobody holds, and not held back."""
    return Message.objects.filter(_let_go(now), free(now, of="contact__"), state=Message.State.WAITING)


def _let_go(now: datetime) -> Q:
    # The third, as in free(): it was held back before the clock was put back.
    beyond = Q(not_before__gt=now + LONGEST_HELD_BACK)
    return Q(not_before__isnull=True) | Q(not_before__lte=now) | beyond


@Prepared
def _candidates(now: datetime) -> QuerySet[Message, UUID]:
    return waiting(now).order_by("due_at", "id").values_list("contact_id", flat=True)[:CANDIDATES]


@Prepared
def _free(now: datetime, contact: UUID) -> QuerySet[Contact, Contact]:
    contacts = Contact.objects.filter(free(now), pk=contact)
    if connection.features.has_select_for_update_skip_locked:
        contacts = contacts.select_for_update(skip_locked=True)
    return contacts


@Prepared
def _oldest(now: datetime, contact: UUID) -> QuerySet[Message, Message]:
    # In the order in which they were written: providers bring late what they could not bring at once.
    theirs = Message.objects.filter(_let_go(now), contact=contact, state=Message.State.WAITING)
    # Where no provider says when (the page), as they came in: by our own clock two would change places when it is put back.
    return theirs.order_by(F("sent_at").asc(nulls_first=True), "id")


@Prepared
def _held(contact: UUID, holder: str) -> QuerySet[Contact, Contact]:
    contacts = Contact.objects.filter(pk=contact, holder=holder)
    return contacts.select_for_update() if connection.features.has_select_for_update else contacts


_lease = PreparedChange(lambda contact: Contact.objects.filter(pk=contact))


def claim_next(*, now: datetime, seat: Seat | None = None) -> Claim | None:
    """Take the next message whose contact is free, or None.

    Everybody's first message comes before anybody's second of the same moment: `due_at` says in which order. Of a contact
    it is the oldest.

    On PostgreSQL rows that another worker is just claiming are skipped (FOR UPDATE SKIP LOCKED); on SQLite the immediate
    transaction lets one worker claim at a time.

    Args:
        now: the time.
        seat: of the worker; None where nobody will ever take over from it.
    """
    with _without_waiting_for_the_disk(), transaction.atomic():
        contact_ids = tuple(dict.fromkeys(_candidates.column(now=now)))
        for contact_id in contact_ids:
            contact = _free.first(now=now, contact=contact_id)
            if contact is None:
                continue
            message = _oldest.first(now=now, contact=contact_id)
            if message is None:
                continue
            message.contact = contact
            if message.not_before is not None:  # from now on it is read: nothing is put to it any more
                message.not_before = None
                message.save(update_fields=["not_before"])
            contact.holder = (seat or Seat()).holder()
            contact.held_until = now + LEASE
            _lease.make({"holder": contact.holder, "held_until": contact.held_until}, contact=contact_id)
            others = len(contact_ids) > 1
            return Claim(contact=contact, message=message, holder=contact.holder, others=others)
    return None


@contextmanager
def _without_waiting_for_the_disk() -> Iterator[None]:
    """For a transaction that may be forgotten when the power fails, as a lease may: the contact is free again then.

    A commit that waits for the disk takes 1 to 5 ms, and a turn has two others that must. What is committed later is never
    there without what was committed before (https://sqlite.org/pragma.html#pragma_synchronous, 2026-11).
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")


def still_held(claim: Claim) -> Contact | None:
    """Inside the transaction that ends a turn: the locked contact if the claim still stands, else None."""
    return _held.first(contact=claim.contact.pk, holder=claim.holder)


def release(contact: Contact) -> None:
    """Free the contact; called inside the transaction that ends the turn."""
    contact.holder, contact.held_until = "", None
