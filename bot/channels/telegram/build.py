"""The parts of the channel put together as the settings say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.answers.library import Library
from bot.answers.speaker import Speaker
from bot.channels.telegram.courtesies import Courtesies
from bot.channels.telegram.line import Line
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.profile import keep_profile
from bot.channels.telegram.send import TelegramChannel
from bot.channels.telegram.webhook import TelegramWebhook
from bot.conversations.intake import Intake
from bot.settings import TelegramSettings


@dataclass(frozen=True, slots=True)
class Telegram:
    """What is on: a webhook or polling, never both."""

    line: Line
    channel: TelegramChannel
    hooks: tuple[TelegramWebhook, ...] = ()
    beside: tuple[Polling, ...] = ()


def build(settings: TelegramSettings, *, library: Library, intake: Intake, clock: Callable[[], datetime]) -> Telegram:
    """Build the channel. Nothing is sent or fetched yet.

    Args:
        settings: of the channel.
        library: of content.
        intake: the inbox's door.
        clock: the time.
    """
    line = Line(settings)
    speaker = Speaker(library)

    def why(language: str) -> str:
        return speaker.sentence("private_only", language or speaker.default_language).text

    courtesies = Courtesies(line, why)
    channel = TelegramChannel(line)
    if settings.webhook:
        webhook = TelegramWebhook(settings, library=library, intake=intake, courtesies=courtesies)
        return Telegram(line, channel, hooks=(webhook,))
    polling = Polling(
        line,
        bot=settings.bot,
        library=library,
        intake=intake,
        courtesies=courtesies,
        clock=clock,
        first=lambda: keep_profile(line, settings.bot, library.current()),
    )
    return Telegram(line, channel, beside=(polling,))
