"""One's own account: password, second factor, sessions."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bot.web.django_settings import SETTINGS
from console import roles
from console.audit.trail import Action, note
from console.login import factor, lockout, sessions
from console.login.factor_views import refuse_password, right_password
from console.page import render
from console.permissions import ROLE_NAMES, for_every_account


@require_safe
@for_every_account
def account(request: HttpRequest) -> HttpResponse:
    """Everything about oneself."""
    user = cast(User, request.user)
    context = {
        "roles": [ROLE_NAMES[role] for role in roles.of(user)],
        "second_factor": factor.has_one(user),
        "codes_left": factor.codes_left(user),
        "demanded": SETTINGS.second_factor_demanded,
        "open_sessions": sessions.open_of(user, now=timezone.now()),
        "mine": sessions.mine(request),
    }
    return render(request, "console/account/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_every_account
def password(request: HttpRequest) -> HttpResponse:
    """A new password, for whoever knows the old one. Every other session ends."""
    user = cast(User, request.user)
    form = SetPasswordForm(user, request.POST if request.method == "POST" else None)
    trouble = ""
    if request.method == "POST" and not right_password(request):
        if lockout.locked(request):
            return refuse_password(request)
        trouble = gettext("The old password is not right.")
    if trouble or not form.is_valid():
        return render(request, "console/account/password.html", {"form": form, "trouble": trouble})
    form.save()
    update_session_auth_hash(request, user)
    sessions.end(user, keep=sessions.mine(request))
    note(request, Action.CHANGED_PASSWORD)
    messages.success(request, gettext("The password is changed. Your other sessions are ended."))
    return HttpResponseRedirect(reverse("console:account"))


@require_POST
@for_every_account
def end_others(request: HttpRequest) -> HttpResponse:
    """End every session of one's own but this one."""
    if sessions.end(cast(User, request.user), keep=sessions.mine(request)):
        note(request, Action.ENDED_SESSIONS)
    messages.success(request, gettext("Your other sessions are ended."))
    return HttpResponseRedirect(reverse("console:account"))


@require_POST
@for_every_account
def end_session(request: HttpRequest, session: UUID) -> HttpResponse:
    """End one session of one's own."""
    if sessions.end(cast(User, request.user), only=str(session)):
        note(request, Action.ENDED_SESSIONS)
    messages.success(request, gettext("The session is ended."))
    return HttpResponseRedirect(reverse("console:account"))
