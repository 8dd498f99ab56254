"""What a contact was offered to press: for a button that comes back, and for an option that is typed instead."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from bot.conversations import outbox
from bot.conversations.models import Contact, Message
from bot.conversations.prepared import Prepared
from bot.words import MENU_AREA, MORE, NEAR, Button

#: How many of our messages back a button may still be pressed.
BUTTONS_REMEMBERED = 60


def was_offered(contact: Contact, choice: str) -> bool:
    """Whether a choice is one that this contact was given, and not too long ago."""
    # The first is written by accept() alone, for one of the few typed commands; the second by a channel, for a position;
    # the menu is never too old.
    if choice.startswith(("command:", NEAR, MENU_AREA)):
        return True
    offered = (
        contact.messages.filter(direction=Message.Direction.OUT)
        .order_by("-id")
        .values_list("buttons", flat=True)[:BUTTONS_REMEMBERED]
    )
    return any(choice == button[1] for buttons in offered for button in buttons) or any(
        choice == option.id for option in options_of(contact)
    )


def options_of(contact: Contact, *, since: datetime | None = None) -> tuple[Button, ...]:
    """The options of our last message that had any, as they were shown, with those that a list had no room for.

    None when that message is older than `since`: who types "2" the next day means something else.
    """
    last = _last_with_options.first(contact=contact.pk)
    if last is None or (since is not None and last.created_at < since):
        return ()
    laid = outbox.from_row(last)
    shown = laid.options[:-1] if laid.rest else laid.options
    return (*shown, *laid.rest)


@Prepared
def _last_with_options(contact: UUID) -> QuerySet[Message, Message]:
    said = Message.objects.filter(contact=contact, direction=Message.Direction.OUT)
    return said.exclude(buttons=[]).order_by("-id")


def rest(contact: Contact, choice: str) -> tuple[Button, ...]:
    """The options that a list had no room for, of the list whose last option is `choice`."""
    row = contact.messages.filter(direction=Message.Direction.OUT, provider_id=choice.removeprefix(MORE)).first()
    return outbox.from_row(row).rest if row is not None else ()
