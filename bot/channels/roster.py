"""The channels that are on, as the worker and the web process need them. One without its settings is off, and says so."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.answers.library import Library
from bot.channels.contract import Channel, Webhook
from bot.channels.whatsapp import build as whatsapp
from bot.conversations.addresses import AddressBook
from bot.conversations.intake import Intake
from bot.conversations.worker import Beside
from bot.settings import Settings

log = logging.getLogger("faro.channels")


@dataclass(frozen=True, slots=True)
class Roster:
    """What is on: channels to send through, addresses that providers call, and what runs beside the turns."""

    channels: dict[str, Channel] = field(default_factory=dict)
    hooks: tuple[Webhook, ...] = ()
    beside: tuple[Beside, ...] = ()


def roster(settings: Settings, *, clock: Callable[[], datetime]) -> Roster:
    """Build what the settings ask for. Nothing is sent or fetched yet.

    Args:
        settings: of this installation.
        clock: the time.
    """
    channels: dict[str, Channel] = {}
    hooks: list[Webhook] = []
    beside: list[Beside] = []
    log.info("channel", extra={"channel": "telegram", "state": "on" if settings.telegram else "off"})
    log.info("channel", extra={"channel": "whatsapp", "state": "on" if settings.whatsapp else "off"})
    if settings.telegram or settings.whatsapp:
        library = Library(settings.content_dir)
        book = AddressBook(settings.pseudonym_key, settings.address_keys)
        intake = Intake(key=settings.pseudonym_key, book=book, clock=clock)
        if settings.whatsapp:
            channel, hook = whatsapp.build(settings.whatsapp, library=library, intake=intake)
            channels[channel.name] = channel
            hooks.append(hook)
    return Roster(channels, tuple(hooks), tuple(beside))
