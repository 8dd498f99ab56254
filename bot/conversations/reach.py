"""Whether a person can be written to now. What the outbox refuses at the moment of sending is said here before."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from bot.channels.limits import CHANNELS
from bot.conversations.models import Contact, Message


class Hindrance(StrEnum):
    """Why a person cannot be written to."""

    ERASED = "erased"  # they asked that nothing be kept
    UNREACHABLE = "unreachable"  # they blocked us, or the address is no more
    WINDOW = "window"  # the channel allows it only for a time after their own last message


def hindrance(contact: Contact, *, now: datetime) -> Hindrance | None:
    """What is in the way of writing to a person, or None."""
    if contact.erased_at is not None:
        return Hindrance.ERASED
    if contact.unreachable_at is not None:
        return Hindrance.UNREACHABLE
    limits = CHANNELS.get(contact.channel)
    return Hindrance.WINDOW if limits is not None and window_closed(contact, limits.window, now=now) else None


def window_closed(contact: Contact, window: timedelta | None, *, now: datetime) -> bool:
    """Whether the channel lets nobody write any more.

    By the provider's time of the person's last word, and by ours at which it came: with a clock of ours that is a day ahead
    every word would be too old, and nobody would get an answer. What came late by both is refused by the provider itself.
    """
    if window is None or now - contact.seen_at <= window:
        return False
    came = Message.objects.filter(contact=contact, direction=Message.Direction.IN, created_at__gt=now - window)
    return not came.exists()


def window_left(contact: Contact, *, now: datetime) -> timedelta | None:
    """How long the channel still allows to write, or None where it sets no limit. Negative when it is over."""
    limits = CHANNELS.get(contact.channel)
    if limits is None or limits.window is None:
        return None
    return limits.window - (now - contact.seen_at)
