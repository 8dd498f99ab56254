"""The time of day as a machine tells it may leap: what waits for a moment must not freeze, and nothing may be deleted early.

A clock is put back or forward by hand, by a battery that is empty, by a time server that answers after an hour. The time
that has *passed* (time.monotonic) never leaps, so the two beside each other show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from bot.channels.contract import Channel
from bot.conversations.models import Contact, Line, Message

#: Less is no leap: a chore took a moment between the two looks at the clocks.
TOLERATED = timedelta(seconds=5)

#: A clock that is no further off than this deletes nothing that would not be deleted anyway.
HARMLESS = timedelta(hours=1)

#: Seconds after which a clock that leapt forward is believed: whoever looks after the machine had a day to put it right, and
#: what people erase is erased meanwhile all the same.
BELIEVED = 24 * 3600.0


class WallClock:
    """Compares the time of day with the time that has passed (seconds of time.monotonic)."""

    def __init__(self, *, now: datetime, passed: float) -> None:
        self._now, self._passed = now, passed
        self._begun = passed
        self._off = timedelta()
        self._leapt: float | None = None

    def look(self, *, now: datetime, passed: float) -> timedelta:
        """How far the clock has leapt since the last look, backwards when negative; zero when it has not."""
        leap = (now - self._now) - timedelta(seconds=passed - self._passed)
        self._now, self._passed = now, passed
        if abs(leap) <= TOLERATED:
            return timedelta()
        self._off += leap
        self._leapt = passed if self._off > HARMLESS else None
        return leap

    def ahead(self, *, now: datetime, passed: float) -> timedelta:
        """How far the clock is known to be ahead, by leaps since the process began; zero when it is not."""
        leap = (now - self._now) - timedelta(seconds=passed - self._passed)
        return max(self._off + (leap if abs(leap) > TOLERATED else timedelta()), timedelta())

    def believed(self, *, takes_all: bool) -> bool:
        """Whether what is deleted by age may be deleted now.

        Args:
            takes_all: whether even the newest of it would go, as it would by a clock that was wrong from the start.
        """
        since = self._leapt if self._leapt is not None else self._begun if takes_all else None
        return since is None or self._passed - since >= BELIEVED


@transaction.atomic
def thaw(channels: Mapping[str, Channel], *, now: datetime) -> None:
    """The clock was put back: moments that were near are far off now, and nobody may wait for them."""
    Contact.objects.filter(holder="", held_until__gt=now).update(held_until=None)
    Line.objects.filter(paused_until__gt=now).update(paused_until=now)
    Line.objects.filter(doubted_at__gt=now).update(doubted_at=now)
    waiting = Message.objects.filter(direction=Message.Direction.OUT, not_before__gt=now)
    waiting.filter(state=Message.State.PENDING).update(not_before=now)
    for name, channel in channels.items():
        # What is on its way keeps the whole patience of its channel, or it would be sent twice.
        waiting.filter(state=Message.State.SENDING, channel=name).update(not_before=now + channel.patience)
