"""What a channel is to the rest of the house: a name and a way to send. Receiving is its own business, up to `accept`."""

from __future__ import annotations

from typing import Protocol

from bot.words import Outgoing


class Channel(Protocol):
    """A channel that is told to send. (The web chat is none: its page fetches what is in the outbox.)"""

    name: str

    def send(self, contact: str, message: str, outgoing: Outgoing) -> None:
        """Deliver one message.

        Args:
            contact: our random id of the person.
            message: our id of the message, for the provider's own deduplication.
            outgoing: what to say.

        Raises:
            DeliveryError: it could not be delivered; the error says whether trying again makes sense.
        """
        ...
