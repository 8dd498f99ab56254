"""The conversation as the page shows it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.channels.webchat import languages, links, session
from bot.conversations import accept, handover, outbox, placeholders
from bot.conversations.models import Contact, Message
from bot.words import Button

#: How many messages a page shows.
HISTORY = 100

YOU, FARO, TEAM = "you", "faro", "team"


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said. `sender` is also the key of the word for who it was; `id` the browser's id of its own message."""

    n: int
    sender: str
    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()
    language: str = ""
    id: str = ""

    def to_wire(self, hotlines: Collection[str]) -> dict[str, Any]:
        """The message as chat.js reads it; `links` are [start, end, href] in UTF-16 units of the text."""
        wire: dict[str, Any] = {
            "n": self.n,
            "from": self.sender,
            "text": self.text,
            "buttons": [{"title": button.title, "id": button.id} for button in self.buttons],
            "language": self.language,
        }
        if self.sender == YOU:
            wire["id"] = self.id
        else:
            wire["links"] = links.in_script_units(self.text, links.find(self.text, hotlines))
        return wire


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a page has to show.

    `anew` says that the message up to which the page has read is no longer kept (the person deleted everything, here or
    in another tab): then `messages` is all there is, and whatever else the page shows must go. `held` says that somebody
    of the team has the conversation, so that Faro does not answer. `masked` says that personal data was deleted from what
    is shown.
    """

    messages: tuple[Said, ...] = ()
    waiting: bool = False
    anew: bool = False
    cursor: int = 0
    held: bool = False
    masked: bool = False


def read(contact: Contact | None, *, after: int, now: datetime) -> Transcript:
    """What was said after message `after` (0: everything kept, at most HISTORY), marked as delivered.

    Args:
        contact: whose conversation; None before the first message.
        after: id of the last message that the page has.
        now: the time of delivery.
    """
    if contact is None:
        return Transcript(anew=after > 0)
    # The message `after` is read with the rest: when it is missing, the page shows something that was deleted.
    newest = list(contact.messages.filter(pk__gte=after).order_by("-pk")[: HISTORY + 1])[::-1]
    anew = after > 0 and (not newest or newest[0].pk != after)
    if anew:
        newest = list(contact.messages.order_by("-pk")[:HISTORY])[::-1]
    rows = [row for row in newest if anew or row.pk != after][-HISTORY:]
    pending = [row.pk for row in rows if row.state == Message.State.PENDING]
    if pending:
        contact.messages.filter(pk__in=pending, state=Message.State.PENDING).update(
            state=Message.State.SENT, done_at=now
        )
    spoken = contact.language
    return Transcript(
        # A row without text is a button of long ago, or one whose text was deleted after its time.
        messages=tuple(_said(row, spoken) for row in rows if row.text),
        waiting=contact.messages.filter(state=Message.State.WAITING).exists(),
        anew=anew,
        cursor=rows[-1].pk if rows else 0,
        held=handover.held(contact) is not None,
        masked=any(_masked(row) for row in rows),
    )


def answered(contact: Contact, message: int) -> bool:
    """Whether something was said to the contact after its message of that id."""
    return contact.messages.filter(direction=Message.Direction.OUT, pk__gt=message).exists()


def title_of(contact: Contact | None, choice: str) -> str:
    """What stood on a button that was offered, or "" when we offered none with this id."""
    return "" if contact is None else accept.title_of(contact, choice)


def _said(row: Message, spoken: str) -> Said:
    text = languages.in_words(row.text, row.language or spoken) if _masked(row) else row.text
    if row.direction == Message.Direction.IN:
        return Said(row.pk, YOU, text, language=row.language, id=session.browser_id(row.provider_id))
    buttons = tuple(Button(title=str(title), id=str(choice)) for title, choice in row.buttons)
    return Said(row.pk, TEAM if outbox.by_team(row) else FARO, text, buttons, row.language)


def _masked(row: Message) -> bool:
    return not row.as_written and placeholders.has(row.text)
