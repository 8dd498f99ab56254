"""Who polls, until when nobody else may, and what is confirmed next: one row that all workers share."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q

from bot.channels.telegram.parse import NAME
from bot.conversations.models import Line

#: How long a poller holds the lease; it is renewed while a poll is open. After a crash another one begins this much later.
HELD = timedelta(seconds=15)

#: Telegram keeps an update for a day (core.telegram.org/bots/api#getting-updates): who has not asked for longer knows no
#: offset any more.
KEPT = timedelta(hours=24)


class Lease:
    """This process's claim to be the one that polls.

    Args:
        bot: the id of our bot: another one's updates have other numbers.
        clock: the time.
    """

    def __init__(self, bot: str, *, clock: Callable[[], datetime]) -> None:
        self._bot, self._clock = bot, clock
        self._me = f"{bot}:{secrets.token_hex(6)}"

    def take(self) -> bool:
        """Take the lease or renew it; False while another process has it."""
        now = self._clock()
        before, _ = Line.objects.get_or_create(pk=NAME)
        free = Q(poller=self._me) | Q(polled_until__isnull=True) | Q(polled_until__lte=now)
        # A clock that was put back must not lock everybody out.
        free |= Q(polled_until__gt=now + 2 * HELD)
        fresh = before.polled_until is not None and now - before.polled_until < KEPT
        changes: dict[str, object] = {"poller": self._me, "polled_until": now + HELD}
        if before.poller.partition(":")[0] != self._bot or not fresh:
            # After a quiet week Telegram numbers anew, and an offset that is too high would throw away what waits.
            # Without one it brings everything that is not confirmed; what is in the inbox already is known by its number.
            changes["offset"] = 0
        return bool(Line.objects.filter(free, pk=NAME, poller=before.poller).update(**changes))

    def release(self) -> None:
        """Let another process begin at once."""
        Line.objects.filter(pk=NAME, poller=self._me).update(polled_until=self._clock())

    def offset(self) -> int:
        """The next update to ask for, which confirms all before it; 0 for the first that is not confirmed."""
        return Line.objects.values_list("offset", flat=True).get(pk=NAME)

    def confirm(self, offset: int) -> None:
        """Remember what the next poll confirms; 0 when nothing is left to confirm."""
        Line.objects.filter(pk=NAME, poller=self._me).update(offset=offset)

    def alarm(self, code: str) -> bool:
        """Note what somebody has to mend. Returns whether it is news."""
        others = Line.objects.filter(pk=NAME).exclude(trouble=code)
        return bool(others.update(trouble=code, troubled_at=self._clock()))

    def clear(self, *codes: str) -> None:
        """It is mended."""
        Line.objects.filter(pk=NAME, trouble__in=codes).update(trouble="", troubled_at=None)
