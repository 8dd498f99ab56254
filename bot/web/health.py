"""/healthz says that the process is alive; /readyz says whether people get answers, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from bot.answers.problems import Problem
from bot.channels.webchat.languages import library
from bot.conversations.models import Message
from bot.conversations.rasa_client import RasaClient
from bot.web.django_settings import SETTINGS

#: A message that has waited longer than this, in seconds, is not being answered.
WAITING_TOO_LONG = 30.0

_rasa = RasaClient(SETTINGS.rasa_url, SETTINGS.rasa_secret)


def alive(_request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"alive": True})


@dataclass(frozen=True, slots=True)
class State:
    """How Faro is at a moment: /readyz gives it to machines, the console to people.

    `content` says whether the files can be served as they are; when not, an older copy is. `problems` are all that the
    library knows of. `oldest_waiting` is the age in seconds of the oldest message without an answer.
    """

    database: bool
    rasa: bool
    content: bool
    content_version: str
    problems: tuple[Problem, ...]
    oldest_waiting: float | None

    @property
    def well(self) -> bool:
        """Whether people get answers."""
        in_time = self.oldest_waiting is None or self.oldest_waiting < WAITING_TOO_LONG
        return self.database and self.rasa and self.content and in_time


def state() -> State:
    """Look at every part."""
    content = library()
    content.current()
    database, oldest_waiting = _database()
    return State(
        database=database,
        rasa=_rasa.ready(),
        content=not content.broken,
        content_version=content.version,
        problems=content.problems,
        oldest_waiting=oldest_waiting,
    )


def ready(_request: HttpRequest) -> JsonResponse:
    """200 when database, Rasa with its model, and content are well and nobody waits too long; else 503 with the parts."""
    found = state()
    parts = {
        "ready": found.well,
        "database": found.database,
        "rasa": found.rasa,
        "content": found.content,
        "content_version": found.content_version,
        "content_problems": len(found.problems),
        "oldest_waiting_s": found.oldest_waiting,
    }
    return JsonResponse(parts, status=200 if found.well else 503)


def _database() -> tuple[bool, float | None]:
    """Whether the database answers, and the age in seconds of the oldest message that waits."""
    waiting = Message.objects.filter(state=Message.State.WAITING).order_by("id")
    try:
        oldest = waiting.values_list("created_at", flat=True).first()
    except DatabaseError:
        return False, None
    return True, None if oldest is None else round((timezone.now() - oldest).total_seconds(), 1)
