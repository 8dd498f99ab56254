"""What somebody of the team writes to a person: into the outbox like everything else, once however often it is sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from bot.channels.layout import Words
from bot.channels.limits import WEB
from bot.conversations import outbox
from bot.conversations.accept import MAX_TEXT
from bot.conversations.handover import held_by, locked, writable
from bot.conversations.models import Contact, Message
from bot.conversations.phrases import Phrases
from bot.words import Outgoing

#: Characters of one message of the team, as many as one of a person's. A channel that holds fewer shows several.
LONGEST = MAX_TEXT


def write(
    contact: UUID, operator: User, said: Outgoing, *, token: UUID, language: str, phrases: Phrases, now: datetime
) -> bool:
    """Say something to a person in the name of the team.

    Args:
        contact: the contact's id.
        operator: who says it and holds the conversation.
        said: a text, or an approved answer with its buttons.
        token: of the form that it came with: the same one again changes nothing.
        language: of what is said.
        phrases: for the words that the layout adds.
        now: the time.

    Returns:
        Whether it was written now; False when it already was.

    Raises:
        Refused: the operator does not hold the conversation, or the person cannot be written to.
    """
    with transaction.atomic():
        whose = locked(contact)
        key = f"{outbox.TEAM}{token.hex}"
        if _written(whose, key):
            return False
        there = held_by(whose, operator)
        writable(whose, now)
        answered = whose.messages.filter(direction=Message.Direction.IN).order_by("-pk").first()
        outbox.enqueue(
            whose,
            answered,
            [_marked(said, whose, language, phrases)],
            key=key,
            language=language,
            now=now,
            words=Words(*phrases.layout_words(language)),
            operator=operator,
        )
        there.active_at = now
        there.save(update_fields=["active_at"])
    return True


def _marked(said: Outgoing, contact: Contact, language: str, phrases: Phrases) -> Outgoing:
    """With a line above it that says who writes, where the channel itself does not show that."""
    if contact.channel == WEB.channel:
        return said
    return Outgoing(f"{phrases.sentence('team_says', language).text}\n{said.text}", said.buttons, said.topic)


def _written(contact: Contact, key: str) -> bool:
    name = outbox.name_of(key, 0)
    return contact.messages.filter(direction=Message.Direction.OUT, provider_id=name).exists()
