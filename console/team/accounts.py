"""Reading and changing accounts. Each change asks the rules again under a lock, and writes the trail with itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext
from django_otp.plugins.otp_totp.models import TOTPDevice

from console import roles
from console.audit.trail import Action, note
from console.login import factor, sessions
from console.permissions import Role
from console.team import invitations, rules
from console.team.rules import Refusal, Standing


@dataclass(frozen=True, slots=True)
class Row:
    """One account in the list."""

    account: User
    roles: tuple[Role, ...]
    second_factor: bool
    invited: bool


class NotDone(Exception):
    """The rules refused a change; nothing was changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def everybody() -> list[Row]:
    """Every account, open ones first, by name."""
    accounts = User.objects.prefetch_related("groups").order_by("-is_active", "username")
    accounts = accounts.annotate(
        second_factor=Exists(TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)),
    ).select_related("invitation")
    return [
        Row(one, _roles(one), one.second_factor, invited=hasattr(one, "invitation") and not one.has_usable_password())
        for one in accounts
    ]


def standing(account: User) -> Standing:
    """An account as the rules see it."""
    return Standing(account.pk, frozenset(roles.of(account)), account.is_active)


def problems(name: str) -> list[str]:
    """What is wrong with a name for a new account."""
    account = User(username=User.normalize_username(name))
    try:
        account.clean_fields(exclude=["password"])
    except ValidationError as error:
        return [str(one) for one in error.messages]
    # "Ana" beside "ana" would be two people whom nobody tells apart.
    if User.objects.filter(username__iexact=account.username).exists():
        return [gettext("Somebody has this name already.")]
    return []


def add(request: HttpRequest, name: str, wanted: Iterable[Role], *, now: datetime) -> tuple[User, str]:
    """A new account without a password, and the secret of its link.

    Raises:
        NotDone: whoever asks may not give one of the roles.
    """
    with _alone():
        actor = _fresh(cast(User, request.user))
        _demand(rules.change_roles(standing(actor), Standing(0), wanted))
        account = User(username=User.normalize_username(name))
        account.set_unusable_password()
        account.save()
        roles.give(account, *wanted)
        note(request, Action.ADDED_ACCOUNT, about=_named(account, wanted))
        return account, invitations.make(account, now=now)


def change_roles(request: HttpRequest, account: User, wanted: Iterable[Role]) -> None:
    """Make these the roles of an account.

    Raises:
        NotDone: the rules refuse.
    """
    wanted = tuple(wanted)
    with _changing(request, account, lambda actor, target: rules.change_roles(actor, target, wanted)):
        roles.give(account, *wanted)
        note(request, Action.CHANGED_ROLES, about=_named(account, wanted))


def close(request: HttpRequest, account: User) -> None:
    """Let nobody in with an account any more; whoever is in is out.

    Raises:
        NotDone: the rules refuse.
    """
    with _changing(request, account, rules.close):
        User.objects.filter(pk=account.pk).update(is_active=False)
        sessions.end(account)
        invitations.withdraw(account)
        note(request, Action.CLOSED_ACCOUNT, about=account.get_username())


def reopen(request: HttpRequest, account: User) -> None:
    """Open a closed account again, as it was.

    Raises:
        NotDone: the rules refuse.
    """
    with _changing(request, account, rules.close):
        User.objects.filter(pk=account.pk).update(is_active=True)
        note(request, Action.OPENED_ACCOUNT, about=account.get_username())


def invite(request: HttpRequest, account: User, *, now: datetime) -> str:
    """A new link for an account; its password works until the link was used.

    Raises:
        NotDone: the rules refuse.
    """
    with _changing(request, account, rules.give_way_in):
        note(request, Action.INVITED, about=account.get_username())
        return invitations.make(account, now=now)


def reset_second_factor(request: HttpRequest, account: User) -> None:
    """Take away somebody's second factor, because the telephone is gone.

    Raises:
        NotDone: the rules refuse.
    """
    with _changing(request, account, rules.give_way_in):
        factor.remove(account)
        sessions.end(account)
        note(request, Action.REMOVED_SECOND_FACTOR, about=account.get_username())


def end_sessions(request: HttpRequest, account: User, *, only: str = "") -> None:
    """End the sessions of somebody else, or one of them.

    Raises:
        NotDone: the rules refuse.
    """
    with _changing(request, account, rules.close):
        if sessions.end(account, only=only):
            note(request, Action.ENDED_SESSIONS, about=account.get_username())


@contextmanager
def _changing(
    request: HttpRequest, account: User, rule: Callable[[Standing, Standing], Refusal | None]
) -> Iterator[None]:
    with _alone():
        # Read again: two administrators who close each other at the same moment must not both succeed.
        _demand(rule(standing(_fresh(cast(User, request.user))), standing(_fresh(account))))
        yield


@contextmanager
def _alone() -> Iterator[None]:
    with transaction.atomic():
        Group.objects.select_for_update().get(name=Role.ADMINISTRATOR.value)
        yield


def _fresh(account: User) -> User:
    return User.objects.get(pk=account.pk)


def _demand(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise NotDone(refusal)


def _roles(account: User) -> tuple[Role, ...]:
    names = {group.name for group in account.groups.all()}
    return tuple(role for role in Role if role.value in names)


def _named(account: User, given: Iterable[Role]) -> str:
    return f"{account.get_username()}: {', '.join(sorted(role.value for role in given))}"
