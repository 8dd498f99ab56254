"""What Faro itself says to a person when somebody of the team comes, goes or closes a request."""

from __future__ import annotations

from datetime import datetime

from bot.channels.layout import Words
from bot.conversations import outbox
from bot.conversations.models import Contact, Handover
from bot.conversations.phrases import Phrases
from bot.conversations.reach import hindrance


def announce(handover: Handover, contact: Contact, key: str, *, phrases: Phrases, now: datetime) -> None:
    """Write a sentence of the interface into the outbox, once, in the person's language.

    Somebody who cannot be written to is not: a message that will be refused would only stand among the failures.

    Args:
        handover: what it is about.
        contact: whose row is locked.
        key: of the sentence.
        phrases: where the sentence comes from.
        now: the time.
    """
    if hindrance(contact, now=now) is not None:
        return
    language = contact.language or phrases.default_language
    outbox.enqueue(
        contact,
        None,
        [phrases.sentence(key, language)],
        key=f"{handover.pk}-{key}-{int(now.timestamp() * 1000)}",
        language=language,
        now=now,
        words=Words(*phrases.layout_words(language)),
    )
