"""Finding lines of the trail: what was asked for, read from the address, and the lines that fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from bot.conversations.models import Contact
from console.audit.models import AuditEntry
from console.audit.trail import Action

#: Lines a page.
PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines. `typed` is what stands in the form again, `problems` what of it could not be read."""

    name: str = ""
    action: str = ""
    contact: UUID | None = None
    since: date | None = None
    until: date | None = None
    before: int | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def read(query: Mapping[str, str]) -> Wanted:
    """What an address asks for. What cannot be read is named and asked for nothing."""
    typed = {key: query.get(key, "").strip().replace("\0", "") for key in ("name", "action", "contact", "from", "to")}
    problems = []
    contact = since = until = None
    try:
        contact = UUID(typed["contact"]) if typed["contact"] else None
    except ValueError:
        problems.append(gettext("That is no id of a contact: it has 32 digits and letters from a to f."))
    try:
        since = date.fromisoformat(typed["from"]) if typed["from"] else None
        until = date.fromisoformat(typed["to"]) if typed["to"] else None
    except ValueError:
        problems.append(gettext("That is no date: write it like 2026-11-30."))
    before = query.get("before", "")
    return Wanted(
        name=typed["name"],
        action=typed["action"] if typed["action"] in Action._value2member_map_ else "",
        contact=contact,
        since=since,
        until=until,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,  # noqa: PLR2004
        typed=typed,
        problems=tuple(problems),
    )


def lines(wanted: Wanted, *, safeguarding: bool) -> tuple[list[AuditEntry], int | None]:
    """The lines that fit, newest first, and where the next page begins.

    Args:
        wanted: which.
        safeguarding: whether whoever reads may see lines about people who reported an aid worker.
    """
    found = _fitting(wanted)
    if not safeguarding:
        # The mark on the line, and that of a contact who reported after the line was written.
        found = found.filter(safeguarding=False).exclude(contact__in=Contact.objects.filter(safeguarding=True))
    if wanted.before is not None:
        last = AuditEntry.objects.filter(pk=wanted.before).first()
        if last is not None:
            found = found.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk))
    page = list(found.order_by("-at", "-id")[: PAGE + 1])
    return page[:PAGE], page[PAGE - 1].pk if len(page) > PAGE else None


def _fitting(wanted: Wanted) -> QuerySet[AuditEntry]:
    found = AuditEntry.objects.all()
    if wanted.name:
        found = found.filter(name=wanted.name)
    if wanted.action:
        found = found.filter(action=wanted.action)
    if wanted.contact is not None:
        found = found.filter(contact=wanted.contact)
    if wanted.since is not None:
        found = found.filter(at__gte=_begins(wanted.since))
    if wanted.until is not None:
        found = found.filter(at__lt=_begins(wanted.until) + timedelta(days=1))
    return found


def _begins(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
