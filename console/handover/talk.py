"""What was said in a conversation lately, as whoever answers needs to see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise

from bot.conversations import outbox
from bot.conversations.models import Contact, Message
from bot.words import Kind
from console.handover.words import STATES
from console.masked import plainly

#: Messages that are shown: more than anybody reads before answering.
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Said:
    """One message. `who` is person, faro or team; `state` says of ours how far it has come."""

    who: str
    at: datetime
    text: str = field(repr=False)
    author: str = ""
    language: str = ""
    options: Sequence[str] = ()
    other: bool = False
    danger: bool = False
    state: str | Promise = ""
    failed: bool = False


def last(contact: Contact) -> list[Said]:
    """The latest messages, oldest first, with what is personal masked in what people wrote: not in what is approved."""
    rows = contact.messages.select_related("operator").order_by("-pk")[:SHOWN]
    return [_said(row) for row in reversed(rows)]


def _said(row: Message) -> Said:
    came = row.direction == Message.Direction.IN
    approved = not came and (not outbox.by_team(row) or bool(row.buttons))
    return Said(
        who="person" if came else "team" if row.operator_id else "faro",
        at=row.created_at,
        text=row.text if approved else plainly(row.text),
        author=row.operator.get_username() if row.operator else "",
        language=row.language,
        options=[str(title) for title, _ in row.buttons],
        other=came and row.kind == Kind.OTHER.value,
        danger=came and row.safety,
        state="" if came else STATES.get(Message.State(row.state), ""),
        failed=row.state == Message.State.FAILED,
    )
