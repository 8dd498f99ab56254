"""Name and password, and the way out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation

from console.catalogues import LANGUAGES
from console.permissions import for_every_account


class _Login(LoginView):
    """The page says the same whatever was wrong, so that nobody learns which names exist."""

    template_name = "console/login/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The words of the form, and the languages that it can be read in."""
        more = {"language": translation.get_language(), "languages": LANGUAGES}
        return super().get_context_data(**kwargs) | more

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Let in."""
        # Sessions that ended by themselves are swept when somebody comes in; no process has to be run for them.
        self.request.session.clear_expired()
        return super().form_valid(form)


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
