"""The page that says how Faro is. No text, no contact."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from bot.web import health
from console.page import render
from console.permissions import Permission, demands
from console.spans import span


@require_safe
@demands(Permission.SEE_STATE)
def state(request: HttpRequest) -> HttpResponse:
    """Every part of Faro as it is at this moment."""
    found = health.state()
    language = translation.get_language() or ""
    context = {
        "now": timezone.localtime(),
        "state": found,
        "problems": [(one.path, one.line, one.message(language)) for one in found.problems],
        "oldest_message": span(found.oldest_waiting),
    }
    return render(request, "console/health/state.html", context)
