"""What a channel reports is written down here, each thing once, before the provider is told that it was received."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from bot.channels.limits import Pace
from bot.conversations import flood
from bot.conversations.accept import accept, clean, was_deleted
from bot.conversations.addresses import AddressBook, pseudonym
from bot.conversations.erase import withdraw
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
            _edit(event, key=key)
        case Withdrawn():
            withdraw(_referred(event.channel, event.reference, key), now=now)
        case Moved():
            book.move(event.channel, event.old, event.new)
        case Reachable():
            owners = [contact.pk for contact in book.owner(event.channel, [event.address])]
            Contact.objects.filter(pk__in=owners).update(unreachable_at=None if event.reachable else now)
        case Status():
            note_report(event, key=key, now=now)
    return False


def _referred(channel: str, reference: str, key: str) -> QuerySet[Message]:
    return Message.objects.filter(
        channel=channel, direction=Message.Direction.IN, reference=pseudonym(key, channel, reference)
    )


def _edit(event: Edited, *, key: str) -> None:
    waiting = _referred(event.channel, event.reference, key).filter(state=Message.State.WAITING, kind="text")
    text = clean(event.text)
    waiting.filter(not_before__isnull=True).update(text=text)
    for message in waiting.filter(not_before__isnull=False):  # it stands for others too: they stay
        waiting.filter(pk=message.pk).update(text=flood.together(message.text, text))
