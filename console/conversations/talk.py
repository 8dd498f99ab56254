"""What was said in one conversation, as the person saw it, and what is known of each message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import translation

from bot.channels.layout import Laid
from bot.conversations import outbox
from bot.conversations.models import Contact, Feedback, Message
from console.audit.models import AuditEntry
from console.audit.trail import Action
from console.conversations import words
from console.conversations.words import Word
from console.masked import Piece, as_stored, pieces

#: Messages of one page.
PAGE = 30

#: Opening the same conversation again within this time is one line of the trail.
ONCE_IN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A topic that was thought of; `share` in percent."""

    topic: Word
    share: int


@dataclass(frozen=True, slots=True)
class Said:
    """One message. `author` is the operator's name; "" is Faro, or the person when `message` came in."""

    message: Message
    pieces: Sequence[Piece]
    laid: Laid | None
    author: str
    delivery: Word
    failure: Word
    outcome: Word
    topic: Word
    language: str
    ranking: Sequence[Ranked]
    verdict: str

    @property
    def masked(self) -> bool:
        """Whether something in it is hidden and can be shown."""
        return any(one.hidden and not one.gone for one in self.pieces)

    @property
    def gone(self) -> bool:
        """Whether something in it is hidden for good."""
        return any(one.gone for one in self.pieces)

    @property
    def confidence(self) -> int:
        """How sure the topic is, in percent."""
        return round(100 * (self.message.confidence or 0))


@dataclass(frozen=True, slots=True)
class Talk:
    """Some messages, oldest first. `earlier`: the message before which more is to be read, 0 when this is the beginning."""

    said: Sequence[Said]
    earlier: int = 0

    @property
    def last(self) -> int:
        """The newest message; 0 when there is none."""
        return self.said[-1].message.pk if self.said else 0


def read(contact: Contact, *, before: int = 0, unmasked: int = 0) -> Talk:
    """The newest messages, or the newest before one. `unmasked`: the message whose text is shown as it was written."""
    rows = _rows(contact)
    newest = list((rows.filter(pk__lt=before) if before else rows).order_by("-pk")[: PAGE + 1])
    shown = newest[:PAGE][::-1]
    return Talk(_said(shown, unmasked), earlier=shown[0].pk if len(newest) > PAGE else 0)


def after(contact: Contact, message: int) -> Talk:
    """What was said after a message; with more than a page, the newest."""
    newest = list(_rows(contact).filter(pk__gt=message).order_by("-pk")[:PAGE])
    return Talk(_said(newest[::-1]))


def one(contact: Contact, message: int, *, unmasked: bool) -> Said | None:
    """One message of a conversation, or None when it is not in it."""
    found = _said(list(_rows(contact).filter(pk=message)), message if unmasked else 0)
    return found[0] if found else None


def newly_opened(name: str, contact: Contact, now: datetime) -> bool:
    """Whether an account opens a conversation that it has not opened a moment ago."""
    return not AuditEntry.objects.filter(
        contact=contact.pk, name=name, action=Action.OPENED_CONVERSATION.value, at__gt=now - ONCE_IN
    ).exists()


def _rows(contact: Contact) -> QuerySet[Message]:
    return Message.objects.filter(contact=contact).select_related("operator")


def _said(rows: Sequence[Message], unmasked: int = 0) -> list[Said]:
    verdicts = dict(Feedback.objects.filter(message__in=[row.pk for row in rows]).values_list("message", "verdict"))
    language = translation.get_language() or ""
    return [
        Said(
            message=row,
            pieces=_pieces(row, row.pk == unmasked),
            laid=outbox.from_row(row) if row.direction == Message.Direction.OUT else None,
            author=row.operator.get_username() if row.operator else "",
            delivery=words.delivery(row),
            failure=words.failure(row),
            outcome=words.outcome(row.outcome) if row.outcome else "",
            topic=words.topic(row.topic, language) if row.topic else "",
            language=words.language_name(row.language) if row.language else "",
            ranking=_ranking(row.ranking, language),
            verdict=verdicts.get(row.pk, ""),
        )
        for row in rows
    ]


def _pieces(row: Message, unmasked: bool) -> Sequence[Piece]:
    if row.direction == Message.Direction.OUT and not outbox.by_team(row):
        return [Piece(row.text)]  # what Faro says was written for everybody, and names nobody
    return as_stored(row.text) if unmasked else pieces(row.text)


def _ranking(kept: Iterable[Sequence[object]], language: str) -> list[Ranked]:
    return [Ranked(words.topic(str(name), language), round(100 * float(str(share)))) for name, share in kept]
