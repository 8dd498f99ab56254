"""Who may do what to whose account. Pure: an account is known by its standing, at the moment at which it is asked.

Two dangers. An administrator must not be able to read reports about aid workers by giving that role, or by taking over an
account that has it: whoever is reported may know the administrator. And the team must not lock itself out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy

from console.permissions import Role


@dataclass(frozen=True, slots=True)
class Standing:
    """An account as the rules see it."""

    id: int
    roles: frozenset[Role] = frozenset()
    open: bool = True

    @property
    def manages(self) -> bool:
        """Whether it may change other accounts at all."""
        return self.open and Role.ADMINISTRATOR in self.roles


class Refusal(StrEnum):
    """Why something is not done."""

    NOT_MANAGING = "not_managing"
    OWN_ACCOUNT = "own_account"
    SAFEGUARDING_ROLE = "safeguarding_role"
    SAFEGUARDING_ACCOUNT = "safeguarding_account"
    CLOSED = "closed"


WORDS = {
    Refusal.NOT_MANAGING: gettext_lazy("You are no administrator any more. Nothing was changed."),
    Refusal.OWN_ACCOUNT: gettext_lazy(
        "Nobody changes their own roles or closes their own account: another administrator does it."
    ),
    Refusal.SAFEGUARDING_ROLE: gettext_lazy(
        "The safeguarding role is given and taken by somebody who has it, or on the command line."
    ),
    Refusal.SAFEGUARDING_ACCOUNT: gettext_lazy(
        "Whoever has the safeguarding role gets a new password or a new second factor from somebody who has it too, "
        "or on the command line."
    ),
    Refusal.CLOSED: gettext_lazy("The account is closed. Open it first."),
}


def grantable(actor: Standing) -> frozenset[Role]:
    """The roles that somebody may give and take."""
    if not actor.manages:
        return frozenset()
    return frozenset(Role) if Role.SAFEGUARDING in actor.roles else frozenset(Role) - {Role.SAFEGUARDING}


def change_roles(actor: Standing, target: Standing, wanted: Iterable[Role]) -> Refusal | None:
    """Whether the roles of an account may become `wanted`.

    That nobody changes their own also keeps an administrator in office: whoever takes the role from another has it.
    """
    if not actor.manages:
        return Refusal.NOT_MANAGING
    if actor.id == target.id:
        return Refusal.OWN_ACCOUNT
    if not (frozenset(wanted) ^ target.roles) <= grantable(actor):
        return Refusal.SAFEGUARDING_ROLE
    return None


def close(actor: Standing, target: Standing) -> Refusal | None:
    """Whether an account may be closed, opened again, or its sessions ended: a stolen telephone cannot wait."""
    if not actor.manages:
        return Refusal.NOT_MANAGING
    return Refusal.OWN_ACCOUNT if actor.id == target.id else None


def give_way_in(actor: Standing, target: Standing) -> Refusal | None:
    """Whether somebody may hand out a new password, or take a second factor away: both lead into the account."""
    if (refusal := close(actor, target)) is not None:
        return refusal
    if Role.SAFEGUARDING in target.roles and Role.SAFEGUARDING not in actor.roles:
        return Refusal.SAFEGUARDING_ACCOUNT
    return None if target.open else Refusal.CLOSED
