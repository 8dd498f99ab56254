"""The outbox: messages are sent in the order they were written, and again until it worked or cannot work."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q

from bot.channels.contract import Channel
from bot.conversations.models import Message
from bot.errors import DeliveryError
from bot.log import place_of
from bot.words import Button, Outgoing

log = logging.getLogger("faro.deliver")

#: Pauses between attempts; after the last one the message has failed and operators see it.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600))

#: How long an attempt may take before somebody else may try (a sender that died).
ATTEMPT = timedelta(seconds=30)

#: How many rows are looked at for one that can go.
CANDIDATES = 64


def deliver_next(channels: Mapping[str, Channel], *, clock: Callable[[], datetime]) -> bool:
    """Send the oldest message that may go now. Returns whether there was one."""
    message = _claim(channels, now=clock())
    if message is None:
        return False
    outgoing = Outgoing(text=message.text, buttons=tuple(Button(title=t, id=i) for t, i in message.buttons))
    try:
        channels[message.channel].send(str(message.contact_id), message.provider_id, outgoing)
    except DeliveryError as error:
        _note_failure(message, error, now=clock())
    except Exception as error:
        # A fault of the channel's code: counted like any other failure, or it would be tried for ever.
        log.error("channel failed", extra={"message_id": message.pk, "error": place_of(error)})
        _note_failure(message, DeliveryError("unexpected", retryable=True), now=clock())
    else:
        Message.objects.filter(pk=message.pk).update(state=Message.State.SENT, done_at=clock(), error="")
    return True


def _claim(channels: Mapping[str, Channel], *, now: datetime) -> Message | None:
    """The oldest pending message of a contact, marked as being tried until ATTEMPT from now."""
    due = Q(not_before__isnull=True) | Q(not_before__lte=now)
    pending = Message.objects.filter(state=Message.State.PENDING, channel__in=list(channels))
    if not pending.filter(due).exists():
        return None  # without a transaction: an idle outbox never takes SQLite's write lock
    with transaction.atomic():
        rows = pending.filter(due).order_by("id")[:CANDIDATES]
        if connection.features.has_select_for_update_skip_locked:
            rows = pending.filter(due).select_for_update(skip_locked=True, of=("self",)).order_by("id")[:CANDIDATES]
        for message in rows:
            earlier = Message.objects.filter(
                contact_id=message.contact_id, state=Message.State.PENDING, pk__lt=message.pk
            )
            if earlier.exists():
                continue  # a message that waits for its next attempt holds back those after it
            Message.objects.filter(pk=message.pk).update(not_before=now + ATTEMPT, attempts=F("attempts") + 1)
            message.attempts += 1
            return message
    return None


def _note_failure(message: Message, error: DeliveryError, *, now: datetime) -> None:
    last = not error.retryable or message.attempts > len(PAUSES)
    log.warning(
        "delivery failed",
        extra={
            "message_id": message.pk,
            "channel": message.channel,
            "attempt": message.attempts,
            "error": error.code,
            "state": "failed" if last else "pending",
        },
    )
    Message.objects.filter(pk=message.pk).update(
        state=Message.State.FAILED if last else Message.State.PENDING,
        done_at=now if last else None,
        not_before=None if last else now + PAUSES[message.attempts - 1],
        error=error.code[:64],
    )
