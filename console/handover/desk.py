"""The panel beside a conversation: how things stand between Faro, the team and one person, for whoever looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import Promise

from bot.conversations import handover
from bot.conversations.models import Contact, Handover
from bot.conversations.reach import Hindrance, hindrance, window_left
from bot.conversations.team_message import LONGEST
from console.handover.board import dangers
from console.handover.saved import Saved, Shelf, shelves
from console.handover.words import HINDERED, REASONS
from console.permissions import Permission, may

#: Accounts are looked up by the roles in the database, not by whatever else may let somebody in.
_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the panel shows. `state` is free (Faro answers), waiting, mine or theirs."""

    contact: UUID
    state: str
    may: bool
    reason: str | Promise = ""
    danger: bool = False
    waited: float | None = None
    holder: str = ""
    holder_id: int | None = None
    quiet: float | None = None
    hindered: str | Promise = ""
    window: float | None = None
    returns: int = 0
    longest: int = LONGEST
    token: UUID = field(default_factory=uuid4)
    colleagues: Sequence[User] = ()
    shelves: Sequence[Shelf] = ()
    back: str = ""
    draft: str = field(default="", repr=False)
    saved: Saved | None = None

    @property
    def writing(self) -> bool:
        """Whether there is a field to write in."""
        return self.may and self.state == "mine" and not self.hindered

    @property
    def told(self) -> bool:
        """Whether closing the request is said to the person."""
        return self.reason == REASONS[Handover.Reason.ASKED]


def desk(request: HttpRequest, contact: Contact, *, now: datetime, draft: str = "", saved: Saved | None = None) -> Desk:
    """The panel for whoever asks.

    Args:
        request: of an account that may see the contact.
        contact: whose conversation.
        now: the time.
        draft: a text that could not be sent, to stand in its field again.
        saved: the approved answer that was chosen, to be looked at before it is sent.
    """
    there = handover.open_of(contact)
    state = _state(there, request)
    hindered = hindrance(contact, now=now)
    left = window_left(contact, now=now)
    allowed = may(request, Permission.ANSWER_PEOPLE)
    writing = allowed and state == "mine" and hindered is None
    return Desk(
        contact=contact.pk,
        state=state,
        may=allowed,
        reason=REASONS[Handover.Reason(there.reason)] if there else "",
        danger=dangers(now).filter(contact=contact).exists(),
        waited=(now - there.requested_at).total_seconds() if there else None,
        holder=there.operator.get_username() if there and there.taken_at and there.operator else "",
        holder_id=there.operator_id if there else None,
        quiet=(now - there.active_at).total_seconds() if there and there.active_at else None,
        hindered=HINDERED[hindered] if hindered else "",
        window=None if left is None or hindered is Hindrance.WINDOW else left.total_seconds(),
        returns=settings.SETTINGS.handover_return_minutes,
        colleagues=list(colleagues(request, contact)) if allowed and state == "mine" else (),
        shelves=shelves(translation.get_language() or "") if writing else (),
        back=request.get_full_path(),
        draft=draft,
        saved=saved if writing else None,
    )


def colleagues(request: HttpRequest, contact: Contact) -> QuerySet[User]:
    """Who else may answer this person."""
    found = User.objects.with_perm(Permission.ANSWER_PEOPLE.full, backend=_BACKEND)
    if contact.safeguarding:
        trusted = User.objects.with_perm(Permission.SEE_SAFEGUARDING.full, backend=_BACKEND)
        found = found.filter(pk__in=trusted.values("pk"))
    return found.exclude(username=request.user.get_username()).order_by("username")


def _state(there: Handover | None, request: HttpRequest) -> str:
    if there is None:
        return "free"
    if there.taken_at is None:
        return "waiting"
    return "mine" if there.operator_id == request.user.pk else "theirs"
