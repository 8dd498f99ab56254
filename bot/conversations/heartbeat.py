"""Signs of life of the processes that nobody can call: a worker that stopped would otherwise show only by who waits."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from bot.conversations.breaker import Passage
from bot.conversations.models import Heartbeat
from bot.conversations.seat import Seat

WORKER = "worker"

#: How often a process says that it is alive, in seconds.
EVERY = 10.0

#: Without a sign for so long a process counts as gone. Six signs: a busy machine may miss one, a database that restarts a
#: few.
GONE = timedelta(seconds=60)

#: Rows of processes that were killed are swept away after this.
SWEPT = timedelta(days=1)


class Pulse:
    """The sign of life of one process."""

    def __init__(self, process: str, *, now: datetime, seat: Seat | None = None) -> None:
        seat = seat or Seat()
        self._mark, self._holder = seat.mark, seat.holder()
        self._process = process
        self._started_at = now

    def beat(self, *, now: datetime, passage: str = "") -> None:
        """Say that this process is alive, and forget those that have been gone for long or sat in its seat before.

        Args:
            now: the time.
            passage: whether its turns reach Rasa (bot/conversations/breaker.py); "" when it takes none.
        """
        Heartbeat.objects.update_or_create(
            holder=self._holder,
            defaults={"at": now, "process": self._process, "started_at": self._started_at, "passage": passage},
        )
        before = Q(holder__startswith=self._mark) & ~Q(holder=self._holder)
        Heartbeat.objects.filter(before | Q(at__lt=now - SWEPT)).delete()

    def end(self) -> None:
        """Say that this process ends on purpose."""
        Heartbeat.objects.filter(holder=self._holder).delete()


def without_rasa(process: str, *, now: datetime) -> int:
    """How many of them have found Rasa gone and not yet back."""
    lately = Heartbeat.objects.filter(process=process, at__gt=now - GONE)
    return lately.filter(passage=Passage.OPEN).count()


def alive(process: str, *, now: datetime) -> int:
    """How many processes of a kind have given a sign of life lately."""
    return Heartbeat.objects.filter(process=process, at__gt=now - GONE).count()
