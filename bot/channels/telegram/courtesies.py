"""What a person sees at once, after the update was written down: in the background, best effort, bounded."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial

from telegram import Bot, ReplyKeyboardRemove
from telegram.error import TelegramError

from bot.channels.telegram.line import Line
from bot.channels.telegram.parse import AnswerQuery, Courtesy, LeaveGroup, RemoveKeyboard

#: Groups that were told why we go; one that brings us back after so many others is told again.
REMEMBERED = 1_000

#: Telegram takes a keyboard away only with a message; this one is deleted at once. A pin, because it answers a position.
_PIN = "\N{ROUND PUSHPIN}"


class Courtesies:
    """Does what `parse` found to be polite.

    Args:
        line: to Telegram.
        why: the sentence for a group, in a language or the default one.
    """

    def __init__(self, line: Line, why: Callable[[str], str]) -> None:
        self._line, self._why = line, why
        self._told: OrderedDict[int, None] = OrderedDict()
        self._lock = threading.Lock()

    def do(self, courtesies: Iterable[Courtesy]) -> None:
        """Begin with all of them. Never raises."""
        for one in courtesies:
            match one:
                case AnswerQuery(query):
                    self._line.later(partial(_answer, query=query))
                case LeaveGroup(chat, language, say):
                    text = self._why(language) if say and self._is_new(chat) else ""
                    self._line.later(partial(_leave, chat=chat, text=text))
                case RemoveKeyboard(chat):
                    self._line.later(partial(_remove_keyboard, chat=chat))

    def _is_new(self, chat: int) -> bool:
        with self._lock:
            new = chat not in self._told
            self._told[chat] = None
            self._told.move_to_end(chat)
            if len(self._told) > REMEMBERED:
                self._told.popitem(last=False)
        return new


async def _answer(bot: Bot, query: str) -> None:
    await bot.answer_callback_query(query)


async def _leave(bot: Bot, chat: int, text: str) -> None:
    if text:
        with contextlib.suppress(TelegramError):  # perhaps we may not write there: all the more reason to go
            await bot.send_message(chat, text)
    await bot.leave_chat(chat)


async def _remove_keyboard(bot: Bot, chat: int) -> None:
    pin = await bot.send_message(chat, _PIN, disable_notification=True, reply_markup=ReplyKeyboardRemove())
    await bot.delete_message(chat, pin.message_id)
