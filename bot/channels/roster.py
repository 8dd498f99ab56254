"""The channels that are on, as the worker and the web process need them. One without its settings is off, and says so."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.answers.library import Library
from bot.channels.contract import Channel, Webhook
from bot.channels.telegram import build as telegram
from bot.channels.whatsapp import build as whatsapp
from bot.conversations import flood
from bot.conversations.addresses import AddressBook
from bot.conversations.intake import Intake
from bot.conversations.worker import Beside
from bot.settings import Settings

log = logging.getLogger("faro.channels")


class Built(Protocol):
    """What the `build` of a channel gives."""

    @property
    def channel(self) -> Channel:
        """To send through."""
        ...

    @property
    def hooks(self) -> tuple[Webhook, ...]:
        """Addresses that its provider calls."""
        ...

    @property
    def beside(self) -> tuple[Beside, ...]:
        """What it needs to have running."""
        ...


@dataclass(frozen=True, slots=True)
class Roster:
    """What is on: channels to send through, addresses that providers call, and what runs beside the turns."""

    channels: dict[str, Channel] = field(default_factory=dict)
    hooks: tuple[Webhook, ...] = ()
    beside: tuple[Beside, ...] = ()

    def with_(self, built: Built) -> Roster:
        """One channel more."""
        return Roster(
            {**self.channels, built.channel.name: built.channel},
            (*self.hooks, *built.hooks),
            (*self.beside, *built.beside),
        )


def roster(settings: Settings, *, clock: Callable[[], datetime]) -> Roster:
    """Build what the settings ask for. Nothing is sent or fetched yet.

    Args:
        settings: of this installation.
        clock: the time.
    """
    log.info("channel", extra={"channel": "telegram", "state": "on" if settings.telegram else "off"})
    log.info("channel", extra={"channel": "whatsapp", "state": "on" if settings.whatsapp else "off"})
    if settings.telegram is None and settings.whatsapp is None:
        return Roster()
    library = Library(settings.content_dir)
    book = AddressBook(settings.pseudonym_key, settings.address_keys)
    intake = Intake(key=settings.pseudonym_key, book=book, clock=clock, limit=flood.limit_of(settings))
    on = Roster()
    if settings.telegram is not None:
        on = on.with_(telegram.build(settings.telegram, library=library, intake=intake, clock=clock))
    if settings.whatsapp is not None:
        on = on.with_(whatsapp.build(settings.whatsapp, library=library, intake=intake))
    return on
