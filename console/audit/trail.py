"""Writing the trail. A line is written in the same transaction as what it tells of, where that changes something."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from console.audit.models import AuditEntry


class Action(StrEnum):
    """What can be done or seen. A value is stored and must stay; its words are in console/audit/words.py."""

    LOGGED_IN = "logged_in"
    LOGIN_REFUSED = "login_refused"
    LOGGED_OUT = "logged_out"
    REFUSED = "refused"  # asked for a page without the permission
    OPENED_CONVERSATION = "opened_conversation"
    UNMASKED = "unmasked"
    SEARCHED = "searched"
    TOOK = "took"
    ANSWERED = "answered"
    PASSED_ON = "passed_on"
    RETURNED = "returned"
    DISMISSED = "dismissed"
    ERASED = "erased"
    EXPORTED_FIGURES = "exported_figures"
    REVIEWED = "reviewed"
    UNDID_REVIEW = "undid_review"
    MASKED_MORE = "masked_more"
    EVALUATED = "evaluated"
    CHANGED_TRAINING = "changed_training"
    DOWNLOADED_PATCH = "downloaded_patch"
    CONFIRMED_FACT = "confirmed_fact"
    RETRIED_DELIVERY = "retried_delivery"
    ADDED_ACCOUNT = "added_account"
    CHANGED_ROLES = "changed_roles"
    CLOSED_ACCOUNT = "closed_account"
    OPENED_ACCOUNT = "opened_account"
    ENDED_SESSIONS = "ended_sessions"
    CHANGED_PASSWORD = "changed_password"  # noqa: S105 - the name of an action
    INVITED = "invited"
    SET_SECOND_FACTOR = "set_second_factor"
    REMOVED_SECOND_FACTOR = "removed_second_factor"


def note(request: HttpRequest, action: Action, *, contact: UUID | None = None, about: str = "") -> None:
    """Write one line about whoever made the request."""
    account = request.user if request.user.is_authenticated else None
    AuditEntry.objects.create(
        at=timezone.now(),
        account=account,
        name=account.get_username() if account else "",
        action=action.value,
        contact=contact,
        about=about[:120],
    )
