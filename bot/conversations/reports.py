"""What a provider reports about a message that it took: how far it has come, or that it failed after all."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from bot.conversations import doubt
from bot.conversations.addresses import pseudonym
from bot.conversations.arrival import LATE
from bot.conversations.counting import take_back
from bot.conversations.deliver import PAUSES, REPORTED, STOPPED, UNKNOWN, hold, tell_failure
from bot.conversations.models import Contact, Line, Message
from bot.errors import Remedy
from bot.words import Progress, Status

#: The order of reports; they come in any order, and the farthest one counts. A failure is final.
_FAR = {"": 0, Progress.SENT: 1, Progress.DELIVERED: 2, Progress.READ: 3, Progress.FAILED: 4}


def note_report(event: Status, *, key: str, now: datetime) -> None:
    """Write down how far a message has come. Repeating a report changes nothing.

    A failure that may pass puts the message back into the outbox, as often as a failed send would, and not once an
    answer would come too late; the reference on its row is then the sending that failed.

    Args:
        event: the report.
        key: PSEUDONYM_KEY.
        now: the time of receipt.
    """
    rows = Message.objects.filter(
        channel=event.channel, direction=Message.Direction.OUT, provider_id=event.message
    ).select_related("contact")
    copy = pseudonym(key, event.channel, event.reference) if event.reference else ""
    for message in rows:
        if copy and message.reference == copy:
            continue  # of a sending that failed and was followed by another
        if _FAR[event.progress] <= _FAR.get(message.progress, 0):
            continue
        with transaction.atomic():
            if event.progress is Progress.FAILED:
                take_back(message)  # it is counted again as what it becomes
                _failed(message, event, copy, now=now)
            else:
                if message.state == Message.State.FAILED and message.error == UNKNOWN:
                    take_back(message)
                _arrived(message, event.progress, now=now)


def _arrived(message: Message, progress: Progress, *, now: datetime) -> None:
    row = Message.objects.filter(pk=message.pk)
    row.update(progress=progress.value)
    doubt.end(message.channel, now=now)
    # Proof that it went, also for one whose sender died or heard no answer, even when it was given up for that.
    unsure = Q(state__in=[Message.State.SENDING, Message.State.PENDING]) | Q(state=Message.State.FAILED, error=UNKNOWN)
    row.filter(unsure).update(state=Message.State.SENT, done_at=now, not_before=None, error="")
    if progress is not Progress.SENT:
        Line.objects.filter(pk=message.channel, trouble__startswith=REPORTED).update(trouble="", troubled_at=None)


def _failed(message: Message, event: Status, copy: str, *, now: datetime) -> None:
    row = Message.objects.filter(pk=message.pk)
    pause: timedelta | None = None
    if now - message.created_at <= LATE and message.attempts <= len(PAUSES):
        pause = PAUSES[max(message.attempts, 1) - 1]
    match event.remedy:
        case Remedy.RETRY | Remedy.WAIT:
            pass
        case Remedy.SLOW if pause is not None:
            hold(message.channel, until=now + pause)
        case Remedy.STOP:
            pause = max(pause, STOPPED) if pause is not None else None
            hold(message.channel, until=now + STOPPED, trouble=f"{REPORTED}{event.code}")
        case Remedy.UNREACHABLE:
            pause = None
            # Whoever has written since is reachable, whatever became of an older message.
            Contact.objects.filter(pk=message.contact_id, seen_at__lte=message.created_at).update(unreachable_at=now)
        case _:
            pause = None
    again = pause is not None and bool(copy)
    tell_failure(message, event.code[:64], "pending" if again else "failed", result="reported")
    if pause is None or not copy:
        row.update(
            progress=event.progress.value,
            state=Message.State.FAILED,
            done_at=now,
            not_before=None,
            error=event.code[:64],
            # Should an operator send it again, a repetition of this report must not count for the new sending.
            reference=copy or message.reference,
        )
        return
    row.update(
        progress="",
        state=Message.State.PENDING,
        done_at=None,
        not_before=now + pause,
        reference=copy,
        error=event.code[:64],
    )
