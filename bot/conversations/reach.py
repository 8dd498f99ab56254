"""Whether a person can be written to now. What the outbox refuses at the moment of sending is said here before."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from bot.channels.limits import CHANNELS
from bot.conversations.models import Contact


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
    left = window_left(contact, now=now)
    return Hindrance.WINDOW if left is not None and left <= timedelta(0) else None


def window_left(contact: Contact, *, now: datetime) -> timedelta | None:
    """How long the channel still allows to write, or None where it sets no limit. Negative when it is over."""
    limits = CHANNELS.get(contact.channel)
    if limits is None or limits.window is None:
        return None
    return limits.window - (now - contact.seen_at)
