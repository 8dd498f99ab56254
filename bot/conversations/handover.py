"""A person of the team instead of Faro: asked for, taken, passed on, given back. One open handover a contact at most.

Every step locks the contact first, as the end of a turn does. So of two operators one takes the conversation and the other
is told, and a turn that was under way when somebody took it finds that out before it says anything.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import QuerySet

from bot.conversations.announcement import announce
from bot.conversations.models import Contact, Handover, Message
from bot.conversations.phrases import Phrases
from bot.conversations.prepared import Prepared
from bot.conversations.reach import Hindrance, hindrance
from bot.errors import FaroError

#: Within this a conversation that the team has looked at is not put on the list again without being asked for: whoever
#: tells of a danger often tells it in several messages.
LOOKED_AT = timedelta(hours=6)

#: Two messages that were not understood are "in a row" when no more than this lies between them.
IN_A_ROW = timedelta(hours=1)

#: Which reason stays when there are several: somebody who asked has been promised something.
_WEIGHT = {
    Handover.Reason.NOT_UNDERSTOOD: 0,
    Handover.Reason.SAFETY: 1,
    Handover.Reason.ASKED: 2,
    Handover.Reason.TEAM: 3,
}
_MISUNDERSTOOD = (Message.Outcome.SUGGESTED, Message.Outcome.NOT_UNDERSTOOD)


class Why(StrEnum):
    """Why a step was refused."""

    TAKEN = "taken"  # somebody else holds it
    NOT_HELD = "not_held"  # nobody holds it any more: given back, expired, erased
    NOT_WAITING = "not_waiting"  # there is no request that could be closed
    ERASED = "erased"
    UNREACHABLE = "unreachable"
    WINDOW = "window"


class Refused(FaroError):
    """A step that is not possible now; nothing was changed."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


def open_of(contact: Contact) -> Handover | None:
    """The open handover of a contact, waiting or held."""
    return Handover.objects.filter(contact=contact, closed_at__isnull=True).select_related("operator").first()


def held(contact: Contact) -> Handover | None:
    """The handover by which somebody of the team holds the conversation now, or None."""
    return _held.first(contact=contact.pk)


@Prepared
def _held(contact: UUID) -> QuerySet[Handover, Handover]:
    return Handover.objects.filter(contact=contact, closed_at__isnull=True, taken_at__isnull=False)


def request(contact: Contact, reason: str, *, now: datetime) -> None:
    """Put a conversation on the waiting list. Call it with the contact locked.

    Args:
        contact: whose conversation.
        reason: a value of Handover.Reason; any other counts as asked for.
        now: the time.
    """
    why = Handover.Reason(reason) if reason in Handover.Reason else Handover.Reason.ASKED
    there = open_of(contact)
    if there is None:
        quiet = why in (Handover.Reason.SAFETY, Handover.Reason.NOT_UNDERSTOOD)
        if quiet and contact.handovers.filter(closed_at__gt=now - LOOKED_AT).exists():
            return
        Handover.objects.create(contact=contact, reason=why, requested_at=now)
    elif there.taken_at is None and _WEIGHT[why] > _WEIGHT[Handover.Reason(there.reason)]:
        Handover.objects.filter(pk=there.pk).update(reason=why)


def request_if_needed(contact: Contact, message: Message, *, safety: bool, outcome: str, now: datetime) -> None:
    """Put a conversation on the list that nobody asked to be there: danger, or not understood twice in a row.

    Args:
        contact: whose conversation; its row is locked.
        message: the one that was just answered.
        safety: whether the topic is one of danger.
        outcome: how it was answered.
        now: the time.
    """
    if safety:
        request(contact, Handover.Reason.SAFETY, now=now)
    elif outcome in _MISUNDERSTOOD and _misunderstood_before(contact, message, now):
        request(contact, Handover.Reason.NOT_UNDERSTOOD, now=now)


def take(contact: UUID, operator: User, *, phrases: Phrases, now: datetime) -> Handover:
    """Hold a conversation: from here on Faro is silent in it, and says so.

    Raises:
        Refused: somebody else holds it, or the person cannot be written to.
    """
    with transaction.atomic():
        whose = locked(contact)
        there = open_of(whose)
        if there is not None and there.taken_at is not None:
            if there.operator_id == operator.pk:
                return there  # pressed twice
            raise Refused(Why.TAKEN)
        writable(whose, now)
        if there is None:
            there = Handover(contact=whose, reason=Handover.Reason.TEAM, requested_at=now)
        there.operator, there.taken_at, there.active_at = operator, now, now
        there.save()
        announce(there, whose, "handover_taken", phrases=phrases, now=now)
    return there


