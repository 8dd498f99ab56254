"""The pages on which an administrator manages the accounts of the team."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bot.web.django_settings import SETTINGS
from console import roles
from console.login import factor, sessions
from console.page import render
from console.permissions import ROLE_NAMES, Permission, Role, demands
from console.team import accounts, rules


@require_safe
@demands(Permission.MANAGE_TEAM)
def everybody(request: HttpRequest) -> HttpResponse:
    """Every account."""
    context = {"rows": accounts.everybody(), "demanded": SETTINGS.second_factor_demanded}
    return render(request, "console/team/team.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@demands(Permission.MANAGE_TEAM)
def add(request: HttpRequest) -> HttpResponse:
    """A new account, and the link to hand over."""
    name = request.POST.get("name", "").strip()
    wanted = _wanted(request.POST)
    trouble = accounts.problems(name) if request.method == "POST" else []
    if request.method == "POST" and not trouble:
        try:
            account, token = accounts.add(request, name, wanted, now=timezone.now())
        except accounts.NotDone as refused:
            trouble = [str(rules.WORDS[refused.refusal])]
        else:
            return _link(request, account, token)
    choices = _choices(request, frozenset(wanted))
    return render(request, "console/team/new.html", {"name": name, "choices": choices, "trouble": trouble})


@require_safe
@demands(Permission.MANAGE_TEAM)
def one(request: HttpRequest, account: int) -> HttpResponse:
    """One account: roles, sessions, and what can be done to it."""
    found = get_object_or_404(User, pk=account)
    me, them = accounts.standing(cast(User, request.user)), accounts.standing(found)
    way_in = rules.give_way_in(me, them)
    context = {
        "found": found,
        "own": me.id == them.id,
        "choices": _choices(request, them.roles),
        "second_factor": factor.has_one(found),
        "codes_left": factor.codes_left(found),
        "open_sessions": sessions.open_of(found, now=timezone.now()),
        "way_in": way_in is None,
        "no_way_in": rules.WORDS[way_in] if way_in is rules.Refusal.SAFEGUARDING_ACCOUNT else "",
        "invited": hasattr(found, "invitation"),
    }
    return render(request, "console/team/account.html", context)


@require_POST
@demands(Permission.MANAGE_TEAM)
def change_roles(request: HttpRequest, account: int) -> HttpResponse:
    """Give these roles."""
    found = get_object_or_404(User, pk=account)
    # What whoever asks may not change is not in the form: it stays as it is.
    free = rules.grantable(accounts.standing(cast(User, request.user)))
    wanted = (frozenset(_wanted(request.POST)) & free) | (frozenset(roles.of(found)) - free)
    return _done(
        request, found, lambda: accounts.change_roles(request, found, wanted), gettext("The roles are changed.")
    )


@require_POST
@demands(Permission.MANAGE_TEAM)
def close(request: HttpRequest, account: int) -> HttpResponse:
    """Close an account."""
    found = get_object_or_404(User, pk=account)
    return _done(request, found, lambda: accounts.close(request, found), gettext("The account is closed."))


@require_POST
@demands(Permission.MANAGE_TEAM)
def reopen(request: HttpRequest, account: int) -> HttpResponse:
    """Open an account again."""
    found = get_object_or_404(User, pk=account)
    return _done(request, found, lambda: accounts.reopen(request, found), gettext("The account is open again."))


@require_POST
@demands(Permission.MANAGE_TEAM)
def reset_second_factor(request: HttpRequest, account: int) -> HttpResponse:
    """Take away a second factor."""
    found = get_object_or_404(User, pk=account)
    return _done(
        request, found, lambda: accounts.reset_second_factor(request, found), gettext("The second factor is removed.")
    )


@require_POST
@demands(Permission.MANAGE_TEAM)
def end_sessions(request: HttpRequest, account: int) -> HttpResponse:
    """End every session of somebody."""
    found = get_object_or_404(User, pk=account)
    return _done(request, found, lambda: accounts.end_sessions(request, found), gettext("The sessions are ended."))


@require_POST
@demands(Permission.MANAGE_TEAM)
def end_session(request: HttpRequest, account: int, session: UUID) -> HttpResponse:
    """End one session of somebody."""
    found = get_object_or_404(User, pk=account)
    return _done(
        request,
        found,
        lambda: accounts.end_sessions(request, found, only=str(session)),
        gettext("The session is ended."),
    )


@require_POST
@demands(Permission.MANAGE_TEAM)
def invite(request: HttpRequest, account: int) -> HttpResponse:
    """A new link for somebody who lost the password or let the first link expire."""
    found = get_object_or_404(User, pk=account)
    try:
        token = accounts.invite(request, found, now=timezone.now())
    except accounts.NotDone as refused:
        messages.error(request, str(rules.WORDS[refused.refusal]))
        return HttpResponseRedirect(reverse("console:account_of", args=[found.pk]))
    return _link(request, found, token)


def _link(request: HttpRequest, account: User, token: str) -> HttpResponse:
    address = SETTINGS.public_url + reverse("console:invitation", args=[token])
    # Without the choice of a language: it would load the page again, and the link is shown once.
    return render(request, "console/team/link.html", {"found": account, "link": address, "languages": ()})


def _done(request: HttpRequest, account: User, change: Callable[[], None], sentence: str) -> HttpResponse:
    try:
        change()
    except accounts.NotDone as refused:
        messages.error(request, str(rules.WORDS[refused.refusal]))
    else:
        messages.success(request, sentence)
    return HttpResponseRedirect(reverse("console:account_of", args=[account.pk]))


def _wanted(form: QueryDict) -> list[Role]:
    chosen = set(form.getlist("role"))
    return [role for role in Role if role.value in chosen]


def _choices(request: HttpRequest, given: frozenset[Role]) -> list[tuple[Role, object, bool, bool]]:
    """Each role with its words, whether it is given, and whether whoever asks may change that."""
    free = rules.grantable(accounts.standing(cast(User, request.user)))
    return [(role, ROLE_NAMES[role], role in given, role in free) for role in Role]
