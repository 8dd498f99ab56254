"""Receiving from Telegram by polling: our own loop, which stores what came before it says so.

PTB's own loop confirms updates when they are in its memory, stops for ever at one that it cannot read, and deletes the
webhook of the bot when it begins. This one does none of that.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from datetime import datetime
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError
from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.answers.library import Library
from bot.channels.telegram.courtesies import Courtesies
from bot.channels.telegram.faults import found, seconds_to_wait
from bot.channels.telegram.lease import Lease
from bot.channels.telegram.line import Line
from bot.channels.telegram.parse import ALLOWED_UPDATES, NAME, NOTHING, Malformed, Parsed, parse, update_id
from bot.conversations.intake import Full, Intake
from bot.log import place_of

log = logging.getLogger("faro.telegram")

#: Seconds that Telegram keeps a poll open when there is nothing (50 at most), and that we wait for it.
POLL = 25
READ = POLL + 15.0

#: Seconds between two looks at the stop signal while a poll is open, and between two renewals of the lease.
LOOK = 0.2
RENEW = 4.0

#: Seconds between two attempts to get the lease that another process has.
STAND_BY = 2.0

#: Pauses after faults of the connection, in seconds; the last one stays: so long after its end it is noticed at the latest.
BACK_OFF = (1.0, 2.0, 5.0, 10.0)

#: Seconds until the next attempt when somebody has to mend something.
ALARMED = 10.0

#: Troubles that only polling finds. The second half of the texts: github.com/tdlib/telegram-bot-api, Client.cpp, 2026-11.
WEBHOOK_SET = "polling_webhook_set"
SECOND_POLLER = "polling_second_poller"
TOKEN_REFUSED = "polling_token_refused"  # noqa: S105 - a code
#: Told after so many polls in vain: some 20 seconds, in which nothing that people write comes.
AWAY, IN_VAIN = "polling_away", 4
_WEBHOOK_SET = "webhook is active"


class Polling:
    """Fetches updates, in one process at a time (see lease.py).

    Args:
        line: to Telegram.
        bot: the id of our bot.
        library: of content.
        intake: the inbox's door.
        courtesies: what is polite.
        clock: the time, for the lease.
        first: done once, before the first poll of this process that may poll.
    """

    def __init__(
        self,
        line: Line,
        *,
        bot: str,
        library: Library,
        intake: Intake,
        courtesies: Courtesies,
        clock: Callable[[], datetime],
        first: Callable[[], None] = lambda: None,
    ) -> None:
        self._line, self._bot, self._library = line, bot, library
        self._intake, self._courtesies = intake, courtesies
        self._lease = Lease(bot, clock=clock)
        self._first: Callable[[], None] | None = first
        self._failures = 0

    def __call__(self, stopping: threading.Event) -> None:
        """Poll until told to stop. A fault of the database ends it; whoever runs it begins again."""
        try:
            while not stopping.is_set():
                if not self._lease.take():
                    stopping.wait(STAND_BY)
                    continue
                if self._first is not None:
                    self._first()
                    self._first = None
                    continue  # it may have taken longer than the lease
                stopping.wait(self._poll(stopping))
        finally:
            self._lease.release()

    def _poll(self, stopping: threading.Event) -> float:
        """One poll. Returns how many seconds to wait before the next one."""
        offset = self._lease.offset()
        asked = self._line.begin(lambda bot: _get_updates(bot, offset))
        try:
            updates = self._wait(asked, stopping)
        except CancelledError:
            return 0.0
        except DatabaseError:
            raise
        except Exception as error:
            return self._failed(error)
        finally:
            asked.cancel()
        self._failures = 0
        self._lease.clear(WEBHOOK_SET, SECOND_POLLER, TOKEN_REFUSED, AWAY)
        try:
            self._store(updates)
        except Full:
            return BACK_OFF[0]
        self._lease.confirm(_next_offset(updates))
        return 0.0 if _next_offset(updates) or not updates else BACK_OFF[-1]

    def _wait(self, asked: Future[list[Any]], stopping: threading.Event) -> list[Any]:
        renew_at = time.monotonic() + RENEW
        while True:
            try:
                return asked.result(LOOK)
            except TimeoutError:
                if asked.done():
                    raise
                if stopping.is_set():
                    asked.cancel()
                elif time.monotonic() >= renew_at:
                    renew_at = time.monotonic() + RENEW
                    if not self._lease.take():
                        asked.cancel()

    def _failed(self, error: Exception) -> float:
        self._failures += 1
        if isinstance(error, InvalidToken | Conflict):
            code = TOKEN_REFUSED
            if isinstance(error, Conflict):
                code = WEBHOOK_SET if _WEBHOOK_SET in error.message.lower() else SECOND_POLLER
            if self._lease.alarm(code):
                log.error("polling stopped", extra={"channel": NAME, "error": code})
            return ALARMED
        wait = seconds_to_wait(error) or BACK_OFF[min(self._failures, len(BACK_OFF)) - 1]
        code = found(error).code if isinstance(error, TelegramError) else place_of(error)
        log.warning("polling failed", extra={"channel": NAME, "attempt": self._failures, "error": code})
        if self._failures >= IN_VAIN and self._lease.alarm(AWAY):
            log.error("polling stopped", extra={"channel": NAME, "error": AWAY})
        return wait

    def _store(self, updates: Sequence[object]) -> None:
        """Write a batch down: in one transaction, or each by itself when one of them cannot be written."""
        parsed = [self._parsed(raw) for raw in updates]
        try:
            self._intake.put_now([event for one in parsed for event in one.events])
        except (OperationalError, InterfaceError):
            raise
        except DatabaseError:
            for one in parsed:
                self._store_alone(one)
        for one in parsed:
            self._courtesies.do(one.courtesies)

    def _store_alone(self, parsed: Parsed) -> None:
        try:
            self._intake.put_now(parsed.events)
        except (OperationalError, InterfaceError):
            raise
        except DatabaseError as error:
            # It will never be written. To ask for it again and again would keep everybody in silence.
            log.error("update refused", extra={"channel": NAME, "error": place_of(error)})

    def _parsed(self, raw: object) -> Parsed:
        try:
            return parse(raw, bot=self._bot, content=self._library.current())
        except Malformed:
            log.warning("update unreadable", extra={"channel": NAME, "error": "Malformed"})
            return NOTHING


async def _get_updates(bot: Bot, offset: int) -> list[Any]:
    arguments: dict[str, Any] = {"timeout": POLL, "allowed_updates": list(ALLOWED_UPDATES)}
    if offset:
        arguments["offset"] = offset
    updates = await bot.do_api_request("getUpdates", arguments, read_timeout=READ)
    return updates if isinstance(updates, list) else []


def _next_offset(updates: Sequence[object]) -> int:
    """What confirms all of them; 0 when there is nothing to confirm."""
    return max((number + 1 for raw in updates if (number := update_id(raw)) is not None), default=0)
