"""What a turn changes besides the message itself, inside the turn's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.conversations import handover
from bot.conversations.erase import erase
from bot.conversations.models import Contact, Feedback, Message
from bot.words import Effect, EffectKind


def apply(effects: Iterable[Effect], *, contact: Contact, message: Message, now: datetime) -> Contact | None:
    """Apply the effects that Rasa asked for. Returns whom the receipt is for when the contact was erased, else None.

    Erasure comes last whatever the order: nothing may be written about somebody after it.
    """
    erasing = False
    for effect in effects:
        match effect.kind:
            case EffectKind.LANGUAGE:
                contact.language, contact.language_chosen = effect.value, True
                contact.save(update_fields=["language", "language_chosen"])
            case EffectKind.HANDOVER:
                handover.request(contact, effect.value, now=now)
            case EffectKind.FEEDBACK:
                # A verdict is about the message before this one.
                judged = (
                    contact.messages.filter(direction=Message.Direction.IN, pk__lt=message.pk).order_by("-pk").first()
                )
                if judged is not None:
                    Feedback.objects.create(message=judged, verdict=effect.value[:16], given_at=now)
            case EffectKind.ERASE:
                erasing = True
    return erase(contact, now=now, asked=message) if erasing else None
