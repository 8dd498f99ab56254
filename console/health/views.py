"""The page that says how Faro is. No text of anybody, and of contacts only their names."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from bot.conversations.rasa_client import is_well
from bot.web import health
from bot.web.django_settings import SETTINGS
from console.content.words import CHANNEL_NAMES
from console.health import deliveries, machine
from console.health.codes import meaning
from console.page import render
from console.permissions import Permission, demands, may
from console.sight import visible
from console.spans import span


@require_safe
@demands(Permission.SEE_STATE)
def state(request: HttpRequest) -> HttpResponse:
    """Every part of Faro as it is at this moment, and the messages that were given up."""
    context = _now(request)
    failed, more = deliveries.rows(request, timezone.now()) if context["state"].database else ([], False)
    context |= {
        "failed": failed,
        "more": more,
        "days": deliveries.LISTED_FOR.days,
        "simple": sum(row.simple for row in failed),
        "may_retry": may(request, Permission.RETRY_DELIVERIES),
    }
    return render(request, "console/health/state.html", context)


@require_safe
@demands(Permission.SEE_STATE)
def now(request: HttpRequest) -> HttpResponse:
    """The part of the page that renews itself."""
    return render(request, "console/health/now_part.html", _now(request))


def _now(request: HttpRequest) -> dict[str, Any]:
    found = health.state(visible(request))
    language = translation.get_language() or ""
    return {
        "now": timezone.localtime(),
        "state": found,
        "actions": is_well(f"{SETTINGS.actions_url}/health"),
        "problems": [(one.path, one.line, one.message(language)) for one in found.problems],
        "oldest_message": span(found.oldest_waiting),
        "troubles": [
            (CHANNEL_NAMES.get(channel, channel), code, meaning(code))
            for channel, code in found.deliveries.troubles.items()
        ],
        "by_code": [(code, number, meaning(code)) for code, number in found.deliveries.failed.items()],
        "disk": machine.disk(SETTINGS.data_dir),
        "database_size": machine.database_size() if found.database else None,
        "may_see_content": may(request, Permission.SEE_CONTENT),
    }
