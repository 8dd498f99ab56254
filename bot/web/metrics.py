"""GET /metrics of the web process: what it counts itself, and the state of the house. Not for the public."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bot.channels.webchat.languages import library
from bot.watching.figures import REGISTRY, tell_content
from bot.watching.gate import Gate, public_host
from bot.watching.listener import page as text_page
from bot.web import gauges, health
from bot.web.django_settings import SETTINGS
from bot.web.snapshot import Snapshot


def _look() -> gauges.House:
    try:
        return gauges.look(
            now=timezone.now(),
            content=library(),
            rasa=health.rasa_state,
            retention_days=SETTINGS.retention_days,
            folder=SETTINGS.data_dir,
        )
    finally:
        connections.close_all()  # the thread of a look ends with it


GATE = Gate(SETTINGS.metrics_token, public_host(urlsplit(SETTINGS.public_url).hostname or ""))
REGISTRY.register(gauges.Gauges(Snapshot(_look).get))
tell_content(lambda: library().version)


@never_cache
@require_safe
async def page(request: HttpRequest) -> HttpResponse:
    """The figures, for whoever may read them; for everybody else there is nothing here, or a token is missing."""
    status = GATE.judge(str(request.META.get("REMOTE_ADDR") or ""), {k.lower(): v for k, v in request.headers.items()})
    if status is not HTTPStatus.OK:
        return HttpResponse(status=status)
    # In a thread: the look may take seconds, and the polls of the chat are on this loop.
    body, kind = await sync_to_async(text_page, thread_sensitive=False)(request.headers.get("Accept", ""))
    return HttpResponse(body, headers={"Content-Type": kind})
