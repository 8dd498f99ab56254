"""Writing the trail. A line is written in the same transaction as what it tells of, where that changes something."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from bot.conversations.models import Contact
from console.audit.models import AuditEntry


class Action(StrEnum):
    """What can be done or seen. A value is stored and must stay; its words are in console/audit/words.py."""

    LOGGED_IN = "logged_in"
    LOGIN_REFUSED = "login_refused"
    LOCKED_OUT = "locked_out"  # too many attempts: nobody is let in for a while
    PASSED_SECOND_FACTOR = "passed_second_factor"
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
    EXPORTED_PERSON = "exported_person"  # everything that is kept about somebody, for an access request
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
    MADE_RECOVERY_CODES = "made_recovery_codes"


def note(request: HttpRequest, action: Action, *, contact: UUID | None = None, about: str = "") -> None:
    """Write one line about whoever made the request."""
    write(action, account=request.user if request.user.is_authenticated else None, contact=contact, about=about)


def write(
    action: Action,
    *,
    account: User | None,
    name: str = "",
    contact: UUID | None = None,
    about: str = "",
) -> None:
    """Write one line.

    Args:
        action: what was done or seen.
        account: who did it; None when nobody of the team did.
        name: who it was when it was no account (a command).
        contact: about whom, by our random id.
        about: what it was done to, in short; never a text of a person.
    """
    reported = contact is not None and Contact.objects.filter(pk=contact, safeguarding=True).exists()
    if reported:
        # Lines of a time when nobody knew yet: the contact may be erased later, and its lines stay.
        AuditEntry.objects.filter(contact=contact, safeguarding=False).update(safeguarding=True)
    AuditEntry.objects.create(
        at=timezone.now(),
        account=account,
        name=account.get_username() if account else name,
        action=action.value,
        contact=contact,
        about=about[: AuditEntry.MOST],
        safeguarding=reported,
    )


def about_person(contact: UUID) -> list[dict[str, str]]:
    """What the trail has about a contact, oldest first, for an access request: when and what, not who of the team."""
    lines = AuditEntry.objects.filter(contact=contact).order_by("at", "pk")
    return [{"at": one.at.isoformat(), "action": one.action, "about": one.about} for one in lines]
