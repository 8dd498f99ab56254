"""The waiting list: who waits for a person of the team, and who of the team holds which conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import BooleanField, Case, Exists, Max, OuterRef, QuerySet, Subquery, Value, When
from django.utils.functional import Promise

from bot.channels.webchat import languages
from bot.conversations.masking import mask
from bot.conversations.models import Contact, Handover, Message
from bot.conversations.reach import Hindrance, hindrance, window_left
from console import contacts
from console.handover.words import CHANNELS, HINDERED, REASONS

#: Rows of one list. More people than these wait only when something is very wrong, and the oldest come first.
MOST = 200

#: Characters of the last words that a row shows.
GLIMPSE = 160

#: A danger that was told of within this time marks the conversation.
RECENT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Entry:
    """One conversation of the list. `words` are the person's last ones, masked."""

    contact: UUID
    name: str
    reason: str | Promise
    danger: bool
    channel: str | Promise
    language: str
    waited: float
    words: str = field(repr=False)
    quiet: float | None
    holder: str
    taken: bool
    mine: bool
    window: float | None
    hindered: str | Promise


@dataclass(frozen=True, slots=True)
class News:
    """What the page script asks for every few seconds.

    waiting: how many wait. newest: the latest request's number. mine: the latest message in a conversation of one's own.
    """

    waiting: int
    newest: int
    mine: int


def board(contacts: QuerySet[Contact], account: User, *, now: datetime) -> list[Entry]:
    """The open handovers among these contacts: those that wait before those that are held, danger first, then by age."""
    said = Message.objects.filter(contact=OuterRef("contact"), direction=Message.Direction.IN).order_by("-pk")
    rows = (
        Handover.objects.filter(closed_at__isnull=True, contact__in=contacts)
        .select_related("contact", "operator")
        .annotate(
            last=Subquery(said.values("text")[:1]),
            last_at=Subquery(said.values("created_at")[:1]),
            danger=Exists(dangers(now).filter(contact=OuterRef("contact"))),
            held=Case(
                When(taken_at__isnull=False, then=Value(True)), default=Value(False), output_field=BooleanField()
            ),
        )
        .order_by("held", "-danger", "requested_at")
    )
    names = dict(languages.languages())
    return [_entry(row, account, names, now) for row in rows[:MOST]]


def news(contacts: QuerySet[Contact], account: User) -> News:
    """How many wait, and whether there is anything new. Reads open handovers only, of which there are few."""
    waiting = Handover.objects.filter(closed_at__isnull=True, contact__in=contacts)
    counted = waiting.filter(taken_at__isnull=True).values_list("pk", flat=True)
    numbers = list(counted)
    mine = Message.objects.filter(
        direction=Message.Direction.IN,
        contact__in=waiting.filter(taken_at__isnull=False, operator=account).values("contact"),
    ).aggregate(newest=Max("pk"))
    return News(len(numbers), max(numbers, default=0), mine["newest"] or 0)


def dangers(now: datetime) -> QuerySet[Message]:
    """Messages of the last day that told of a danger."""
    return Message.objects.filter(direction=Message.Direction.IN, safety=True, created_at__gt=now - RECENT)


def short(contact: UUID) -> str:
    """The name of a contact, the same as on every other page."""
    return contacts.name(contact)


def glimpse(text: str) -> str:
    """The beginning of what somebody wrote, without what is personal."""
    masked = " ".join(mask(text).text.split())
    return masked if len(masked) <= GLIMPSE else masked[: GLIMPSE - 1].rstrip() + "…"


def _entry(row: Handover, account: User, names: dict[str, str], now: datetime) -> Entry:
    contact = row.contact
    hindered = hindrance(contact, now=now)
    left = window_left(contact, now=now)
    last_at: datetime | None = getattr(row, "last_at", None)
    return Entry(
        contact=contact.pk,
        name=short(contact.pk),
        reason=REASONS[Handover.Reason(row.reason)],
        danger=bool(getattr(row, "danger", False)) or row.reason == Handover.Reason.SAFETY,
        channel=CHANNELS.get(contact.channel, contact.channel),
        language=names.get(contact.language, ""),
        waited=(now - row.requested_at).total_seconds(),
        words=glimpse(getattr(row, "last", None) or ""),
        quiet=(now - last_at).total_seconds() if last_at else None,
        holder=row.operator.get_username() if row.taken_at and row.operator else "",
        taken=row.taken_at is not None,
        mine=row.taken_at is not None and row.operator_id == account.pk,
        window=None if left is None or hindered is Hindrance.WINDOW else left.total_seconds(),
        hindered=HINDERED[hindered] if hindered else "",
    )
