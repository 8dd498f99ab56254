"""The list of conversations, a page at a time: newest first, found by keys, counting nothing.

A line is a contact, placed where the newest message is that fits what was asked for. Each page begins behind a message
(a cursor), not behind a number of lines: however far back, it is read through an index, and messages that arrive
meanwhile neither hide a conversation nor show one twice further back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.http import base36_to_int, int_to_base36

from bot.conversations.models import Contact, Feedback, Handover, Message
from console import contacts
from console.conversations.reading import everything_up_to, read_by

#: Lines of a page.
PAGE = 25

_OLDER, _NEWER = "o", "n"

#: Fits no number of a database's; a longer one is no cursor of ours.
_LONGEST_CURSOR = 14


@dataclass(frozen=True, slots=True)
class Line:
    """One conversation in the list. `message` is its newest that fits; `operator` holds it, if anybody does."""

    message: Message
    name: str
    unread: bool
    waiting: bool
    operator: str
    unhelpful: bool

    @property
    def contact(self) -> UUID:
        """The contact's id."""
        return self.message.contact_id


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of one page; cursors of the pages beside it, "" where there is none."""

    lines: Sequence[Line]
    newer: str = ""
    older: str = ""


def page(allowed: QuerySet[Contact], matching: Q, account: Any, cursor: str = "", *, size: int = PAGE) -> Page:
    """One page of the conversations that fit.

    Args:
        allowed: the contacts that may be seen (console.sight.visible).
        matching: which messages fit.
        account: whose unread marks are shown.
        cursor: from the page before, or anything: one that means nothing is the first page.
        size: lines.
    """
    way, place = read_cursor(cursor)
    newest = heads(allowed, matching)
    if way == _NEWER:
        found = list(newest.filter(pk__gt=place).order_by("pk")[: size + 1])
        more, found = len(found) > size, found[:size][::-1]
        if not more:  # the beginning, where new ones may have filled the page meanwhile
            return page(allowed, matching, account, size=size)
        newer, older = True, True
    else:
        newest = newest.filter(pk__lt=place) if place else newest
        found = list(newest.order_by("-pk")[: size + 1])
        more, found = len(found) > size, found[:size]
        newer, older = bool(place), more
    if not found:
        # Not the end of the list: its beginning lies behind this page.
        return Page((), newer=write_cursor(_NEWER, place - 1) if newer else "")
    return Page(
        _lines(found, account),
        newer=write_cursor(_NEWER, found[0].pk) if newer else "",
        older=write_cursor(_OLDER, found[-1].pk) if older else "",
    )


def heads(allowed: QuerySet[Contact], matching: Q) -> QuerySet[Message]:
    """Of each contact the newest message that fits."""
    fitting = Message.objects.filter(matching)
    return fitting.filter(
        Exists(allowed.filter(pk=OuterRef("contact_id"))),
        ~Exists(fitting.filter(contact=OuterRef("contact_id"), pk__gt=OuterRef("pk"))),
    )


def read_cursor(cursor: str) -> tuple[str, int]:
    """The way and the message of a cursor; ("", 0) when it is none."""
    way, place = cursor[:1], cursor[1:]
    if way not in (_OLDER, _NEWER) or not 0 < len(place) < _LONGEST_CURSOR:
        return "", 0
    try:
        number = base36_to_int(place)
    except ValueError:
        return "", 0
    return (way, number) if 0 < number < 2**63 else ("", 0)


def write_cursor(way: str, message: int) -> str:
    """A cursor for an address."""
    return way + int_to_base36(max(message, 0))


def _lines(found: Sequence[Message], account: Any) -> list[Line]:
    ids = [one.contact_id for one in found]
    read, floor = read_by(account, ids), everything_up_to(account)
    taken = _handovers(ids)
    disliked = set(
        Feedback.objects.filter(message__in=[one.pk for one in found], verdict="unhelpful").values_list(
            "message", flat=True
        )
    )
    return [
        Line(
            message=one,
            name=contacts.name(one.contact_id),
            unread=one.pk > max(floor, read.get(one.contact_id, 0)),
            waiting=one.contact_id in taken and taken[one.contact_id] is None,
            operator=taken.get(one.contact_id) or "",
            unhelpful=one.pk in disliked,
        )
        for one in found
    ]


def _handovers(ids: Collection[UUID]) -> dict[UUID, str | None]:
    """The open handovers of contacts: who holds each, None while it waits."""
    rows = Handover.objects.filter(contact__in=ids, closed_at__isnull=True)
    return dict(rows.values_list("contact_id", "operator__username"))
