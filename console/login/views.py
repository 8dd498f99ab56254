"""Name and password, and the way out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation

from console.catalogues import LANGUAGES
from console.login import lockout
from console.login.destination import HOME, destination
from console.permissions import for_every_account


class _Login(LoginView):
    """The page says the same whatever was wrong, so that nobody learns which names exist."""

    template_name = "console/login/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The words of the form, and the languages that it can be read in."""
        more = {
            "language": translation.get_language(),
            "languages": LANGUAGES,
            "locked": lockout.locked(self.request),
            "ended": "ended" in self.request.GET,
        }
        return super().get_context_data(**kwargs) | more

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """To a page of the console alone."""
        found = destination(request or self.request)
        return "" if found == HOME else found

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Let in."""
        # Sessions that ended by themselves are swept when somebody comes in; no process has to be run for them.
        self.request.session.clear_expired()
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Say that it was wrong, or that it was too often."""
        response = super().form_invalid(form)
        if lockout.locked(self.request):
            response.status_code = 429
        return response


_login = _Login.as_view()
_logout = LogoutView.as_view()


@for_every_account
def login(request: HttpRequest) -> HttpResponseBase:
    """The login."""
    return _login(request)


@for_every_account
def logout(request: HttpRequest) -> HttpResponseBase:
    """The way out; a POST."""
    return _logout(request)
