"""What a channel reports is written down here, each thing once, before the provider is told that it was received."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from bot.conversations.accept import accept, clean, was_deleted
from bot.conversations.addresses import AddressBook, pseudonym
from bot.conversations.models import Contact, Message
from bot.words import Edited, Event, Incoming, Moved, Progress, Reachable, Status, Withdrawn

#: The order of a provider's reports; they come in any order, and the farthest one counts. A failure is final.
_FAR = {"": 0, Progress.SENT: 1, Progress.DELIVERED: 2, Progress.READ: 3, Progress.FAILED: 4}


def record(event: Event, *, key: str, now: datetime, book: AddressBook) -> None:
    """Write one event down. Repeating it changes nothing.

    Args:
        event: what a channel verified and parsed.
        key: PSEUDONYM_KEY.
        now: the time of receipt.
        book: where people are written to.
    """
    match event:
        case Incoming():
            if not was_deleted(event, key=key):
                accept(event, key=key, now=now, book=book)
        case Edited():
            # Answered already: what was said stands. Not yet: the answer is to what the person means now.
            waiting = _referred(event.channel, event.reference, key).filter(state=Message.State.WAITING)
            waiting.filter(kind="text").update(text=clean(event.text))
        case Withdrawn():
            _withdraw(event, key=key, now=now)
        case Moved():
            book.move(event.channel, event.old, event.new)
        case Reachable():
            owners = [contact.pk for contact in book.owner(event.channel, [event.address])]
            Contact.objects.filter(pk__in=owners).update(unreachable_at=None if event.reachable else now)
        case Status():
            _progress(event, now=now)


def _referred(channel: str, reference: str, key: str) -> QuerySet[Message]:
    return Message.objects.filter(
        channel=channel, direction=Message.Direction.IN, reference=pseudonym(key, channel, reference)
    )


def _withdraw(event: Withdrawn, *, key: str, now: datetime) -> None:
    found = _referred(event.channel, event.reference, key)
    found.filter(state=Message.State.WAITING).update(state=Message.State.ANSWERED, done_at=now)
    found.update(text="", choice="", reference="", sealed_reference="")


def _progress(event: Status, *, now: datetime) -> None:
    rows = Message.objects.filter(
        channel=event.channel, direction=Message.Direction.OUT, provider_id=event.message
    ).values_list("pk", "progress")
    for row, before in rows:
        if _FAR[event.progress] <= _FAR.get(before, 0):
            continue
        message = Message.objects.filter(pk=row)
        message.update(progress=event.progress.value)
        if event.progress is Progress.FAILED:
            # Also after a send that the provider took: many refusals come only here.
            message.update(state=Message.State.FAILED, done_at=now, not_before=None, error=event.code[:64])
        else:
            # Proof that it went, also for one whose sender died or heard no answer.
            unsure = Q(state__in=[Message.State.SENDING, Message.State.PENDING])
            message.filter(unsure).update(state=Message.State.SENT, done_at=now, not_before=None, error="")
