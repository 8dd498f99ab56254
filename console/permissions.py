"""What somebody of the team may do, which roles have which of it, and the demand that stands at every view."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

#: The app that the permissions belong to, as Django names them ("console.see_state").
APP = "console"


class Permission(StrEnum):
    """One thing that somebody may do in the console."""

    SEE_STATE = "see_state"
    SEE_FIGURES = "see_figures"
    SEE_CONTENT = "see_content"
    SEE_CONVERSATIONS = "see_conversations"
    REVIEW_MESSAGES = "review_messages"
    CHANGE_TRAINING = "change_training"
    ANSWER_PEOPLE = "answer_people"
    ERASE_PEOPLE = "erase_people"
    CONFIRM_FACTS = "confirm_facts"
    RETRY_DELIVERIES = "retry_deliveries"
    MANAGE_TEAM = "manage_team"
    SEE_AUDIT = "see_audit"
    SEE_SAFEGUARDING = "see_safeguarding"

    @property
    def full(self) -> str:
        """The permission as `User.has_perm` takes it."""
        return f"{APP}.{self.value}"


class Role(StrEnum):
    """A job in the team. An account may have several; each is a group of Django's with the same name."""

    READER = "reader"
    REVIEWER = "reviewer"
    OPERATOR = "operator"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"
    SAFEGUARDING = "safeguarding"


_READER = frozenset({Permission.SEE_STATE, Permission.SEE_FIGURES, Permission.SEE_CONTENT})

#: Least of what each job needs. Who manages accounts does not thereby read what people write, and reports about aid
#: workers are for the safeguarding role alone: IASC, Six Core Principles (2019), and the colleagues of whoever is reported
#: may be operators.
ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.READER: _READER,
    Role.REVIEWER: _READER | {Permission.SEE_CONVERSATIONS, Permission.REVIEW_MESSAGES},
    Role.OPERATOR: _READER
    | {
        Permission.SEE_CONVERSATIONS,
        Permission.ANSWER_PEOPLE,
        Permission.ERASE_PEOPLE,
        Permission.RETRY_DELIVERIES,
    },
    Role.EDITOR: _READER | {Permission.CONFIRM_FACTS, Permission.REVIEW_MESSAGES, Permission.CHANGE_TRAINING},
    Role.ADMINISTRATOR: _READER | {Permission.RETRY_DELIVERIES, Permission.MANAGE_TEAM, Permission.SEE_AUDIT},
    Role.SAFEGUARDING: _READER
    | {
        Permission.SEE_CONVERSATIONS,
        Permission.ANSWER_PEOPLE,
        Permission.SEE_SAFEGUARDING,
        Permission.SEE_AUDIT,
    },
}

#: The roles as the team reads them.
ROLE_NAMES = {
    Role.READER: gettext_lazy("Reader: sees figures, content and state"),
    Role.REVIEWER: gettext_lazy("Reviewer: reads conversations and sorts misunderstood messages"),
    Role.OPERATOR: gettext_lazy("Operator: reads conversations and answers people"),
    Role.EDITOR: gettext_lazy("Editor: confirms facts and changes training data"),
    Role.ADMINISTRATOR: gettext_lazy("Administrator: manages accounts and reads the audit trail"),
    Role.SAFEGUARDING: gettext_lazy("Safeguarding: reads reports about aid workers"),
}


def demands(*permissions: Permission) -> Callable[[View], View]:
    """The demand of a view: whoever has none of `permissions` gets 403. Every view has one (tests/architecture)."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not any(request.user.has_perm(one.full) for one in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.demands = permissions  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def for_every_account(view: View) -> View:
    """The mark of a view that everybody with an account may see (one's own account, the way out)."""
    view.demands = ()  # type: ignore[attr-defined]
    return view


def may(request: HttpRequest, permission: Permission) -> bool:
    """Whether whoever asks has a permission."""
    return bool(request.user.has_perm(permission.full))
