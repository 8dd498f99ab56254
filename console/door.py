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
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import sync_and_async_middleware
from django.utils.deprecation import MiddlewareMixin

#: Where the console begins; also the path of its cookie (bot/web/django_settings.py).
PREFIX = "/console/"

#: The only address behind the door that opens without a login.
LOGIN = "/console/login"
OPEN = frozenset({LOGIN})


class LoginDemanded(MiddlewareMixin):
    """Sends whoever is not logged in to the login, and lets no browser keep a page of the console."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if request.path_info in OPEN or request.user.is_authenticated:
            return None
        # After the login to the page that was asked for, but not to an action.
        return redirect_to_login(request.get_full_path() if request.method == "GET" else PREFIX, LOGIN)

    def process_response(self, _request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        add_never_cache_headers(response)
        return response


@sync_and_async_middleware
def staff_only(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Session, account and the demand for both, for addresses under PREFIX; any other passes untouched."""
    behind: Any = SessionMiddleware(AuthenticationMiddleware(LoginDemanded(get_response)))

    def way(request: HttpRequest) -> Callable[[HttpRequest], Any]:
        return behind if request.path_info.startswith(PREFIX) else get_response

    if iscoroutinefunction(get_response):

        async def door_async(request: HttpRequest) -> Any:
            return await way(request)(request)

        return door_async

    def door(request: HttpRequest) -> Any:
        return way(request)(request)

    return door