def take_over(contact: UUID, operator: User, holder: int | None, *, now: datetime) -> Handover:
    """Hold a conversation instead of a colleague who is not there any more. The person notices nothing.

    Args:
        contact: the contact's id.
        operator: who takes it.
        holder: who held it when the operator decided that; None for an account that was removed.
        now: the time.

    Raises:
        Refused: meanwhile it is held by another one, or by nobody.
    """
    with transaction.atomic():
        there = _held_or_refused(locked(contact))
        if there.operator_id == operator.pk:
            return there
        if there.operator_id != holder:
            raise Refused(Why.TAKEN)
        there.operator, there.active_at = operator, now
        there.save()
    return there


def pass_on(contact: UUID, operator: User, to: User | None, *, phrases: Phrases, now: datetime) -> Handover:
    """Hand a conversation to a colleague, or put it back on the list, where Faro answers until somebody takes it.

    Raises:
        Refused: the operator does not hold it.
    """
    with transaction.atomic():
        whose = locked(contact)
        there = held_by(whose, operator)
        there.operator = to
        if to is not None:
            there.active_at = now
        else:
            # Waits as before, and the team is told again.
            there.taken_at = there.active_at = there.notified_at = there.notice_after = None
            there.notice_tries = 0
            announce(there, whose, "handover_waits", phrases=phrases, now=now)
        there.save()
    return there


def give_back(contact: UUID, operator: User, *, phrases: Phrases, now: datetime) -> Handover:
    """End a handover: Faro answers again, and says so.

    Raises:
        Refused: the operator does not hold it.
    """
    with transaction.atomic():
        whose = locked(contact)
        there = _closed(held_by(whose, operator), Handover.End.RETURNED, now)
        announce(there, whose, "handover_returned", phrases=phrases, now=now)
    return there


def dismiss(contact: UUID, operator: User, *, phrases: Phrases, now: datetime) -> Handover:
    """Close a request without writing. Whoever asked for a person is told, so that nobody waits for nothing.

    Raises:
        Refused: there is no request, or somebody took it.
    """
    with transaction.atomic():
        whose = locked(contact)
        there = open_of(whose)
        if there is None:
            raise Refused(Why.NOT_WAITING)
        if there.taken_at is not None:
            raise Refused(Why.TAKEN)
        there.operator = operator
        _closed(there, Handover.End.DISMISSED, now)
        if there.reason == Handover.Reason.ASKED:
            announce(there, whose, "handover_dismissed", phrases=phrases, now=now)
    return there


def expire(*, after: timedelta, phrases: Phrases, now: datetime) -> int:
    """Give back conversations in which nobody of the team did anything for so long. Returns how many."""
    expired = 0
    old = Handover.objects.filter(closed_at__isnull=True, taken_at__isnull=False, active_at__lte=now - after)
    for contact in list(old.values_list("contact_id", flat=True)):
        with transaction.atomic():
            try:
                whose = locked(contact)
            except Refused:
                continue  # erased in this moment
            there = held(whose)
            if there is None or there.active_at is None or there.active_at > now - after:
                continue
            _closed(there, Handover.End.EXPIRED, now)
            announce(there, whose, "handover_expired", phrases=phrases, now=now)
            expired += 1
    return expired


def locked(contact: UUID) -> Contact:
    """The contact, locked until the end of the transaction.

    Raises:
        Refused: there is none any more.
    """
    contacts = Contact.objects.filter(pk=contact, erased_at__isnull=True)
    if connection.features.has_select_for_update:
        contacts = contacts.select_for_update()
    found = contacts.first()
    if found is None:
        raise Refused(Why.ERASED)
    return found


def held_by(contact: Contact, operator: User) -> Handover:
    """The handover that this operator holds.

    Raises:
        Refused: somebody else holds it, or nobody.
    """
    there = _held_or_refused(contact)
    if there.operator_id != operator.pk:
        raise Refused(Why.TAKEN)
    return there


def writable(contact: Contact, now: datetime) -> None:
    """Whether the person can be written to.

    Raises:
        Refused: not now; says why.
    """
    match hindrance(contact, now=now):
        case Hindrance.WINDOW:
            raise Refused(Why.WINDOW)
        case Hindrance.UNREACHABLE:
            raise Refused(Why.UNREACHABLE)
        case Hindrance.ERASED:
            raise Refused(Why.ERASED)


def _held_or_refused(contact: Contact) -> Handover:
    there = held(contact)
    if there is None:
        raise Refused(Why.NOT_HELD)
    return there


def _closed(there: Handover, end: Handover.End, now: datetime) -> Handover:
    there.closed_at, there.end = now, end
    there.save()
    return there


def _misunderstood_before(contact: Contact, message: Message, now: datetime) -> bool:
    """Whether the message before this one was not understood either. A refused guess does not count as a message."""
    before = contact.messages.filter(
        direction=Message.Direction.IN, pk__lt=message.pk, created_at__gt=now - IN_A_ROW
    ).exclude(topic="none_of_these")
    return before.order_by("-pk").values_list("outcome", flat=True).first() in _MISUNDERSTOOD
