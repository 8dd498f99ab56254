"""The door of the console: sessions and accounts exist behind it only, and nobody passes without a login.

A middleware that looks at the address, instead of Django's three in the settings' list: there they would run for the
chat too, which would then touch the tables of sessions and accounts, vary by the staff's cookie and could hand one to a
migrant's browser. And instead of a decorator on each view: a decorator can be forgotten, an address under /console/
cannot. So what is not named in OPEN is closed, also what somebody adds later and what does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import sync_and_async_middleware
from django.utils.deprecation import MiddlewareMixin
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxMiddleware
from django_otp import user_has_device
from django_otp.middleware import OTPMiddleware

from bot.web.django_settings import SETTINGS
from console.audit.trail import Action, note
from console.language import ChosenLanguage
from console.login.sessions import StillOpen
from console.page import render

#: Where the console begins; also the path of its cookie (bot/web/django_settings.py).
PREFIX = "/console/"

#: The addresses behind the door that open without a login: the login itself, its language, and the link with which
#: somebody who was invited sets a password.
LOGIN = "/console/login"
LANGUAGE = "/console/language"
INVITATION = "/console/invitation/"
OPEN = frozenset({LOGIN, LANGUAGE})

#: What is open between the password and the second factor.
SECOND_FACTOR = "/console/second-factor"
HALFWAY = frozenset({SECOND_FACTOR, "/console/second-factor/new", "/console/logout"})


class LoginDemanded(MiddlewareMixin):
    """Sends whoever is not logged in to the login, and lets no browser keep a page of the console."""

    def process_request(self, request: Any) -> HttpResponse | None:
        path = request.path_info
        if path in OPEN or path.startswith(INVITATION):
            return None
        if not request.user.is_authenticated:
            # Said only to whom it happened: a link with "ended" in it is nobody's session.
            return _sent(request, f"{LOGIN}?ended=1" if getattr(request, "session_ended", False) else LOGIN)
        if path not in HALFWAY and not enough(request):
            return _sent(request, SECOND_FACTOR)
        return None

    def process_response(self, _request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        add_never_cache_headers(response)
        return response


def _sent(request: Any, to: str) -> HttpResponse:
    """To another page first, and after it to the page that was asked for, but not to an action."""
    if request.htmx:
        # A piece of a page was asked for; the whole page goes, or the login would stand in the middle of it.
        return HttpResponseClientRedirect(redirect_to_login(request.htmx.current_url_abs_path or PREFIX, to).url)
    return redirect_to_login(request.get_full_path() if request.method == "GET" else PREFIX, to)


def enough(request: HttpRequest) -> bool:
    """Whether this session has shown all that it must: the second factor too, where one is demanded or was set up."""
    user: Any = request.user
    return bool(user.is_verified()) or not (SETTINGS.second_factor_demanded or user_has_device(user))


def refused(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """The page for whoever asked without the permission, with a line in the trail, and that for what is not there."""
    if not request.path_info.startswith(PREFIX):
        return None
    if isinstance(exception, Http404):
        return render(request, "console/nowhere.html", status=404)
    if not isinstance(exception, PermissionDenied):
        return None
    note(request, Action.REFUSED, about=request.resolver_match.view_name if request.resolver_match else "")
    return render(request, "console/refused.html", status=403)


#: What stands between the door and a page, outermost first.
CHAIN: tuple[Any, ...] = (
    SessionMiddleware,
    AuthenticationMiddleware,
    OTPMiddleware,
    StillOpen,
    MessageMiddleware,
    HtmxMiddleware,
    ChosenLanguage,
    LoginDemanded,
)


@sync_and_async_middleware
def staff_only(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Session, account and the demand for both, for addresses under PREFIX; any other passes untouched."""
    behind: Any = get_response
    for middleware in reversed(CHAIN):
        behind = middleware(behind)

    def way(request: HttpRequest) -> Callable[[HttpRequest], Any]:
        return behind if request.path_info.startswith(PREFIX) else get_response

    if iscoroutinefunction(get_response):

        async def door_async(request: HttpRequest) -> Any:
            return await way(request)(request)

        door_async.process_exception = refused  # type: ignore[attr-defined]
        return door_async

    def door(request: HttpRequest) -> Any:
        return way(request)(request)

    door.process_exception = refused  # type: ignore[attr-defined]
    return door
