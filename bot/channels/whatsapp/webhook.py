"""The address that Meta calls: it proves itself, what it brings is written down, and it is told so."""

from __future__ import annotations

import hmac
import logging
import re

from django.db import DatabaseError

from bot.channels.contract import Answer, Call
from bot.channels.whatsapp import parse
from bot.channels.whatsapp.parse import NAME, Near, Unreadable
from bot.channels.whatsapp.signature import HEADER, is_signed
from bot.conversations.intake import Full, Intake
from bot.settings import WhatsAppSettings

log = logging.getLogger("faro.whatsapp")

#: Behind PUBLIC_URL.
PATH = "/webhooks/whatsapp"

#: Bytes. Meta sends up to 3 MB (Meta, WhatsApp Cloud API, "Set up webhooks", 2026-11).
MAX_BODY = 4 * 1024 * 1024

#: What is said back to prove that the address is ours: digits, today.
_CHALLENGE = re.compile(r"[\w.-]{1,256}", re.ASCII)


class WhatsAppWebhook:
    """See Webhook."""

    path = PATH
    max_body = MAX_BODY

    def __init__(self, settings: WhatsAppSettings, intake: Intake, near: Near) -> None:
        self._settings, self._intake, self._near = settings, intake, near

    async def answer(self, call: Call) -> Answer:
        """See Webhook: 200 what is durable or of no use, 401 unsigned, 403 wrongly signed, 503 what should come again."""
        match call.method:
            case "GET":
                return self._verify(call)
            case "POST":
                return await self._take(call)
            case _:
                return Answer(405)

    def _verify(self, call: Call) -> Answer:
        given, challenge = call.query.get("hub.verify_token", ""), call.query.get("hub.challenge", "")
        known = hmac.compare_digest(given.encode("utf-8", "surrogatepass"), self._settings.verify_token.encode())
        if call.query.get("hub.mode") == "subscribe" and known and _CHALLENGE.fullmatch(challenge):
            return Answer(200, challenge)
        return Answer(403)

    async def _take(self, call: Call) -> Answer:
        given = call.headers.get(HEADER, "")
        if not given:
            return Answer(401)
        if not is_signed(self._settings.app_secret, call.body, given):
            return Answer(403)
        try:
            found = parse.read(call.body, number=self._settings.phone_number_id, near=self._near)
        except Unreadable:
            log.warning("unreadable", extra={"channel": NAME})
            return Answer(200)  # it will not become readable by coming again
        if found.foreign:
            log.warning("another number", extra={"channel": NAME, "count": found.foreign})
        if found.left_out:
            log.info("left out", extra={"channel": NAME, "count": found.left_out})
        try:
            await self._intake.put(found.events, trace=call.trace)
        except (Full, DatabaseError):
            return Answer(503)  # Meta comes again, for up to seven days
        return Answer(200)
