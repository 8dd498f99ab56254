"""/healthz says that the process is alive; /readyz says whether people get answers, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import Error
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bot.answers.problems import Problem
from bot.channels.webchat.languages import library
from bot.conversations import heartbeat
from bot.conversations.inbox import INBOX
from bot.conversations.models import Contact, Line, Message
from bot.conversations.rasa_client import RasaState, is_well
from bot.conversations.rasa_pool import RasaPool
from bot.web.django_settings import SETTINGS

#: A message that has waited longer than this, in seconds, is not being answered.
WAITING_TOO_LONG = 30.0

#: So many people whose answers wait to be sent for that long are not the fault of one message: the provider is away.
SEVERAL = 3

#: Channels whose people fetch their messages: those wait for nobody.
FETCHED = ("web", "terminal")

_rasa = RasaPool.at(SETTINGS.rasa_urls, SETTINGS.rasa_secret)


def rasa_state() -> RasaState:
    """How Rasa is. Never raises."""
    return _rasa.look()


@require_safe
def alive(_request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"alive": True})


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What goes out to providers.

    `troubles`: the channels that stand still until somebody mends them, with the code that says why. `late`: those on
    which answers to SEVERAL people have waited WAITING_TOO_LONG. `pending`: messages that wait to be sent. `failed`: those
    of the last 24 hours that were given up, by code.
    """

    troubles: dict[str, str] = field(default_factory=dict)
    late: tuple[str, ...] = ()
    pending: int = 0
    failed: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """How Faro is at a moment: /readyz gives it to machines, the console to people.

    `inbox` says whether this process could write down what somebody wrote last: a full disk can be read.
    `content` says whether the files can be served as they are; when not, an older copy is. `problems` are all that the
    library knows of. `oldest_waiting` is the age in seconds of the oldest message without an answer. `workers` counts those
    that gave a sign of life in the last minute, `without_rasa` those of them that find Rasa gone. `deliveries` says how
    answers get out.
    """

    database: bool
    inbox: bool
    rasa: RasaState
    workers: int
    without_rasa: int
    content: bool
    content_version: str
    problems: tuple[Problem, ...]
    oldest_waiting: float | None
    deliveries: Deliveries

    @property
    def well(self) -> bool:
        """Whether people get answers."""
        in_time = self.oldest_waiting is None or self.oldest_waiting < WAITING_TOO_LONG
        works = (
            self.database
            and self.inbox
            and self.rasa.ready
            and self.workers > 0
            and not self.without_rasa
            and self.content
        )
        return works and in_time and not self.deliveries.troubles and not self.deliveries.late


def state(contacts: QuerySet[Contact] | None = None) -> State:
    """Look at every part.

    Args:
        contacts: whose deliveries are counted; without it everybody's.
    """
    content = library()
    content.current()
    now = timezone.now()
    database, oldest_waiting, workers, without_rasa = _database(now)
    deliveries = Deliveries()
    if database:
        try:
            deliveries = _deliveries(now, contacts)
        except Error:  # it went away between the two
            database = False
    return State(
        database=database,
        inbox=INBOX.open,
        rasa=_rasa.look(),
        workers=workers,
        without_rasa=without_rasa,
        content=not content.broken,
        content_version=content.version,
        problems=content.problems,
        oldest_waiting=oldest_waiting,
        deliveries=deliveries,
    )


@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when database, Rasa, a worker and content are well and nobody waits too long; else 503 with the parts.

    `actions` is said and decides nothing: without them most questions are answered all the same.
    """
    found = state()
    parts = {
        "ready": found.well,
        "database": found.database,
        "inbox": found.inbox,
        "rasa": found.rasa.ready,
        "rasa_ready": found.rasa.answering,
        "rasa_replicas": found.rasa.replicas,
        "model": found.rasa.model,
        "actions": is_well(f"{SETTINGS.actions_url}/health"),
        "workers": found.workers,
        "workers_without_rasa": found.without_rasa,
        "content": found.content,
        "content_version": found.content_version,
        "content_problems": len(found.problems),
        "oldest_waiting_s": found.oldest_waiting,
        "channels_stopped": found.deliveries.troubles,
        "channels_late": found.deliveries.late,
        "deliveries_pending": found.deliveries.pending,
        "deliveries_failed_24h": sum(found.deliveries.failed.values()),
    }
    return JsonResponse(parts, status=200 if found.well else 503)


def _database(now: datetime) -> tuple[bool, float | None, int, int]:
    """Whether the database answers, the age in seconds of the oldest message that waits, how many workers there are, and how
    many of them do not reach Rasa."""
    waiting = Message.objects.filter(state=Message.State.WAITING).order_by("id")
    try:
        oldest = waiting.values_list("created_at", flat=True).first()
        workers = heartbeat.alive(heartbeat.WORKER, now=now)
        without_rasa = heartbeat.without_rasa(heartbeat.WORKER, now=now)
    except Error:  # also InterfaceError, which is none of DatabaseError
        return False, None, 0, 0
    return True, None if oldest is None else round((now - oldest).total_seconds(), 1), workers, without_rasa


def _deliveries(now: datetime, contacts: QuerySet[Contact] | None) -> Deliveries:
    sent = Message.objects.filter(direction=Message.Direction.OUT).exclude(channel__in=FETCHED)
    if contacts is not None:
        # Not contact__in: SQLite would begin with the contacts, which are many, and not with the few messages.
        sent = sent.filter(Exists(contacts.filter(pk=OuterRef("contact_id"))))
    failed = sent.filter(state=Message.State.FAILED, done_at__gte=now - timedelta(days=1))
    by_code = failed.values_list("error").annotate(number=Count("pk")).order_by("-number")
    return Deliveries(
        troubles=dict(Line.objects.exclude(trouble="").order_by("channel").values_list("channel", "trouble")),
        late=_late(sent, now),
        # One at a time, each by its own index.
        pending=sum(sent.filter(state=state).count() for state in (Message.State.PENDING, Message.State.SENDING)),
        failed={str(code): number for code, number in by_code},
    )


def _late(sent: QuerySet[Message], now: datetime) -> tuple[str, ...]:
    """Where several people's answers have waited too long to be sent."""
    people: dict[str, set[UUID]] = {}
    for state in (Message.State.PENDING, Message.State.SENDING):
        waiting = sent.filter(state=state, created_at__lt=now - timedelta(seconds=WAITING_TOO_LONG))
        for channel, contact in waiting.values_list("channel", "contact_id").distinct():
            people.setdefault(channel, set()).add(contact)
    return tuple(sorted(channel for channel, contacts in people.items() if len(contacts) >= SEVERAL))
