"""How the queues are at a moment, for Prometheus: counts and ages, in a handful of reads that each have their index."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Count, Max, Min, Value
from django.db.models.functions import Coalesce

from bot.channels.limits import CHANNELS
from bot.conversations import heartbeat
from bot.conversations.breaker import Passage
from bot.conversations.models import Handover, Heartbeat, Line, Message

#: Milliseconds that one read may take on PostgreSQL: whoever watches must not be the one who makes it slow.
TIME_LIMIT = 2000

#: Deliveries count as failed lately for this long.
LATELY = timedelta(hours=1)

#: Codes of failures that are told apart; the rarer ones are "other". Codes come from providers, who may invent any number.
CODES = 15
OTHER = "other"
_CODE = re.compile(r"[\w .:-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Queue:
    """How many messages wait, and the age in seconds of the oldest; 0 when none does."""

    length: int = 0
    oldest: float = 0.0


@dataclass(frozen=True, slots=True)
class Readings:
    """The queues by channel, and the rest by what it is called. Ages are in seconds.

    `handovers` leaves out those for the safeguarding role alone, as notices do: that there is one already tells something.
    `passages` counts the workers that are alive by whether their turns reach Rasa (bot/conversations/breaker.py).
    `heartbeat_age` is that of the newest sign of life of a worker, None when there was none in the last day. `oldest_text`
    is the age of the oldest message that is kept, which retention bounds.
    """

    waiting: Mapping[str, Queue] = field(default_factory=dict)
    pending: Mapping[str, Queue] = field(default_factory=dict)
    sending: Mapping[str, Queue] = field(default_factory=dict)
    failed: Mapping[tuple[str, str], int] = field(default_factory=dict)
    troubles: Mapping[str, str] = field(default_factory=dict)
    handovers_waiting: Queue = Queue()
    handovers_held: int = 0
    passages: Mapping[str, int] = field(default_factory=dict)
    heartbeat_age: float | None = None
    oldest_text: float = 0.0
    database_bytes: int = 0

    @property
    def workers(self) -> int:
        """How many workers are alive."""
        return sum(self.passages.values())


def read(now: datetime) -> Readings:
    """Read everything once.

    Raises:
        DatabaseError: the database is away, or took longer than TIME_LIMIT.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {TIME_LIMIT}")
        return _read(now)


def _read(now: datetime) -> Readings:
    beat = Heartbeat.objects.filter(process=heartbeat.WORKER).aggregate(newest=Max("at"))["newest"]
    open_to_all = Handover.objects.filter(closed_at__isnull=True, contact__safeguarding=False)
    asked = open_to_all.filter(taken_at__isnull=True).aggregate(number=Count("pk"), oldest=Min("requested_at"))
    oldest = Message.objects.order_by("created_at").values_list("created_at", flat=True).first()
    return Readings(
        waiting=_queues(Message.State.WAITING, now),
        pending=_queues(Message.State.PENDING, now),
        sending=_queues(Message.State.SENDING, now),
        failed=_failed(now),
        troubles={
            channel: _code(trouble)
            for channel, trouble in Line.objects.exclude(trouble="").values_list("channel", "trouble")
        },
        handovers_waiting=Queue(asked["number"], _age(asked["oldest"], now)),
        handovers_held=open_to_all.filter(taken_at__isnull=False).count(),
        passages=_passages(now),
        heartbeat_age=None if beat is None else _age(beat, now),
        oldest_text=_age(oldest, now),
        database_bytes=_bytes(),
    )


def _queues(state: Message.State, now: datetime) -> dict[str, Queue]:
    """By channel. Each known one is there: no series at all would look like nothing that is wrong."""
    # The channel as an expression, as in bot/conversations/deliver.py: as a column, SQLite would read every message by the
    # unique key that begins with it, instead of the few of the state.
    by_channel = Message.objects.filter(state=state).values(by=Coalesce("channel", Value("")))
    rows = by_channel.annotate(number=Count("pk"), oldest=Min("created_at")).order_by()
    found = {row["by"]: Queue(row["number"], _age(row["oldest"], now)) for row in rows}
    return {name: Queue() for name in CHANNELS} | found


def _passages(now: datetime) -> dict[str, int]:
    alive = Heartbeat.objects.filter(process=heartbeat.WORKER, at__gt=now - heartbeat.GONE)
    found = dict(alive.values_list("passage").annotate(Count("pk")).order_by())
    # A worker of before does not say it: its turns are taken to reach Rasa.
    found[Passage.CLOSED.value] = found.get(Passage.CLOSED.value, 0) + found.pop("", 0)
    return {passage.value: found.get(passage.value, 0) for passage in Passage}


def _failed(now: datetime) -> dict[tuple[str, str], int]:
    rows = Message.objects.filter(state=Message.State.FAILED, done_at__gte=now - LATELY)
    by_code = rows.values_list("channel", "error").annotate(number=Count("pk")).order_by("-number", "channel", "error")
    told: dict[tuple[str, str], int] = {}
    for place, (channel, error, number) in enumerate(by_code):
        key = (channel, _code(error) if place < CODES else OTHER)
        told[key] = told.get(key, 0) + number
    return told


def _code(error: str) -> str:
    return error if _CODE.fullmatch(error) else OTHER


def _age(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())


def _bytes() -> int:
    """Size of the database; 0 when it cannot be told."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    files = [Path(f"{connection.settings_dict['NAME']}{ending}") for ending in ("", "-wal")]
    return sum(file.stat().st_size for file in files if file.is_file())
