"""A message that was given up, put back into the outbox because somebody of the team asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from bot.conversations import outbox, placeholders
from bot.conversations.arrival import LATE
from bot.conversations.counting import take_back
from bot.conversations.deliver import UNKNOWN
from bot.conversations.models import Message
from bot.conversations.reach import window_closed

#: The channels that are on, with how long after the last word of a person each may write; None for ever.
Windows = Mapping[str, timedelta | None]


class Refusal(StrEnum):
    """Why a message cannot be sent again."""

    NOT_FAILED = "not_failed"  # it is on its way or arrived meanwhile
    UNREACHABLE = "unreachable"  # the person blocked us, or is no longer there; until they write again
    WINDOW_CLOSED = "window_closed"  # the provider lets nobody write so long after the person's last word
    CHANNEL_OFF = "channel_off"  # nothing sends on that channel
    MASKED = "masked"  # what it said does not stand there any more


class Doubt(StrEnum):
    """Why somebody should think before a message is sent again."""

    LATE = "late"  # it is old: what it says may no longer be true or wanted
    OVERTAKEN = "overtaken"  # the person has received newer messages since
    UNSURE = "unsure"  # it may have arrived: this would be a second copy


def failed(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Those of `messages` that were given up, each with its contact and whether a newer one arrived (`overtaken`)."""
    newer = Message.objects.filter(
        contact_id=OuterRef("contact_id"),
        direction=Message.Direction.OUT,
        state=Message.State.SENT,
        pk__gt=OuterRef("pk"),
    )
    given_up = messages.filter(direction=Message.Direction.OUT, state=Message.State.FAILED)
    return given_up.annotate(overtaken=Exists(newer)).select_related("contact")


def refusal(message: Message, windows: Windows, now: datetime) -> Refusal | None:
    """Why a message cannot be sent again, or None when it can."""
    if message.state != Message.State.FAILED:
        return Refusal.NOT_FAILED
    if message.channel not in windows:
        return Refusal.CHANNEL_OFF
    if message.contact.unreachable_at is not None:
        return Refusal.UNREACHABLE
    if window_closed(message.contact, windows[message.channel], now=now):
        return Refusal.WINDOW_CLOSED
    if outbox.by_team(message) and not message.as_written and placeholders.has(message.text):
        return Refusal.MASKED
    return None


def doubts(message: Message, now: datetime) -> tuple[Doubt, ...]:
    """What speaks against sending a message again; it comes from `failed`."""
    found = []
    if now - message.created_at > LATE:
        found.append(Doubt.LATE)
    if getattr(message, "overtaken", False):
        found.append(Doubt.OVERTAKEN)
    if message.error == UNKNOWN:
        found.append(Doubt.UNSURE)
    return tuple(found)


def put_back(message: Message) -> bool:
    """Put a message that was given up back into the outbox as if it had never been tried.

    The outbox keeps the order of a contact's messages: one that is put back goes before those behind it that still wait.

    Returns:
        Whether it was still given up. Of two people who ask at once one is told so.
    """
    # As it was looked at: one that was masked since says something else.
    row = Message.objects.filter(
        pk=message.pk, direction=Message.Direction.OUT, state=Message.State.FAILED, as_written=message.as_written
    )
    with transaction.atomic():
        take_back(message)  # it is counted again as what becomes of it now
        return bool(
            row.update(
                state=Message.State.PENDING, attempts=0, unsure=0, not_before=None, done_at=None, error="", progress=""
            )
        )
