"""The channel put together from its settings."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answers.library import Library
from bot.answers.nearest import near_choice
from bot.channels.whatsapp.graph import Graph
from bot.channels.whatsapp.send import WhatsApp
from bot.channels.whatsapp.webhook import WhatsAppWebhook
from bot.conversations.intake import Intake
from bot.settings import WhatsAppSettings


@dataclass(frozen=True, slots=True)
class Built:
    """Both sides of the channel; nothing runs beside them."""

    channel: WhatsApp
    hooks: tuple[WhatsAppWebhook, ...]
    beside: tuple[()] = ()


def build(settings: WhatsAppSettings, *, library: Library, intake: Intake) -> Built:
    """Both sides of the channel. Nothing is sent or fetched yet.

    Args:
        settings: of the number.
        library: where the services stand.
        intake: takes what comes in.
    """

    def near(lat: float, lon: float) -> str:
        return near_choice(library.current(), lat, lon)

    return Built(WhatsApp(Graph(settings)), (WhatsAppWebhook(settings, intake, near),))
