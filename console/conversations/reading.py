"""What somebody of the team has read, and what is new to them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q

from bot.conversations.models import Contact, Message
from console.conversations.models import Reading


def read_up_to(account: Any, contact: Contact, message: int) -> None:
    """Remember that somebody has seen a conversation up to a message; never back to an earlier one."""
    kept, new = Reading.objects.get_or_create(account=account, contact=contact, defaults={"message": message})
    if not new:
        Reading.objects.filter(pk=kept.pk, message__lt=message).update(message=message)


def read_everything(account: Any) -> None:
    """Nothing that is there now is new any more."""
    newest = Message.objects.aggregate(newest=Max("pk"))["newest"] or 0
    Reading.objects.update_or_create(account=account, contact=None, defaults={"message": newest})
    Reading.objects.filter(account=account, contact__isnull=False, message__lte=newest).delete()


def everything_up_to(account: Any) -> int:
    """The message up to which somebody has read all conversations; 0 at first."""
    found = Reading.objects.filter(account=account, contact=None).values_list("message", flat=True).first()
    return found or 0


def unread(account: Any) -> Q:
    """Messages that are new to somebody, as a condition."""
    seen = Reading.objects.filter(account=account, contact=OuterRef("contact_id"), message__gte=OuterRef("pk"))
    return Q(pk__gt=everything_up_to(account)) & ~Q(Exists(seen))


def read_by(account: Any, contacts: Collection[UUID]) -> dict[UUID, int]:
    """Up to which message somebody has read these conversations; one that is not named was never opened."""
    rows = Reading.objects.filter(account=account, contact__in=contacts).values_list("contact_id", "message")
    return {contact: message for contact, message in rows if contact is not None}
