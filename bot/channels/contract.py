"""What a channel is to the rest of the house: a name and a way to send. Receiving is its own business, up to the inbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, runtime_checkable

from bot.channels.layout import Laid


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message on its way to a provider. `addresses` are in clear, and nowhere but here.

    contact: our random id of the person. message: our id of the message, which some providers give back in their reports.
    """

    contact: str
    message: str
    laid: Laid = field(repr=False)
    addresses: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a provider said to a message that it took: other addresses of the same person."""

    addresses: tuple[str, ...] = field(default=(), repr=False)


class Channel(Protocol):
    """A channel that is told to send. (The web chat is none: its page fetches what is in the outbox.)"""

    name: str
    #: How long a message may be on its way before it counts as lost: longer than any attempt, and than the provider's
    #: report of a message that it took.
    patience: timedelta
    #: How long after the last word of a person it may be written to; None where there is no such limit.
    window: timedelta | None

    def send(self, parcel: Parcel) -> Sent:
        """Deliver one message. Called by several threads at once.

        Raises:
            DeliveryError: it was not taken, or nobody knows; the error says what to do about it.
        """
        ...

    def show_typing(self, addresses: tuple[str, ...], reference: str) -> None:
        """Show that an answer is on its way, and that the message was read. Never raises.

        Args:
            addresses: of the person, in clear.
            reference: the provider's id of the message that is being answered, or "".
        """
        ...


@runtime_checkable
class Askable(Protocol):
    """A channel whose provider can be asked whether it is there, without sending anything."""

    def answers(self) -> bool:
        """Whether it is, be it with a refusal. Called by several threads at once. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a provider to us, as it came: nothing in it is trusted. Header names are in small letters."""

    method: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    #: By which what it brings is found in the logs: ours, never one that came with it (bot/trace.py).
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider is told. The text is empty but where a provider asks for one: Telegram would act on it."""

    status: int
    text: str = ""


class Webhook(Protocol):
    """The address of ours that a provider calls."""

    path: str
    #: Bytes of a body at most.
    max_body: int

    async def answer(self, call: Call) -> Answer:
        """Verify, parse, write down, and say so. Whatever the provider should see comes afterwards, in the background."""
        ...
