"""The pages of the console."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bot.channels.webchat import languages
from bot.web import health
from console import figures, words

#: Days of the longer table of figures.
DAYS = 7


class Login(LoginView):
    """Name and password. The page says the same whatever was wrong, so that nobody learns which names exist."""

    template_name = "console/login.html"
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        # Sessions that ended by themselves are swept when somebody comes in; no process has to be run for them.
        self.request.session.clear_expired()
        return super().form_valid(form)


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """How Faro is, how much was asked, and who waits for a person. Counts only: no text, no contact."""
    now = timezone.now()
    found = health.state()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    spoken = languages.languages()
    waiting = figures.handovers(now)
    context = {
        "user": request.user.get_username(),
        "now": timezone.localtime(now),
        "state": found,
        "problems": [(one.path, one.line, one.message(words.LANGUAGE)) for one in found.problems],
        "oldest_message": words.span(found.oldest_waiting),
        "tables": [
            ("Hoy", figures.messages(midnight, spoken)),
            (f"Últimos {DAYS} días", figures.messages(midnight - timedelta(days=DAYS - 1), spoken)),
        ],
        "handovers": waiting.number,
        "oldest_handover": words.span(waiting.oldest),
    }
    return render(request, "console/state.html", context)
