"""The language of the console: chosen by whoever reads, Spanish until then."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import translation
from django.utils.deprecation import MiddlewareMixin
from django.views.decorators.http import require_POST

from console.catalogues import DEFAULT, LANGUAGES
from console.login.destination import destination
from console.permissions import for_every_account

COOKIE = "faro_console_language"
#: Seconds that the choice is remembered: a year.
REMEMBERED = 365 * 24 * 3600

_CODES = frozenset(code for code, _ in LANGUAGES)


class ChosenLanguage(MiddlewareMixin):
    """Activates the language for one request."""

    def process_request(self, request: HttpRequest) -> None:
        code = request.COOKIES.get(COOKIE, "")
        translation.activate(code if code in _CODES else DEFAULT)

    def process_response(self, _request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", translation.get_language() or DEFAULT)
        translation.deactivate()
        return response


@require_POST
@for_every_account
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back to the page where it was chosen."""
    response = HttpResponseRedirect(destination(request))
    code = request.POST.get("language", "")
    if code in _CODES:
        response.set_cookie(
            COOKIE,
            code,
            max_age=REMEMBERED,
            path="/console/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response
