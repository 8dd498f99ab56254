"""The outbox: messages are sent in the order they were written, at the provider's pace, until it worked or cannot."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from bot.channels.contract import Askable, Channel, Parcel, Sent
from bot.channels.limits import CHANNELS
from bot.conversations import doubt, outbox, pace
from bot.conversations.addresses import AddressBook
from bot.conversations.models import Contact, Line, Message
from bot.conversations.prepared import Prepared
from bot.conversations.reach import window_closed
from bot.conversations.seat import Seat
from bot.errors import DeliveryError, Remedy
from bot.log import place_of
from bot.watching import figures

log = logging.getLogger("faro.deliver")

#: Pauses between attempts; after the last one the message has failed and operators see it.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600))

#: So many attempts are counted where a failure is not the message's: nothing is taken from anybody, or too much was sent
#: altogether. Counted on, an hour's outage would give up what was written in its first minutes, and somebody would wait ten
#: minutes after its end. A provider that can be asked is asked then whether it is there.
PATIENT = 3

#: How often a message is sent again without knowing whether the time before had worked: a rare second copy is better
#: than silence, a third is not.
UNSURE = 1

#: Why such a message was given up in the end.
UNKNOWN = "unsure"

#: The whole channel waits so long when one message was too much (the provider says how long that one has to).
BRAKE = timedelta(seconds=1)

#: When nothing can go until somebody mends it, it is tried again after this all the same: somebody may have.
STOPPED = timedelta(minutes=1)

#: Begins a trouble that a provider reported after it had taken the message; only an arrival ends it.
REPORTED = "reported "

#: A pause is up to so much longer than it says, so that what failed together does not come back together.
JITTER = 0.25

#: How many rows of a state are looked at for one that can go.
CANDIDATES = 64

_ON_ITS_WAY = (Message.State.PENDING, Message.State.SENDING)


def due(channels: Mapping[str, Channel], now: datetime) -> bool:
    """Whether some message may go now. One cheap read."""
    return _look(tuple(channels)).exists(now=now)


@cache
def _look(channels: tuple[str, ...]) -> Prepared[Message]:
    def rows(now: datetime) -> QuerySet[Message]:
        pending, sending = (_due(channels, state, now) for state in _ON_ITS_WAY)
        return pending.union(sending, all=True)

    return Prepared(rows)


def deliver_next(
    channels: Mapping[str, Channel],
    *,
    clock: Callable[[], datetime],
    book: AddressBook | None = None,
    seat: Seat | None = None,
    ahead: timedelta = timedelta(),
    chance: Callable[[], float] = random.random,
) -> bool:
    """Send one message that may go now, the oldest of those that wait. Returns whether there was one.

    Args:
        channels: those that send, by name.
        clock: the time.
        book: where people are written to; None for channels that know by themselves.
        seat: of the worker; None where nobody will ever take over from it.
        ahead: how far our clock is known to be ahead: by it everybody's last word would be long ago.
        chance: a number in [0, 1), for the pauses.
    """
    claimed = _claim(channels, now=clock(), sender=seat.mark if seat is not None else "", ahead=ahead)
    if claimed is None:
        return False
    message, before = claimed
    channel = channels[message.channel]
    if message.state == Message.State.FAILED:
        return True  # it was decided while claiming: nobody knows, and it may not be sent a third time
    if before == Message.State.SENDING and not _use_chance(message, channel, clock=clock):
        return True
    addresses = book.addresses(message.contact_id) if book else ()
    parcel = Parcel(str(message.contact_id), message.provider_id, outbox.from_row(message), addresses)
    try:
        with _timed(message.channel, clock):
            sent = channel.send(parcel)
    except DeliveryError as error:
        away = _is_away(channel, message, error, clock=clock)
        _note_failure(message, error, now=clock(), chance=chance, away=away)
    except Exception as error:
        # A fault of the channel's code: counted like any other failure, or it would be tried for ever.
        extra = {"trace": message.trace, "message_id": message.pk, "error": place_of(error)}
        log.error("channel failed", extra=extra)
        _note_failure(message, DeliveryError("unexpected", Remedy.RETRY), now=clock(), chance=chance)
    else:
        _note_success(message, sent, book, now=clock())
    return True


@contextmanager
def _timed(channel: str, clock: Callable[[], datetime]) -> Iterator[None]:
    asked = clock()
    try:
        yield
    finally:
        figures.PROVIDER.labels(channel).observe((clock() - asked).total_seconds())


def _due(channels: Collection[str], state: Message.State, now: datetime) -> QuerySet[Message]:
    """Messages in one of the two states that may go now. In both at once SQLite would use no partial index."""
    paused = Line.objects.filter(paused_until__gt=now).values("channel")
    when = Q(not_before__lte=now)  # being sent: nobody knows what became of it
    if state == Message.State.PENDING:
        when |= Q(not_before__isnull=True)
    # A message that waits for its next attempt holds back those after it.
    earlier = Message.objects.filter(contact_id=OuterRef("contact_id"), state__in=_ON_ITS_WAY, pk__lt=OuterRef("pk"))
    # The channel as an expression: as a column, SQLite would rather read all messages of the channel by the unique key that
    # begins with it than the few of the state (23 ms a look with 15,000 of them, now below 1 ms).
    rows = Message.objects.alias(by=Coalesce("channel", Value("")))
    return rows.filter(when, ~Exists(earlier), state=state, by__in=list(channels)).exclude(by__in=paused)


def _claim(
    channels: Mapping[str, Channel], *, now: datetime, sender: str, ahead: timedelta
) -> tuple[Message, Message.State] | None:
    """A message that can go, marked as being sent until the channel's patience ends: the oldest of its state, and which one.

    Those that were being sent come first: they are few, and older than what waits.
    """
    if not due(channels, now):
        return None  # without a transaction: an idle outbox never takes SQLite's write lock
    with transaction.atomic():
        for state in reversed(_ON_ITS_WAY):
            rows = _due(channels, state, now).order_by("id")
            if connection.features.has_select_for_update_skip_locked:
                rows = rows.select_for_update(skip_locked=True, of=("self",))
            for message in rows.select_related("contact")[:CANDIDATES]:
                if _may_go(message, channels[message.channel], now=now, sender=sender, ahead=ahead):
                    return message, state
    return None


def _may_go(message: Message, channel: Channel, *, now: datetime, sender: str, ahead: timedelta) -> bool:
    """Take the message if nothing speaks against it; else say when it may be looked at again."""
    contact = message.contact
    row = Message.objects.filter(pk=message.pk)
    if message.state == Message.State.SENDING:
        if message.unsure >= UNSURE:
            _fail(message, UNKNOWN, now=now)
            message.state = Message.State.FAILED
            return True
        if doubt.there_is(message.channel) and not doubt.is_quiet(message.channel, now=now):
            row.update(not_before=now + doubt.REST)  # one that was never sent tries whether anything is taken
            return False
    if contact.unreachable_at is not None:
        _fail(message, "unreachable", now=now)
        message.state = Message.State.FAILED
        return True
    if window_closed(contact, channel.window, now=now - ahead):
        _fail(message, "window_closed", now=now)
        message.state = Message.State.FAILED
        return True
    if (later := _paced(message, now=now)) is not None:
        row.update(not_before=later)
        return False
    if doubt.there_is(message.channel) and not doubt.may_try(message.channel, now=now):
        return False
    changes: dict[str, object] = {}
    if message.state == Message.State.PENDING:
        message.attempts += 1
        changes["attempts"] = message.attempts
    row.update(state=Message.State.SENDING, not_before=now + channel.patience, sender=sender, **changes)
    message.state, message.sender = Message.State.SENDING, sender
    return True


def _is_away(channel: Channel, message: Message, error: DeliveryError, *, clock: Callable[[], datetime]) -> bool:
    """Whether the provider takes nothing from anybody, as far as it can be asked; not before a message has failed often."""
    if error.remedy is not Remedy.RETRY or message.attempts <= PATIENT or not isinstance(channel, Askable):
        return False
    # Asking takes as long as sending may: nobody else may think meanwhile that this sender is gone.
    still = Message.objects.filter(pk=message.pk, state=Message.State.SENDING)
    still.update(not_before=clock() + channel.patience)
    return not channel.answers()


def _use_chance(message: Message, channel: Channel, *, clock: Callable[[], datetime]) -> bool:
    """Whether a message in doubt, which is claimed, goes once more now: not while its provider is known to be away."""
    there = not isinstance(channel, Askable) or channel.answers()
    # Counted only now, for a worker that dies while it asks. Not if the provider has reported on it meanwhile.
    doubted = Message.objects.filter(pk=message.pk, state=Message.State.SENDING, sender=message.sender)
    if not there:
        doubted.update(not_before=clock() + doubt.REST)
        return False
    message.unsure += 1
    message.attempts += 1
    later = clock() + channel.patience
    return bool(doubted.update(unsure=message.unsure, attempts=message.attempts, not_before=later))


def _paced(message: Message, *, now: datetime) -> datetime | None:
    """When the provider's limits let the message go, or None when they do now: then its share is used up."""
    limits = CHANNELS.get(message.channel)
    if limits is None or limits.pace is None or limits.pace_of_one is None:
        return None
    lines = Line.objects.filter(pk=message.channel)
    if connection.features.has_select_for_update:
        lines = lines.select_for_update()
    line = lines.first() or Line.objects.get_or_create(pk=message.channel)[0]
    waits = (
        pace.wait(line.paced_until, limits.pace, now),
        pace.wait(message.contact.paced_until, limits.pace_of_one, now),
    )
    if later := [one for one in waits if one is not None]:
        return max(later)
    Line.objects.filter(pk=line.pk).update(paced_until=pace.use(line.paced_until, limits.pace, now))
    Contact.objects.filter(pk=message.contact_id).update(
        paced_until=pace.use(message.contact.paced_until, limits.pace_of_one, now)
    )
    return None


