"""What is personal in a text stays as it was written for as long as the conversation needs it, and no longer (ADR 14).

Afterwards the worker replaces it in the row itself, so that whoever gets hold of the database later finds a word in
brackets: in the text, in what was chosen, and in the words of the search, which PostgreSQL makes of the text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import regex
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from bot.conversations.arrival import LATE
from bot.conversations.counting import lock
from bot.conversations.masking import mask
from bot.conversations.models import Contact, Handover, Message
from bot.conversations.outbox import by_team
from bot.words import ABOUT, NEAR

#: Rows of one transaction: a few hundredths of a second, so that turns beside it never wait long.
BATCH = 100

#: A text stays as it was written for no longer than this, however long somebody goes on writing (and no team is needed).
LONGEST = timedelta(days=1)

#: So long a request that nobody takes keeps what was written; a long weekend has fewer hours.
UNTAKEN = timedelta(days=4)

#: How a text of Faro's own names a distance, and what is left of it.
_DISTANCE, _NO_DISTANCE = regex.compile(rf"{ABOUT}\s*\d+\s*km"), f"{ABOUT} … km"

_ON_ITS_WAY = (Message.State.WAITING, Message.State.PENDING, Message.State.SENDING)


@dataclass(frozen=True, slots=True)
class Window:
    """How long a text stays as it was written.

    Args:
        dialogue: DIALOGUE_MINUTES: for so long after the person's last word.
        safeguarding: SAFEGUARDING_DAYS: of somebody who reported an aid worker.
        published: phone numbers that Faro itself gives to people; they stay.
    """

    dialogue: timedelta
    safeguarding: timedelta
    published: Collection[str] = field(default=frozenset(), repr=False)


def mask_next(window: Window, *, now: datetime) -> int:
    """Mask some of the texts that are no longer needed as they were written. Returns how many; 0 when there is none.

    What is masked is worked out before the transaction, and written only where nothing has changed meanwhile: a text that
    somebody is about to need (a turn, a delivery, a person of the team who takes the conversation) is left for later.
    """
    found = list(_due(window, now).order_by("id")[:BATCH])  # no lock: an idle worker never takes SQLite's
    if not found:
        return 0
    after = {row.pk: (_text_after(row, window), _choice_after(row, window)) for row in found}
    with transaction.atomic():
        contacts = Contact.objects.filter(pk__in={row.contact_id for row in found}, holder="").order_by("pk")
        locked = {contact.pk for contact in lock(contacts, skip_locked=True, no_key=True)}
        ids = [row.pk for row in found if row.contact_id in locked]
        still = {row.pk: row for row in _due(window, now).filter(pk__in=ids)}
        same = [row for row in found if row.pk in still and _words(row) == _words(still[row.pk])]
        changed = [row for row in same if after[row.pk] != _words(row)]
        for row in changed:
            row.text, row.choice = after[row.pk]
        Message.objects.bulk_update(changed, ["text", "choice"])
        Message.objects.filter(pk__in=[row.pk for row in same]).update(as_written=False)
    return len(same)


def _due(window: Window, now: datetime) -> QuerySet[Message]:
    """Messages whose text is no longer needed as it was written. The index message_as_written finds them."""
    # Of ours: the person may only just have fetched it, and a provider may report within LATE that it has to be sent again.
    delivered = now - max(window.dialogue, LATE)
    over = Q(direction=Message.Direction.IN) | Q(done_at__lt=delivered, written__lt=delivered)
    # Whoever has taken a conversation, or will, needs the number that the person gave; and a while longer.
    taken_or_fresh = Q(taken_at__isnull=False) | Q(requested_at__gte=now - UNTAKEN)
    with_team = Handover.objects.filter(
        (Q(closed_at__isnull=True) & taken_or_fresh) | Q(closed_at__gte=now - window.dialogue),
        contact=OuterRef("contact_id"),
    )
    silent = Q(contact__seen_at__lt=now - window.dialogue) | Q(written__lt=now - LONGEST)
    reported = Q(contact__safeguarding=False) | Q(written__lt=now - window.safeguarding)
    return (
        # The time as an expression: as a column, SQLite would rather read all messages by their age.
        Message.objects.alias(written=Coalesce("created_at", "created_at"))
        .filter(over, silent, reported, as_written=True, written__lt=now - window.dialogue, contact__holder="")
        .exclude(state__in=_ON_ITS_WAY)
        .exclude(Exists(with_team))
    )


def _text_after(row: Message, window: Window) -> str:
    if row.direction == Message.Direction.IN or by_team(row):
        return mask(row.text, keep=window.published).text
    return str(_DISTANCE.sub(_NO_DISTANCE, row.text))


def _choice_after(row: Message, window: Window) -> str:
    # From distances to many services one can tell the place; that a position was shared is enough to know.
    if row.choice.startswith(NEAR):
        return NEAR
    return mask(row.choice, keep=window.published).text[: len(row.choice)]


def _words(row: Message) -> tuple[str, str]:
    return row.text, row.choice


def mask_all(window: Window, *, now: datetime) -> int:
    """Mask every text that is no longer needed as it was written. Returns how many."""
    return sum(_until_none(window, now))


def _until_none(window: Window, now: datetime) -> Iterable[int]:
    while number := mask_next(window, now=now):
        yield number
