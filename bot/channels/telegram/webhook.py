"""Receiving from Telegram by webhook: proved to be Telegram's, read, written down, and acknowledged with an empty 200.

The answer is empty whatever happens: Telegram would carry out a method that stands in it. An update that we can never write
down is acknowledged too, because one that is not holds up everything else of that chat for a day
(github.com/tdlib/telegram-bot-api, WebhookActor.cpp, 2026-11).
"""

from __future__ import annotations

import hmac
import json
import logging
from http import HTTPStatus

from django.db import DatabaseError, InterfaceError, OperationalError

from bot.answers.library import Library
from bot.channels.contract import Answer, Call
from bot.channels.telegram.courtesies import Courtesies
from bot.channels.telegram.parse import NAME, Malformed, parse
from bot.conversations.intake import Full, Intake
from bot.log import place_of
from bot.settings import TelegramSettings

log = logging.getLogger("faro.telegram")

PATH = f"/webhooks/{NAME}"

#: The header that carries the secret given to setWebhook (core.telegram.org/bots/api#setwebhook).
SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105 - the name of it

#: Bytes of an update; the largest that Telegram sends are some tens of kilobytes.
MAX_BODY = 1024 * 1024

_SEEN = Answer(HTTPStatus.OK)


class TelegramWebhook:
    """The address that Telegram calls."""

    path = PATH
    max_body = MAX_BODY

    def __init__(
        self,
        settings: TelegramSettings,
        *,
        library: Library,
        intake: Intake,
        courtesies: Courtesies,
    ) -> None:
        self._bot, self._secret = settings.bot, settings.secret.encode()
        self._library, self._intake, self._courtesies = library, intake, courtesies

    async def answer(self, call: Call) -> Answer:
        """Verify, parse, write down, acknowledge."""
        if call.method != "POST":
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED)
        given = call.headers.get(SECRET, "").encode("latin-1", "replace")
        if not self._secret or not hmac.compare_digest(given, self._secret):
            return Answer(HTTPStatus.FORBIDDEN)
        try:
            raw = json.loads(call.body)
            parsed = parse(raw, bot=self._bot, content=self._library.current())
        except (Malformed, ValueError, RecursionError) as error:
            log.warning("update unreadable", extra={"channel": NAME, "error": type(error).__name__})
            return _SEEN
        try:
            await self._intake.put(parsed.events, trace=call.trace)
        except Full:
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE)
        except (OperationalError, InterfaceError):
            raise  # the database is away: Telegram comes again
        except DatabaseError as error:
            log.error("update refused", extra={"channel": NAME, "error": place_of(error)})
        self._courtesies.do(parsed.courtesies)
        return _SEEN
