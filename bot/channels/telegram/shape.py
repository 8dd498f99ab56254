"""What one message looks like to Telegram's sendMessage: text, markup and keyboard. Pure."""

from __future__ import annotations

import html
from typing import Any

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import ParseMode

from bot.channels.layout import Laid

Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove

#: Pictures of the pages behind links would push the answer off a small screen, and cost the person data.
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def message(laid: Laid, *, markup: bool = True) -> dict[str, Any]:
    """The arguments of sendMessage besides the chat.

    Args:
        laid: the message.
        markup: whether the text is sent as HTML; without it, as it is.
    """
    # Escaping three signs is all that HTML asks for; nothing of what staff wrote is taken for markup.
    text = html.escape(laid.text, quote=False) if markup else laid.text
    return {
        "text": text,
        "parse_mode": ParseMode.HTML if markup else None,
        "link_preview_options": _NO_PREVIEW,
        "reply_markup": keyboard(laid),
    }


def keyboard(laid: Laid) -> Keyboard:
    """What stands under the message: its buttons, each as wide as the screen; or the button that shares a position.

    A message with neither takes away the keyboard of that button, which would cover half of a small screen for ever.
    """
    if laid.asks_location:
        button = KeyboardButton(laid.asks_location, request_location=True)
        return ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)
    if laid.buttons:
        return InlineKeyboardMarkup([[InlineKeyboardButton(one.title, callback_data=one.id)] for one in laid.buttons])
    return ReplyKeyboardRemove()
