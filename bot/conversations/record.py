"""What a channel reports is written down here, each thing once, before the provider is told that it was received."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from bot.channels.limits import Pace
from bot.conversations.accept import accept, clean, kept_id, was_deleted
from bot.conversations.addresses import AddressBook, pseudonym
from bot.conversations.counting import lock
from bot.conversations.erase import remember_taken_back, withdraw
from bot.conversations.merged import Merged, name_of
from bot.conversations.models import Contact, Message
from bot.conversations.reports import note_report
from bot.words import Edited, Event, Incoming, Moved, Reachable, Status, Withdrawn


def record(
    event: Event, *, key: str, now: datetime, book: AddressBook, limit: Pace | None = None, trace: str = ""
) -> bool:
    """Write one event down. Repeating it changes nothing. Returns whether it is a message that was not there before.

    Args:
        event: what a channel verified and parsed.
        key: PSEUDONYM_KEY.
        now: the time of receipt.
        book: where people are written to.
        limit: how much one person may say.
        trace: by which a message is found in the logs.
    """
    match event:
        case Incoming():
            if not was_deleted(event, key=key):
                return not accept(event, key=key, now=now, book=book, limit=limit, trace=trace).repeated
        case Edited():
            # Answered already: what was said stands. Not yet: the answer is to what the person means now.
            _edit(event, key=key, book=book)
        case Withdrawn():
            with transaction.atomic():
                withdraw(_holding(event, key=key, book=book), pseudonym(key, event.channel, event.reference), now=now)
                remember_taken_back(event.channel, kept_id(key, event.channel, event.reference), now=now)
        case Moved():
            book.move(event.channel, event.old, event.new)
        case Reachable():
            owners = [contact.pk for contact in book.owner(event.channel, [event.address])]
            Contact.objects.filter(pk__in=owners).update(unreachable_at=None if event.reachable else now)
        case Status():
            note_report(event, key=key, now=now)
    return False


def _holding(event: Edited | Withdrawn, *, key: str, book: AddressBook) -> QuerySet[Message]:
    """The rows in which a message of this person stands, alone or with others. Holds the contact, so that none is put to."""
    found = [contact.pk for contact in book.owner(event.channel, [event.address])]
    owners = list(lock(Contact.objects.filter(pk__in=found), no_key=True))
    reference = pseudonym(key, event.channel, event.reference)
    return Message.objects.filter(
        Q(reference=reference) | Q(said_in__contains=name_of(reference)),
        contact__in=owners,
        channel=event.channel,
        direction=Message.Direction.IN,
    )


def _edit(event: Edited, *, key: str, book: AddressBook) -> None:
    text, name = clean(event.text), name_of(pseudonym(key, event.channel, event.reference))
    with transaction.atomic():
        waiting = _holding(event, key=key, book=book).filter(state=Message.State.WAITING, kind="text")
        for message in list(waiting):
            if message.said_in:  # it stands for others too: they stay
                merged = Merged.read(message.text, message.said_in).changed(name, text)
                waiting.filter(pk=message.pk).update(text=merged.text, said_in=merged.said_in)
            else:
                waiting.filter(pk=message.pk).update(text=text)