def _note_success(message: Message, sent: Sent, book: AddressBook | None, *, now: datetime) -> None:
    with transaction.atomic():
        # Not a message that the provider has reported on meanwhile: a failure of it is final.
        Message.objects.filter(pk=message.pk, state=Message.State.SENDING).update(
            state=Message.State.SENT, done_at=now, not_before=None, error=""
        )
        doubt.end(message.channel, now=now)
        if book is not None and sent.addresses:
            book.note(message.contact, sent.addresses)
        troubled = Line.objects.filter(pk=message.channel).exclude(trouble="")
        # That it was taken proves nothing where failures are only reported later: bot/conversations/reports.py.
        troubled.exclude(trouble__startswith=REPORTED).update(trouble="", troubled_at=None, paused_until=None)
    # The canonical line of a delivery.
    log.info(
        "delivered",
        extra={
            "trace": message.trace,
            "contact": str(message.contact_id),
            "message_id": message.pk,
            "channel": message.channel,
            "attempt": message.attempts,
            "waited_ms": int((now - message.created_at).total_seconds() * 1000),
        },
    )
    figures.DELIVERIES.labels(message.channel, "sent").inc()
    figures.DELIVERY.labels(message.channel).observe((now - message.created_at).total_seconds())


@transaction.atomic
def _note_failure(
    message: Message, error: DeliveryError, *, now: datetime, chance: Callable[[], float], away: bool = False
) -> None:
    pause: timedelta | None = None
    if away or error.remedy in (Remedy.WAIT, Remedy.SLOW):
        message.attempts = min(message.attempts, PATIENT)
        Message.objects.filter(pk=message.pk).update(attempts=message.attempts)
    match error.remedy:
        case Remedy.RETRY if message.attempts <= len(PAUSES):
            pause = PAUSES[message.attempts - 1] * (1 + JITTER * chance())
        case Remedy.WAIT | Remedy.SLOW:
            pause = max(timedelta(seconds=error.after or 0), PAUSES[message.attempts - 1]) * (1 + JITTER * chance())
            hold(message.channel, until=now + (BRAKE if error.remedy is Remedy.WAIT else pause))
        case Remedy.STOP:
            # Not counted: a token that was renewed must not find the messages of an hour given up.
            pause = STOPPED
            Message.objects.filter(pk=message.pk).update(attempts=F("attempts") - 1)
            hold(message.channel, until=now + STOPPED, trouble=error.code)
            log.error("channel stopped", extra={"channel": message.channel, "error": error.code})
        case Remedy.UNSURE:
            # It stays "sending": the provider's report, or the end of the channel's patience, decides.
            Message.objects.filter(pk=message.pk, state=Message.State.SENDING).update(error=error.code[:64])
            tell_failure(message, error.code, "sending", result="unsure")
            doubt.begin(message.channel, now=now)
            return
        case Remedy.UNREACHABLE:
            Contact.objects.filter(pk=message.contact_id).update(unreachable_at=now)
        case _:
            pass
    if pause is None:
        _fail(message, error.code, now=now)
        return
    tell_failure(message, error.code, "pending", result="stopped" if error.remedy is Remedy.STOP else "retry")
    Message.objects.filter(pk=message.pk, state=Message.State.SENDING).update(
        state=Message.State.PENDING, not_before=now + pause, error=error.code[:64]
    )


