"""How a message arrived: in time, or so late that an answer to it could mislead; alone, or as one of a heap of photos."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto

from bot.conversations.models import Message
from bot.words import Kind

#: After a fault WhatsApp brings messages for up to 7 days, Telegram for one. Beyond this the person has helped themselves or
#: asks again: an answer out of the blue could mislead, so they are told that the message came late.
LATE = timedelta(hours=1)

#: Whoever was told so is not told again for this long: the rest of the heap has the same fate.
TOLD_FOR = timedelta(hours=1)

#: Ten photos at once are told once that they cannot be seen.
UNREADABLE_FOR = timedelta(minutes=2)


class Arrival(Enum):
    """What is to be done about the way in which a message arrived."""

    IN_TIME = auto()
    LATE = auto()
    LATE_AGAIN = auto()
    UNREADABLE_AGAIN = auto()


def arrived(message: Message, *, ahead: timedelta = timedelta()) -> Arrival:
    """How the message arrived, by its times and by what the person was told before.

    Args:
        message: as it was received.
        ahead: how far our clock is known to be ahead: by it everything that a provider brings would be late.
    """
    if message.sent_at is not None and message.created_at - message.sent_at - ahead > LATE:
        told = _told(message, Message.Outcome.LATE, message.created_at - TOLD_FOR)
        return Arrival.LATE_AGAIN if told else Arrival.LATE
    if message.kind == Kind.OTHER and _told(message, Message.Outcome.UNREADABLE, message.created_at - UNREADABLE_FOR):
        return Arrival.UNREADABLE_AGAIN
    return Arrival.IN_TIME


def _told(message: Message, outcome: Message.Outcome, since: datetime) -> bool:
    earlier = message.contact.messages.filter(direction=Message.Direction.IN, outcome=outcome, done_at__gte=since)
    return earlier.exclude(pk=message.pk).filter(kind=message.kind).exists()
