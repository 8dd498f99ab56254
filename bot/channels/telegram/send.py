"""Sending through Telegram: one message = one call, or an error that says what to do about it."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import Any

from telegram import Bot
from telegram.constants import ChatAction

from bot.channels.contract import Parcel, Sent
from bot.channels.telegram import shape
from bot.channels.telegram.faults import delivery_error, is_markup
from bot.channels.telegram.line import WHOLE, Line
from bot.channels.telegram.parse import NAME
from bot.errors import DeliveryError, Remedy

log = logging.getLogger("faro.telegram")


class TelegramChannel:
    """The channel as the outbox knows it."""

    name = NAME
    #: Twice the longest attempt (a text whose markup is refused goes once more), and a little.
    patience = timedelta(seconds=2 * WHOLE + 5)
    #: A bot may write to a person until the person blocks it.
    window: timedelta | None = None

    def __init__(self, line: Line, *, whole: float = WHOLE) -> None:
        self._line, self._whole = line, whole

    def send(self, parcel: Parcel) -> Sent:
        """Deliver one message."""
        if not parcel.addresses:
            raise DeliveryError("no_address", Remedy.UNREACHABLE)
        chat = int(parcel.addresses[-1])
        try:
            self._send(chat, parcel, markup=True)
        except Exception as error:
            if not is_markup(error):
                raise delivery_error(error) from None
            # Somebody is waiting: the words matter, not how they are set. That this can happen at all is a fault of ours.
            log.error("markup refused", extra={"channel": NAME, "contact": parcel.contact})
            self._send_plain(chat, parcel)
        return Sent()

    def show_typing(self, addresses: tuple[str, ...], reference: str) -> None:
        """Show that an answer is on its way."""
        del reference  # Telegram's bots cannot mark a message as read
        for chat in addresses[-1:]:
            self._line.later(partial(_send_typing, chat=int(chat)))

    def answers(self) -> bool:
        """See Askable: Telegram is asked who we are."""
        try:
            self._line.call(_who_we_are)
        except Exception as error:
            return not delivery_error(error).leaves_open
        return True

    def _send_plain(self, chat: int, parcel: Parcel) -> None:
        try:
            self._send(chat, parcel, markup=False)
        except Exception as error:
            raise delivery_error(error) from None

    def _send(self, chat: int, parcel: Parcel, *, markup: bool) -> None:
        arguments = shape.message(parcel.laid, markup=markup)
        self._line.call(partial(_send_message, chat=chat, arguments=arguments), within=self._whole)


async def _send_message(bot: Bot, *, chat: int, arguments: dict[str, Any]) -> None:
    await bot.send_message(chat, **arguments)


async def _send_typing(bot: Bot, *, chat: int) -> None:
    await bot.send_chat_action(chat, ChatAction.TYPING)


async def _who_we_are(bot: Bot) -> object:
    return await bot.get_me()
