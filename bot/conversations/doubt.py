"""A channel that takes connections and answers nothing, for minutes: what is sent then is spent in vain.

A message whose fate is unknown is sent once more and then given up (deliver.py). In an outage every message would spend both
chances within a minute. So when the messages of several people are in doubt and nothing was taken since, one message at a
time goes, to try, and those in doubt keep their second chance until something was taken.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from bot.conversations.models import Line, Message

#: So many people's messages in doubt are not the fault of one message.
SEVERAL = 3

#: Between two tries of a channel in doubt: as long as a call lasts at most.
REST = timedelta(seconds=20)

#: When for so long there was nothing new to try with, one of those in doubt tries with its second chance.
QUIET = timedelta(seconds=30)


def begin(channel: str, *, now: datetime) -> None:
    """Nobody knows what became of a message."""
    Line.objects.get_or_create(pk=channel)
    Line.objects.filter(pk=channel, doubted_at__isnull=True).update(doubted_at=now)


def end(channel: str, *, now: datetime) -> None:
    """The provider took something: whatever waited because of doubt may go. A longer pause is the provider's own wish."""
    doubted = Line.objects.filter(pk=channel, doubted_at__isnull=False)
    if doubted.exists():  # nearly never: one read for each delivery
        doubted.filter(paused_until__lte=now + REST).update(paused_until=None)
        doubted.update(doubted_at=None)


def there_is(channel: str) -> bool:
    """Whether the channel as a whole is in doubt."""
    if not Line.objects.filter(pk=channel, doubted_at__isnull=False).exists():
        return False
    unknown = Message.objects.filter(state=Message.State.SENDING, channel=channel).exclude(error="")
    return unknown.values("contact_id").distinct()[:SEVERAL].count() >= SEVERAL


def may_try(channel: str, *, now: datetime) -> bool:
    """Whether this sender is the one that tries now; all others wait for REST."""
    free = Q(paused_until__isnull=True) | Q(paused_until__lte=now)
    return bool(Line.objects.filter(free, pk=channel).update(paused_until=now + REST))


def is_quiet(channel: str, *, now: datetime) -> bool:
    """Whether nobody has tried for QUIET."""
    line = Line.objects.filter(pk=channel).first()
    tries = (line.doubted_at, line.paused_until) if line is not None else ()
    return all(one is None or one <= now - QUIET for one in tries)
