"""How long somebody stays logged in: as long as a person is there, a working day at most, and until somebody ends it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin

from bot.web.django_settings import SESSION_COOKIE_AGE, SETTINGS
from console.login.browsers import kind
from console.login.models import OpenSession

#: Where the row's id stands in the session.
KEY = "open_session"

#: After this long a session ends whatever happens in it.
LONGEST = timedelta(seconds=SESSION_COOKIE_AGE)
#: After this long without a person it ends: whoever passes by a computer is not its owner.
IDLE = timedelta(minutes=SETTINGS.console_idle_minutes)
#: `seen` is written no more often.
STEP = timedelta(minutes=1)


def begin(request: HttpRequest, user: User, *, now: datetime) -> None:
    """Note that a session has begun, and sweep those that ended by themselves."""
    OpenSession.objects.filter(seen__lt=now - max(LONGEST, IDLE)).delete()
    row = OpenSession.objects.create(
        account=user, started=now, seen=now, browser=kind(request.META.get("HTTP_USER_AGENT", ""))
    )
    request.session[KEY] = str(row.pk)


def finish(request: HttpRequest) -> None:
    """Note that somebody left."""
    if KEY in request.session:
        OpenSession.objects.filter(pk=request.session[KEY]).delete()


def open_of(account: User, *, now: datetime) -> list[OpenSession]:
    """The sessions of an account that are open, the one used last first."""
    alive = OpenSession.objects.filter(account=account, seen__gte=now - IDLE, started__gte=now - LONGEST)
    return list(alive.order_by("-seen"))


def end(account: User, *, keep: str = "", only: str = "") -> int:
    """End the sessions of an account but `keep`, or `only` one of them. Returns how many."""
    rows = OpenSession.objects.filter(account=account)
    if only:
        rows = rows.filter(pk=only)
    if keep:
        rows = rows.exclude(pk=keep)
    return rows.delete()[0]


def mine(request: HttpRequest) -> str:
    """The id of the session that a request is made in."""
    return str(request.session.get(KEY, ""))


def shows_somebody(request: HttpRequest) -> bool:
    """Whether a request shows that a person is there: a page or an action, and not what a page fetches by itself.

    A page that looks for news every few seconds would otherwise keep an empty chair logged in.
    """
    if request.method not in ("GET", "HEAD"):
        return True
    fetched = "HX-Request" in request.headers and "HX-Boosted" not in request.headers
    return not fetched and request.headers.get("Sec-Fetch-Dest") != "empty"


def alive(request: HttpRequest, *, now: datetime) -> bool:
    """Whether the session of a request is still open; if it shows somebody, that is noted."""
    rows = OpenSession.objects.filter(account_id=request.user.pk)
    row = rows.filter(pk=request.session[KEY]).first() if KEY in request.session else None
    if row is None:
        return False
    if now - row.started >= LONGEST or now - row.seen >= IDLE:
        row.delete()
        return False
    if now - row.seen >= STEP and shows_somebody(request):
        OpenSession.objects.filter(pk=row.pk).update(seen=now)
    return True


class StillOpen(MiddlewareMixin):
    """Makes whoever has a session that is over a stranger again."""

    def process_request(self, request: Any) -> None:
        if request.user.is_authenticated and not alive(request, now=timezone.now()):
            request.session.flush()
            request.user = AnonymousUser()
            request.session_ended = True