def hold(channel: str, *, until: datetime, trouble: str = "") -> None:
    """Let a channel rest.

    Args:
        channel: its name.
        until: when it may send again.
        trouble: why nothing can go, as a code, for those who can mend it; "" when it passes by itself.
    """
    line, _ = Line.objects.get_or_create(pk=channel)
    changes: dict[str, object] = {}
    if line.paused_until is None or line.paused_until < until:
        changes["paused_until"] = until
    if trouble:
        changes["trouble"] = trouble[:64]
        changes["troubled_at"] = line.troubled_at or until
    Line.objects.filter(pk=channel).update(**changes)


def _fail(message: Message, code: str, *, now: datetime) -> None:
    tell_failure(message, code, "failed", result="failed")
    Message.objects.filter(pk=message.pk).update(
        state=Message.State.FAILED, done_at=now, not_before=None, error=code[:64], attempts=message.attempts
    )


def tell_failure(message: Message, code: str, state: str, *, result: str) -> None:
    """The canonical line of a delivery that did not work; `result` is one of bot.watching.figures.RESULTS."""
    figures.DELIVERIES.labels(message.channel, result).inc()
    log.warning(
        "delivery failed",
        extra={
            "trace": message.trace,
            "message_id": message.pk,
            "channel": message.channel,
            "attempt": message.attempts,
            "error": code,
            "state": state,
        },
    )
