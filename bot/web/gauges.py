"""The gauges of the web process: what is in the database and around it. docs/metrics.md explains each; a test compares.

Every web process tells the same of them, so whoever reads several takes the maximum and not the sum.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import Error
from prometheus_client.core import GaugeMetricFamily, Metric

from bot.answers.library import Library
from bot.conversations import readings
from bot.conversations.rasa_client import RasaState
from bot.conversations.readings import Queue, Readings

#: Labels of a value, and the value.
Values = Iterable[tuple[tuple[str, ...], float]]


@dataclass(frozen=True, slots=True)
class House:
    """What a look found. `readings` is None when the database could not be read; `disk`: bytes free, and all."""

    readings: Readings | None
    rasa: RasaState
    content_refused: bool
    content_problems: int
    retention_days: int
    disk: tuple[int, int] | None


def look(
    *,
    now: datetime,
    content: Library,
    rasa: Callable[[], RasaState],
    retention_days: int,
    folder: Path,
) -> House:
    """Look at everything.

    Args:
        now: the time.
        content: the answers that this process serves.
        rasa: asks how Rasa is.
        retention_days: RETENTION_DAYS.
        folder: whose disk is measured (DATA_DIR).
    """
    content.current()
    try:
        found: Readings | None = readings.read(now)
    except Error:
        found = None
    try:
        usage = shutil.disk_usage(folder)
        disk = usage.free, usage.total
    except OSError:
        disk = None
    return House(
        readings=found,
        rasa=rasa(),
        content_refused=content.broken,
        content_problems=len(content.problems),
        retention_days=retention_days,
        disk=disk,
    )


@dataclass(frozen=True, slots=True)
class Gauge:
    """One gauge: its name, what it says, its labels, and its values in what was found. Without values it is left out."""

    name: str
    help: str
    labels: tuple[str, ...]
    values: Callable[[House], Values]


def _stored(values: Callable[[Readings], Values]) -> Callable[[House], Values]:
    """Nothing rather than something of before when the database is away."""
    return lambda house: values(house.readings) if house.readings is not None else ()


def _lengths(queues: Mapping[str, Queue]) -> Values:
    return [((channel,), queue.length) for channel, queue in queues.items()]


def _ages(queues: Mapping[str, Queue]) -> Values:
    return [((channel,), queue.oldest) for channel, queue in queues.items()]


def _outbox(found: Readings) -> Values:
    states = (("pending", found.pending), ("sending", found.sending))
    return [((channel, state), queue.length) for state, queues in states for channel, queue in queues.items()]


def _one(value: float) -> Values:
    return [((), value)]


def _age_of_heartbeat(found: Readings) -> Values:
    return () if found.heartbeat_age is None else _one(found.heartbeat_age)


#: Days to seconds.
_DAY = 86400

GAUGES: tuple[Gauge, ...] = (
    Gauge("faro_database_up", "1 when the database can be read", (), lambda h: _one(h.readings is not None)),
    Gauge("faro_rasa_ready", "1 when Rasa has its model and its answers", (), lambda h: _one(h.rasa.ready)),
    Gauge(
        "faro_waiting_messages", "Messages without an answer yet", ("channel",), _stored(lambda r: _lengths(r.waiting))
    ),
    Gauge(
        "faro_oldest_waiting_seconds",
        "Age of the oldest message without an answer; 0 when there is none",
        ("channel",),
        _stored(lambda r: _ages(r.waiting)),
    ),
    Gauge("faro_outbox_messages", "Messages to be delivered", ("channel", "state"), _stored(_outbox)),
    Gauge(
        "faro_oldest_outbox_seconds",
        "Age of the oldest message that waits to be sent; 0 when there is none",
        ("channel",),
        _stored(lambda r: _ages(r.pending)),
    ),
    Gauge(
        "faro_failed_deliveries",
        "Messages that were given up in the last hour",
        ("channel", "code"),
        _stored(lambda r: r.failed.items()),
    ),
    Gauge(
        "faro_channel_stopped",
        "1 for a channel that stands still until somebody mends it",
        ("channel", "code"),
        _stored(lambda r: [(one, 1) for one in r.troubles.items()]),
    ),
    Gauge(
        "faro_handovers",
        "Conversations that wait for a person of the team, or that one has",
        ("state",),
        _stored(lambda r: [(("waiting",), r.handovers_waiting.length), (("held",), r.handovers_held)]),
    ),
    Gauge(
        "faro_oldest_handover_seconds",
        "How long the first of those has waited; 0 when nobody does",
        (),
        _stored(lambda r: _one(r.handovers_waiting.oldest)),
    ),
    Gauge(
        "faro_rasa_passage",
        "Workers by whether their turns reach Rasa: closed (they do), trial (one at a time), open (none)",
        ("state",),
        _stored(lambda r: [((state,), number) for state, number in r.passages.items()]),
    ),
    Gauge("faro_workers", "Workers with a sign of life in the last minute", (), _stored(lambda r: _one(r.workers))),
    Gauge("faro_heartbeat_age_seconds", "Age of the newest sign of life of a worker", (), _stored(_age_of_heartbeat)),
    Gauge(
        "faro_oldest_text_seconds", "Age of the oldest message that is kept", (), _stored(lambda r: _one(r.oldest_text))
    ),
    Gauge("faro_retention_seconds", "RETENTION_DAYS", (), lambda h: _one(h.retention_days * _DAY)),
    Gauge(
        "faro_content_refused",
        "1 when a file is broken and an older copy is served",
        (),
        lambda h: _one(h.content_refused),
    ),
    Gauge("faro_content_problems", "What should be mended in the content", (), lambda h: _one(h.content_problems)),
    Gauge("faro_database_bytes", "Size of the database", (), _stored(lambda r: _one(r.database_bytes))),
    Gauge(
        "faro_disk_free_bytes",
        "What is free of the disk that holds DATA_DIR",
        (),
        lambda h: _one(h.disk[0]) if h.disk else (),
    ),
    Gauge("faro_disk_bytes", "The size of that disk", (), lambda h: _one(h.disk[1]) if h.disk else ()),
)


class Gauges:
    """The gauges as prometheus_client collects them. `found` gives the latest look, or None when there was none in time."""

    def __init__(self, found: Callable[[], House | None]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        """One family for each gauge. When nothing could be found in time, that is all that is said."""
        house = self._found()
        for gauge in GAUGES:
            family = GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels)
            if house is not None:
                for labels, value in gauge.values(house):
                    family.add_metric(labels, float(value))
            elif gauge.name == "faro_database_up":
                family.add_metric((), 0.0)
            yield family

    def describe(self) -> Iterable[Metric]:
        """Names alone: registering must not look into the database."""
        return [GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels) for gauge in GAUGES]
