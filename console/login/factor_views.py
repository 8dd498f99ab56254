"""The pages of the second factor: showing it, setting it up, and new recovery codes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

import django_otp
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from bot.web.django_settings import SETTINGS
from console.audit.trail import Action, note
from console.login import factor, lockout, sessions
from console.login.destination import HOME, destination
from console.login.models import SecondFactor
from console.page import render
from console.permissions import for_every_account
from console.spans import span

#: Where a new key waits for its first code.
OFFERED = "second_factor_offered"


@require_http_methods(["GET", "HEAD", "POST"])
@for_every_account
def show(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the telephone, or for a recovery code."""
    user = cast(User, request.user)
    if cast(Any, user).is_verified():
        return HttpResponseRedirect(destination(request))
    if not django_otp.user_has_device(user):
        return HttpResponseRedirect(reverse("console:second_factor_new") + _onwards(request))
    if request.method != "POST":
        return _asked(request)
    checked = factor.check(user, request.POST.get("code", ""), now=timezone.now())
    if checked.answer is factor.Answer.WAIT:
        return _asked(request, _wait(checked.wait), status=429)
    if checked.answer is factor.Answer.WRONG:
        if lockout.refused(request, user):
            logout(request)
            return _turned_away(request)
        return _asked(request, gettext("The code is not right. Wait for the next one and type that."))
    _let_in(request, user, checked.device)
    left = factor.codes_left(user)
    if not isinstance(checked.device, SecondFactor):
        used = ngettext(
            "You used a recovery code. %(number)d is left.", "You used a recovery code. %(number)d are left.", left
        )
        messages.warning(request, used % {"number": left})
    return HttpResponseRedirect(destination(request))


@require_http_methods(["GET", "HEAD", "POST"])
@for_every_account
def new(request: HttpRequest) -> HttpResponse:
    """Set up a telephone, the first or another one."""
    user = cast(User, request.user)
    replaces = django_otp.user_has_device(user)
    if replaces and not cast(Any, user).is_verified():
        # Whoever has only the password must not put their own telephone in the place of the real one.
        return HttpResponseRedirect(reverse("console:second_factor") + _onwards(request))
    key = request.session.get(OFFERED)
    if key is None:
        key = request.session[OFFERED] = factor.offer()
    if request.method != "POST":
        return _set_up(request, key, replaces)
    if replaces and not right_password(request):
        if lockout.locked(request):
            return _turned_away(request)
        return _set_up(request, key, replaces, gettext("The password is not right."))
    device = factor.confirm(user, key, request.POST.get("code", ""))
    if device is None:
        return _set_up(request, key, replaces, gettext("The code is not right. Wait for the next one and type that."))
    del request.session[OFFERED]
    note(request, Action.SET_SECOND_FACTOR)
    _let_in(request, user, device)
    sessions.end(user, keep=sessions.mine(request))
    return _codes(request, factor.new_codes(user))


@require_POST
@for_every_account
def codes(request: HttpRequest) -> HttpResponse:
    """Give new recovery codes in place of the old ones."""
    user = cast(User, request.user)
    if not factor.has_one(user):
        return HttpResponseRedirect(reverse("console:account"))
    if not right_password(request):
        return refuse_password(request)
    note(request, Action.MADE_RECOVERY_CODES)
    return _codes(request, factor.new_codes(user))


@require_POST
@for_every_account
def remove(request: HttpRequest) -> HttpResponse:
    """Do without, where that is allowed."""
    if SETTINGS.second_factor_demanded:
        messages.error(request, gettext("Here nobody enters without a second factor."))
    elif not right_password(request):
        return refuse_password(request)
    elif factor.remove(cast(User, request.user)):
        note(request, Action.REMOVED_SECOND_FACTOR)
        messages.success(request, gettext("The second factor is removed."))
    return HttpResponseRedirect(reverse("console:account"))


def right_password(request: HttpRequest) -> bool:
    """Whether whoever asks has typed their own password. Wrong ones count as at the login."""
    typed = request.POST.get("password", "")
    return authenticate(request, username=request.user.get_username(), password=typed) is not None


def refuse_password(request: HttpRequest) -> HttpResponse:
    """Back to one's own account, with the sentence; out, when it was too often."""
    if lockout.locked(request):
        return _turned_away(request)
    messages.error(request, gettext("The password is not right."))
    return HttpResponseRedirect(reverse("console:account"))


def _let_in(request: HttpRequest, user: User, device: Any) -> None:
    # A new key: whoever knew the one from before the second factor is left behind.
    request.session.cycle_key()
    django_otp.login(request, device)
    lockout.forgive(request, user)
    note(request, Action.PASSED_SECOND_FACTOR)


def _turned_away(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        logout(request)
    return render(request, "console/login/locked.html", status=429)


def _asked(request: HttpRequest, trouble: str = "", *, status: int = 200) -> HttpResponse:
    context = {"trouble": trouble, "next": destination(request), "menu": []}
    return render(request, "console/login/second_factor.html", context, status=status)


def _set_up(request: HttpRequest, key: str, replaces: bool, trouble: str = "") -> HttpResponse:
    context = {
        "picture": factor.picture(cast(User, request.user), key),
        "secret": factor.secret(key),
        "replaces": replaces,
        "demanded": SETTINGS.second_factor_demanded,
        "trouble": trouble,
        "next": destination(request),
    }
    if SETTINGS.second_factor_demanded and not replaces:
        context["menu"] = []  # nothing else is open yet
    return render(request, "console/login/second_factor_new.html", context)


def _codes(request: HttpRequest, made: Sequence[str]) -> HttpResponse:
    # Without the choice of a language: it would load the page again, and the codes are shown once.
    context = {"codes": made, "next": destination(request), "public_url": SETTINGS.public_url, "languages": ()}
    return render(request, "console/login/recovery_codes.html", context)


def _onwards(request: HttpRequest) -> str:
    wanted = destination(request)
    return "" if wanted == HOME else "?" + urlencode({"next": wanted})


def _wait(wait: timedelta) -> str:
    seconds = max(1, math.ceil(wait.total_seconds()))
    if seconds < 60:  # noqa: PLR2004 - a minute
        return ngettext(
            "Too many wrong codes. Try again in %(number)d second.",
            "Too many wrong codes. Try again in %(number)d seconds.",
            seconds,
        ) % {"number": seconds}
    return gettext("Too many wrong codes. Try again in %(time)s, or ask an administrator for a new start.") % {
        "time": span(seconds + 59)
    }
