"""What happens beside a login: a line in the trail and a session that is open."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest
from django.utils import timezone

from console.audit.trail import Action, write
from console.login import lockout, sessions


def connect() -> None:
    """Listen. After django-axes has begun to, which stands before the console in INSTALLED_APPS: `refused` asks it."""
    user_logged_in.connect(_came_in, dispatch_uid="console.login.came_in")
    user_logged_out.connect(_left, dispatch_uid="console.login.left")
    user_login_failed.connect(_refused, dispatch_uid="console.login.refused")


def _came_in(request: HttpRequest, user: User, **_: Any) -> None:
    sessions.begin(request, user, now=timezone.now())
    write(Action.LOGGED_IN, account=user)


def _left(request: HttpRequest, user: User | None, **_: Any) -> None:
    sessions.finish(request)
    if user is not None:
        write(Action.LOGGED_OUT, account=user)


def _refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    if request is None or not lockout.began(request):
        return  # turned away by a lock: one line says that it began, and nobody fills the trail with more
    # The name of an account, and not what was typed: that may be a password in the wrong field.
    account = User.objects.filter(username=credentials.get("username") or "").first()
    write(Action.LOCKED_OUT if lockout.locked(request) else Action.LOGIN_REFUSED, account=account)
